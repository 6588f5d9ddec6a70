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

// kindEcho is the value of PropKind on what was sent from the WhatsApp Business app.
const kindEcho = "echo"

// echo shows in the customer's open conversation what somebody sent them from
// the WhatsApp Business app. It opens neither a window nor a conversation.
func (in *Handler) echo(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	m, err := item.Echo()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	account, err := in.Store.AccountByNumber(ctx, item.PhoneNumberID)
	if errors.Is(err, domain.ErrNotFound) {
		return jobqueue.Dead("the number was removed"), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	who := domain.WhatsAppIdentity{WAID: item.Contact.WaID, UserID: item.Contact.UserID, PhoneKey: domain.PhoneKey(item.Contact.WaID)}
	a, err := in.Store.ResolveTarget(ctx, account.ID, m.ID, about(m), who)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return jobqueue.Done(), in.Changes.unshown(ctx, account.ID, "echo", "admin.unshown_echo", nil)
	case err != nil:
		return jobqueue.Outcome{}, err
	case a.PostID != "":
		return jobqueue.Done(), nil
	case a.Conversation.ChannelID == "":
		return ChannelMissing(job, &a.Conversation, in.Clock.Now()), nil
	}
	c := &a.Conversation
	post := posting.Post{
		ChannelID: c.ChannelID, PendingID: m.ID,
		Message: in.echoText(m),
		Props:   map[string]any{posting.PropKind: kindEcho, posting.PropWAMID: m.ID, posting.PropStatus: string(domain.Sent), posting.UnsafeLinks: "true"},
	}
	if err := in.place(ctx, &post, c, m); err != nil {
		return jobqueue.Outcome{}, err
	}
	end := jobqueue.Done()
	postID, err := posting.EnsurePost(ctx, in.Posts, post, posting.PropWAMID, job.Attempts > 1, job.CreatedAt-time.Minute.Milliseconds())
	if errors.Is(err, posting.ErrRefused) {
		end = jobqueue.Dead(withheld)
		postID, err = in.postWithheld(ctx, job, c, "withheld.echo", kindEcho, m)
	}
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	message := &domain.Message{
		ID: in.NewID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID, Direction: domain.Outbound,
		Kind: m.Type, PostID: postID, WAMID: m.ID, Status: domain.Sent, ShownStatus: domain.Sent, CreatedAt: in.sentAt(job),
	}
	if err := in.fetchLater(ctx, message, c.ChannelID, m); err != nil {
		return jobqueue.Outcome{}, err
	}
	return end, in.Store.SaveEcho(ctx, message)
}

// echoText says what was done on our side.
func (in *Handler) echoText(m *whatsapp.Message) string {
	switch {
	case m.Edit != nil:
		return in.Localizer.ForChannel(domain.T("echo.edited", "Text", domain.Markdown(Show(m).Detail)))
	case m.Revokes != "":
		return in.Localizer.ForChannel(domain.T("echo.revoked"))
	case m.Reaction != nil:
		return in.Localizer.ForChannel(domain.T("echo.reaction", "Emoji", domain.Markdown(Show(m).Detail)))
	default:
		return in.Localizer.ForChannel(domain.T("echo.sent", "Text", domain.Markdown(shown(in.Localizer, m))))
	}
}
