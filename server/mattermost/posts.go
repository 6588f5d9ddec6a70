package mattermost

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// CreatePost creates a post and returns its id. A post without an author is the bot's.
// It returns posting.ErrRefused if the server refuses the post for good, and
// posting.ErrUnavailable if another attempt makes sense. Where it made a customer's post without
// its file, it returns posting.ErrNotAttached with the post's id.
func (p *Port) CreatePost(ctx context.Context, post posting.Post) (string, error) {
	if err := jobqueue.CheckLease(ctx); err != nil {
		return "", err
	}
	author, props := post.UserID, model.StringInterface(post.Props)
	switch {
	case post.OfCustomer:
		author, props = p.bots.Customer, inert(post.Props)
		if err := p.joinCustomer(ctx, post.ChannelID); err != nil {
			return "", err
		}
	case author == "":
		author, props = p.bots.Plugin, inert(post.Props)
	}
	pending := post.PendingID
	if pending != "" { // the server remembers it for a while, even if the channel was deleted, so it must differ by channel
		pending += ":" + post.ChannelID
	}
	created, appErr := p.api.CreatePost(&model.Post{
		UserId: author, ChannelId: post.ChannelID, RootId: post.RootID,
		Message: post.Message, Type: post.Type, FileIds: post.FileIDs, Props: props,
		PendingPostId: pending,
	})
	if appErr != nil {
		return "", wrap(appErr, "could not create a post")
	}
	if created == nil {
		return "", errors.Wrap(errNothing, "could not create a post")
	}
	if post.OfCustomer && len(created.FileIds) < len(post.FileIDs) {
		return created.Id, posting.ErrNotAttached
	}
	return created.Id, nil
}

// inert returns the properties of one of the plugin's own posts with the one that keeps
// the server and its clients from fetching pictures and link previews for it, whatever the
// post contains. A post with attachments cannot have that property, because no client would
// show its attachments and their buttons. Their texts hold no picture: every value in them
// is escaped.
func inert(props map[string]any) model.StringInterface {
	ours := model.StringInterface{model.PostPropsUnsafeLinks: "true"}
	maps.Copy(ours, props)
	if _, ok := ours[model.PostPropsAttachments]; ok {
		delete(ours, model.PostPropsUnsafeLinks)
	}
	return ours
}

// FindPost returns the id of one of the bots' posts in a channel that has the given value
// in a property. It considers posts created since a moment of the server's clock (in
// milliseconds), including deleted ones. It returns domain.ErrNotFound if there is
// none.
func (p *Port) FindPost(ctx context.Context, channelID string, since int64, prop, value string) (string, error) {
	return p.records.FindServerPost(ctx, channelID, p.BotIDs(), since, prop, value)
}

// MissedPosts returns the posts that people wrote in a channel between two moments of
// the server's clock (in milliseconds) and that no message refers to yet. They are in
// order, oldest first, without deleted posts and system posts.
func (p *Port) MissedPosts(ctx context.Context, channelID string, since, until int64) ([]posting.IncomingPost, error) {
	posts, err := p.records.MissedServerPosts(ctx, channelID, p.BotIDs(), since, until)
	posted := make([]posting.IncomingPost, len(posts))
	for i, post := range posts {
		posted[i] = Posted(post)
		posted[i].Missed = true
	}
	return posted, err
}

// ReadPost reads a post that is not deleted. It returns domain.ErrNotFound if there is none.
func (p *Port) ReadPost(ctx context.Context, postID string) (posting.IncomingPost, error) {
	post, err := p.standing(ctx, postID)
	if err != nil {
		return posting.IncomingPost{}, err
	}
	return Posted(post), nil
}

// Posted converts a post of the server into the form in which the plugin decides about
// it.
func Posted(post *model.Post) posting.IncomingPost {
	_, webhook := post.GetProps()["from_webhook"]
	_, bot := post.GetProps()["from_bot"]
	draft, _ := post.GetProp(posting.PropDraft).(string)
	seal, _ := post.GetProp(posting.PropSeal).(string)
	return posting.IncomingPost{
		ID: post.Id, ChannelID: post.ChannelId, RootID: post.RootId, UserID: post.UserId,
		Message: post.Message, Type: post.Type, FileIDs: post.FileIds, CreateAt: post.CreateAt,
		FromBot: webhook || bot, Card: card(post.GetProp(posting.PropCard)), DraftID: draft, Seal: seal, Props: post.GetProps(),
	}
}

// card reads the property that marks a post as a location or a contact. It returns nil
// if there is none or it cannot be read.
func card(prop any) *posting.Card {
	if prop == nil {
		return nil
	}
	raw, err := json.Marshal(prop)
	if err != nil {
		return nil
	}
	var c posting.Card
	if json.Unmarshal(raw, &c) != nil {
		return nil
	}
	return &c
}

// Reactions returns the reactions of people to a post, without those of the bots.
func (p *Port) Reactions(ctx context.Context, postID string) ([]posting.Reaction, error) {
	list, err := p.records.ServerReactions(ctx, postID)
	var reactions []posting.Reaction
	for _, r := range list {
		if !p.IsBot(r.UserId) {
			reactions = append(reactions, posting.Reaction{UserID: r.UserId, Emoji: r.EmojiName, At: r.CreateAt})
		}
	}
	return reactions, err
}

// PostType returns the type of a post. It returns domain.ErrNotFound if the post is
// gone.
func (p *Port) PostType(ctx context.Context, postID string) (string, error) {
	post, err := p.standing(ctx, postID)
	if err != nil {
		return "", err
	}
	return post.Type, nil
}

// ChannelOf returns the channel id of a post. It returns domain.ErrNotFound if the
// post is gone.
func (p *Port) ChannelOf(ctx context.Context, postID string) (string, error) {
	post, err := p.standing(ctx, postID)
	if err != nil {
		return "", err
	}
	return post.ChannelId, nil
}

// RootOf returns the id of the first post of the thread that a post belongs to, which
// may be the post itself, and of their channel. It returns domain.ErrNotFound if the post is gone.
func (p *Port) RootOf(ctx context.Context, postID string) (rootID, channelID string, err error) {
	post, err := p.standing(ctx, postID)
	if err != nil {
		return "", "", err
	}
	if post.RootId != "" {
		return post.RootId, post.ChannelId, nil
	}
	return post.Id, post.ChannelId, nil
}

// ShowStatus shows a message's delivery status on its post, and whether Meta holds the message. A status never goes
// backwards: an earlier one than the post already shows is ignored. A post that is
// gone is not an error. It returns posting.ErrArchived if the channel is archived.
func (p *Port) ShowStatus(ctx context.Context, postID string, status domain.Status, held bool) error {
	post, err := p.standing(ctx, postID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	shown, _ := post.GetProp(posting.PropStatus).(string)
	newlyHeld := held && post.GetProp(posting.PropHeld) == nil && shown == string(status)
	if !domain.Status(shown).Advances(status) && !newlyHeld {
		return nil
	}
	post.AddProp(posting.PropStatus, string(status))
	post.DelProp(posting.PropHeld)
	if held {
		post.AddProp(posting.PropHeld, true)
	}
	updated, err := p.update(ctx, post, "could not show the status on the post")
	switch {
	case errors.Is(err, posting.ErrArchived):
		return err
	case errors.Is(err, domain.ErrNotFound):
		return nil
	case err != nil:
		return err
	case updated.GetProp(posting.PropStatus) != string(status):
		return errors.New("the post does not show the status")
	}
	return nil
}

// EditPost replaces the text and some properties of one of the bots' posts. It returns
// domain.ErrNotFound if the post is gone.
func (p *Port) EditPost(ctx context.Context, postID, message string, props map[string]any) error {
	post, err := p.standing(ctx, postID)
	if err != nil {
		return err
	}
	post.Message = message
	merged := maps.Clone(post.GetProps())
	maps.Copy(merged, props)
	post.SetProps(inert(merged))
	_, err = p.update(ctx, post, "could not edit the post")
	return err
}

// SendEphemeral shows a text to one person only. The server does not store it.
func (p *Port) SendEphemeral(_ context.Context, channelID, userID, rootID, message string) {
	p.api.SendEphemeralPost(userID, &model.Post{UserId: p.bots.Plugin, ChannelId: channelID, RootId: rootID, Message: message, Props: inert(nil)})
}

// DirectChannel returns the id of the direct channel between the bot and a person.
func (p *Port) DirectChannel(_ context.Context, userID string) (string, error) {
	channel, appErr := p.api.GetDirectChannel(userID, p.bots.Plugin)
	if appErr != nil {
		return "", wrap(appErr, "could not open a direct channel")
	}
	if channel == nil {
		return "", errNothing
	}
	return channel.Id, nil
}
