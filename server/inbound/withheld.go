package inbound

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// KindWithheld is the stored kind of a customer's message that the server refuses
// to show; its post is a line that says so.
const KindWithheld = "withheld"

// withheld is the reason of the dead letter that keeps such a message.
const withheld = "the server refuses to show it: another plugin's filter, its length, or a rule"

// withhold posts a line in place of a message that the server refuses for good.
// So the agent learns that the customer wrote, the next message does not wait,
// and the message itself can be read and tried again as a dead letter. It is
// stored as withheld before the line is posted, because otherwise after a crash
// the line would be taken for the message.
func (h *Handler) withhold(ctx context.Context, job jobqueue.Job, target *domain.InboundTarget, message *domain.Message, who domain.WhatsAppIdentity, m *whatsapp.Message) (jobqueue.Outcome, error) {
	c := &target.Conversation
	if target.MessageID == "" {
		message.Kind = KindWithheld
		saved, _, _, err := h.save(ctx, message, who, m, nil, h.Clock.Now())
		if err != nil {
			return jobqueue.Outcome{}, err
		}
		target.MessageID, target.Kind = saved.ID, saved.Kind
	}
	if target.Kind != KindWithheld {
		if err := h.Store.SetKind(ctx, target.MessageID, KindWithheld); err != nil {
			return jobqueue.Outcome{}, err
		}
	}
	postID, err := h.postWithheld(ctx, job, c, "withheld.message", posting.KindInbound, m)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	if postID != "" {
		message.PostID = postID
		if err := h.Store.SetPost(ctx, target.MessageID, postID); err != nil {
			return jobqueue.Outcome{}, err
		}
		if err := h.fetchLater(ctx, message, c.ChannelID, m); err != nil {
			return jobqueue.Outcome{}, err
		}
	}
	return jobqueue.Dead(withheld), h.Changes.noticeWithheld(ctx, c.AccountID)
}

// postWithheld posts the line and returns its id; "" = the server refuses that too.
func (h *Handler) postWithheld(ctx context.Context, job jobqueue.Job, c *domain.Conversation, text, kind string, m *whatsapp.Message) (id string, err error) {
	post, err := h.newPost(ctx, c, m, kind, h.Localizer.ForChannel(domain.T(text, "Kind", m.Type, "At", h.sentAt(job))))
	if err != nil {
		return "", err
	}
	id, err = posting.EnsurePost(ctx, h.Posts, h.withFile(post, m, ""), posting.PropWAMID, true, postedSince(job))
	if errors.Is(err, posting.ErrRefused) {
		return "", nil
	}
	return id, err
}

// noticeWithheld tells the administrators, once per day and number, that the server refuses messages.
func (c *ChangeHandler) noticeWithheld(ctx context.Context, accountID string) error {
	now := c.Clock.Now()
	day := time.UnixMilli(now).UTC().Format(time.DateOnly)
	err := c.Store.AddNotice(ctx, &domain.Notice{Key: "withheld:" + accountID + ":" + day, AccountID: accountID, TextKey: "withheld.notice", CreatedAt: now})
	c.WakeNotices()
	return err
}
