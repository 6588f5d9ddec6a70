package relay

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const (
	refreshLease = 20 * time.Second
	refreshBatch = 16
	refreshHands = 4
	// startPatience is how long a start may take before its channel appears without its outcome.
	startPatience = 75 * time.Second
)

// MirrorPosts is what the mirror lets Mattermost do.
type MirrorPosts interface {
	Poster
	EnsureChannel(ctx context.Context, c Channel) (id string, err error)
	Join(ctx context.Context, teamID, channelID string) error
	SetHeader(ctx context.Context, channelID, header string) error
	// PutRight makes a channel what a conversation's channel is to be: in its team,
	// private, not archived, with its name, display name and header. It answers
	// when the channel was changed last; conversation.ErrNotFound where it is gone.
	PutRight(ctx context.Context, channelID string, c Channel) (at int64, err error)
	// Discard archives the channel that EnsureChannel would find; it makes none.
	Discard(ctx context.Context, c Channel) error
	Guard(ctx context.Context, channelID string) error
	Archive(ctx context.Context, channelID string) error
	// Restore brings an archived channel back, where the server lets a plugin do that.
	Restore(ctx context.Context, channelID string) error
	PeoplePosts
}

// Mirror makes Mattermost show what the database says of a conversation: its
// channel, first post, members, state. A round does what is due; Refresh does
// one conversation at once. Every step may be repeated without harm.
type Mirror struct {
	Store    MirrorStore
	Posts    MirrorPosts
	Channels *Channels
	Speaker  Speaker
	Clock    conversation.Clock
	Log      jobqueue.Logger
	Username func(ctx context.Context, userID string) (string, error)
	// Link is the address of a conversation's channel; "" where it has none.
	Link func(ctx context.Context, c *conversation.Conversation) string
	// Full is told that a conversation's channel cannot be made because its team has no room.
	Full func(ctx context.Context, c *conversation.Conversation)
	// Arranged is told that sidebars are due; nil = nobody wants to know.
	Arranged func()
}

// Round refreshes a batch of conversations that are due.
func (m *Mirror) Round(ctx context.Context) (more bool, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(refreshLease))
	defer lease.End()
	due, err := m.Store.ClaimRefresh(ctx, "", m.Clock.Now(), refreshLease, refreshBatch)
	if err != nil {
		return false, err
	}
	inParallel(refreshHands, due, func(r Refresh) {
		if err := m.refreshHeld(ctx, r, false); err != nil && ctx.Err() == nil {
			m.Log.Warn("Could not refresh a conversation", "conversation", r.Conversation.ID, "error", err.Error())
		}
	})
	return len(due) == refreshBatch, nil
}

// Refresh brings one conversation up to date now. Where a worker is at it
// already it waits for the worker's lease.
func (m *Mirror) Refresh(ctx context.Context, conversationID string) error {
	for end := time.Now().Add(refreshLease / 2); ; {
		done, err := m.refreshNow(ctx, conversationID)
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
func (m *Mirror) refreshNow(ctx context.Context, conversationID string) (done bool, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(refreshLease))
	defer lease.End()
	claimed, err := m.Store.ClaimRefresh(ctx, conversationID, m.Clock.Now(), refreshLease, 1)
	if err != nil || len(claimed) == 0 {
		return false, err
	}
	if err := m.refreshHeld(ctx, claimed[0], true); err != nil {
		m.Log.Warn("Could not refresh a conversation at once", "conversation", conversationID, "error", err.Error())
		return false, err
	}
	return true, nil
}

// refreshHeld refreshes a conversation while the lease holds. Where it ended on the way, what was changed last may have come after what
// another process showed meanwhile: the conversation is looked at once more.
func (m *Mirror) refreshHeld(ctx context.Context, r Refresh, settled bool) error {
	err := m.refresh(ctx, r, settled)
	if jobqueue.Held(ctx) == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), overtakenLimit)
	defer cancel()
	if err := m.Store.Overtaken(ctx, r.Conversation.ID, m.Clock.Now()); err != nil {
		return err
	}
	return jobqueue.ErrLost
}

func (m *Mirror) refresh(ctx context.Context, r Refresh, settled bool) error {
	c := &r.Conversation
	now := m.Clock.Now()
	if c.AbortedAt != 0 {
		return m.showAborted(ctx, &r, now)
	}
	if c.ErasedAt != 0 { // what is to be done in Mattermost is to forget it; see Forgetting
		return m.Store.Refreshed(ctx, c.ID, r.DueAt, r.Shown, 0, now)
	}
	again := r.Again
	if r.Shown != "" {
		if err := m.putRight(ctx, &r, now); err != nil {
			return err
		}
	}
	if r.Shown == "" { // nothing was ever shown to the end: a crash may have left a part of it
		begun, err := m.begin(ctx, &r, settled)
		switch {
		case errors.Is(err, ErrTooManyChannels):
			return m.waitForRoom(ctx, &r, settled, now)
		case errors.Is(err, errAborted):
			r.Again = true
			return m.showAborted(ctx, &r, now)
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
	if r.told() == conversation.Closed && c.ClosedAt == 0 {
		if err := m.returned(ctx, &r); err != nil {
			return err
		}
	}
	if err := m.showPeople(ctx, &r, again); err != nil {
		return err
	}
	shown := stateKey(c, now, r.Zone)
	if again || shownBefore(&r) != shown { // who was overtaken may have left an old header
		if err := m.Posts.SetHeader(ctx, c.ChannelID, m.header(c, now, r.Zone)); err != nil {
			return err
		}
	}
	if shownBefore(&r) != shown {
		if err := m.tellChange(ctx, &r, now); err != nil {
			return err
		}
		if c.StateAt(now) == conversation.Open {
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
func (m *Mirror) begin(ctx context.Context, r *Refresh, settled bool) (begun bool, err error) {
	c := &r.Conversation
	first, err := m.Store.FirstMessage(ctx, c.ID)
	if err != nil && !errors.Is(err, conversation.ErrNotFound) {
		return false, err
	}
	pending := first != nil && first.Direction == conversation.Outbound && first.Status == conversation.Pending
	if pending && !settled && m.Clock.Now()-first.CreatedAt < startPatience.Milliseconds() {
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
	if err := m.Store.SetChannel(ctx, c.ID, channelID); errors.Is(err, conversation.ErrNotFound) {
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
		return true, m.letIn(ctx, c, c.OwnerID)
	}
	return true, nil
}

func (m *Mirror) ensureChannel(ctx context.Context, r *Refresh) (string, error) {
	c := &r.Conversation
	return m.Posts.EnsureChannel(ctx, m.channelOf(c, m.Clock.Now(), r.Zone))
}

// channelOf is what a conversation's channel is to be.
func (m *Mirror) channelOf(c *conversation.Conversation, now int64, zone string) Channel {
	return Channel{TeamID: c.TeamID, Name: "wa-" + strings.ToLower(c.ID), DisplayName: DisplayName(c), Header: m.header(c, now, zone)}
}

// errAborted says that the start was refused while its channel was made.
var errAborted = errors.New("the conversation was aborted meanwhile")

// showAborted leaves nothing in Mattermost of a start that was refused for good:
// the channel that an earlier step, or a crashed try, may have made goes too.
func (m *Mirror) showAborted(ctx context.Context, r *Refresh, now int64) error {
	if r.Again {
		if err := m.Posts.Discard(ctx, m.channelOf(&r.Conversation, now, r.Zone)); err != nil {
			return err
		}
	}
	return m.Store.Refreshed(ctx, r.Conversation.ID, r.DueAt, "aborted", 0, now)
}

// showTemplates posts the templates that have no post yet, as the customer sees them.
func (m *Mirror) showTemplates(ctx context.Context, r *Refresh) error {
	c := &r.Conversation
	unshown, err := m.Store.UnshownTemplates(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, message := range unshown {
		postID, err := ensureOurs(ctx, m.Posts, Post{
			ChannelID: c.ChannelID, Type: TypeTemplate, Message: message.Text, PendingID: message.ID,
			Props: map[string]any{PropMessage: message.ID},
		}, PropMessage, m.Speaker.inChannel(conversation.T("withheld.template")), r.Again, ownPostsSince())
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
func (m *Mirror) tellChange(ctx context.Context, r *Refresh, now int64) error {
	c := &r.Conversation
	told, state := r.told(), c.StateAt(now)
	if told == state && state != conversation.Closed { // one closed again has another summary
		return nil
	}
	var line conversation.Text
	key := string(state)
	switch state {
	case conversation.Open:
		line = conversation.T("event.open", "Who", m.mention(ctx, c), "Until", c.WindowUntil)
		key += ":" + strconv.FormatInt(c.WindowFrom, 10)
	case conversation.Expired:
		line = conversation.T("event.expired")
		key += ":" + strconv.FormatInt(c.WindowUntil, 10)
	case conversation.Closed:
		var err error
		if line, err = m.summary(ctx, c); err != nil {
			return err
		}
		key += ":" + strconv.FormatInt(c.ClosedAt, 10)
	case conversation.Waiting:
		if told != "" { // the template's own post tells it
			return nil
		}
		line = conversation.T("event.waiting")
	}
	return m.tell(ctx, c, line.In(r.Zone), key, r.Again)
}

// told is the state that was shown last; "" = none yet.
func (r *Refresh) told() conversation.State {
	told, _, _ := strings.Cut(r.Shown, ":")
	return conversation.State(told)
}

// mention calls whoever is to know that the customer answered: who serves, and who is responsible.
func (m *Mirror) mention(ctx context.Context, c *conversation.Conversation) conversation.Markdown {
	who, owner := m.serving(ctx, c)
	return conversation.Markdown(strings.TrimSpace(who.Markdown() + " " + owner.Markdown()))
}

// serving are the attendant and, where it is somebody else, the owner.
func (m *Mirror) serving(ctx context.Context, c *conversation.Conversation) (attendant, owner conversation.Username) {
	attendant = m.name(ctx, c.AttendantID)
	if c.OwnerID != c.AttendantID {
		owner = m.name(ctx, c.OwnerID)
	}
	return attendant, owner
}

func (m *Mirror) name(ctx context.Context, userID string) conversation.Username {
	if userID == "" {
		return ""
	}
	name, err := m.Username(ctx, userID)
	if err != nil {
		return ""
	}
	return conversation.Username(name)
}

// stateKey is what the header and the lines show: the state, its moment to the
// minute, which is enough of a window's end, and the zone it is told in.
func stateKey(c *conversation.Conversation, now int64, zone string) string {
	at := c.LastTemplateAt
	state := c.StateAt(now)
	switch state {
	case conversation.Open, conversation.Expired:
		at = c.WindowUntil
	case conversation.Closed:
		at = c.ClosedAt
	case conversation.Waiting:
	}
	return string(state) + ":" + strconv.FormatInt(at/time.Minute.Milliseconds(), 10) + ":" + zone
}

func (m *Mirror) header(c *conversation.Conversation, now int64, zone string) string {
	return m.Speaker.inChannel(c.StateLine(c.StateAt(now), zone))
}

// DisplayName is the channel's: the customer's name, cleaned.
func DisplayName(c *conversation.Conversation) string {
	for _, name := range []string{conversation.CleanName(c.Contact.Name), conversation.MaskPhone(c.Contact.Phone)} {
		if name != "" {
			return name
		}
	}
	return "WhatsApp"
}
