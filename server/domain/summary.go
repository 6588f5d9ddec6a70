package domain

// Summary holds the figures of a conversation for the line that is posted when it is closed.
type Summary struct {
	AgentIDs  []string      `db:"agent_i_ds"` // the agents who wrote to the customer, in the order of their first messages
	Inbound   int           `db:"inbound"`    // messages from the customer
	Outbound  int           `db:"outbound"`   // messages to the customer that left, including templates
	Templates []TemplateUse `db:"templates"`
	Billed    Money         `db:"billed"`   // for everything that was delivered, including free text
	Reserved  Money         `db:"reserved"` // for what is on its way and will be billed when it is delivered
	Currency  string        `db:"currency"` // ISO 4217; "" = nothing was ever charged
}

// TemplateUse says how often a conversation used one template and what that cost.
type TemplateUse struct {
	Name   string `db:"name"`
	Sent   int    `db:"sent"`
	Amount Money  `db:"amount"` // billed or still reserved
	Known  bool   `db:"known"`  // false = no charge exists, so Amount is not known
}
