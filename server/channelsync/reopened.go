package channelsync

import (
	"context"
	"strconv"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// returned shows that a close was taken back: the channel is there again, with
// its people, and says so. Where nobody serves any more the queue gets a card.
func (m *Syncer) showReopened(ctx context.Context, r *domain.ChannelRefresh) error {
	c := &r.Conversation
	if err := m.Posts.Restore(ctx, c.ChannelID); err != nil {
		return err
	}
	for _, userID := range []string{c.OwnerID, c.AttendantID} {
		if userID == "" {
			continue
		}
		if err := m.Posts.AddMember(ctx, c.TeamID, c.ChannelID, userID); err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	at := strconv.FormatInt(c.ReopenedAt, 10)
	line := domain.T("event.returned", "Queued", c.AttendantID == "")
	if c.ReopenedBy != "" {
		line = domain.T("event.reopened", "By", m.name(ctx, c.ReopenedBy))
	}
	return m.appendEvent(ctx, c, line.In(r.Zone), "reopened:"+at, r.Again) // the card comes with the people
}

// linkPrevious tells in a new conversation's channel where the customer's last
// one is, and there where this one is. It comes before anything else is posted.
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
	line := domain.T("event.previous", "Link", domain.Link(m.Link(ctx, last)), "At", last.ClosedAt, "Who", m.name(ctx, last.AttendantID), "Reason", last.CloseReason)
	if err := m.appendEvent(ctx, c, line.In(r.Zone), "previous:"+last.ID, true); err != nil {
		return err
	}
	if last.ArchivedAt != 0 || last.ChannelID == "" {
		return nil
	}
	next := domain.T("event.next", "Link", domain.Link(m.Link(ctx, c)))
	if err := m.appendEvent(ctx, last, next, "next:"+c.ID, true); err != nil {
		m.Log.Warn("Could not link from a customer's last conversation", "conversation", last.ID, "error", err.Error())
	}
	return nil
}

// waitForRoom lets a conversation wait for its channel while its team may have
// no more of them: it is due again when Waiting finds that there is room.
func (m *Syncer) waitForTeamRoom(ctx context.Context, r *domain.ChannelRefresh, settled bool, now int64) error {
	c := &r.Conversation
	m.OnTeamFull(ctx, c)
	err := m.Store.Refreshed(ctx, c.ID, r.DueAt, r.Shown, 0, now)
	if err == nil && settled { // somebody waits for the channel
		err = posting.ErrTooManyChannels
	}
	return err
}

// summary is the line that closes a conversation, with what it came to.
func (m *Syncer) summary(ctx context.Context, c *domain.Conversation) (domain.Text, error) {
	s, err := m.Store.Summary(ctx, c.ID)
	if err != nil {
		return domain.Text{}, err
	}
	templates := make([]map[string]any, len(s.Templates))
	for i, t := range s.Templates {
		templates[i] = map[string]any{"Name": domain.Markdown(markdown.Code(t.Name)), "Sent": t.Sent, "Known": t.Known, "Amount": t.Amount, "Currency": s.Currency}
	}
	return domain.T("event.closed", "Who", m.name(ctx, c.ClosedBy), "Reason", c.CloseReason,
		"Agents", m.names(ctx, append([]string{c.AttendantID}, s.AgentIDs...)), "Owner", m.name(ctx, c.OwnerID), "Lasted", c.ClosedAt-c.CreatedAt,
		"Inbound", s.Inbound, "Outbound", s.Outbound, "Templates", templates,
		"Currency", s.Currency, "Billed", s.Billed, "Reserved", s.Reserved), nil
}

// names are the @names of users, each once.
func (m *Syncer) names(ctx context.Context, userIDs []string) domain.Markdown {
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
	return domain.Markdown(names)
}
