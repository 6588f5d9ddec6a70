package doctor

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Meta's error codes of an account that cannot pay: of a send, and of the health that it tells of a number.
const (
	paymentRefused = 131042
	paymentMissing = 141006
)

// nearlyUsed is the part of the month's free messages, in percent, from which there is a warning.
const nearlyUsed = 80

// payment looks whether Meta can charge the account: without a method of payment it takes free text beyond the free
// messages of the month, and does not deliver it.
func payment(a *domain.Account, p *domain.Probe) domain.Finding {
	refused := a.BlockedCode == paymentRefused
	for _, code := range p.ProblemCodes {
		refused = refused || code == paymentMissing || code == paymentRefused
	}
	if refused {
		return domain.Finding{Check: "payment", Text: domain.T("doctor.payment_missing", "Account", a.Name), Fix: domain.T("doctor.payment_fix")}
	}
	return domain.Finding{Check: "payment", OK: true, Text: domain.T("doctor.payment", "Account", a.Name)}
}

// freeMessages compares the month's service messages of a number with how many Meta gives free.
func (d *Doctor) freeMessages(ctx context.Context, a *domain.Account) ([]domain.Finding, error) {
	free := d.FreeMessages()
	if free <= 0 {
		return nil, nil
	}
	used, err := d.Store.ServiceMessages(ctx, a.ID, domain.MonthStart(d.Clock.Now()), free)
	if err != nil {
		return nil, err
	}
	f := domain.Finding{Check: "free_messages", OK: used*100 < free*nearlyUsed, Text: domain.T("doctor.free_messages", "Account", a.Name, "Used", used, "Free", free)}
	if used >= free {
		f.Text = domain.T("doctor.free_messages_used", "Account", a.Name, "Free", free)
	}
	if !f.OK {
		f.Fix = domain.T("doctor.free_messages_fix")
	}
	return []domain.Finding{f}, nil
}
