package mattermost

import (
	"context"
	"encoding/json"
	"sort"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/relay"
)

// CreatePost posts and answers the post's id.
func (p *Port) CreatePost(_ context.Context, post relay.Post) (string, error) {
	author := post.UserID
	if author == "" {
		author = p.botID
	}
	created, appErr := p.api.CreatePost(&model.Post{
		UserId: author, ChannelId: post.ChannelID, RootId: post.RootID,
		Message: post.Message, Type: post.Type, FileIds: post.FileIDs, Props: post.Props,
		PendingPostId: post.PendingID,
	})
	if appErr != nil {
		return "", wrap(appErr, "could not create a post")
	}
	if created == nil {
		return "", errors.Wrap(errNothing, "could not create a post")
	}
	return created.Id, nil
}

// FindPost looks for a post with a property among those of a channel created
// since a moment of the server's clock. It answers conversation.ErrNotFound.
func (p *Port) FindPost(_ context.Context, channelID string, since int64, prop, value string) (string, error) {
	list, appErr := p.api.GetPostsSince(channelID, since)
	if appErr != nil {
		return "", wrap(appErr, "could not read the channel's posts")
	}
	if list == nil {
		return "", errors.Wrap(errNothing, "could not read the channel's posts")
	}
	for _, post := range list.Posts {
		if post.UserId == p.botID && post.OriginalId == "" && post.GetProp(prop) == value {
			return post.Id, nil
		}
	}
	return "", conversation.ErrNotFound
}

// PostsSince lists what people posted in a channel since a moment of the
// server's clock, oldest first, deleted and system posts left out.
func (p *Port) PostsSince(_ context.Context, channelID string, since int64) ([]relay.Posted, error) {
	list, appErr := p.api.GetPostsSince(channelID, since)
	if appErr != nil {
		return nil, wrap(appErr, "could not read the channel's posts")
	}
	if list == nil {
		return nil, errors.Wrap(errNothing, "could not read the channel's posts")
	}
	var posted []relay.Posted
	for _, post := range list.Posts {
		if post.CreateAt < since || post.DeleteAt != 0 || post.OriginalId != "" || post.UserId == p.botID || post.IsSystemMessage() {
			continue
		}
		posted = append(posted, Posted(post))
	}
	sort.Slice(posted, func(i, j int) bool {
		if posted[i].CreateAt != posted[j].CreateAt {
			return posted[i].CreateAt < posted[j].CreateAt
		}
		return posted[i].ID < posted[j].ID
	})
	return posted, nil
}

// Posted is a post as the relay sees it.
func Posted(post *model.Post) relay.Posted {
	_, webhook := post.GetProps()["from_webhook"]
	_, bot := post.GetProps()["from_bot"]
	return relay.Posted{
		ID: post.Id, ChannelID: post.ChannelId, RootID: post.RootId, UserID: post.UserId,
		Message: post.Message, Type: post.Type, FileIDs: post.FileIds, CreateAt: post.CreateAt,
		Machine: webhook || bot, Card: card(post.GetProp(relay.PropCard)),
	}
}

// card reads the property by which a post is a place or a contact.
func card(prop any) *relay.Card {
	if prop == nil {
		return nil
	}
	raw, err := json.Marshal(prop)
	if err != nil {
		return nil
	}
	var c relay.Card
	if json.Unmarshal(raw, &c) != nil {
		return nil
	}
	return &c
}

// Reactions lists those of people on a post, the bot's left out.
func (p *Port) Reactions(_ context.Context, postID string) ([]relay.Reaction, error) {
	list, appErr := p.api.GetReactions(postID)
	if appErr != nil {
		return nil, wrap(appErr, "could not read a post's reactions")
	}
	var reactions []relay.Reaction
	for _, r := range list {
		if r.UserId != p.botID && r.DeleteAt == 0 {
			reactions = append(reactions, relay.Reaction{UserID: r.UserId, Emoji: r.EmojiName, At: r.CreateAt})
		}
	}
	return reactions, nil
}

// PostType answers the type of a post; conversation.ErrNotFound.
func (p *Port) PostType(_ context.Context, postID string) (string, error) {
	post, appErr := p.api.GetPost(postID)
	if appErr != nil {
		return "", wrap(appErr, "could not read the post")
	}
	if post == nil {
		return "", errNothing
	}
	return post.Type, nil
}

// RootOf answers the post that begins the thread of a post; conversation.ErrNotFound.
func (p *Port) RootOf(_ context.Context, postID string) (string, error) {
	post, appErr := p.api.GetPost(postID)
	if appErr != nil {
		return "", wrap(appErr, "could not read the post")
	}
	if post == nil {
		return "", errNothing
	}
	if post.RootId != "" {
		return post.RootId, nil
	}
	return post.Id, nil
}

// ShowStatus puts the status on a post, never backwards. A post that is gone is no error.
func (p *Port) ShowStatus(_ context.Context, postID string, status conversation.Status) error {
	post, appErr := p.api.GetPost(postID)
	if appErr != nil {
		if err := wrap(appErr, "could not read the post"); !errors.Is(err, conversation.ErrNotFound) {
			return err
		}
		return nil
	}
	if post == nil {
		return errNothing
	}
	shown, _ := post.GetProp(relay.PropStatus).(string)
	if post.DeleteAt != 0 || !conversation.Status(shown).Advances(status) {
		return nil
	}
	post = post.Clone()
	post.AddProp(relay.PropStatus, string(status))
	if _, appErr := p.api.UpdatePost(post); appErr != nil && !archived(appErr) { // else nobody looks at it any more
		return wrap(appErr, "could not show the status on the post")
	}
	return nil
}

// EditPost replaces the text and some properties of a post of ours.
func (p *Port) EditPost(_ context.Context, postID, message string, props map[string]any) error {
	post, appErr := p.api.GetPost(postID)
	if appErr != nil {
		return wrap(appErr, "could not read the post")
	}
	if post == nil {
		return errNothing
	}
	post = post.Clone()
	post.Message = message
	for name, value := range props {
		post.AddProp(name, value)
	}
	if _, appErr := p.api.UpdatePost(post); appErr != nil {
		return wrap(appErr, "could not edit the post")
	}
	return nil
}

// Whisper shows a text to one person only.
func (p *Port) Whisper(_ context.Context, channelID, userID, rootID, message string) {
	p.api.SendEphemeralPost(userID, &model.Post{UserId: p.botID, ChannelId: channelID, RootId: rootID, Message: message})
}

// DirectMessage writes to a person as our bot.
func (p *Port) DirectMessage(ctx context.Context, userID, message string) error {
	channelID, err := p.DirectChannel(ctx, userID)
	if err != nil {
		return err
	}
	_, err = p.CreatePost(ctx, relay.Post{ChannelID: channelID, Message: message})
	return err
}

// DirectChannel is the channel between our bot and a person.
func (p *Port) DirectChannel(_ context.Context, userID string) (string, error) {
	channel, appErr := p.api.GetDirectChannel(userID, p.botID)
	if appErr != nil {
		return "", wrap(appErr, "could not open a direct channel")
	}
	if channel == nil {
		return "", errNothing
	}
	return channel.Id, nil
}
