package service

import (
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// checkSend asks domain.SendCheck whether a template may go to a contact, whose row is locked, with the
// consent that came with it. within is nil for a start.
//
// A supervisor may let it go outside of the queue's hours by confirming with a written reason, which is
// audited; the message keeps that, so that the lock lets it go too.
func (s *Service) checkSend(tx domain.Tx, contact *domain.Contact, within *domain.Conversation, use *templateUse, now int64) error {
	use.consented = takeConsent(contact, use, now)
	refusal := s.sendCheck(use, contact, within).Refusal(now, use.queue.TimeZone)
	if refusal == nil || refusal.Code != domain.CodeQuietHours || !use.supervisor {
		return errorOf(atConsent(refusal))
	}
	if !use.confirm || use.reason == "" {
		refusal.Agree, refusal.NeedsReason = true, true
		if use.confirm {
			refusal.Fields = map[string]domain.Text{"reason": domain.T("refusal.reason_needed_hours")}
		}
		return refusal
	}
	use.overHours = true
	if refusal := s.sendCheck(use, contact, within).Refusal(now, use.queue.TimeZone); refusal != nil {
		return atConsent(refusal)
	}
	return tx.Audit(use.actorID, "quiet_hours_override", contact.ID, map[string]string{"reason": use.reason, "template": use.template.ID})
}

// errorOf returns a refusal as an error; nil stays nil.
func errorOf(refusal *domain.Refusal) error {
	if refusal == nil {
		return nil
	}
	return refusal
}
