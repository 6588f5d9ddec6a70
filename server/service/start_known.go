package service

import (
	"context"
	"strings"

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
		return domain.RefuseField("customer", domain.T("refusal.unknown_customer"))
	}
	known := found[0].Contact
	if strings.TrimSpace(c.Name) == "" {
		c.Name = known.Name
	}
	if strings.TrimSpace(c.Phone) == "" {
		c.Phone = known.Phone
	}
	if strings.TrimSpace(c.CPF) != "" || !s.sameNumber(c.Phone, known.Phone) {
		return nil
	}
	c.CPF, err = s.Store.Document(&known)
	return err
}

// sameNumber reports whether two numbers, however they are written, are one person's.
func (s *Service) sameNumber(a, b string) bool {
	region := s.Settings().DefaultRegion
	first, ok := domain.ParsePhone(a, region)
	second, also := domain.ParsePhone(b, region)
	return ok && also && domain.PhoneKey(first) == domain.PhoneKey(second)
}
