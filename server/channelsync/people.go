package channelsync

import (
	"context"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// PeoplePosts is what it lets Mattermost do.
type PeoplePosts interface {
	EditPost(ctx context.Context, postID, message string, props map[string]any) error
	AddMember(ctx context.Context, teamID, channelID, userID string) error
	// NotifyAll lets somebody be told of every message of a channel.
	NotifyAll(ctx context.Context, channelID, userID string) error
}

// peopleKey is what members, card and sidebars were last arranged for. A wait
// that the queue was reminded of makes a new card.
func peopleKey(c *domain.Conversation) string {
	state, reminded := "open", int64(0)
	if c.ClosedAt != 0 {
		state = "closed"
	}
	if c.AttendantID == "" {
		reminded = c.RemindedAt
	}
	return strings.Join([]string{c.OwnerID, c.AttendantID, c.QueueID, state, strconv.FormatInt(c.AttendedAt, 10), strconv.FormatInt(reminded, 10)}, ":")
}

// shownPeople are the owner and the attendant of a key, "" without one.
func shownPeople(key string) (owner, attendant string) {
	parts := strings.SplitN(key, ":", 3)
	if len(parts) < 3 {
		return "", ""
	}
	return parts[0], parts[1]
}

// showPeople tells the stored lines and arranges Mattermost for who serves the
// conversation now: the attendant is in the channel and told of every message,
// a card waits in the queue or says who took it, the sidebars are made due.
// Every step may be repeated; again tells that an earlier try may have done some.
func (m *Syncer) syncPeople(ctx context.Context, r *domain.ChannelRefresh, again bool) error {
	c := &r.Conversation
	if r.Lines {
		if err := m.showStoredEvents(ctx, c, r.Zone, again); err != nil {
			return err
		}
	}
	key := peopleKey(c)
	if key == r.ShownPeople {
		return nil
	}
	if c.ClosedAt == 0 && c.AttendantID != "" {
		if err := m.addMember(ctx, c, c.AttendantID); err != nil {
			return err
		}
	}
	if r.CardPost != "" {
		if err := m.retireCard(ctx, r); err != nil {
			return err
		}
		r.CardPost = ""
	}
	if c.ClosedAt == 0 && c.AttendantID == "" {
		if err := m.postCard(ctx, r, again); err != nil {
			return err
		}
	}
	owner, attendant := shownPeople(r.ShownPeople)
	// before it is noted as done: a crash does it again
	if err := m.Store.MarkSidebars(ctx, c.TeamID, []string{owner, attendant, c.OwnerID, c.AttendantID}); err != nil {
		return err
	}
	if err := m.Store.SetPeople(ctx, c.ID, key, r.CardPost, r.CardNo); err != nil {
		return err
	}
	if m.WakeSidebars != nil {
		m.WakeSidebars()
	}
	return nil
}

// addMember makes somebody a member who is told of every message. Who cannot come
// in any more is found by Members, and the queue gets the conversation.
func (m *Syncer) addMember(ctx context.Context, c *domain.Conversation, userID string) error {
	err := m.Posts.AddMember(ctx, c.TeamID, c.ChannelID, userID)
	if err == nil {
		err = m.Posts.NotifyAll(ctx, c.ChannelID, userID)
	}
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}

func (m *Syncer) showStoredEvents(ctx context.Context, c *domain.Conversation, zone string, again bool) error {
	lines, err := m.Store.Lines(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, line := range lines {
		text := line.Text.Restored().In(zone)
		if err := m.appendEvent(ctx, c, text, "line:"+strconv.FormatInt(line.ID, 10), again); err != nil {
			return err
		}
		if err := m.Store.LineShown(ctx, line.ID); err != nil {
			return err
		}
	}
	return nil
}

// postCard tells the queue that the conversation waits to be claimed. Cards of
// a conversation are numbered, so that a crash finds its own and no older one.
func (m *Syncer) postCard(ctx context.Context, r *domain.ChannelRefresh, again bool) error {
	c := &r.Conversation
	queue, err := m.Store.Queue(ctx, c.QueueID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil // the queue was removed: those in the channel see it
	} else if err != nil {
		return err
	}
	key := "card:" + c.ID + ":" + strconv.FormatInt(r.CardNo+1, 10)
	id, err := posting.EnsurePostOrFallback(ctx, m.Posts, posting.Post{
		ChannelID: queue.ChannelID, Type: posting.TypeEvent, PendingID: key,
		Message: m.Localizer.ForChannel(m.cardText(c)), Props: map[string]any{posting.PropEvent: key, "attachments": m.cardButton(c, false)},
	}, posting.PropEvent, m.Localizer.ForChannel(domain.T("withheld.card")), again, posting.OwnPostsSince())
	if err != nil {
		return err
	}
	if err := m.Store.Mention(ctx, id, []string{c.ID}); err != nil {
		return err
	}
	r.CardPost, r.CardNo = id, r.CardNo+1
	return nil
}

func (m *Syncer) cardText(c *domain.Conversation) domain.Text {
	customer := domain.DisplayName(c)
	switch {
	case c.RemindedAt != 0 && c.RemindedAt >= c.AttendedAt:
		return domain.T("card.reminder", "Customer", customer)
	case c.ReopenedAt != 0 && c.ReopenedAt > c.AttendedAt:
		return domain.T("card.return", "Customer", customer)
	case c.QueuedFor == domain.QueuedTransfer:
		return domain.T("card.transfer", "Customer", customer)
	case c.QueuedFor == domain.QueuedIdle:
		return domain.T("card.idle", "Customer", customer)
	case c.QueuedFor == domain.QueuedLeft, c.QueuedFor == domain.QueuedDeactivated:
		return domain.T("card.left", "Customer", customer)
	default:
		return domain.T("card.new", "Customer", customer)
	}
}

// retireCard says on the card that stands what became of the conversation. The
// button stays, without effect on the screen: a click that was on its way still
// gets its answer, which tells who has the conversation.
func (m *Syncer) retireCard(ctx context.Context, r *domain.ChannelRefresh) error {
	c := &r.Conversation
	text := domain.T("card.replaced", "Customer", domain.DisplayName(c))
	switch {
	case c.ClosedAt != 0:
		text = domain.T("card.closed", "Customer", domain.DisplayName(c))
	case c.AttendantID != "":
		text = domain.T("card.taken", "Customer", domain.DisplayName(c), "Who", m.name(ctx, c.AttendantID))
	}
	err := m.Posts.EditPost(ctx, r.CardPost, m.Localizer.ForChannel(text), map[string]any{"attachments": m.cardButton(c, true)})
	if errors.Is(err, domain.ErrNotFound) || errors.Is(err, posting.ErrRefused) { // somebody deleted it, or its words may not be shown
		return nil
	}
	return err
}

func (m *Syncer) cardButton(c *domain.Conversation, disabled bool) []any {
	button := map[string]any{
		"id": "claim", "type": "button", "style": "primary",
		"name": m.Localizer.ForChannel(domain.T("card.claim")),
		"integration": map[string]any{
			"url":     domain.PluginPath + "/api/v1/actions/claim",
			"context": map[string]any{"conversation_id": c.ID},
		},
	}
	if disabled {
		button["disabled"], button["style"] = true, "default"
	}
	return []any{map[string]any{"actions": []any{button}}}
}
