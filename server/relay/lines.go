package relay

import (
	"context"
	"time"

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
	_, err := ensurePost(ctx, m.Posts, Post{
		ChannelID: c.ChannelID, Type: TypeEvent, Message: m.Speaker.inChannel(text),
		Props: map[string]any{PropEvent: key}, PendingID: c.ID + ":" + key,
	}, PropEvent, again, ownPostsSince())
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

// Card tells the queue that the conversation waits to be claimed.
func (m *Mirror) Card(ctx context.Context, c *conversation.Conversation, queue *conversation.Queue) error {
	return m.card(ctx, c, queue, "transfer")
}

func (m *Mirror) card(ctx context.Context, c *conversation.Conversation, queue *conversation.Queue, why string) error {
	key := "card:" + c.ID + ":" + why
	if why != "new" { // a conversation is new once, and transferred any number of times
		key += ":" + time.Now().UTC().Format(time.RFC3339)
	}
	return m.cardOnce(ctx, c, queue, "card."+why, key, why == "new")
}

// cardOnce leaves a card in the queue's channel, once per key where an earlier try (again) may have left it.
func (m *Mirror) cardOnce(ctx context.Context, c *conversation.Conversation, queue *conversation.Queue, textKey, key string, again bool) error {
	button := map[string]any{
		"id": "claim", "type": "button", "style": "primary",
		"name": m.Speaker.inChannel(conversation.T("card.claim")),
		"integration": map[string]any{
			"url":     "/plugins/whatsapp-ativo/api/v1/actions/claim",
			"context": map[string]any{"conversation_id": c.ID},
		},
	}
	_, err := ensurePost(ctx, m.Posts, Post{
		ChannelID: queue.ChannelID, Type: TypeEvent, PendingID: key,
		Message: m.Speaker.inChannel(conversation.T(textKey, "Customer", displayName(c))),
		Props:   map[string]any{PropEvent: key, "attachments": []any{map[string]any{"actions": []any{button}}}},
	}, PropEvent, again, ownPostsSince())
	return err
}
