package jobs

import (
	"context"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	noticeLease = 30 * time.Second
	noticeBatch = 8
)

// noticeText returns the text of a notice: an error code of Meta's is replaced with its explanation,
// and whole numbers, which JSON stores as floats, are whole again.
func noticeText(n *domain.Notice) domain.Text {
	text := domain.Text{Key: n.TextKey, Data: n.Data}.Restored()
	if code, ok := text.Data["Code"].(int64); ok {
		text.Data["Words"] = whatsapp.ClassifyCode(int(code))
	}
	return text
}

// Detail writes the part of a notice that is known only when it is sent, in the reader's
// language, and names the conversations it is about. An empty text means that there is
// nothing to send any more.
type Detail func(ctx context.Context, userID string) (text string, conversationIDs []string, err error)

// ChannelText writes a notice that goes to a channel instead of people, when it is sent. channelID "" means that there
// is nothing to send any more.
type ChannelText func(ctx context.Context, notice *domain.Notice) (channelID, text string, err error)

// Notices sends the stored notices to people, as permanent direct messages, and some to channels.
type Notices struct {
	Store Store
	Posts Mattermost
	// Recipients returns who gets a notice. subject is put before the text; "" = nothing is.
	Recipients func(ctx context.Context, n *domain.Notice) (userIDs []string, subject string, err error)
	// Details holds, by the text key of a notice, what writes the part below the text.
	Details map[string]Detail
	// Channels holds, by the text key of a notice, what writes those that go to channels.
	Channels map[string]ChannelText
	// DescribeConversation returns the customer's name, the channel's address and the queue's
	// time zone. They are read when the notice is sent and not stored with it, so that
	// erasing the customer leaves nothing in it; domain.ErrNotFound once that happened.
	DescribeConversation func(ctx context.Context, conversationID string) (customer, link, zone string, err error)
	Localizer            posting.Localizer
	Clock                domain.Clock
	Log                  jobqueue.Logger
}

// Run sends a batch.
func (n *Notices) Run(ctx context.Context) (more bool, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(noticeLease))
	defer lease.End()
	claimed, err := n.Store.ClaimNotices(ctx, noticeLease, noticeBatch)
	if err != nil {
		return false, err
	}
	for _, notice := range claimed {
		if err := n.send(ctx, notice); err != nil { // it is tried again when the lease has expired
			n.Log.Warn("Could not tell a notice", "text", notice.TextKey, "account", notice.AccountID, "queue", notice.QueueID, "error", err.Error())
		}
	}
	return len(claimed) == noticeBatch, nil
}

func (n *Notices) send(ctx context.Context, notice *domain.Notice) error {
	if write := n.Channels[notice.TextKey]; write != nil {
		if err := n.post(ctx, notice, write); err != nil {
			return err
		}
		return n.Store.NoticeTold(ctx, notice.Key, n.Clock.Now())
	}
	readers, subject, err := n.Recipients(ctx, notice)
	if err != nil {
		return err
	}
	for _, userID := range readers {
		if slices.Contains(notice.Told, userID) {
			continue
		}
		if err := n.sendTo(ctx, notice, userID, subject); err != nil {
			return err
		}
	}
	return n.Store.NoticeTold(ctx, notice.Key, n.Clock.Now())
}

// post posts a notice in its channel.
func (n *Notices) post(ctx context.Context, notice *domain.Notice, write ChannelText) error {
	channelID, text, err := write(ctx, notice)
	if err != nil || channelID == "" {
		return err
	}
	_, err = posting.EnsurePostOrFallback(ctx, n.Posts, posting.Post{
		ChannelID: channelID, Message: text, Props: map[string]any{posting.PropEvent: notice.Key}, PendingID: notice.Key,
	}, posting.PropEvent, n.Localizer.ForChannel(domain.T("withheld.line")), notice.Again, posting.OwnPostsSince())
	return err
}

func (n *Notices) sendTo(ctx context.Context, notice *domain.Notice, userID, subject string) error {
	words := noticeText(notice)
	var about []string
	if notice.ConversationID != "" {
		about = append(about, notice.ConversationID)
		customer, link, zone, err := n.DescribeConversation(ctx, notice.ConversationID)
		if errors.Is(err, domain.ErrNotFound) { // the customer was erased
			return nil
		} else if err != nil {
			return err
		}
		words.Data["Customer"], words.Data["Link"] = customer, domain.Link(link)
		words = words.In(zone)
	}
	text := n.Localizer.ForUser(ctx, userID, words)
	if write := n.Details[notice.TextKey]; write != nil {
		detail, told, err := write(ctx, userID)
		if err != nil || detail == "" {
			return err
		}
		about = append(about, told...)
		text += "\n\n" + detail
	}
	channelID, err := n.Posts.DirectChannel(ctx, userID)
	if err != nil {
		return err
	}
	if subject != "" {
		text = "**" + markdown.Escape(subject) + "**: " + text
	}
	postID, err := posting.EnsurePostOrFallback(ctx, n.Posts, posting.Post{
		ChannelID: channelID, Message: text, Props: map[string]any{posting.PropEvent: notice.Key}, PendingID: notice.Key + ":" + userID,
	}, posting.PropEvent, n.Localizer.ForUser(ctx, userID, domain.T("withheld.line")), notice.Again, posting.OwnPostsSince())
	if err != nil {
		return err
	}
	if err := n.Store.Mention(ctx, postID, about); err != nil {
		return err
	}
	return n.Store.NoticeToldTo(ctx, notice.Key, userID)
}
