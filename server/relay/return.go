package relay

import (
	"context"
	"strconv"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/convert"
)

// Writer is somebody who writes and has no open conversation on the account.
type Writer struct {
	AccountID      string
	DefaultQueueID string // the account's, "" = none
	Answers        string // wamid of the message that is answered, "" = none
	Who            Person
	Now            int64 // milliseconds since epoch
	// Reopens tells whether a closed conversation is to be reopened for this message.
	Reopens func(c *conversation.Conversation) bool
}

// Opened is how OpenForInbound came to a conversation.
type Opened int

// A writer's conversation was open already (somebody was faster), was closed and
// is reopened with its people, or is a new one: in the queue of the writer's last
// conversation if the number still has it, else in the number's default queue,
// with neither owner nor attendant.
const (
	Found Opened = iota
	Reopened
	Began
)

// ErrNoQueue says that the number has no queue for somebody new.
var ErrNoQueue = errors.New("the number has no default queue")

// returned shows that a close was taken back: the channel is there again, with
// its people, and says so. Where nobody serves any more the queue gets a card.
func (m *Mirror) returned(ctx context.Context, r *Refresh) error {
	c := &r.Conversation
	if err := m.Posts.Restore(ctx, c.ChannelID); err != nil {
		return err
	}
	for _, userID := range []string{c.OwnerID, c.AttendantID} {
		if userID == "" {
			continue
		}
		if err := m.Posts.AddMember(ctx, c.TeamID, c.ChannelID, userID); err != nil && !errors.Is(err, conversation.ErrNotFound) {
			return err
		}
	}
	at := strconv.FormatInt(c.ReopenedAt, 10)
	line := conversation.T("event.returned", "Queued", c.AttendantID == "")
	if c.ReopenedBy != "" {
		line = conversation.T("event.reopened", "By", m.name(ctx, c.ReopenedBy))
	}
	return m.tell(ctx, c, line.In(r.Zone), "reopened:"+at, r.Again) // the card comes with the people
}

// linkPrevious tells in a new conversation's channel where the customer's last
// one is, and there where this one is. It comes before anything else is posted.
func (m *Mirror) linkPrevious(ctx context.Context, r *Refresh) error {
	c := &r.Conversation
	if c.PreviousID == "" {
		return nil
	}
	last, err := m.Store.Conversation(ctx, c.PreviousID)
	if errors.Is(err, conversation.ErrNotFound) {
		return nil // erased meanwhile
	} else if err != nil {
		return err
	}
	line := conversation.T("event.previous", "Link", conversation.Link(m.Link(ctx, last)), "At", last.ClosedAt, "Who", m.name(ctx, last.AttendantID), "Reason", last.CloseReason)
	if err := m.tell(ctx, c, line.In(r.Zone), "previous:"+last.ID, true); err != nil {
		return err
	}
	if last.ArchivedAt != 0 || last.ChannelID == "" {
		return nil
	}
	next := conversation.T("event.next", "Link", conversation.Link(m.Link(ctx, c)))
	if err := m.tell(ctx, last, next, "next:"+c.ID, true); err != nil {
		m.Log.Warn("Could not link from a customer's last conversation", "conversation", last.ID, "error", err.Error())
	}
	return nil
}

// waitForRoom lets a conversation wait for its channel while its team may have
// no more of them: it is due again when Waiting finds that there is room.
func (m *Mirror) waitForRoom(ctx context.Context, r *Refresh, settled bool, now int64) error {
	c := &r.Conversation
	m.Full(ctx, c)
	err := m.Store.Refreshed(ctx, c.ID, r.DueAt, r.Shown, 0, now)
	if err == nil && settled { // somebody waits for the channel
		err = ErrTooManyChannels
	}
	return err
}

// summary is the line that closes a conversation, with what it came to.
func (m *Mirror) summary(ctx context.Context, c *conversation.Conversation) (conversation.Text, error) {
	s, err := m.Store.Summary(ctx, c.ID)
	if err != nil {
		return conversation.Text{}, err
	}
	templates := make([]map[string]any, len(s.Templates))
	for i, t := range s.Templates {
		templates[i] = map[string]any{"Name": conversation.Markdown(convert.Code(t.Name)), "Sent": t.Sent, "Known": t.Known, "Amount": t.Amount, "Currency": s.Currency}
	}
	return conversation.T("event.closed", "Who", m.name(ctx, c.ClosedBy), "Reason", c.CloseReason,
		"Agents", m.names(ctx, append([]string{c.AttendantID}, s.AgentIDs...)), "Owner", m.name(ctx, c.OwnerID), "Lasted", c.ClosedAt-c.CreatedAt,
		"Inbound", s.Inbound, "Outbound", s.Outbound, "Templates", templates,
		"Currency", s.Currency, "Billed", s.Billed, "Reserved", s.Reserved), nil
}

// names are the @names of users, each once.
func (m *Mirror) names(ctx context.Context, userIDs []string) conversation.Markdown {
	names, seen := "", map[string]bool{}
	for _, id := range userIDs {
		name := m.name(ctx, id).Markdown()
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		if names != "" {
			names += ", "
		}
		names += name
	}
	return conversation.Markdown(names)
}
