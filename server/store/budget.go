package store

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Budget is the approved plan of a queue, and what was spent and reserved since
// the beginning of a month, see domain.MonthStart. ErrNotFound without an
// approved plan.
func (s *Store) Budget(ctx context.Context, queueID string, month int64) (*domain.Plan, domain.Money, error) {
	plan, err := s.PlanOfQueue(ctx, queueID)
	if err != nil {
		return nil, 0, err
	}
	if !plan.Approved {
		return nil, 0, domain.ErrNotFound
	}
	spent, err := s.Spent(ctx, queueID, month)
	return plan, spent, err
}

// HasPlan reports whether a queue has an approved plan.
func (s *Store) HasPlan(ctx context.Context, queueID string) (bool, error) {
	plan, err := s.PlanOfQueue(ctx, queueID)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return err == nil && plan.Approved, err
}

// MonthOf adds up the ledger of a queue since a moment, milliseconds since epoch. The
// queue's name is left to the caller.
func (s *Store) MonthOf(ctx context.Context, queueID string, since int64) (*domain.QueueCosts, error) {
	m := &domain.QueueCosts{}
	err := s.db.GetContext(ctx, m, `SELECT coalesce(p.approved, false) AS planned, coalesce(p.currency, '') AS currency, coalesce(p.monthly_limit, 0) AS "limit",
			c.billed, c.reserved, c.messages
		FROM (SELECT coalesce(sum(amount) FILTER (WHERE state = 'billed'), 0)::bigint AS billed,
				coalesce(sum(amount) FILTER (WHERE state = 'reserved'), 0)::bigint AS reserved,
				count(*) FILTER (WHERE state = 'billed') AS messages
			FROM waa_charges WHERE queue_id = $1 AND at >= $2) c
		LEFT JOIN waa_plans p ON p.queue_id = $1`, queueID, since)
	return m, wrapErr(err, "could not add up the ledger")
}
