package service

import (
	"context"
	"slices"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// mayRename returns the id of the contact with the start's number if the actor may change that
// contact's name or document; "" = they may not, or there is nothing to change. Whoever may see the
// contact may change it, which is everybody as long as the contact has no conversation. It asks the
// store before the transaction of the start; the caller compares the id with the contact it locks.
func (s *Service) mayRename(ctx context.Context, actorID string, p *startPlan) (contactID string, err error) {
	contact, err := s.Store.ContactOfPhone(ctx, p.account.ID, p.wanted.Phone)
	if errors.Is(err, domain.ErrNotFound) {
		return "", nil
	} else if err != nil || contact.Name == p.wanted.Name && (p.wanted.Document == "" || s.hasDocument(contact, p.wanted.Document)) {
		return "", err
	}
	of := domain.Filter{ContactID: contact.ID, PerPage: 1}
	_, seen, err := s.List(ctx, actorID, of)
	if err == nil && seen == 0 {
		_, seen, err = s.Store.ListConversations(ctx, actorID, nil, true, s.listFilter(of, nil))
		if seen > 0 {
			return "", err
		}
	}
	return contact.ID, err
}

// hasDocument reports whether the contact has this document, with whichever key its hash was made.
func (s *Service) hasDocument(contact *domain.Contact, document domain.Document) bool {
	return contact.CPFHash != "" && slices.Contains(s.Encrypter.Hashes(string(document)), contact.CPFHash)
}

// storeWantedContact stores the name and document that a start gives for its customer, as far as they
// are new and the actor may set them. An empty value may be filled in by anybody, but only an actor
// who may rename the contact can replace one. They take effect when WhatsApp has taken the template;
// the old values are kept for the audit as hashes.
func (s *Service) storeWantedContact(tx domain.Tx, contact *domain.Contact, use *templateUse, messageID string, now int64) error {
	if use.customer == nil {
		return nil
	}
	said, news, was := use.customer, domain.ContactWanted{}, map[string]string{}
	if said.Name != contact.Name && (contact.Name == "" || use.renames) {
		if news.Name = said.Name; contact.Name != "" {
			was["name_was"] = s.Encrypter.Hash(contact.Name)
		}
	}
	if said.Document != "" && !s.hasDocument(contact, said.Document) && (contact.CPFHash == "" || use.renames) {
		news.Document = said.Document
		if contact.CPFHash != "" {
			was["cpf_was"] = contact.CPFHash
		}
	}
	if news == (domain.ContactWanted{}) {
		return nil
	}
	return tx.StoreWantedContact(messageID, contact.ID, use.actorID, news, was, now)
}
