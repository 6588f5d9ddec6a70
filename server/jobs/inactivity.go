package jobs

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// inactivityBatch is how many conversations one run checks.
const inactivityBatch = 100

// InactivityCheck finds the customers who have waited for our answer longer than their queue
// allows. What is done about each is decided by service.Service.CheckInactivity.
type InactivityCheck struct {
	Store       Store
	Check       func(ctx context.Context, conversationID string) error
	Minutes     func() int // the limit of queues without their own; 0 = none
	WakeNotices func()
	Clock       domain.Clock
	Log         jobqueue.Logger
}

// Run checks a batch. A conversation that fails does not hold up the others, and is tried again.
func (i *InactivityCheck) Run(ctx context.Context) (more bool, err error) {
	due, err := i.Store.IdleDue(ctx, i.Clock.Now(), i.Minutes(), inactivityBatch)
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
	return !failed && len(due) == inactivityBatch, nil
}
