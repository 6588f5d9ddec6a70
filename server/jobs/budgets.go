package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	budgetEvery = 15 * time.Second
	// budgetOverlap is how far back a round looks again: charges are stored with earlier times.
	budgetOverlap = 5 * time.Minute
)

// Budgets warns the supervisors of a queue when four fifths of its plan are
// spent, and when it is spent: once a month and plan.
type Budgets struct {
	Store interface {
		TryInterval(ctx context.Context, name string, every time.Duration) (bool, error)
		State(ctx context.Context, name string) (int64, error)
		SetState(ctx context.Context, name string, value int64) error
		// WarnPlans leaves the notices; queues without a charge since the moment are left out.
		WarnPlans(ctx context.Context, month, since, now int64) error
	}
	WakeNotices  func() // wakes the notices
	Clock domain.Clock
}

// Round looks at the plans, if it is this node's turn.
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
