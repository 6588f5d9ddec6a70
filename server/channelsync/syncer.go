package channelsync

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// Syncer makes Mattermost show what the database says of a conversation: its channel, first
// post, members and state. Run does what is due; SyncNow does one conversation at once. Every
// step may be repeated without harm.
type Syncer struct {
	Store     Store
	Posts     Mattermost
	Channels  *posting.Channels
	Localizer posting.Localizer
	Clock     domain.Clock
	Settings  func() domain.Settings
	Log       jobqueue.Logger
	Username  func(ctx context.Context, userID string) (string, error)
	// Link is the address of a conversation's channel; "" where it has none.
	Link func(ctx context.Context, c *domain.Conversation) string
	// OnTeamFull is called where a conversation's channel cannot be made because its team has no room for one more.
	OnTeamFull func(ctx context.Context, c *domain.Conversation)
	// WakeSidebars is called when sidebars became due; nil = not needed.
	WakeSidebars func()
}

// Run synchronises a batch of conversations that are due.
func (m *Syncer) Run(ctx context.Context) (more bool, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(domain.RefreshLease))
	defer lease.End()
	due, err := m.Store.ClaimRefresh(ctx, "", m.Clock.Now(), domain.RefreshLease, domain.RefreshBatch)
	if err != nil {
		return false, err
	}
	jobqueue.InParallel(domain.RefreshConcurrency, due, func(r domain.ChannelRefresh) {
		if err := m.syncUnderLease(ctx, r, false); err != nil && ctx.Err() == nil {
			m.Log.Warn("Could not refresh a conversation", "conversation", r.Conversation.ID, "error", err.Error())
		}
	})
	return len(due) == domain.RefreshBatch, nil
}

// SyncNow brings one conversation up to date now. Where another process is at it already, it
// waits until that process is done or its lease ends.
func (m *Syncer) SyncNow(ctx context.Context, conversationID string) error {
	for end := time.Now().Add(domain.RefreshLease / 2); ; {
		done, err := m.trySync(ctx, conversationID)
		if done || err != nil {
			return err
		}
		if time.Now().After(end) {
			return errors.New("the conversation is being refreshed by somebody else")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// trySync is one try of SyncNow; done is false where another process holds the conversation.
func (m *Syncer) trySync(ctx context.Context, conversationID string) (done bool, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(domain.RefreshLease))
	defer lease.End()
	claimed, err := m.Store.ClaimRefresh(ctx, conversationID, m.Clock.Now(), domain.RefreshLease, 1)
	if err != nil || len(claimed) == 0 {
		return false, err
	}
	if err := m.syncUnderLease(ctx, claimed[0], true); err != nil {
		m.Log.Warn("Could not refresh a conversation at once", "conversation", conversationID, "error", err.Error())
		return false, err
	}
	return true, nil
}

// syncUnderLease synchronises a conversation while the lease holds. Where the lease ended on
// the way, this process may have overwritten what another one showed meanwhile, so the
// conversation becomes due once more.
func (m *Syncer) syncUnderLease(ctx context.Context, r domain.ChannelRefresh, settled bool) error {
	err := m.sync(ctx, r, settled)
	if jobqueue.CheckLease(ctx) == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), overtakenLimit)
	defer cancel()
	if err := m.Store.Overtaken(ctx, r.Conversation.ID, m.Clock.Now()); err != nil {
		return err
	}
	return jobqueue.ErrLost
}

// sync brings a conversation's channel up to date, step by step. settled is true where the
// caller knows that the first template's outcome is stored, so that the channel may be made.
func (m *Syncer) sync(ctx context.Context, r domain.ChannelRefresh, settled bool) error {
	c := &r.Conversation
	now := m.Clock.Now()
	if c.AbortedAt != 0 {
		return m.discardAborted(ctx, &r, now)
	}
	if c.ErasedAt != 0 { // what is left of it in Mattermost is removed by jobs.Erasure
		return m.Store.Refreshed(ctx, c.ID, r.DueAt, r.Shown, 0, now)
	}
	again := r.Again
	if r.Shown != "" {
		if err := m.repairChannel(ctx, &r, now); err != nil {
			return err
		}
	}
	if r.Shown == "" { // it was never shown completely: a crash may have left a part of it
		begun, err := m.createChannel(ctx, &r, settled)
		switch {
		case errors.Is(err, posting.ErrTooManyChannels):
			return m.waitForTeamRoom(ctx, &r, settled, now)
		case errors.Is(err, errAborted):
			r.Again = true
			return m.discardAborted(ctx, &r, now)
		case err != nil:
			return err
		}
		if !begun { // its template is still on the way to Meta
			return m.Store.Refreshed(ctx, c.ID, r.DueAt, r.Shown, now+time.Second.Milliseconds(), now)
		}
	}
	if err := m.showTemplates(ctx, &r); err != nil {
		return err
	}
	if r.ShownState() == domain.Closed && c.ClosedAt == 0 {
		if err := m.showReopened(ctx, &r); err != nil {
			return err
		}
	}
	if err := m.syncPeople(ctx, &r, again); err != nil {
		return err
	}
	shown := stateKey(c, now, r.Zone)
	if again || shownBefore(&r) != shown { // a process that lost its lease may have left an old header
		if err := m.Posts.SetHeader(ctx, c.ChannelID, m.header(c, now, r.Zone)); err != nil {
			return err
		}
	}
	if shownBefore(&r) != shown {
		if err := m.appendStateEvent(ctx, &r, now); err != nil {
			return err
		}
		if c.StateAt(now) == domain.Open {
			if err := m.Store.OfferDrafts(ctx, c.ID, c.WindowFrom, now); err != nil {
				return err
			}
		}
	}
	shown, err := m.remind(ctx, &r, shown, now)
	if err != nil {
		return err
	}
	return m.Store.Refreshed(ctx, c.ID, r.DueAt, shown, c.NextChange(m.opening(&r), now), now)
}
