package service

import (
	"context"
	"slices"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// mayRename is the id of the contact behind the number if the actor may give
// that one another name or document: who may see the contact, which is anybody
// where nobody ever talked with the person.
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
		_, seen, err = s.Store.ListConversations(ctx, actorID, nil, true, s.listFilter(of))
		if seen > 0 {
			return "", err
		}
	}
	return contact.ID, err
}

// hasDocument tells whether a document is the contact's, whichever key it was hashed with.
func (s *Service) hasDocument(contact *domain.Contact, document domain.Document) bool {
	return contact.CPFHash != "" && slices.Contains(s.Encrypter.Hashes(string(document)), contact.CPFHash)
}

// storeWantedContact keeps what a start says of its customer, as far as it is news and the
// actor's to say, until WhatsApp has taken the template.
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
