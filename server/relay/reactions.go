package relay

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Reactor shows on a post what the customer feels about it.
type Reactor interface {
	// React makes the emoji the bot's one reaction to a post; "" takes it off.
	// known is false where Mattermost has no such emoji: the post then has no
	// reaction of the bot's. conversation.ErrNotFound where the post is gone.
	React(ctx context.Context, postID, emoji string) (known bool, err error)
}

// reaction shows a reaction on the post it is about. It answers false where
// that has no post, or Mattermost no such emoji: then it is told as a line.
func (in *Inbound) reaction(ctx context.Context, job jobqueue.Job, a *Arrival, who Person, m *whatsapp.Message) (told bool, err error) {
	target, err := in.Store.MessageByWAMID(ctx, a.Conversation.AccountID, m.Reaction.MessageID)
	if errors.Is(err, conversation.ErrNotFound) {
		return false, nil // older than us
	} else if err != nil {
		return false, err
	}
	if target.AccountID != a.Conversation.AccountID || target.PostID == "" {
		return false, nil
	}
	now := in.Clock.Now()
	c := &a.Conversation
	_, before, after, err := in.save(ctx, &conversation.Message{
		ID: in.NewID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID,
		Direction: conversation.Inbound, Kind: m.Type, WAMID: m.ID, CreatedAt: in.sentAt(job),
	}, who, m, now)
	if err != nil {
		return false, err
	}
	if before.StateAt(now) != after.StateAt(now) {
		in.Refresh()
	}
	emoji, err := in.Store.SaveReaction(ctx, target.ID, m.ID, m.Reaction.Emoji, in.sentAt(job))
	if err != nil {
		return false, err
	}
	known, err := in.Poster.React(ctx, target.PostID, emoji)
	if errors.Is(err, conversation.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return known || emoji != m.Reaction.Emoji, nil // a later one, told already, took its place
}
