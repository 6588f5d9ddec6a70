package channelsync

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// SyncPosts is what the mirror lets Mattermost do.
type SyncPosts interface {
	posting.Poster
	EnsureChannel(ctx context.Context, c posting.Channel) (id string, err error)
	Join(ctx context.Context, teamID, channelID string) error
	SetHeader(ctx context.Context, channelID, header string) error
	// PutRight makes a channel what a conversation's channel is to be: in its team,
	// private, not archived, with its name, display name and header. It answers
	// when the channel was changed last; domain.ErrNotFound where it is gone.
	PutRight(ctx context.Context, channelID string, c posting.Channel) (at int64, err error)
	// Discard archives the channel that EnsureChannel would find; it makes none.
	Discard(ctx context.Context, c posting.Channel) error
	Guard(ctx context.Context, channelID string) error
	Archive(ctx context.Context, channelID string) error
	// Restore brings an archived channel back, where the server lets a plugin do that.
	Restore(ctx context.Context, channelID string) error
	PeoplePosts
}

// Mirror makes Mattermost show what the database says of a conversation: its
// channel, first post, members, state. A round does what is due; Refresh does
// one conversation at once. Every step may be repeated without harm.
type Syncer struct {
	Store    SyncStore
	Posts    SyncPosts
	Channels *posting.Channels
	Localizer  posting.Localizer
	Clock    domain.Clock
	Log      jobqueue.Logger
	Username func(ctx context.Context, userID string) (string, error)
	// Link is the address of a conversation's channel; "" where it has none.
	Link func(ctx context.Context, c *domain.Conversation) string
	// Full is told that a conversation's channel cannot be made because its team has no room.
	OnTeamFull func(ctx context.Context, c *domain.Conversation)
	// Arranged is told that sidebars are due; nil = nobody wants to know.
	WakeSidebars func()
}

// Round refreshes a batch of conversations that are due.
func (m *Syncer) Run(ctx context.Context) (more bool, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(domain.RefreshLease))
	defer lease.End()
	due, err := m.Store.ClaimRefresh(ctx, "", m.Clock.Now(), domain.RefreshLease, domain.RefreshBatch)
	if err != nil {
		return false, err
	}
	jobqueue.InParallel(domain.RefreshHands, due, func(r domain.ChannelRefresh) {
		if err := m.syncUnderLease(ctx, r, false); err != nil && ctx.Err() == nil {
			m.Log.Warn("Could not refresh a conversation", "conversation", r.Conversation.ID, "error", err.Error())
		}
	})
	return len(due) == domain.RefreshBatch, nil
}

// SyncNow brings one conversation up to date now. Where a worker is at it
// already it waits for the worker's lease.
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

// refreshNow is one try of Refresh; done is false where somebody else is at it.
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

// refreshHeld refreshes a conversation while the lease holds. Where it ended on the way, what was changed last may have come after what
// another process showed meanwhile: the conversation is looked at once more.
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

func (m *Syncer) sync(ctx context.Context, r domain.ChannelRefresh, settled bool) error {
	c := &r.Conversation
	now := m.Clock.Now()
	if c.AbortedAt != 0 {
		return m.discardAborted(ctx, &r, now)
	}
	if c.ErasedAt != 0 { // what is to be done in Mattermost is to forget it; see Forgetting
		return m.Store.Refreshed(ctx, c.ID, r.DueAt, r.Shown, 0, now)
	}
	again := r.Again
	if r.Shown != "" {
		if err := m.repairChannel(ctx, &r, now); err != nil {
			return err
		}
	}
	if r.Shown == "" { // nothing was ever shown to the end: a crash may have left a part of it
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
	if again || shownBefore(&r) != shown { // who was overtaken may have left an old header
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
	return m.Store.Refreshed(ctx, c.ID, r.DueAt, shown, c.NextChange(now), now)
}

// begin makes the channel with its first post and its people. begun is false
// while the first template's outcome is still open.
func (m *Syncer) createChannel(ctx context.Context, r *domain.ChannelRefresh, settled bool) (begun bool, err error) {
	c := &r.Conversation
	first, err := m.Store.FirstMessage(ctx, c.ID)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return false, err
	}
	pending := first != nil && first.Direction == domain.Outbound && first.Status == domain.Pending
	if pending && !settled && m.Clock.Now()-first.CreatedAt < domain.StartPatience.Milliseconds() {
		return false, nil
	}
	channelID, err := m.ensureChannel(ctx, r)
	if err != nil {
		return false, err
	}
	c.ChannelID = channelID
	if err := m.linkPrevious(ctx, r); err != nil {
		return false, err
	}
	// ours before anybody but the bot is in it: from now on the lock holds
	if err := m.Store.SetChannel(ctx, c.ID, channelID); errors.Is(err, domain.ErrNotFound) {
		return false, errAborted
	} else if err != nil {
		return false, err
	}
	m.Channels.Add(channelID)
	if err := m.Posts.Guard(ctx, channelID); err != nil {
		return false, err
	}
	r.Again = true // whatever a crashed try posted is found again
	if err := m.showTemplates(ctx, r); err != nil {
		return false, err
	}
	if err := m.Posts.Join(ctx, c.TeamID, channelID); err != nil {
		return false, err
	}
	if c.OwnerID != "" && c.OwnerID != c.AttendantID { // the attendant comes in with the people
		return true, m.addMember(ctx, c, c.OwnerID)
	}
	return true, nil
}

func (m *Syncer) ensureChannel(ctx context.Context, r *domain.ChannelRefresh) (string, error) {
	c := &r.Conversation
	return m.Posts.EnsureChannel(ctx, m.channelOf(c, m.Clock.Now(), r.Zone))
}

// channelOf is what a conversation's channel is to be.
func (m *Syncer) channelOf(c *domain.Conversation, now int64, zone string) posting.Channel {
	return posting.Channel{TeamID: c.TeamID, Name: "wa-" + strings.ToLower(c.ID), DisplayName: domain.DisplayName(c), Header: m.header(c, now, zone)}
}

// errAborted says that the start was refused while its channel was made.
var errAborted = errors.New("the conversation was aborted meanwhile")

// showAborted leaves nothing in Mattermost of a start that was refused for good:
// the channel that an earlier step, or a crashed try, may have made goes too.
func (m *Syncer) discardAborted(ctx context.Context, r *domain.ChannelRefresh, now int64) error {
	if r.Again {
		if err := m.Posts.Discard(ctx, m.channelOf(&r.Conversation, now, r.Zone)); err != nil {
			return err
		}
	}
	return m.Store.Refreshed(ctx, r.Conversation.ID, r.DueAt, "aborted", 0, now)
}

// showTemplates posts the templates that have no post yet, as the customer sees them.
func (m *Syncer) showTemplates(ctx context.Context, r *domain.ChannelRefresh) error {
	c := &r.Conversation
	unshown, err := m.Store.UnshownTemplates(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, message := range unshown {
		postID, err := posting.EnsurePostOrFallback(ctx, m.Posts, posting.Post{
			ChannelID: c.ChannelID, Type: posting.TypeTemplate, Message: message.Text, PendingID: message.ID,
			Props: map[string]any{posting.PropMessage: message.ID},
		}, posting.PropMessage, m.Localizer.ForChannel(domain.T("withheld.template")), r.Again, posting.OwnPostsSince())
		if err != nil {
			return err
		}
		if postID == "" {
			continue
		}
		if err := m.Store.SetPost(ctx, message.ID, postID); err != nil {
			return err
		}
	}
	return nil
}

// tellChange leaves a line where the state is another than the one last told.
func (m *Syncer) appendStateEvent(ctx context.Context, r *domain.ChannelRefresh, now int64) error {
	c := &r.Conversation
	told, state := r.ShownState(), c.StateAt(now)
	if told == state && state != domain.Closed { // one closed again has another summary
		return nil
	}
	var line domain.Text
	key := string(state)
	switch state {
	case domain.Open:
		line = domain.T("event.open", "Who", m.mentionServing(ctx, c), "Until", c.WindowUntil)
		key += ":" + strconv.FormatInt(c.WindowFrom, 10)
	case domain.Expired:
		line = domain.T("event.expired")
		key += ":" + strconv.FormatInt(c.WindowUntil, 10)
	case domain.Closed:
		var err error
		if line, err = m.summary(ctx, c); err != nil {
			return err
		}
		key += ":" + strconv.FormatInt(c.ClosedAt, 10)
	case domain.Waiting:
		if told != "" { // the template's own post tells it
			return nil
		}
		line = domain.T("event.waiting")
	}
	return m.appendEvent(ctx, c, line.In(r.Zone), key, r.Again)
}

// mention calls whoever is to know that the customer answered: who serves, and who is responsible.
func (m *Syncer) mentionServing(ctx context.Context, c *domain.Conversation) domain.Markdown {
	who, owner := m.servingNames(ctx, c)
	return domain.Markdown(strings.TrimSpace(who.Markdown() + " " + owner.Markdown()))
}

// serving are the attendant and, where it is somebody else, the owner.
func (m *Syncer) servingNames(ctx context.Context, c *domain.Conversation) (attendant, owner domain.Username) {
	attendant = m.name(ctx, c.AttendantID)
	if c.OwnerID != c.AttendantID {
		owner = m.name(ctx, c.OwnerID)
	}
	return attendant, owner
}

func (m *Syncer) name(ctx context.Context, userID string) domain.Username {
	if userID == "" {
		return ""
	}
	name, err := m.Username(ctx, userID)
	if err != nil {
		return ""
	}
	return domain.Username(name)
}

// stateKey is what the header and the lines show: the state, its moment to the
// minute, which is enough of a window's end, and the zone it is told in.
func stateKey(c *domain.Conversation, now int64, zone string) string {
	at := c.LastTemplateAt
	state := c.StateAt(now)
	switch state {
	case domain.Open, domain.Expired:
		at = c.WindowUntil
	case domain.Closed:
		at = c.ClosedAt
	case domain.Waiting:
	}
	return string(state) + ":" + strconv.FormatInt(at/time.Minute.Milliseconds(), 10) + ":" + zone
}

func (m *Syncer) header(c *domain.Conversation, now int64, zone string) string {
	return m.Localizer.ForChannel(c.StateLine(c.StateAt(now), zone))
}
