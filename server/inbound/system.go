package inbound

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Meta's words for a new security code and for a new BSUID.
const (
	identityChanged = "customer_identity_changed"
	userChanged     = "user_changed_user_id"
)

// system acts on a change on the customer's side: with a new number or BSUID the
// contact's identity moves along. A post in the conversation's channel says so.
func (h *Handler) system(ctx context.Context, job jobqueue.Job, account *domain.Account, m *whatsapp.Message) (jobqueue.Outcome, error) {
	if m.System == nil {
		return jobqueue.Done(), nil
	}
	old := domain.WhatsAppIdentity{WAID: m.From, UserID: m.System.PreviousUserID, PhoneKey: domain.PhoneKey(m.From)}
	if old.UserID == "" {
		old.UserID = m.FromUserID
	}
	contact, err := h.Store.FindContact(ctx, account.ID, old)
	if errors.Is(err, domain.ErrNotFound) {
		return jobqueue.Done(), nil // the person is unknown here
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	text, err := h.moveIdentity(ctx, job, account, contact, old, m)
	if err != nil {
		return jobqueue.Outcome{}, err
	}
	if text == "" {
		return jobqueue.Done(), nil // it came late and is out of date
	}
	c, err := h.Store.OpenConversation(ctx, account.ID, contact.ID)
	if errors.Is(err, domain.ErrNotFound) {
		return jobqueue.Done(), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	if c.ChannelID == "" {
		return ChannelMissing(job, c, h.Clock.Now()), nil
	}
	key := "system:" + m.ID
	_, err = posting.EnsurePostOrFallback(ctx, h.Posts, posting.Post{
		ChannelID: c.ChannelID, Type: posting.TypeEvent, Message: text, PendingID: key, Props: map[string]any{posting.PropEvent: key},
	}, posting.PropEvent, h.Localizer.ForChannel(domain.T("withheld.line")), job.Attempts > 1, postedSince(job))
	return jobqueue.Done(), err
}

// moveIdentity changes how the contact is reached and returns what the channel is told; "" = nothing happened.
func (h *Handler) moveIdentity(ctx context.Context, job jobqueue.Job, account *domain.Account, contact *domain.Contact, old domain.WhatsAppIdentity, m *whatsapp.Message) (string, error) {
	renewed := domain.WhatsAppIdentity{WAID: m.System.NewWaID, UserID: m.System.UserID, PhoneKey: domain.PhoneKey(m.System.NewWaID)}
	if renewed.UserID == old.UserID {
		renewed.UserID = ""
	}
	if renewed.PhoneKey == old.PhoneKey {
		renewed.WAID, renewed.PhoneKey = "", ""
	}
	taken := false
	if m.System.Type != identityChanged && (renewed.PhoneKey != "" || renewed.UserID != "") {
		back, err := h.Store.WroteSince(ctx, account.ID, contact.ID, old, h.sentAt(job))
		if err != nil || back { // they have written since, named as before
			return "", err
		}
		if taken, err = h.Store.MoveIdentity(ctx, account.ID, contact.ID, old, renewed, h.sentAt(job)); err != nil {
			return "", err
		}
	}
	var text string
	switch {
	case m.System.Type == identityChanged:
		text = h.Localizer.ForChannel(domain.T("system.identity"))
	case renewed.PhoneKey != "":
		text = h.Localizer.ForChannel(domain.T("system.number", "Phone", markdown.Verbatim("+"+renewed.PhoneKey)))
	case renewed.UserID != "", m.System.Type == userChanged:
		text = h.Localizer.ForChannel(domain.T("system.user"))
	default:
		text = h.Localizer.ForChannel(domain.T("system.other", "Kind", markdown.Verbatim(m.System.Type)))
	}
	if taken {
		text += " " + h.Localizer.ForChannel(domain.T("system.taken"))
	}
	return text, nil
}
