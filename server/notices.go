package main

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/relay"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// notices tells people what they did not ask for: admins of trouble, agents of
// a start that failed after they had left the dialog.
type notices struct {
	app     *app
	speaker relay.Speaker
}

// tellAdmins writes to every system admin.
func (n *notices) tellAdmins(ctx context.Context, account *conversation.Account, text conversation.Text) error {
	admins, err := n.app.port.SystemAdmins(ctx)
	if err != nil {
		return err
	}
	for _, userID := range admins {
		line := "**" + account.Name + "**: " + n.speaker.To(ctx, userID, text)
		if err := n.app.port.DirectMessage(ctx, userID, line); err != nil {
			return err
		}
	}
	return nil
}

// accountBlocked tells the admins that a number stopped sending.
func (n *notices) accountBlocked(ctx context.Context, accountID string, code int) {
	account, err := n.app.store.Account(ctx, accountID)
	if err == nil {
		text := conversation.T("admin.account_blocked", "Account", account.Name, "Words", whatsapp.ClassifyCode(code), "Code", code)
		err = n.tellAdmins(ctx, account, text)
	}
	if err != nil {
		n.app.plugin.API.LogError("A number stopped sending and the admins could not be told", "account", accountID, "code", code, "error", err.Error())
	}
}

// startFailed tells the agent of a start that the relay had to give up.
func (n *notices) startFailed(ctx context.Context, s *relay.Send, v whatsapp.Verdict) {
	text := conversation.T("notice.start_failed", "Customer", s.Contact.Name, "Words", v)
	userID := s.Message.AuthorID
	if err := n.app.port.DirectMessage(ctx, userID, n.speaker.To(ctx, userID, text)); err != nil {
		n.app.plugin.API.LogError("An agent could not be told of a failed start", "message", s.Message.ID, "error", err.Error())
	}
}
