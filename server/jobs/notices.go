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

// noticeText is the notice for a reader: a code gets its words, numbers are whole.
func noticeText(n *domain.Notice) domain.Text {
	text := domain.Text{Key: n.TextKey, Data: n.Data}.Restored()
	if code, ok := text.Data["Code"].(int64); ok {
		text.Data["Words"] = whatsapp.ClassifyCode(int(code))
	}
	return text
}

// Detail writes a part of a notice for a reader, and names the conversations it tells of.
type Detail func(ctx context.Context, userID string) (text string, conversationIDs []string, err error)

// Notices tells people what was stored for them, by direct messages that stay.
type Notices struct {
	Store interface {
		ClaimNotices(ctx context.Context, lease time.Duration, n int) ([]*domain.Notice, error)
		NoticeToldTo(ctx context.Context, key, userID string) error
		NoticeTold(ctx context.Context, key string, now int64) error
		// Mention notes of which conversations a post tells, so that it goes when one is forgotten.
		Mention(ctx context.Context, postID string, conversationIDs []string) error
	}
	Posts interface {
		posting.Poster
		DirectChannel(ctx context.Context, userID string) (channelID string, err error)
	}
	// Readers are who is to be told; subject is what stands before the text, "" = nothing.
	Recipients func(ctx context.Context, n *domain.Notice) (userIDs []string, subject string, err error)
	// Details write, by the key of a notice's text, what stands below it and is
	// known only when it is told; "" = there is nothing to tell any more.
	Details map[string]Detail
	// About tells of a conversation: the customer's name, the channel's address
	// and its queue's time zone. It is read when it is told, and not stored.
	DescribeConversation   func(ctx context.Context, conversationID string) (customer, link, zone string, err error)
	Localizer posting.Localizer
	Clock   domain.Clock
	Log     jobqueue.Logger
}

// Round tells a batch.
func (n *Notices) Run(ctx context.Context) (more bool, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(noticeLease))
	defer lease.End()
	claimed, err := n.Store.ClaimNotices(ctx, noticeLease, noticeBatch)
	if err != nil {
		return false, err
	}
	for _, notice := range claimed {
		if err := n.send(ctx, notice); err != nil { // the lease runs out, then it is tried again
			n.Log.Warn("Could not tell a notice", "text", notice.TextKey, "account", notice.AccountID, "queue", notice.QueueID, "error", err.Error())
		}
	}
	return len(claimed) == noticeBatch, nil
}

func (n *Notices) send(ctx context.Context, notice *domain.Notice) error {
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

func (n *Notices) sendTo(ctx context.Context, notice *domain.Notice, userID, subject string) error {
	words := noticeText(notice)
	var about []string
	if notice.ConversationID != "" {
		about = append(about, notice.ConversationID)
		customer, link, zone, err := n.DescribeConversation(ctx, notice.ConversationID)
		if errors.Is(err, domain.ErrNotFound) { // there is nobody to tell of any more
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
