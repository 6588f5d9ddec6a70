package jobs

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// idleBatch is how many conversations are looked at in a round.
const idleBatch = 100

// InactivityCheck finds customers who wait for our answer longer than their queue's time.
// What is done about one is domain.Service.LookAtWait.
type InactivityCheck struct {
	Store interface {
		// IdleDue lists up to n conversations whose customer may have waited too
		// long; minutes is the time of queues without their own, 0 = for ever.
		IdleDue(ctx context.Context, now int64, minutes, n int) ([]string, error)
	}
	Check    func(ctx context.Context, conversationID string) error
	Minutes func() int
	WakeNotices    func() // wakes the notices
	Clock   domain.Clock
	Log     jobqueue.Logger
}

// Round looks at a batch. One that fails holds up no other, and comes again.
func (i *InactivityCheck) Run(ctx context.Context) (more bool, err error) {
	due, err := i.Store.IdleDue(ctx, i.Clock.Now(), i.Minutes(), idleBatch)
	if err != nil || len(due) == 0 {
		return false, err
	}
	failed := false
	for _, id := range due {
		if err := i.Check(ctx, id); err != nil && ctx.Err() == nil {
			failed = true
			i.Log.Warn("Could not look at a customer who waits", "conversation", id, "error", err.Error())
		}
	}
	i.WakeNotices()
	return !failed && len(due) == idleBatch, nil
}
