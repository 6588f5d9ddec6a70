package postpolicy

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	// FreshEnough is how old a post may be that is still sent after the plugin was down.
	FreshEnough = 15 * time.Minute
	// settleTime leaves a post to its hook before we think it was missed.
	settleTime = 5 * time.Second
	// lookBack is how far a round looks back beyond the last one: a hook that
	// another process never got to is found by it.
	lookBack = 2 * time.Minute
	// aliveFact is when somebody last reconciled, the server's clock.
	aliveFact = "reconciled_until"
	// longestGap bounds the search after a long pause.
	longestGap = 30 * 24 * time.Hour
)

// Reconcile finds the posts that no hook brought us: made while the plugin was
// down, or whose hook a crash swallowed. It runs once before the workers start
// and then from time to time.
type Reconciler struct {
	Store  ReconcileStore
	Intake *Intake
	Posts  interface {
		// MissedPosts lists what people posted in a channel between two moments and no message knows, in its order.
		MissedPosts(ctx context.Context, channelID string, since, until int64) ([]posting.IncomingPost, error)
		BotID() string
	}
	Clock domain.Clock
	Log   jobqueue.Logger
}

// Round judges what was posted since the last round and is not known.
func (r *Reconciler) Run(ctx context.Context) (more bool, err error) {
	return false, r.Since(ctx, settleTime)
}

// Since judges the posts from the last round until so long ago.
func (r *Reconciler) Since(ctx context.Context, until time.Duration) error {
	now := time.Now()
	last, err := r.Store.State(ctx, aliveFact)
	if err != nil {
		return err
	}
	end := now.Add(-until).UnixMilli()
	if last == 0 { // the first activation: there is nothing of ours to find
		return r.Store.SetState(ctx, aliveFact, end)
	}
	since := max(last-lookBack.Milliseconds(), now.Add(-longestGap).UnixMilli())
	channels, err := r.Store.ChannelsWithMissedPosts(ctx, r.Posts.BotID(), since, end)
	if err != nil {
		return err
	}
	for _, channelID := range channels {
		if err := r.reconcileChannel(ctx, channelID, since, end); err != nil {
			r.Log.Warn("Could not reconcile a channel", "channel", channelID, "error", err.Error())
			return err // the next round begins where this one did
		}
	}
	return r.Store.SetState(ctx, aliveFact, end)
}

// TakeIn judges at once what no hook has brought of a channel, up to a moment
// (milliseconds since epoch, the server's clock): a later post waits for it.
func (r *Reconciler) CatchUp(ctx context.Context, channelID string, until int64) {
	since := time.Now().Add(-FreshEnough).UnixMilli() // nothing waits for what is older: it is never sent
	if err := r.reconcileChannel(ctx, channelID, since, until); err != nil {
		r.Log.Warn("Could not take in the posts that come first", "channel", channelID, "error", err.Error())
	}
}

func (r *Reconciler) reconcileChannel(ctx context.Context, channelID string, since, end int64) error {
	posted, err := r.Posts.MissedPosts(ctx, channelID, since, end)
	if err != nil {
		return err
	}
	for _, p := range posted {
		c, err := r.Store.ConversationByChannel(ctx, channelID)
		if err != nil {
			return err
		}
		ruling, err := r.decide(ctx, c, p)
		if err != nil {
			return err
		}
		if err := r.Intake.enqueue(ctx, c, p, ruling); err != nil {
			return err
		}
	}
	return nil
}

// rule lets a missed post out only if the hook would have allowed it then, it
// is allowed now, and it is fresh: a late answer can do more harm than none.
func (r *Reconciler) decide(ctx context.Context, c *domain.Conversation, p posting.IncomingPost) (posting.Decision, error) {
	age := time.Since(time.UnixMilli(p.CreateAt))
	now := r.Clock.Now()
	ruling, err := r.Intake.Policy.Check(ctx, c, p, now)
	if err != nil || ruling.Destination != posting.Customer {
		return ruling, err
	}
	switch {
	case !c.WasOpenAt(now - age.Milliseconds()):
		return Refused(domain.ReasonLocked, domain.Text{}), nil
	case age > FreshEnough:
		return Refused(domain.ReasonTooOld, domain.Text{}), nil
	}
	return ruling, nil
}
