package outbound

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// FailureEffects is what a refusal by Meta means beyond its message.
type FailureEffects struct {
	Store interface {
		CloseWindow(ctx context.Context, messageID string, now int64) error
		BlockContact(ctx context.Context, contactID string, until int64, stop bool, at int64) error
		BlockAccount(ctx context.Context, accountID string, code int, at int64) (changed bool, err error)
	}
	Clock        domain.Clock
	WakeChannels func() // wakes the mirror
	// Stale is told that our copies of an account's templates may be out of date.
	OnTemplatesStale func(accountID string)
	// Blocked is told when an account stops for an administrator.
	OnAccountBlocked func(ctx context.Context, accountID string, code int)
}

// Apply acts on a refusal: closes the window, keeps templates from the
// contact, stops the account, or marks the template as out of date. Meta may
// speak late: left is when the message left, milliseconds since epoch, and what
// the customer, Meta or an administrator has done since then stands.
func (e *FailureEffects) Apply(ctx context.Context, m *domain.Message, v whatsapp.Verdict, left int64) error {
	if v.ReopensTemplate {
		if err := e.Store.CloseWindow(ctx, m.ID, e.Clock.Now()); err != nil {
			return err
		}
		e.WakeChannels()
	}
	if v.CooldownHours > 0 || v.StopsMarketing {
		until := int64(0)
		if v.CooldownHours > 0 {
			until = left + int64(v.CooldownHours)*time.Hour.Milliseconds()
		}
		// Meta's timestamps are whole seconds: of the same one the customer's word holds
		said := left/1000*1000 - 1
		if err := e.Store.BlockContact(ctx, m.ContactID, until, v.StopsMarketing, said); err != nil {
			return err
		}
	}
	if v.RefreshTemplate && m.TemplateID != "" {
		e.OnTemplatesStale(m.AccountID)
	}
	return e.accountTrouble(ctx, m.AccountID, v, left)
}

func (e *FailureEffects) accountTrouble(ctx context.Context, accountID string, v whatsapp.Verdict, left int64) error {
	if v.Class != whatsapp.Admin || v.Scope == whatsapp.ScopeMessage || v.Code == 0 { // without a code it is not Meta's word
		return nil
	}
	changed, err := e.Store.BlockAccount(ctx, accountID, v.Code, left)
	if err == nil && changed {
		e.OnAccountBlocked(ctx, accountID, v.Code)
	}
	return err
}
