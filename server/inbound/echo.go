package inbound

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// kindEcho is the value of PropKind on what was sent from the WhatsApp Business app.
const kindEcho = "echo"

// echo shows in the customer's open conversation what somebody sent them from
// the WhatsApp Business app. It opens neither a window nor a conversation: where
// there is none, the administrators are told once.
func (h *Handler) echo(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	m, err := item.Echo()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	account, err := h.Store.AccountByNumber(ctx, item.PhoneNumberID)
	if errors.Is(err, domain.ErrNotFound) {
		return jobqueue.Dead("the number was removed"), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	who := domain.WhatsAppIdentity{WAID: item.Contact.WaID, UserID: item.Contact.UserID, PhoneKey: domain.PhoneKey(item.Contact.WaID)}
	target, err := h.Store.ResolveTarget(ctx, account.ID, m.ID, aboutWAMID(m), who)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return jobqueue.Done(), h.Changes.noticeOnce(ctx, account.ID, "echo", "admin.unshown_echo", nil)
	case err != nil:
		return jobqueue.Outcome{}, err
	case target.PostID != "":
		return jobqueue.Done(), nil
	case target.Conversation.ChannelID == "":
		return ChannelMissing(job, &target.Conversation, h.Clock.Now()), nil
	}
	c := &target.Conversation
	post, err := h.newPost(ctx, c, m, kindEcho, h.echoText(m))
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	post.Props[posting.PropStatus] = string(domain.Sent)
	end := jobqueue.Done()
	postID, err := posting.EnsurePost(ctx, h.Posts, h.withFile(h.withCards(post, m), m, ""), posting.PropWAMID, job.Attempts > 1, postedSince(job))
	if errors.Is(err, posting.ErrRefused) {
		end = jobqueue.Dead(withheld)
		postID, err = h.postWithheld(ctx, job, c, "withheld.echo", kindEcho, m)
	}
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	message := &domain.Message{
		ID: h.NewID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID, Direction: domain.Outbound,
		Kind: m.Type, PostID: postID, WAMID: m.ID, Status: domain.Sent, ShownStatus: domain.Sent, CreatedAt: h.sentAt(job),
	}
	if err := h.fetchLater(ctx, message, c.ChannelID, m); err != nil {
		return jobqueue.Outcome{}, err
	}
	return end, h.Store.SaveEcho(ctx, message)
}

// echoText is the text of an echo's post: what was sent, or what was done to an earlier message.
func (h *Handler) echoText(m *whatsapp.Message) string {
	switch {
	case m.Edit != nil:
		return h.Localizer.ForChannel(domain.T("echo.edited", "Text", domain.Markdown(ContentOf(m).Detail)))
	case m.Revokes != "":
		return h.Localizer.ForChannel(domain.T("echo.revoked"))
	case m.Reaction != nil:
		return h.Localizer.ForChannel(domain.T("echo.reaction", "Emoji", domain.Markdown(ContentOf(m).Detail)))
	default:
		return h.Localizer.ForChannel(domain.T("echo.sent", "Text", domain.Markdown(postText(h.Localizer, m, false))))
	}
}
