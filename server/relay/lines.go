package relay

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// Tell leaves a state line in the conversation's channel.
func (m *Mirror) Tell(ctx context.Context, c *conversation.Conversation, text conversation.Text) error {
	if c.ChannelID == "" {
		return nil
	}
	_, err := m.Posts.CreatePost(ctx, Post{ChannelID: c.ChannelID, Type: TypeEvent, Message: m.Speaker.inChannel(text)})
	return err
}

// tell leaves a line once per key, even where a crashed try left it already.
func (m *Mirror) tell(ctx context.Context, c *conversation.Conversation, text conversation.Text, key string, again bool) error {
	_, err := ensureOurs(ctx, m.Posts, Post{
		ChannelID: c.ChannelID, Type: TypeEvent, Message: m.Speaker.inChannel(text),
		Props: map[string]any{PropEvent: key}, PendingID: c.ID + ":" + key,
	}, PropEvent, m.Speaker.inChannel(conversation.T("withheld.line")), again, ownPostsSince())
	return err
}

// Note posts an internal note in the author's name.
func (m *Mirror) Note(ctx context.Context, c *conversation.Conversation, authorID, text string) error {
	_, err := m.Posts.CreatePost(ctx, Post{ChannelID: c.ChannelID, UserID: authorID, Type: TypeNote, Message: text})
	return err
}

// AddMember invites somebody into the channel.
func (m *Mirror) AddMember(ctx context.Context, c *conversation.Conversation, userID string) error {
	return m.Posts.AddMember(ctx, c.TeamID, c.ChannelID, userID)
}
