package service

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// SetConsent records what the actor says of a contact's consent, and returns the contact. Whoever may
// see one of the person's conversations may do so; it is audited, and the channels of the person's
// conversations tell of it.
func (s *Service) SetConsent(ctx context.Context, actorID, contactID string, status domain.ConsentStatus, said domain.ConsentGiven) (*domain.Contact, error) {
	_, seen, err := s.List(ctx, actorID, domain.Filter{ContactID: contactID, PerPage: 1})
	if err != nil {
		return nil, err
	}
	if seen == 0 {
		return nil, domain.Refuse(domain.CodeNotFound, domain.T("refusal.not_found"))
	}
	if status == domain.ConsentGranted || said.Origin != "" {
		if problem := checkOrigin(said.Origin); problem.Key != "" {
			return nil, domain.RefuseField("origin", problem)
		}
	}
	now := s.Clock.Now()
	to := domain.Consent{Status: status, Origin: strings.TrimSpace(said.Origin), Note: cleanNote(said.Note), At: now, By: actorID}
	line := domain.T("event.consent_"+status.Word(), "Who", s.username(ctx, actorID))
	return s.Store.SetConsent(ctx, contactID, to, line, now)
}

// Consents returns a page of the contacts with a consent on record, of the queues that the actor
// supervises, and how many there are. A system admin gets all of them.
func (s *Service) Consents(ctx context.Context, actorID string, status domain.ConsentStatus, queueID string, page, perPage int) ([]*domain.Contact, int, error) {
	filter := domain.ConsentFilter{Status: status, Page: page, PerPage: perPage}
	queues, all, err := s.supervisedQueues(ctx, actorID)
	if err != nil {
		return nil, 0, err
	}
	filter.QueueIDs = []string{}
	for _, queue := range queues {
		if queueID == "" || queue.ID == queueID {
			filter.QueueIDs = append(filter.QueueIDs, queue.ID)
		}
	}
	switch {
	case !all && len(filter.QueueIDs) == 0:
		return nil, 0, domain.Refuse(domain.CodeForbidden, domain.T("refusal.supervisors_only"))
	case all && queueID == "":
		filter.QueueIDs = nil
	}
	return s.Store.Consents(ctx, filter)
}

// checkOrigin returns what is wrong with the origin of a consent; without a key nothing is.
func checkOrigin(origin string) domain.Text {
	origin = strings.TrimSpace(origin)
	switch {
	case origin == "":
		return domain.T("refusal.consent_origin")
	case origin == domain.OriginCustomer, utf8.RuneCountInString(origin) > domain.MaxConsentOrigin, strings.ContainsFunc(origin, unicode.IsControl):
		return domain.T("refusal.consent_origin_invalid", "Max", domain.MaxConsentOrigin)
	}
	return domain.Text{}
}

func cleanNote(note string) string {
	note = strings.TrimSpace(note)
	if utf8.RuneCountInString(note) > domain.MaxConsentNote {
		note = string([]rune(note)[:domain.MaxConsentNote])
	}
	return note
}

// takeConsent puts into a contact, which is locked, the consent that came with a start, and reports
// whether it changed anything. It never takes back what the person said: whoever opted out stays out.
func takeConsent(contact *domain.Contact, use *templateUse, now int64) bool {
	if use.consent.Origin == "" || contact.ConsentStatus == domain.ConsentRevoked {
		return false
	}
	contact.SetConsent(domain.Consent{Status: domain.ConsentGranted, Origin: strings.TrimSpace(use.consent.Origin), Note: cleanNote(use.consent.Note), At: now, By: use.actorID})
	return true
}

// atConsent puts a refusal for want of a consent at the field of the form that asks for it.
func atConsent(refusal *domain.Refusal) *domain.Refusal {
	if refusal != nil && refusal.Code == domain.CodeConsentRequired {
		refusal.Fields = map[string]domain.Text{"consent_origin": refusal.Text}
	}
	return refusal
}
