package api

import (
	"context"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// What a plan's status is called.
const (
	planDraft    = "draft"
	planApproved = "approved"
)

func (a *API) planRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/plans", a.listPlans)
	a.handle(router, http.MethodPost, "/plans", a.createPlan)
	a.handle(router, http.MethodGet, "/plans/{id}", withID(a.getPlan))
	a.handle(router, http.MethodPatch, "/plans/{id}", withID(a.patchPlan))
	a.handle(router, http.MethodDelete, "/plans/{id}", withID(a.deletePlan))
	a.handle(router, http.MethodPost, "/plans/{id}/approve", withID(a.approvePlan))
	a.handle(router, http.MethodGet, "/plans/{id}/approvals", withID(a.listPlanApprovals))
}

type planView struct {
	ID           string            `json:"id"`
	QueueID      string            `json:"queue_id"`
	MonthlyLimit domain.Money      `json:"monthly_limit"`
	Currency     string            `json:"currency"`
	Prices       domain.Prices     `json:"prices"`
	PriceChanges []priceChangeView `json:"price_changes"`
	Spent        domain.Money      `json:"spent"` // and reserved, this month
	Status       string            `json:"status"`
	ApprovedBy   string            `json:"approved_by"`
	ApprovedAt   millisOrNull      `json:"approved_at"`
	CreatedAt    millisOrNull      `json:"created_at"`
	UpdatedAt    millisOrNull      `json:"updated_at"`
}

// viewPlan is the plan as it is now, with what the queue spent this month.
func (a *API) viewPlan(ctx context.Context, plan *domain.Plan) (planView, error) {
	now := a.Clock.Now()
	spent, err := a.Store.Spent(ctx, plan.QueueID, domain.MonthStart(now))
	if err != nil {
		return planView{}, errors.Wrap(err, "add up what the queue spent")
	}
	plan = plan.AsOf(now)
	status := planDraft
	if plan.Approved {
		status = planApproved
	}
	return planView{
		ID: plan.ID, QueueID: plan.QueueID, MonthlyLimit: plan.MonthlyLimit, Currency: plan.Currency, Prices: plan.Prices, Status: status,
		PriceChanges: viewChanges(plan.PriceChanges), Spent: spent,
		ApprovedBy: plan.ApprovedBy, ApprovedAt: millisOrNull(plan.ApprovedAt), CreatedAt: millisOrNull(plan.CreatedAt), UpdatedAt: millisOrNull(plan.UpdatedAt),
	}, nil
}

func (a *API) planReply(r *http.Request, plan *domain.Plan, answer func(any) (reply, error)) (reply, error) {
	view, err := a.viewPlan(r.Context(), plan)
	if err != nil {
		return reply{}, err
	}
	return answer(view)
}

func (a *API) listPlans(r *http.Request) (reply, error) {
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	plans, total, err := a.Store.Plans(r.Context(), p.number, p.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the plans")
	}
	views := make([]planView, len(plans))
	for i, plan := range plans {
		if views[i], err = a.viewPlan(r.Context(), plan); err != nil {
			return reply{}, err
		}
	}
	return ok(listOf(views, total, p, func(view planView) planView { return view }))
}

func (a *API) getPlan(r *http.Request, id string) (reply, error) {
	plan, err := a.Store.Plan(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the plan")
	}
	return a.planReply(r, plan, ok)
}

func (a *API) createPlan(r *http.Request) (reply, error) {
	plan := &domain.Plan{}
	if _, err := a.fillPlan(r, plan, true); err != nil {
		return reply{}, err
	}
	plan = plan.AsOf(a.Clock.Now())
	if err := a.Store.CreatePlan(r.Context(), plan, a.Clock.Now()); err != nil {
		return reply{}, planConflict(err, "create the plan")
	}
	return a.planReply(r, plan, created)
}

func (a *API) patchPlan(r *http.Request, id string) (reply, error) {
	plan, err := a.Store.Plan(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the plan")
	}
	now := a.Clock.Now()
	stored, plan := plan, plan.AsOf(now)
	before := *plan
	f, err := a.fillPlan(r, plan, false)
	if err != nil {
		return reply{}, err
	}
	fields := f.presentFields()
	if f.has("prices") || f.has("price_changes") { // a change that came due moves from price_changes to prices
		fields = append(fields, "prices", "price_changes")
	}
	if plan = plan.AsOf(now); plan.SameTerms(&before) {
		plan = stored // the request changed nothing: that a price change came due must not cost the approval
	}
	if plan, err = a.Store.UpdatePlan(r.Context(), plan, userID(r), now, fields...); err != nil {
		return reply{}, planConflict(err, "change the plan")
	}
	return a.planReply(r, plan, ok)
}

func (a *API) deletePlan(r *http.Request, id string) (reply, error) {
	plan, err := a.Store.Plan(r.Context(), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read the plan")
	}
	if err := a.Store.DeletePlan(r.Context(), plan.ID, userID(r), a.Clock.Now()); err != nil {
		return reply{}, inUse(err, "delete the plan")
	}
	return a.planReply(r, plan, ok)
}

func (a *API) approvePlan(r *http.Request, id string) (reply, error) {
	plan, err := a.Store.ApprovePlan(r.Context(), id, userID(r), a.Clock.Now())
	if err != nil {
		return reply{}, errors.Wrap(err, "approve the plan")
	}
	return a.planReply(r, plan, ok)
}

// fillPlan reads the body into the plan and checks each field. A new plan needs all of them, because a price that nobody set
// must not count as free.
func (a *API) fillPlan(r *http.Request, plan *domain.Plan, isNew bool) (*form, error) {
	f, err := readForm(r, false)
	if err != nil {
		return nil, err
	}
	f.id("queue_id", &plan.QueueID, true)
	f.money("monthly_limit", &plan.MonthlyLimit)
	f.matching("currency", &plan.Currency, currencyPattern, 3, true)
	if prices := f.object("prices", priceNames()); prices != nil {
		prices.prices(&plan.Prices, isNew)
	}
	f.priceChanges("price_changes", &plan.PriceChanges)
	for _, field := range []string{"monthly_limit", "prices"} {
		if isNew && !f.has(field) {
			f.fault(field, required())
		}
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	if f.has("queue_id") {
		if err := a.mustHaveQueue(r.Context(), f, "queue_id", plan.QueueID); err != nil {
			return nil, err
		}
	}
	return f, f.err()
}

// priceNames makes a wrong price a fault of the field prices, which the console has.
func priceNames() map[string]string {
	return map[string]string{"marketing": "prices", "utility": "prices", "authentication": "prices", "service": "prices"}
}

func planConflict(err error, doing string) error {
	if errors.Is(err, domain.ErrConflict) {
		return invalid("queue_id", domain.T("api.field_taken_queue"))
	}
	return errors.Wrap(err, doing)
}
