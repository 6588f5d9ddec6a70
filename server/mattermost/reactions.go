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

// React makes an emoji our bot's one reaction to a post, or takes it off ("");
// see inbound.Posts.
func (p *Port) React(ctx context.Context, postID, emoji string) (known bool, err error) {
	if _, err := p.standing(ctx, postID); err != nil {
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
		case reaction.UserId != p.botID:
		case reaction.EmojiName == wanted:
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
	added, appErr := p.api.AddReaction(&model.Reaction{UserId: p.botID, PostId: postID, EmojiName: wanted})
	if appErr != nil {
		return false, wrap(appErr, "could not add a reaction")
	}
	if added == nil {
		return false, errors.Wrap(errNothing, "could not add a reaction")
	}
	return true, nil
}

// takeOff removes a reaction, and looks whether it is gone: the API's client says nothing of a call that broke.
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

// EmojiName is Mattermost's name of a Unicode emoji; known is false where it has none. No emoji has no name.
func EmojiName(emoji string) (name string, known bool) {
	code := emojiCode(emoji)
	if code == "" {
		return "", emoji == ""
	}
	for candidate, its := range model.SystemEmojis {
		if strings.ReplaceAll(its, "-fe0f", "") == code && (name == "" || candidate < name) { // an emoji has several names: always the same one
			name = candidate
		}
	}
	return name, name != ""
}

// variation asks for the coloured form of a character: people and programs write it or leave it out at will.
const variation = '\ufe0f'

// emojiCode is how the server's table writes an emoji: its code points, hexadecimal.
func emojiCode(emoji string) string {
	var codes []string
	for _, r := range emoji {
		if r != variation {
			codes = append(codes, fmt.Sprintf("%04x", r))
		}
	}
	return strings.Join(codes, "-")
}
