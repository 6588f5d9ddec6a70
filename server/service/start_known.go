package service

import (
	"context"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// fillIn fills in what is empty of a start's customer from the known contact that was chosen, of those
// with a conversation that the actor may see. Nobody is shown the document on this way. It belongs to the
// contact, so with another number it has to be typed: whoever starts with a number may read what is
// stored for it.
func (s *Service) fillIn(ctx context.Context, actorID string, c *domain.Customer) error {
	if c.ID == "" {
		return nil
	}
	found, _, err := s.List(ctx, actorID, domain.Filter{ContactID: c.ID, PerPage: 1})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return s.fillInFailed(ctx, actorID, c)
	}
	known := found[0].Contact
	document, err := s.Store.Document(&known)
	if err != nil {
		return err
	}
	s.fillInWith(c, known.Name, known.Phone, document)
	return nil
}

// fillInFailed does the same from a scheduled start of the actor's that failed.
func (s *Service) fillInFailed(ctx context.Context, actorID string, c *domain.Customer) error {
	failed, err := s.ScheduledToStart(ctx, actorID, c.ID)
	if errors.Is(err, domain.ErrNotFound) {
		return domain.RefuseField("customer", domain.T("refusal.unknown_customer"))
	} else if err != nil {
		return err
	}
	s.fillInWith(c, failed.Name, failed.Phone, failed.Asked.CPF)
	return nil
}

func (s *Service) fillInWith(c *domain.Customer, name, phone, document string) {
	if strings.TrimSpace(c.Name) == "" {
		c.Name = name
	}
	if strings.TrimSpace(c.Phone) == "" {
		c.Phone = phone
	}
	if strings.TrimSpace(c.CPF) == "" && s.sameNumber(c.Phone, phone) {
		c.CPF = document
	}
}

// sameNumber reports whether two numbers, however they are written, are one person's.
func (s *Service) sameNumber(a, b string) bool {
	region := s.Settings().DefaultRegion
	first, ok := domain.ParsePhone(a, region)
	second, also := domain.ParsePhone(b, region)
	return ok && also && domain.PhoneKey(first) == domain.PhoneKey(second)
}
