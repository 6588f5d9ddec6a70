package mattermost

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// React makes an emoji the customers' bot's only reaction to a post, or removes its
// reaction if emoji is "". What earlier versions put there in the other bot's name counts
// as the same reaction. It returns whether Mattermost has such an emoji, and
// domain.ErrNotFound if the post is gone; see inbound.Posts.
func (p *Port) React(ctx context.Context, postID, emoji string) (known bool, err error) {
	post, err := p.standing(ctx, postID)
	if err != nil {
		return false, err
	}
	if err := jobqueue.CheckLease(ctx); err != nil {
		return false, err
	}
	wanted, known := EmojiName(emoji)
	reactions, err := p.records.ServerReactions(ctx, postID)
	if err != nil {
		return false, err
	}
	there := wanted == ""
	for _, reaction := range reactions {
		switch {
		case !p.IsBot(reaction.UserId):
		case reaction.EmojiName == wanted && !there:
			there = true
		default:
			if err := p.takeOff(ctx, reaction); err != nil {
				return false, err
			}
		}
	}
	if there {
		return known, nil
	}
	if err := p.joinCustomer(ctx, post.ChannelId); err != nil {
		return false, err
	}
	added, appErr := p.api.AddReaction(&model.Reaction{UserId: p.bots.Customer, PostId: postID, EmojiName: wanted})
	if appErr != nil {
		return false, wrap(appErr, "could not add a reaction")
	}
	if added == nil {
		return false, errors.Wrap(errNothing, "could not add a reaction")
	}
	return true, nil
}

// takeOff removes a reaction and then checks in the database that it is gone, because
// the plugin API's generated client reports no error when the call itself failed.
func (p *Port) takeOff(ctx context.Context, reaction *model.Reaction) error {
	if appErr := p.api.RemoveReaction(reaction); appErr != nil {
		return wrap(appErr, "could not take a reaction off")
	}
	left, err := p.records.ServerReactions(ctx, reaction.PostId)
	if err == nil && slices.ContainsFunc(left, func(r *model.Reaction) bool { return r.UserId == reaction.UserId && r.EmojiName == reaction.EmojiName }) {
		err = errors.Wrap(errNothing, "could not take a reaction off")
	}
	return err
}

// EmojiName returns Mattermost's name for a Unicode emoji; known is false if
// Mattermost has none. For the empty string it returns an empty name and true.
func EmojiName(emoji string) (name string, known bool) {
	code := emojiCode(emoji)
	if code == "" {
		return "", emoji == ""
	}
	for candidate, its := range model.SystemEmojis {
		if strings.ReplaceAll(its, "-fe0f", "") == code && (name == "" || candidate < name) { // an emoji may have several names: always choose the same one
			name = candidate
		}
	}
	return name, name != ""
}

// variation is the code point that asks for the coloured form of a character. People
// and programs add it or leave it out at will, so it is ignored when emoji are
// compared.
const variation = '\ufe0f'

// emojiCode returns an emoji as the server's table writes it: its code points in
// hexadecimal, joined by hyphens, without variation.
func emojiCode(emoji string) string {
	var codes []string
	for _, r := range emoji {
		if r != variation {
			codes = append(codes, fmt.Sprintf("%04x", r))
		}
	}
	return strings.Join(codes, "-")
}
