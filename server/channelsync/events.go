package channelsync

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// AppendEvent leaves a state line in the conversation's channel.
func (m *Syncer) AppendEvent(ctx context.Context, c *domain.Conversation, text domain.Text) error {
	if c.ChannelID == "" {
		return nil
	}
	_, err := m.Posts.CreatePost(ctx, posting.Post{ChannelID: c.ChannelID, Type: posting.TypeEvent, Message: m.Localizer.ForChannel(text)})
	return err
}

// appendEvent leaves a line once per key, even where a crashed try left it already.
func (m *Syncer) appendEvent(ctx context.Context, c *domain.Conversation, text domain.Text, key string, again bool) error {
	_, err := posting.EnsurePostOrFallback(ctx, m.Posts, posting.Post{
		ChannelID: c.ChannelID, Type: posting.TypeEvent, Message: m.Localizer.ForChannel(text),
		Props: map[string]any{posting.PropEvent: key}, PendingID: c.ID + ":" + key,
	}, posting.PropEvent, m.Localizer.ForChannel(domain.T("withheld.line")), again, posting.OwnPostsSince())
	return err
}

// Note posts an internal note in the author's name.
func (m *Syncer) Note(ctx context.Context, c *domain.Conversation, authorID, text string) error {
	_, err := m.Posts.CreatePost(ctx, posting.Post{ChannelID: c.ChannelID, UserID: authorID, Type: posting.TypeNote, Message: text})
	return err
}

// AddMember invites somebody into the channel.
func (m *Syncer) AddMember(ctx context.Context, c *domain.Conversation, userID string) error {
	return m.Posts.AddMember(ctx, c.TeamID, c.ChannelID, userID)
}
