package domain

// Summary is what a conversation came to, for the line that closes it.
type Summary struct {
	AgentIDs  []string      `db:"agent_i_ds"` // who wrote to the customer, in the order of their first message
	Inbound   int           `db:"inbound"`    // messages from the customer
	Outbound  int           `db:"outbound"`   // messages to the customer that left, templates among them
	Templates []TemplateUse `db:"templates"`
	Billed    Money         `db:"billed"`   // everything delivered, free text too
	Reserved  Money         `db:"reserved"` // on its way, to be billed when delivered
	Currency  string        `db:"currency"` // ISO 4217; "" where nothing was ever charged
}

// TemplateUse is one template as a conversation used it.
type TemplateUse struct {
	Name   string `db:"name"`
	Sent   int    `db:"sent"`
	Amount Money  `db:"amount"` // billed or still reserved
	Known  bool   `db:"known"`  // there is a charge that says what it costs
}
