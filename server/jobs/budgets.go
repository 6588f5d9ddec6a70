package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	budgetEvery = 15 * time.Second
	// budgetOverlap is how far back a run looks again, because charges are stored some time after their moment.
	budgetOverlap = 5 * time.Minute
)

// Budgets warns the supervisors of a queue when four fifths of its plan are spent, and again
// when all of it is: each once a month and plan.
type Budgets struct {
	Store       Store
	WakeNotices func()
	Clock       domain.Clock
}

// Run checks the plans of queues with recent charges, if it is this node's turn.
func (b *Budgets) Run(ctx context.Context) (more bool, err error) {
	mine, err := b.Store.TryInterval(ctx, "budgets", budgetEvery)
	if err != nil || !mine {
		return false, err
	}
	now := b.Clock.Now()
	last, err := b.Store.State(ctx, "budgets_until")
	if err != nil {
		return false, err
	}
	if err := b.Store.WarnPlans(ctx, domain.MonthStart(now), last-budgetOverlap.Milliseconds(), now); err != nil {
		return false, err
	}
	b.WakeNotices()
	return false, b.Store.SetState(ctx, "budgets_until", now)
}
