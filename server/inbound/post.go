package inbound

import (
	"context"
	"maps"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// newPost builds the post that shows a customer's message, without its file. If the
// message replies to an earlier one or changes it, the post goes into that one's thread.
func (h *Handler) newPost(ctx context.Context, c *domain.Conversation, m *whatsapp.Message, kind, text string) (posting.Post, error) {
	post := posting.Post{
		ChannelID: c.ChannelID, Message: text, PendingID: m.ID,
		Props: map[string]any{posting.PropKind: kind, posting.PropWAMID: m.ID},
	}
	if kind == posting.KindInbound {
		post.OfCustomer = true
		maps.Copy(post.Props, nameProps(domain.DisplayName(c)))
	}
	if aboutWAMID(m) == "" || answersTemplate(m) {
		return post, nil // the answer to a template is what everybody waits for: it must not be hidden in a thread
	}
	var err error
	post.RootID, err = h.threadOf(ctx, aboutWAMID(m), c)
	return post, err
}

// answersTemplate reports whether a message is what a template's button or form leads to. An agent's
// own buttons and lists are answered by a choice.
func answersTemplate(m *whatsapp.Message) bool {
	return m.Type == whatsapp.TypeButton || m.Type == whatsapp.TypeInteractive && !m.Interactive.IsChoice()
}

// nameProps returns the properties that say which customer a post is of. A server that
// allows it shows the name in place of the bot's, for which it asks that the post looks
// like one of a webhook.
func nameProps(name string) map[string]any {
	return map[string]any{posting.PropName: name, model.PostPropsOverrideUsername: name, model.PostPropsFromWebhook: "true"}
}

// postedSince returns how far back to look for a post that an earlier attempt may have made, in
// milliseconds since epoch.
func postedSince(job jobqueue.Job) int64 { return job.CreatedAt - time.Minute.Milliseconds() }

// threadOf returns the root post of the thread of an earlier message of the same
// conversation; "" = there is none.
func (h *Handler) threadOf(ctx context.Context, wamid string, c *domain.Conversation) (rootID string, err error) {
	quoted, err := h.Store.MessageByWAMID(ctx, c.AccountID, wamid)
	if errors.Is(err, domain.ErrNotFound) {
		return "", nil // it was sent before this plugin was here
	} else if err != nil {
		return "", err
	}
	if quoted.ConversationID != c.ID || quoted.PostID == "" {
		return "", nil
	}
	rootID, _, err = h.Posts.RootOf(ctx, quoted.PostID)
	if errors.Is(err, domain.ErrNotFound) {
		return "", nil
	}
	return rootID, err
}

// fetchLater lets the media queue attach the message's file to its post. It is called
// before the message's own job ends, so that no crash loses a file.
func (h *Handler) fetchLater(ctx context.Context, message *domain.Message, channelID string, m *whatsapp.Message) error {
	if !Fetchable(m) {
		return nil
	}
	file := mediaFile(message, channelID, m)
	err := h.Store.AddMedia(ctx, message.AccountID, &file)
	h.WakeMedia()
	return err
}

// replacePlaceholder edits the post of a message that Meta first called
// unsupported and has now delivered whole.
func (h *Handler) replacePlaceholder(ctx context.Context, target *domain.InboundTarget, message *domain.Message, m *whatsapp.Message) (jobqueue.Outcome, error) {
	now := h.withFile(h.withCards(posting.Post{Props: map[string]any{}}, m), m, "")
	if err := h.Posts.EditPost(ctx, target.PostID, postText(h.Localizer, m, true), now.Props); errors.Is(err, posting.ErrRefused) {
		return jobqueue.Dead(withheld), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	if err := h.fetchLater(ctx, message, target.Conversation.ChannelID, m); err != nil {
		return jobqueue.Outcome{}, err
	}
	return jobqueue.Done(), h.Store.SetKind(ctx, target.MessageID, m.Type)
}

func isPlaceholder(kind string) bool {
	return kind == whatsapp.TypeUnsupported || kind == whatsapp.TypeUnknown || kind == KindWithheld
}
