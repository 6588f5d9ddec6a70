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

// KindWithheld is the stored kind of a customer's message for which a line
// stands, because the server refuses to show it.
const KindWithheld = "withheld"

// withheld is the reason of the dead letter that keeps such a message.
const withheld = "the server refuses to show it: another plugin's filter, its length, or a rule"

// withhold lets a line stand for a message that the server refuses for good: the
// agent learns that the customer wrote, the customer's next message does not
// wait, and the message itself stays readable, and can be tried again, as a dead
// letter. It is stored as withheld before the line is there, so that no crash
// takes the line for the message.
func (in *Handler) withhold(ctx context.Context, job jobqueue.Job, a *domain.InboundTarget, message *domain.Message, who domain.WhatsAppIdentity, m *whatsapp.Message) (jobqueue.Outcome, error) {
	c := &a.Conversation
	if a.MessageID == "" {
		message.Kind = KindWithheld
		saved, _, _, err := in.save(ctx, message, who, m, in.Clock.Now())
		if err != nil {
			return jobqueue.Outcome{}, err
		}
		a.MessageID, a.Kind = saved.ID, saved.Kind
	}
	if a.Kind != KindWithheld {
		if err := in.Store.SetKind(ctx, a.MessageID, KindWithheld); err != nil {
			return jobqueue.Outcome{}, err
		}
	}
	postID, err := in.postWithheld(ctx, job, c, "withheld.message", posting.KindInbound, m)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	if postID != "" {
		message.PostID = postID
		if err := in.Store.SetPost(ctx, a.MessageID, postID); err != nil {
			return jobqueue.Outcome{}, err
		}
		if err := in.fetchLater(ctx, message, c.ChannelID, m); err != nil {
			return jobqueue.Outcome{}, err
		}
	}
	return jobqueue.Dead(withheld), in.Changes.withheld(ctx, c.AccountID)
}

// postWithheld posts the line; id "" where the server refuses that too.
func (in *Handler) postWithheld(ctx context.Context, job jobqueue.Job, c *domain.Conversation, text, kind string, m *whatsapp.Message) (id string, err error) {
	post := posting.Post{
		ChannelID: c.ChannelID, Message: in.Localizer.ForChannel(domain.T(text, "Kind", m.Type, "At", in.sentAt(job))), PendingID: m.ID,
		Props: map[string]any{posting.PropKind: kind, posting.PropWAMID: m.ID, posting.UnsafeLinks: "true"},
	}
	if err := in.place(ctx, &post, c, m); err != nil {
		return "", err
	}
	id, err = posting.EnsurePost(ctx, in.Posts, post, posting.PropWAMID, true, job.CreatedAt-time.Minute.Milliseconds())
	if errors.Is(err, posting.ErrRefused) {
		return "", nil
	}
	return id, err
}

// withheld tells the administrators, once a day and number, that the server refuses messages.
func (c *ChangeHandler) withheld(ctx context.Context, accountID string) error {
	now := c.Clock.Now()
	day := time.UnixMilli(now).UTC().Format(time.DateOnly)
	err := c.Store.AddNotice(ctx, &domain.Notice{Key: "withheld:" + accountID + ":" + day, AccountID: accountID, TextKey: "withheld.notice", CreatedAt: now})
	c.WakeNotices()
	return err
}
