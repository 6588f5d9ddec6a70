package jobs

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	// scheduledBatch is how many scheduled starts are carried out at the same time: each waits for WhatsApp.
	scheduledBatch = 8
	// scheduledRetry is the pause after an attempt that stored nothing, because something was out of order here.
	scheduledRetry = 5 * time.Second
	untoldBatch    = 8
	// scheduledURL is where clicks on the buttons go.
	scheduledURL = domain.PluginPath + "/api/v1/actions/scheduled"
)

// ScheduledStarts carries out the starts that were put off, when they are due, and tells the owners of those
// that failed.
type ScheduledStarts struct {
	Store ScheduledStore
	// Send judges one and sends it or ends it as failed; see service.Service.SendScheduled.
	Send func(ctx context.Context, scheduled *domain.Scheduled) error
	// Ahead is how far the plugin's clock is ahead of the real one, milliseconds; 0 except in development.
	Ahead     func() int64
	Lease     time.Duration // for how long one process has a start
	Posts     Mattermost
	Queue     func(ctx context.Context, id string) (*domain.Queue, error)
	Localizer posting.Localizer
	Clock     domain.Clock
	Log       jobqueue.Logger
}

// ScheduledStore is what the scheduled starts need of the database.
type ScheduledStore interface {
	// ClaimScheduled leases up to n that are due by the database's clock, and those that an earlier
	// attempt left unfinished.
	ClaimScheduled(ctx context.Context, ahead int64, lease time.Duration, n int) ([]*domain.Scheduled, error)
	// ScheduledLater gives one back that has a lease, for a while.
	ScheduledLater(ctx context.Context, id string, delay time.Duration) error
	// ClaimUntoldScheduled leases up to n failed ones whose owner was not told.
	ClaimUntoldScheduled(ctx context.Context, lease time.Duration, n int) ([]*domain.Scheduled, error)
	ScheduledTold(ctx context.Context, id string, now int64) error
}

// Run carries out a batch of what is due, and tells of a batch of what failed.
func (j *ScheduledStarts) Run(ctx context.Context) (more bool, err error) {
	due, err := j.Store.ClaimScheduled(ctx, j.Ahead(), j.Lease, scheduledBatch)
	if err != nil {
		return false, err
	}
	jobqueue.InParallel(scheduledBatch, due, func(s *domain.Scheduled) { j.send(ctx, s) })
	untold, err := j.Store.ClaimUntoldScheduled(ctx, noticeLease, untoldBatch)
	if err != nil {
		return false, err
	}
	for _, s := range untold {
		if err := j.tell(ctx, s); err != nil && ctx.Err() == nil { // it is tried again when the lease has expired
			j.Log.Warn("Could not tell of a scheduled start that failed", "scheduled", s.ID, "error", err.Error())
		}
	}
	return len(due) >= scheduledBatch || len(untold) == untoldBatch, nil
}

func (j *ScheduledStarts) send(ctx context.Context, s *domain.Scheduled) {
	err := j.Send(ctx, s)
	if err == nil || ctx.Err() != nil {
		return
	}
	j.Log.Warn("Could not carry out a scheduled start, it is tried again", "scheduled", s.ID, "error", err.Error())
	if err := j.Store.ScheduledLater(ctx, s.ID, scheduledRetry); err != nil {
		j.Log.Warn("Could not put a scheduled start off", "scheduled", s.ID, "error", err.Error())
	}
}

// tell sends the owner a direct message with the reason, and a button that starts it by hand. It names no
// customer: nothing has to be removed from it when they are erased.
func (j *ScheduledStarts) tell(ctx context.Context, s *domain.Scheduled) error {
	queue, err := j.Queue(ctx, s.QueueID)
	if errors.Is(err, domain.ErrNotFound) { // it was removed, which may be why
		queue = &domain.Queue{}
	} else if err != nil {
		return err
	}
	channelID, err := j.Posts.DirectChannel(ctx, s.OwnerID)
	if err != nil {
		return err
	}
	say := func(t domain.Text) string { return j.Localizer.ForUser(ctx, s.OwnerID, t) }
	key := "scheduled:" + s.ID
	post := posting.Post{
		ChannelID: channelID, PendingID: key,
		Message: say(domain.T("scheduled.failed", "At", s.SendAt, "Template", s.TemplateName, "Queue", queue.Name, "Why", s.Reason.In(queue.TimeZone)).In(queue.TimeZone)),
		Props: map[string]any{posting.PropEvent: key, "attachments": []any{map[string]any{"actions": []any{
			ScheduledButton("start", s.ID, "primary", say(domain.T("scheduled.start"))),
		}}}},
	}
	if _, err := posting.EnsurePostOrFallback(ctx, j.Posts, post, posting.PropEvent, say(domain.T("withheld.line")), s.Again, posting.OwnPostsSince()); err != nil {
		return err
	}
	return j.Store.ScheduledTold(ctx, s.ID, j.Clock.Now())
}

// ScheduledButton is a button beside a scheduled start. do is start or cancel.
func ScheduledButton(do, id, style, name string) map[string]any {
	return map[string]any{
		"id": do + id, "type": "button", "style": style, "name": name,
		"integration": map[string]any{"url": scheduledURL, "context": map[string]any{"do": do, "scheduled_id": id}},
	}
}
