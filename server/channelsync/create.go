package channelsync

import (
	"context"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// createChannel makes the channel with its first post and its people. begun is false while the
// first template's outcome is still open: a start that Meta refuses leaves no channel.
func (m *Syncer) createChannel(ctx context.Context, r *domain.ChannelRefresh, settled bool) (begun bool, err error) {
	c := &r.Conversation
	first, err := m.Store.FirstMessage(ctx, c.ID)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return false, err
	}
	pending := first != nil && first.Direction == domain.Outbound && first.Status == domain.Pending && first.SentAt == 0
	if pending && !settled && m.Clock.Now()-first.CreatedAt < domain.StartPatience.Milliseconds() {
		return false, nil
	}
	channelID, found, err := m.Posts.EnsureChannel(ctx, m.channelOf(c, m.Clock.Now(), r.Zone))
	if err != nil {
		return false, err
	}
	c.ChannelID = channelID
	if err := m.linkPrevious(ctx, r); err != nil {
		return false, err
	}
	// recorded as ours while nobody but the bot is in it: from now on the lock holds
	if err := m.Store.SetChannel(ctx, c.ID, channelID); errors.Is(err, domain.ErrNotFound) {
		return false, errAborted
	} else if err != nil {
		return false, err
	}
	m.Channels.Add(channelID)
	if err := m.Posts.Guard(ctx, channelID); err != nil {
		return false, err
	}
	r.Again = r.Again || found // what a crashed try posted is found again
	if err := m.showTemplates(ctx, r); err != nil {
		return false, err
	}
	if err := m.Posts.Join(ctx, c.TeamID, channelID); err != nil {
		return false, err
	}
	if c.OwnerID != "" && c.OwnerID != c.AttendantID { // the attendant is added by syncPeople
		return true, m.addMember(ctx, c, c.OwnerID)
	}
	return true, nil
}

// channelOf describes what a conversation's channel should be.
func (m *Syncer) channelOf(c *domain.Conversation, now int64, zone string) posting.Channel {
	return posting.Channel{TeamID: c.TeamID, Name: "wa-" + strings.ToLower(c.ID), DisplayName: domain.DisplayName(c), Header: m.header(c, now, zone)}
}

// linkPrevious links a returning customer's new channel and the last one to each other. It
// comes before anything else is posted.
func (m *Syncer) linkPrevious(ctx context.Context, r *domain.ChannelRefresh) error {
	c := &r.Conversation
	if c.PreviousID == "" {
		return nil
	}
	last, err := m.Store.Conversation(ctx, c.PreviousID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil // erased meanwhile
	} else if err != nil {
		return err
	}
	line := domain.T("event.previous", "Link", domain.Link(m.Link(ctx, last)), "At", last.ClosedAt, "Who", m.name(ctx, last.AttendantID), "Reason", last.WhyClosed())
	if err := m.appendEvent(ctx, c, line.In(r.Zone), "previous:"+last.ID, true, posting.OwnPostsSince()); err != nil {
		return err
	}
	if last.ArchivedAt != 0 || last.ChannelID == "" {
		return nil
	}
	next := domain.T("event.next", "Link", domain.Link(m.Link(ctx, c)))
	if err := m.appendEvent(ctx, last, next, "next:"+c.ID, true, posting.OwnPostsSince()); err != nil {
		m.Log.Warn("Could not link from a customer's last conversation", "conversation", last.ID, "error", err.Error())
	}
	return nil
}

// waitForTeamRoom lets a conversation wait while its team may have no more channels: it becomes
// due again when jobs.WaitingMessages finds that there is room.
func (m *Syncer) waitForTeamRoom(ctx context.Context, r *domain.ChannelRefresh, settled bool, now int64) error {
	c := &r.Conversation
	m.OnTeamFull(ctx, c)
	err := m.Store.Refreshed(ctx, c.ID, r.DueAt, r.Shown, 0, now)
	if err == nil && settled { // somebody waits for the channel
		err = posting.ErrTooManyChannels
	}
	return err
}

// errAborted says that the start was refused while its channel was made.
var errAborted = errors.New("the conversation was aborted meanwhile")

// discardAborted leaves nothing in Mattermost of a start that was refused for good: the channel
// that an earlier step or a crashed try may have made is archived.
func (m *Syncer) discardAborted(ctx context.Context, r *domain.ChannelRefresh, now int64) error {
	if r.Again {
		if err := m.Posts.Discard(ctx, m.channelOf(&r.Conversation, now, r.Zone)); err != nil {
			return err
		}
	}
	return m.Store.Refreshed(ctx, r.Conversation.ID, r.DueAt, "aborted", 0, now)
}

// showTemplates posts the templates, and the messages that nobody wrote, that have no post yet, as the customer sees them.
func (m *Syncer) showTemplates(ctx context.Context, r *domain.ChannelRefresh) error {
	c := &r.Conversation
	unshown, err := m.Store.UnshownTemplates(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, message := range unshown {
		kind, text := posting.TypeTemplate, message.Text
		if message.Automatic {
			kind, text = "", m.Localizer.ForChannel(domain.T("away.post", "Text", message.Text))
		}
		postID, err := posting.EnsurePostOrFallback(ctx, m.Posts, posting.Post{
			ChannelID: c.ChannelID, Type: kind, Message: text, PendingID: message.ID,
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
