package channelsync

import (
	"context"
	"strconv"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// postCard tells the queue that the conversation waits to be claimed. The cards of a
// conversation are numbered, so that after a crash its own card is found and no older one.
func (m *Syncer) postCard(ctx context.Context, r *domain.ChannelRefresh, again bool) error {
	c := &r.Conversation
	queue, err := m.Store.Queue(ctx, c.QueueID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil // the queue was removed: those in the channel see the conversation anyway
	} else if err != nil {
		return err
	}
	key := nextCard(r)
	id, err := posting.EnsurePostOrFallback(ctx, m.Posts, posting.Post{
		ChannelID: queue.ChannelID, Type: posting.TypeEvent, PendingID: key,
		Message: m.Localizer.ForChannel(m.cardText(ctx, c)), Props: map[string]any{posting.PropEvent: key, "attachments": m.cardButton(c, false)},
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

// nextCard is the mark of the card that a conversation gets next.
func nextCard(r *domain.ChannelRefresh) string {
	return "card:" + r.Conversation.ID + ":" + strconv.FormatInt(r.CardNo+1, 10)
}

// findCard looks for a card that an earlier try posted without learning that it stands. The
// conversation waits no more, so that nobody else would ever change that card.
func (m *Syncer) findCard(ctx context.Context, r *domain.ChannelRefresh) error {
	queue, err := m.Store.Queue(ctx, r.Conversation.QueueID)
	if err == nil {
		r.CardPost, err = m.Posts.FindPost(ctx, queue.ChannelID, posting.OwnPostsSince(), posting.PropEvent, nextCard(r))
	}
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	r.CardNo++
	return nil
}

func (m *Syncer) cardText(ctx context.Context, c *domain.Conversation) domain.Text {
	customer := domain.DisplayName(c)
	switch {
	case c.AttendantID != "":
		return domain.T("card.absent", "Customer", customer, "Who", m.name(ctx, c.AttendantID))
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

// retireCard writes on the card that stands what became of the conversation. The button stays,
// disabled, so that a click that was already on its way still gets its answer, which says who
// has the conversation.
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
	if errors.Is(err, domain.ErrNotFound) || errors.Is(err, posting.ErrRefused) { // somebody deleted it, or the server refuses its text
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
