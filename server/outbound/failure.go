package outbound

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// FailureEffects does what a refusal by Meta requires beyond the message itself.
type FailureEffects struct {
	Store Store
	Clock domain.Clock

	WakeChannels     func()
	OnTemplatesStale func(accountID string) // our copies of the account's templates may be out of date
	OnAccountBlocked func(ctx context.Context, accountID string, code int)
}

// Apply acts on a refusal: it closes the window, keeps templates from the
// contact, blocks the account, or marks its templates as out of date. Meta may
// speak late: leftAt is when the message left, milliseconds since epoch, and
// whatever the customer, Meta or an administrator has done since then is kept.
func (e *FailureEffects) Apply(ctx context.Context, m *domain.Message, v whatsapp.Verdict, leftAt int64) error {
	if v.ReopensTemplate {
		if err := e.Store.CloseWindow(ctx, m.ID, e.Clock.Now()); err != nil {
			return err
		}
		e.WakeChannels()
	}
	if v.CooldownHours > 0 || v.StopsMarketing {
		until := int64(0)
		if v.CooldownHours > 0 {
			until = leftAt + int64(v.CooldownHours)*time.Hour.Milliseconds()
		}
		// Meta's timestamps are whole seconds: within the same second the customer's own word wins
		at := leftAt/1000*1000 - 1
		if err := e.Store.BlockContact(ctx, m.ContactID, until, v.StopsMarketing, at); err != nil {
			return err
		}
	}
	if v.RefreshTemplate && m.TemplateID != "" {
		e.OnTemplatesStale(m.AccountID)
	}
	return e.blockAccount(ctx, m.AccountID, v, leftAt)
}

// blockAccount blocks the account where only an administrator can help. An error without a code is not Meta's.
func (e *FailureEffects) blockAccount(ctx context.Context, accountID string, v whatsapp.Verdict, leftAt int64) error {
	if v.Class != whatsapp.Admin || v.Scope == whatsapp.ScopeMessage || v.Code == 0 {
		return nil
	}
	changed, err := e.Store.BlockAccount(ctx, accountID, v.Code, leftAt)
	if err == nil && changed {
		e.OnAccountBlocked(ctx, accountID, v.Code)
	}
	return err
}
