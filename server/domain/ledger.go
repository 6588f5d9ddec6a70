package domain

// LedgerFilter selects charges of the ledger.
type LedgerFilter struct {
	From, To int64  // milliseconds since epoch, To itself is excluded; 0 = no bound
	QueueID  string // "" = all
}

// LedgerGroup is the sum of the charges that belong to the same queue, agent, template, account,
// category or month.
type LedgerGroup struct {
	Group            string `db:"group"` // an id, a category or a month (2026-11); "" = none
	Name             string `db:"name"`  // a readable name for the group
	Currency         string `db:"currency"`
	Billed           Money  `db:"billed"`
	Reserved         Money  `db:"reserved"`
	BilledMessages   int    `db:"billed_messages"`
	FreeMessages     int    `db:"free_messages"`
	ReservedMessages int    `db:"reserved_messages"`
}

// QueueCosts is what a queue spent in a month.
type QueueCosts struct {
	Queue    string // its name
	Currency string `db:"currency"` // ISO 4217; "" without a plan
	Planned  bool   `db:"planned"`  // it has an approved plan
	Limit    Money  `db:"limit"`
	Billed   Money  `db:"billed"`   // delivered
	Reserved Money  `db:"reserved"` // on its way
	Messages int    `db:"messages"` // billed ones
}
