//go:build unix

package scenario

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

// These are the types and properties of the plugin's posts, as defined by its contract.
const (
	TypeNote  = "custom_waa_note"
	TypeEvent = "custom_waa_event"

	PropStatus = "waa_status"
	PropKind   = "waa_kind"
	PropWAMID  = "waa_wamid"
)

// postsPage is how many posts a page has at most on the server.
const postsPage = 200

// ChannelOf returns a conversation's channel as an administrator sees it.
func (w *World) ChannelOf(ctx context.Context, c Conversation) (*model.Channel, error) {
	channel, _, err := w.Admin().GetChannel(ctx, c.ChannelID)
	return channel, errors.Wrap(err, "cannot read the conversation's channel")
}

// Posts returns all posts of a channel with their properties, the oldest first.
func (w *World) Posts(ctx context.Context, channelID string) ([]*model.Post, error) {
	var posts []*model.Post
	for page := 0; ; page++ {
		got, _, err := w.Admin().GetPostsForChannel(ctx, channelID, page, postsPage, "", false, false)
		if err != nil {
			return nil, errors.Wrap(err, "cannot read the channel's posts")
		}
		for _, id := range got.Order {
			posts = append(posts, got.Posts[id])
		}
		if len(got.Order) < postsPage {
			break
		}
	}
	slices.SortFunc(posts, func(a, b *model.Post) int {
		return cmp.Or(cmp.Compare(a.CreateAt, b.CreateAt), cmp.Compare(a.Id, b.Id))
	})
	return posts, nil
}

// Matching returns the posts for which a condition holds.
func Matching(posts []*model.Post, condition func(*model.Post) bool) []*model.Post {
	return slices.DeleteFunc(slices.Clone(posts), func(p *model.Post) bool { return !condition(p) })
}

var escaped = regexp.MustCompile(`\\([!-/:-@\[-\x60{-~])`)

// Shown returns a post's text roughly as a person sees it: without Markdown's backslashes, the asterisks of bold words, and invisible
// characters.
func Shown(p *model.Post) string {
	return strings.NewReplacer("*", "", "\u2060", "").Replace(escaped.ReplaceAllString(p.Message, "$1"))
}

// FromCustomer reports whether a post contains a customer's message.
func FromCustomer(p *model.Post) bool { return p.GetProp(PropKind) == "inbound" }

// WaitPosts waits until a condition holds for exactly count posts of a channel, and returns them.
func (w *World) WaitPosts(ctx context.Context, channelID string, count int, what string, condition func(*model.Post) bool) ([]*model.Post, error) {
	var found []*model.Post
	err := wait(ctx, what, func() error {
		posts, err := w.Posts(ctx, channelID)
		if err != nil {
			return err
		}
		found = Matching(posts, condition)
		return errorUnless(len(found) == count, "there are %d of %d", len(found), count)
	})
	return found, err
}

// PostAs posts as an agent. If the plugin refuses the post, the error is the server's.
func (w *World) PostAs(ctx context.Context, agent int, channelID, text string) (*model.Post, error) {
	post, _, err := w.Agent(agent).CreatePost(ctx, &model.Post{ChannelId: channelID, Message: text})
	return post, err
}

// Tick returns the message status that a post shows, or "" if it shows none.
func (w *World) Tick(ctx context.Context, postID string) (string, error) {
	post, _, err := w.Admin().GetPost(ctx, postID, "")
	if err != nil {
		return "", errors.Wrap(err, "cannot read the post")
	}
	status, _ := post.GetProp(PropStatus).(string)
	return status, nil
}

// WaitTick waits until a post shows a status.
func (w *World) WaitTick(ctx context.Context, postID, status string) error {
	return wait(ctx, "the post to show "+status, func() error {
		shown, err := w.Tick(ctx, postID)
		return firstError(err, errorUnless(shown == status, "it shows %q", shown))
	})
}

// WaitState waits until a conversation is in a state, as an agent sees it, and returns it.
func (w *World) WaitState(ctx context.Context, agent int, id, state string) (Conversation, error) {
	var c Conversation
	err := wait(ctx, "the conversation to be "+state, func() error {
		var err error
		c, err = w.Conversation(ctx, w.Agent(agent), id)
		return firstError(err, errorUnless(c.State == state, "it is %q", c.State))
	})
	return c, err
}
