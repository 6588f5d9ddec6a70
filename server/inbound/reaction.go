package inbound

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// reaction shows a reaction on the post it is about. It answers false where
// that has no post, or Mattermost no such emoji: then it is told as a line.
func (in *Handler) reaction(ctx context.Context, job jobqueue.Job, a *domain.InboundTarget, who domain.WhatsAppIdentity, m *whatsapp.Message) (told bool, err error) {
	target, err := in.Store.MessageByWAMID(ctx, a.Conversation.AccountID, m.Reaction.MessageID)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil // older than us
	} else if err != nil {
		return false, err
	}
	if target.AccountID != a.Conversation.AccountID || target.PostID == "" {
		return false, nil
	}
	now := in.Clock.Now()
	c := &a.Conversation
	_, before, after, err := in.save(ctx, &domain.Message{
		ID: in.NewID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID,
		Direction: domain.Inbound, Kind: m.Type, WAMID: m.ID, CreatedAt: in.sentAt(job),
	}, who, m, now)
	if err != nil {
		return false, err
	}
	if before.StateAt(now) != after.StateAt(now) {
		in.WakeChannels()
	}
	emoji, err := in.Store.SaveReaction(ctx, target.ID, m.ID, m.Reaction.Emoji, in.sentAt(job))
	if err != nil {
		return false, err
	}
	known, err := in.Posts.React(ctx, target.PostID, emoji)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return known || emoji != m.Reaction.Emoji, nil // a later one, told already, took its place
}
