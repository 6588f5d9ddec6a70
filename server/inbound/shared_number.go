package inbound

import (
	"context"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// joinSharedNumber makes the number that a customer without one shares, because they were asked for it, a part of
// what we know them by: whoever writes to that number from then on, or from it, meets the same person. It may run
// again for the same message.
func (h *Handler) joinSharedNumber(ctx context.Context, c *domain.Conversation, who domain.WhatsAppIdentity, m *whatsapp.Message) error {
	number := sharedNumber(m)
	if number == "" || who.PhoneKey != "" {
		return nil
	}
	known, err := h.Store.ShareNumber(ctx, c.AccountID, c.ContactID, number, h.Clock.Now())
	switch {
	case errors.Is(err, domain.ErrNotFound): // erased meanwhile
		return nil
	case err != nil || known:
		return err
	}
	if err := h.Store.OweLine(ctx, c.ID, domain.T("shared.joined")); err != nil {
		return err
	}
	err = h.Store.MakeDue(ctx, c.ID, h.Clock.Now())
	h.WakeChannels()
	return err
}

// sharedNumber returns the sender's own number of a contact card that Meta says was asked for; "" = it is no such card.
func sharedNumber(m *whatsapp.Message) string {
	if !strings.HasPrefix(m.Origin, domain.OriginContactRequest) || len(m.Contacts) != 1 || len(m.Contacts[0].Phones) == 0 {
		return ""
	}
	phone := m.Contacts[0].Phones[0]
	if phone.WaID != "" {
		return phone.WaID
	}
	return phone.Phone
}
