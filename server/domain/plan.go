package domain

import (
	"slices"
)

// Plan (Plano) is what a queue may spend on messages in a calendar month, and at which prices they
// count. It holds only while it is approved.
type Plan struct {
	ID           string        `db:"id"`
	QueueID      string        `db:"queue_id"`
	MonthlyLimit Money         `db:"monthly_limit"`
	Currency     string        `db:"currency"` // ISO 4217
	Prices       Prices        `db:"prices"`
	PriceChanges []PriceChange `db:"price_changes"` // in order; one whose time has come replaces Prices
	Approved     bool          `db:"approved"`
	ApprovedBy   string        `db:"approved_by"`
	ApprovedAt   int64         `db:"approved_at"`
	CreatedAt    int64         `db:"created_at"`
	UpdatedAt    int64         `db:"updated_at"`
}

// PriceChange says that other prices hold from a moment on. Meta announces new prices in advance,
// for the first day of a quarter.
type PriceChange struct {
	From   int64  `json:"from"` // milliseconds since epoch
	Prices Prices `json:"prices"`
}

// PricesAt returns the prices that hold at a moment, in milliseconds since epoch.
func (p *Plan) PricesAt(at int64) Prices {
	return pricesAt(p.Prices, p.PriceChanges, at)
}

func pricesAt(prices Prices, changes []PriceChange, at int64) Prices {
	var latest int64
	for _, c := range changes {
		if c.From <= at && c.From >= latest {
			prices, latest = c.Prices, c.From
		}
	}
	return prices
}

// AsOf returns a copy of the plan as it looks at a moment (milliseconds since epoch): its Prices are
// those then in force, and its PriceChanges those still to come, in order.
func (p *Plan) AsOf(now int64) *Plan {
	plan := *p
	plan.Prices = p.PricesAt(now)
	plan.PriceChanges = nil
	for _, c := range p.PriceChanges {
		if c.From > now {
			plan.PriceChanges = append(plan.PriceChanges, c)
		}
	}
	slices.SortFunc(plan.PriceChanges, func(a, b PriceChange) int { return int(a.From - b.From) })
	return &plan
}

// SameTerms reports whether two plans allow the same: whether queue, limit, currency and prices,
// including future prices, are equal. If they are, an approval of one holds for the other.
func (p *Plan) SameTerms(other *Plan) bool {
	return p.QueueID == other.QueueID && p.MonthlyLimit == other.MonthlyLimit && p.Currency == other.Currency &&
		p.Prices == other.Prices && slices.Equal(p.PriceChanges, other.PriceChanges)
}

// PriceList is a plan's prices for all times, as they were approved.
type PriceList []PriceChange

// At returns the prices that hold at a moment, in milliseconds since epoch.
func (l PriceList) At(at int64) Prices { return pricesAt(Prices{}, l, at) }

// List returns the plan's prices for all times.
func (p *Plan) List() PriceList {
	return append(PriceList{{Prices: p.Prices}}, p.PriceChanges...)
}

// PlanApproval is a record of one approval of a plan. It is kept for ever, also when the plan was
// changed or deleted.
type PlanApproval struct {
	ID           string        `db:"id"`
	PlanID       string        `db:"plan_id"`
	QueueID      string        `db:"queue_id"`
	MonthlyLimit Money         `db:"monthly_limit"`
	Currency     string        `db:"currency"`
	Prices       Prices        `db:"prices"`
	PriceChanges []PriceChange `db:"price_changes"`
	ApprovedBy   string        `db:"approved_by"`
	ApprovedAt   int64         `db:"approved_at"`
	EndedBy      string        `db:"ended_by"` // who changed, re-approved or deleted the plan and so ended this approval
	EndedAt      int64         `db:"ended_at"` // milliseconds since epoch; 0 = it still holds
}
