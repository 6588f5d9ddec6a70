package store

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	planFields  = "queue_id, monthly_limit, currency, prices, price_changes"
	planColumns = "id, " + planFields + ", approved, approved_by, approved_at, created_at, updated_at"
	planSelect  = "SELECT " + planColumns + " FROM waa_plans"
)

// priceTable is domain.Prices at rest: millionths, whole numbers.
type priceTable struct {
	Marketing      int64 `json:"marketing"`
	Utility        int64 `json:"utility"`
	Authentication int64 `json:"authentication"`
	Service        int64 `json:"service"`
}

func encodePrices(p domain.Prices) (string, error) {
	data, err := json.Marshal(priceTable{int64(p.Marketing), int64(p.Utility), int64(p.Authentication), int64(p.Service)})
	return string(data), errors.Wrap(err, "could not encode prices")
}

func decodePrices(data []byte) (domain.Prices, error) {
	var p priceTable
	if err := json.Unmarshal(data, &p); err != nil {
		return domain.Prices{}, errors.Wrap(err, "could not decode prices")
	}
	return domain.Prices{
		Marketing: domain.Money(p.Marketing), Utility: domain.Money(p.Utility),
		Authentication: domain.Money(p.Authentication), Service: domain.Money(p.Service),
	}, nil
}

// planRow is a plan with its prices as stored.
type planRow struct {
	domain.Plan
	Prices       []byte `db:"prices"`
	PriceChanges []byte `db:"price_changes"`
}

func (r *planRow) plan() (_ *domain.Plan, err error) {
	if r.Plan.Prices, err = decodePrices(r.Prices); err != nil {
		return nil, err
	}
	r.Plan.PriceChanges, err = decodeChanges(r.PriceChanges)
	return &r.Plan, err
}

// Plan reads a plan.
func (s *Store) Plan(ctx context.Context, id string) (*domain.Plan, error) {
	return readPlan(ctx, s.db, planSelect+" WHERE id = $1", id)
}

// PlanOfQueue reads the plan of a queue, approved or not.
func (s *Store) PlanOfQueue(ctx context.Context, queueID string) (*domain.Plan, error) {
	return readPlan(ctx, s.db, planSelect+" WHERE queue_id = $1", queueID)
}

func readPlan(ctx context.Context, r sqlx.ExtContext, query string, args ...any) (*domain.Plan, error) {
	var row planRow
	if err := sqlx.GetContext(ctx, r, &row, query, args...); err != nil {
		return nil, wrapErr(err, "could not read the plan")
	}
	return row.plan()
}

// Plans lists the plans, oldest first; page counts from 0.
func (s *Store) Plans(ctx context.Context, page, perPage int) ([]*domain.Plan, int, error) {
	from := builder().Select().From("waa_plans")
	rows, total, err := selectPage[planRow](ctx, s.db, from.Columns(planColumns).OrderBy("created_at", "id"), from.Columns("count(*)"), page, perPage)
	if err != nil {
		return nil, 0, err
	}
	plans := make([]*domain.Plan, len(rows))
	for i, row := range rows {
		if plans[i], err = row.plan(); err != nil {
			return nil, 0, err
		}
	}
	return plans, total, nil
}

// CreatePlan stores a new plan, not approved, and gives it an id. ErrConflict if the queue has one.
func (s *Store) CreatePlan(ctx context.Context, p *domain.Plan, now int64) error {
	p.ID, p.CreatedAt, p.UpdatedAt = s.newID(), now, now
	p.Approved, p.ApprovedBy, p.ApprovedAt = false, "", 0
	prices, err := encodePrices(p.Prices)
	if err != nil {
		return err
	}
	changes, err := encodeChanges(p.PriceChanges)
	if err != nil {
		return err
	}
	_, err = exec(ctx, s.db, `INSERT INTO waa_plans (id, queue_id, monthly_limit, currency, prices, price_changes, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`, p.ID, p.QueueID, int64(p.MonthlyLimit), p.Currency, prices, changes, now)
	return wrapErr(err, "could not create the plan")
}

// UpdatePlan stores what an admin may edit: the named columns, or all of them.
// Any change takes the approval off, and ends it in the history. It returns the
// plan as it is then.
func (s *Store) UpdatePlan(ctx context.Context, p *domain.Plan, by string, now int64, fields ...string) (*domain.Plan, error) {
	prices, err := encodePrices(p.Prices)
	if err != nil {
		return nil, err
	}
	changes, err := encodeChanges(p.PriceChanges)
	if err != nil {
		return nil, err
	}
	value := map[string]string{"queue_id": "$2::text", "monthly_limit": "$3::bigint", "currency": "$4::text", "prices": "$5::jsonb", "price_changes": "$8::jsonb", "id": "id"}
	columns := chosenColumns(planFields, fields)
	set := mapColumns(columns, func(c string) string { return c + " = " + value[c] })
	same := "(" + strings.ReplaceAll(mapColumns(columns, func(c string) string { return "(" + c + " = " + value[c] + ")" }), "), (", ") AND (") + ")"
	return readPlan(ctx, s.db, `
		WITH plan AS (
			UPDATE waa_plans SET `+set+`, updated_at = $6,
				approved = approved AND `+same+`,
				approved_by = CASE WHEN `+same+` THEN approved_by ELSE '' END,
				approved_at = CASE WHEN `+same+` THEN approved_at ELSE 0 END
			WHERE id = $1 AND ($2::text, $3::bigint, $4::text, $5::jsonb, $8::jsonb) IS NOT NULL RETURNING `+planColumns+`
		), ended AS (
			UPDATE waa_plan_approvals SET ended_by = $7, ended_at = $6 WHERE ended_at = 0 AND plan_id = (SELECT id FROM plan WHERE NOT approved)
		)
		SELECT `+planColumns+` FROM plan`, p.ID, p.QueueID, int64(p.MonthlyLimit), p.Currency, prices, now, by, changes)
}

// ApprovePlan lets the queue spend what the plan says. What was approved goes
// into the history and the audit with it.
func (s *Store) ApprovePlan(ctx context.Context, id, by string, now int64) (*domain.Plan, error) {
	return readPlan(ctx, s.db, `
		WITH approved AS (
			UPDATE waa_plans SET approved = true, approved_by = $2, approved_at = $3, updated_at = $3, approved_currency = currency,
				approved_prices = jsonb_build_array(jsonb_build_object('from', 0, 'prices', prices)) || price_changes
			WHERE id = $1 RETURNING `+planColumns+`
		), ended AS (
			UPDATE waa_plan_approvals SET ended_by = $2, ended_at = $3 WHERE ended_at = 0 AND plan_id = (SELECT id FROM approved)
		), history AS (
			INSERT INTO waa_plan_approvals (id, plan_id, queue_id, monthly_limit, currency, prices, price_changes, approved_by, approved_at)
			SELECT $4, id, queue_id, monthly_limit, currency, prices, price_changes, $2, $3 FROM approved
		), audit AS (
			INSERT INTO waa_audit (id, at, actor_id, action, object_id, details)
			SELECT $4, $3, $2, 'plan_approved', id, jsonb_build_object('queue', queue_id, 'monthly_limit', monthly_limit::text, 'currency', currency,
				'prices', prices::text, 'price_changes', price_changes::text)
			FROM approved
		)
		SELECT `+planColumns+` FROM approved`, id, by, now, s.newID())
}

// DeletePlan removes a plan, after which its queue can start nothing. The history of its approvals stays.
func (s *Store) DeletePlan(ctx context.Context, id, by string, now int64) error {
	return execOne(ctx, s.db, "could not delete the plan", `
		WITH ended AS (UPDATE waa_plan_approvals SET ended_by = $2, ended_at = $3 WHERE ended_at = 0 AND plan_id = $1)
		DELETE FROM waa_plans WHERE id = $1`, id, by, now)
}

// lockPlan reads and locks the approved plan of a queue, and reads what was spent and
// reserved since the beginning of a month. It takes a second statement for the sum on
// purpose: that one sees what the previous holders of the lock reserved.
func lockPlan(ctx context.Context, r sqlx.ExtContext, queueID string, month int64) (*domain.Plan, domain.Money, error) {
	plan, err := readPlan(ctx, r, planSelect+" WHERE queue_id = $1 AND approved FOR UPDATE", queueID)
	if err != nil {
		return nil, 0, err
	}
	spent, err := spentSince(ctx, r, queueID, month)
	return plan, spent, err
}
