package domain

import (
	"slices"
)

// Plan (Plano) is the approved monthly spend of a queue.
type Plan struct {
	ID           string        `db:"id"`
	QueueID      string        `db:"queue_id"`
	MonthlyLimit Money         `db:"monthly_limit"`
	Currency     string        `db:"currency"` // ISO 4217
	Prices       Prices        `db:"prices"`
	PriceChanges []PriceChange `db:"price_changes"` // in their order; those that came due hold instead of Prices
	Approved     bool          `db:"approved"`
	ApprovedBy   string        `db:"approved_by"`
	ApprovedAt   int64         `db:"approved_at"`
	CreatedAt    int64         `db:"created_at"`
	UpdatedAt    int64         `db:"updated_at"`
}

// PriceChange says that other prices hold from a moment on: Meta changes them on quarter days.
type PriceChange struct {
	From   int64  `json:"from"` // milliseconds since epoch
	Prices Prices `json:"prices"`
}

// PricesAt are the prices that hold at a moment, milliseconds since epoch.
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

// AsOf is the plan as it looks at a moment: Prices are those in force, PriceChanges those to come, in their order.
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

// SameTerms tells whether two plans allow the same: queue, limit, currency and prices, now and later.
func (p *Plan) SameTerms(other *Plan) bool {
	return p.QueueID == other.QueueID && p.MonthlyLimit == other.MonthlyLimit && p.Currency == other.Currency &&
		p.Prices == other.Prices && slices.Equal(p.PriceChanges, other.PriceChanges)
}

// PriceList is what was approved: the prices of all times.
type PriceList []PriceChange

// At are the prices of a moment, milliseconds since epoch.
func (l PriceList) At(at int64) Prices { return pricesAt(Prices{}, l, at) }

// List gives the plan's prices of all times.
func (p *Plan) List() PriceList {
	return append(PriceList{{Prices: p.Prices}}, p.PriceChanges...)
}

// PlanApproval is one approval of a plan, kept for good.
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
	EndedBy      string        `db:"ended_by"` // who changed, approved anew or deleted the plan
	EndedAt      int64         `db:"ended_at"` // 0 = it holds
}
