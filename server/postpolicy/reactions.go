package postpolicy

import (
	"context"
	"slices"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Reactions sends agents' reactions to a customer's message. WhatsApp shows one reaction of the
// business on a message, so it is the last one that is still there.
type Reactions struct {
	Store     Store
	Posts     Mattermost
	Channels  *posting.Channels
	Emoji     func(name string) (string, bool)
	Localizer posting.Localizer
	Clock     domain.Clock
	NewID     func() string
	Wake      func() // the outbound worker
}

// Changed handles a reaction that a person just put on a post or took off it.
func (r *Reactions) Changed(ctx context.Context, channelID, postID string, changed posting.Reaction, removed bool) error {
	userID := changed.UserID
	ours, err := r.Channels.IsOurs(ctx, channelID)
	if err != nil || !ours {
		return err
	}
	m, err := r.Store.MessageByPost(ctx, postID)
	if errors.Is(err, domain.ErrNotFound) || err == nil && (m.Direction != domain.Inbound || m.WAMID == "") {
		return nil // among colleagues
	} else if err != nil {
		return err
	}
	c, err := r.Store.ConversationByChannel(ctx, channelID)
	if err != nil {
		return err
	}
	if c.StateAt(r.Clock.Now()) != domain.Open {
		r.hint(ctx, channelID, userID, domain.T("reaction.locked"))
		return nil
	}
	standing, err := r.Posts.Reactions(ctx, postID)
	if err != nil {
		return err
	}
	// what was just put on or taken off may not be in the server's memory yet
	standing = slices.DeleteFunc(standing, func(one posting.Reaction) bool { return one.UserID == changed.UserID && one.Emoji == changed.Emoji })
	if !removed {
		standing = append(standing, changed)
	}
	shown, unknown := r.last(standing)
	if unknown {
		r.hint(ctx, channelID, userID, domain.T("reaction.unknown"))
		return nil
	}
	payload, err := posting.OutboundPayload{Reaction: &whatsapp.Reaction{MessageID: m.WAMID, Emoji: shown}}.Bytes()
	if err != nil {
		return err
	}
	_, err = r.Store.EnqueuePost(ctx, []domain.OutboxItem{{Payload: payload, Message: domain.Message{
		ID: r.NewID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID, Direction: domain.Outbound,
		Kind: whatsapp.TypeReaction, AuthorID: userID, Status: domain.Pending, CreatedAt: changed.At,
	}}}, "", 0)
	r.Wake()
	return err
}

// last is the character of the reaction that was put on last, "" for none.
// unknown tells that this one has no character.
func (r *Reactions) last(standing []posting.Reaction) (shown string, unknown bool) {
	var latest posting.Reaction
	for _, one := range standing {
		if one.At >= latest.At {
			latest = one
		}
	}
	if latest.Emoji == "" {
		return "", false
	}
	shown, ok := r.Emoji(latest.Emoji)
	return shown, !ok
}

func (r *Reactions) hint(ctx context.Context, channelID, userID string, text domain.Text) {
	r.Posts.SendEphemeral(ctx, channelID, userID, "", r.Localizer.ForUser(ctx, userID, text))
}
