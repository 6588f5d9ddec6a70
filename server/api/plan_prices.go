package api

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// maxPriceChanges is how many future price changes a plan can have.
const maxPriceChanges = 24

type priceChangeView struct {
	From   int64         `json:"from"`
	Prices domain.Prices `json:"prices"`
}

func viewChanges(changes []domain.PriceChange) []priceChangeView {
	views := make([]priceChangeView, len(changes))
	for i, c := range changes {
		views[i] = priceChangeView(c)
	}
	return views
}

// priceChanges reads the future prices. Each entry must be complete.
func (f *form) priceChanges(field string, into *[]domain.PriceChange) {
	var given []map[string]json.RawMessage
	if !f.read(field, &given) {
		return
	}
	if len(given) > maxPriceChanges {
		f.fault(field, domain.T("api.field_too_many", "Max", maxPriceChanges))
		return
	}
	changes := make([]domain.PriceChange, 0, len(given))
	for _, raw := range given {
		entry := &form{faults: f.faults, raw: raw, path: f.path + field + ".", names: map[string]string{"from": field, "prices": field}}
		if raw == nil {
			f.addWrongType(f.path + field)
			return
		}
		change := domain.PriceChange{From: entry.requiredMillis("from")}
		names := priceNames()
		for name := range names {
			names[name] = field
		}
		prices := entry.object("prices", names)
		if prices == nil {
			entry.fault("prices", domain.T("api.field_prices"))
		} else {
			prices.prices(&change.Prices, true)
		}
		if slices.ContainsFunc(changes, func(c domain.PriceChange) bool { return c.From == change.From }) {
			f.fault(field, domain.T("api.field_same_moment"))
		}
		changes = append(changes, change)
	}
	*into = changes
}

// requiredMillis reads milliseconds since epoch.
func (f *form) requiredMillis(field string) int64 {
	var at int64
	if !f.has(field) {
		f.fault(field, required())
	} else if f.read(field, &at) && (at < 1 || at > maxMillis) {
		f.fault(field, domain.T("api.field_range", "Min", 1, "Max", int64(maxMillis)))
	}
	return at
}

// prices reads the price of each category; with whole none may be absent.
func (f *form) prices(into *domain.Prices, whole bool) {
	for _, price := range []struct {
		category string
		into     *domain.Money
	}{
		{"marketing", &into.Marketing},
		{"utility", &into.Utility},
		{"authentication", &into.Authentication},
		{"service", &into.Service},
	} {
		if whole && !f.has(price.category) {
			f.fault(price.category, domain.T("api.field_prices"))
		}
		f.money(price.category, price.into)
	}
}

type planApprovalView struct {
	ID           string            `json:"id"`
	PlanID       string            `json:"plan_id"`
	QueueID      string            `json:"queue_id"`
	MonthlyLimit domain.Money      `json:"monthly_limit"`
	Currency     string            `json:"currency"`
	Prices       domain.Prices     `json:"prices"`
	PriceChanges []priceChangeView `json:"price_changes"`
	ApprovedBy   string            `json:"approved_by"`
	ApprovedAt   millisOrNull      `json:"approved_at"`
	EndedBy      string            `json:"ended_by"`
	EndedAt      millisOrNull      `json:"ended_at"`
}

func viewPlanApproval(p *domain.PlanApproval) planApprovalView {
	return planApprovalView{
		ID: p.ID, PlanID: p.PlanID, QueueID: p.QueueID, MonthlyLimit: p.MonthlyLimit, Currency: p.Currency, Prices: p.Prices,
		PriceChanges: viewChanges(p.PriceChanges), ApprovedBy: p.ApprovedBy, ApprovedAt: millisOrNull(p.ApprovedAt), EndedBy: p.EndedBy, EndedAt: millisOrNull(p.EndedAt),
	}
}

func (a *API) listPlanApprovals(r *http.Request, id string) (reply, error) {
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	approvals, total, err := a.Store.PlanApprovals(r.Context(), id, p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the plan's approvals")
	}
	return ok(listOf(approvals, total, p, viewPlanApproval))
}
