package postpolicy

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	// FreshEnough is the age up to which a post is still sent that was made while the plugin was down.
	FreshEnough = 15 * time.Minute
	// settleTime is how long a post is left to its hook before it counts as missed.
	settleTime = 5 * time.Second
	// lookBack is how far a run looks back beyond the last one, for hooks that another process
	// never got to.
	lookBack = 2 * time.Minute
	// reconciledState names until when posts were reconciled, by the server's clock.
	reconciledState = "reconciled_until"
	// longestGap bounds the search after a long pause.
	longestGap = 30 * 24 * time.Hour
)

// Reconciler finds the posts that no hook reported: made while the plugin was down, or whose
// hook a crash lost. It runs once before the workers start and then from time to time.
type Reconciler struct {
	Store  Store
	Intake *Intake
	Posts  Mattermost
	Log    jobqueue.Logger
}

// Run handles what was posted since the last run and is not known.
func (r *Reconciler) Run(ctx context.Context) (more bool, err error) {
	return false, r.Since(ctx, settleTime)
}

// Since handles the posts from the last run until so long ago.
func (r *Reconciler) Since(ctx context.Context, until time.Duration) error {
	now := time.Now()
	last, err := r.Store.State(ctx, reconciledState)
	if err != nil {
		return err
	}
	end := now.Add(-until).UnixMilli()
	if last == 0 { // the first activation: there is nothing of ours to find
		return r.Store.SetState(ctx, reconciledState, end)
	}
	since := max(last-lookBack.Milliseconds(), now.Add(-longestGap).UnixMilli())
	channels, err := r.Store.ChannelsWithMissedPosts(ctx, r.Posts.BotIDs(), since, end)
	if err != nil {
		return err
	}
	for _, channelID := range channels {
		if err := r.reconcileChannel(ctx, channelID, since, end); err != nil {
			r.Log.Warn("Could not reconcile a channel", "channel", channelID, "error", err.Error())
			return err // the next run begins where this one did
		}
	}
	return r.Store.SetState(ctx, reconciledState, end)
}

// CatchUp handles at once what no hook has reported of a channel, up to a moment (milliseconds
// since epoch, the server's clock), because a later post waits for it.
func (r *Reconciler) CatchUp(ctx context.Context, channelID string, until int64) {
	since := time.Now().Add(-FreshEnough).UnixMilli() // what is older is never sent, so nothing waits for it
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
		if err := r.Intake.EnqueuePost(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// checkMissed lets a post that no hook reported go to the customer only if the hook would have
// allowed it then and it is fresh: a late answer can do more harm than none. decision is the one
// for a post that is made now.
func checkMissed(c *domain.Conversation, p posting.IncomingPost, now int64, decision posting.Decision) posting.Decision {
	age := time.Since(time.UnixMilli(p.CreateAt))
	switch {
	case decision.Destination != posting.Customer:
		return decision
	case !c.WasOpenAt(now - age.Milliseconds()):
		return Refused(domain.ReasonLocked, domain.Text{})
	case age > FreshEnough:
		return Refused(domain.ReasonTooOld, domain.Text{})
	}
	return decision
}
