package relay

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Effects is what a refusal by Meta means beyond its message.
type Effects struct {
	Store interface {
		CloseWindow(ctx context.Context, conversationID string, now int64) error
		BlockContact(ctx context.Context, contactID string, until int64, stop bool, now int64) error
		BlockAccount(ctx context.Context, accountID string, code int, now int64) (changed bool, err error)
	}
	Clock   conversation.Clock
	Refresh func() // wakes the mirror
	// Stale is told that our copies of an account's templates may be out of date.
	Stale func(accountID string)
	// Blocked is told when an account stops for an administrator.
	Blocked func(ctx context.Context, accountID string, code int)
}

// OfFailure acts on a refusal: closes the window, keeps templates from the
// contact, stops the account, or marks the template as out of date.
func (e *Effects) OfFailure(ctx context.Context, m *conversation.Message, v whatsapp.Verdict) error {
	now := e.Clock.Now()
	if v.ReopensTemplate {
		if err := e.Store.CloseWindow(ctx, m.ConversationID, now); err != nil {
			return err
		}
		e.Refresh()
	}
	if v.CooldownHours > 0 || v.StopsMarketing {
		until := int64(0)
		if v.CooldownHours > 0 {
			until = now + int64(v.CooldownHours)*time.Hour.Milliseconds()
		}
		if err := e.Store.BlockContact(ctx, m.ContactID, until, v.StopsMarketing, now); err != nil {
			return err
		}
	}
	if v.RefreshTemplate && m.TemplateID != "" {
		e.Stale(m.AccountID)
	}
	return e.accountTrouble(ctx, m.AccountID, v)
}

func (e *Effects) accountTrouble(ctx context.Context, accountID string, v whatsapp.Verdict) error {
	if v.Class != whatsapp.Admin || v.Scope == whatsapp.ScopeMessage {
		return nil
	}
	changed, err := e.Store.BlockAccount(ctx, accountID, v.Code, e.Clock.Now())
	if err == nil && changed {
		e.Blocked(ctx, accountID, v.Code)
	}
	return err
}
