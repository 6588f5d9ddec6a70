package inbound

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// reaction shows a reaction on the post it is about. It returns false if that message
// has no post or Mattermost has no such emoji: then the reaction needs a post of its own.
func (h *Handler) reaction(ctx context.Context, job jobqueue.Job, on *domain.InboundTarget, who domain.WhatsAppIdentity, m *whatsapp.Message) (shown bool, err error) {
	target, err := h.Store.MessageByWAMID(ctx, on.Conversation.AccountID, m.Reaction.MessageID)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil // it was sent before this plugin was here
	} else if err != nil {
		return false, err
	}
	if target.AccountID != on.Conversation.AccountID || target.PostID == "" {
		return false, nil
	}
	now := h.Clock.Now()
	c := &on.Conversation
	_, before, after, err := h.save(ctx, h.newMessage(job, c, m), who, m, nil, now)
	if err != nil {
		return false, err
	}
	if before.StateAt(now) != after.StateAt(now) {
		h.WakeChannels()
	}
	emoji, err := h.Store.SaveReaction(ctx, target.ID, m.ID, m.Reaction.Emoji, h.sentAt(job))
	if err != nil {
		return false, err
	}
	known, err := h.Posts.React(ctx, target.PostID, emoji)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return known || emoji != m.Reaction.Emoji, nil // else a later reaction, which was shown already, has replaced it
}
