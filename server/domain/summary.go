package domain

// Summary is what a conversation came to, for the line that closes it.
type Summary struct {
	AgentIDs  []string // who wrote to the customer, in the order of their first message
	Inbound   int      // messages from the customer
	Outbound  int      // messages to the customer that left, templates among them
	Templates []TemplateUse
	Billed    Money  // everything delivered, free text too
	Reserved  Money  // on its way, to be billed when delivered
	Currency  string // ISO 4217; "" where nothing was ever charged
}

// TemplateUse is one template as a conversation used it.
type TemplateUse struct {
	Name   string
	Sent   int
	Amount Money // billed or still reserved
	Known  bool  // there is a charge that says what it costs
}
