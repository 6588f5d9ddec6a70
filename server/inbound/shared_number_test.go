package inbound

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

func (d *fakeInbound) ShareNumber(_ context.Context, _, contactID, number string, _ int64) (bool, error) {
	d.did = append(d.did, "share "+contactID+" "+number)
	if number == "5511900000000" {
		return false, domain.ErrNotFound
	}
	return number == "5511911111111", nil
}

func (d *fakeInbound) OweLine(_ context.Context, _ string, text domain.Text) error {
	d.did = append(d.did, text.Key)
	return nil
}

func TestASharedNumberJoinsThePerson(t *testing.T) {
	card := func(origin string, phones ...whatsapp.ContactPhone) *whatsapp.Message {
		return &whatsapp.Message{Type: whatsapp.TypeContacts, Origin: origin, Contacts: []whatsapp.ContactCard{{Phones: phones}}}
	}
	number := func(waID string) whatsapp.ContactPhone { return whatsapp.ContactPhone{Phone: "x", WaID: waID} }
	nameless, named := domain.WhatsAppIdentity{UserID: "BR.1"}, domain.WhatsAppIdentity{UserID: "BR.1", PhoneKey: "5511987654321"}
	for name, c := range map[string]struct {
		who     domain.WhatsAppIdentity
		message *whatsapp.Message
		did     []string
	}{
		"asked for":           {nameless, card("contact_request", number("5511987654321")), []string{"share contact 5511987654321", "shared.joined", "due c"}},
		"as Meta writes it":   {nameless, card("contact_request/other", whatsapp.ContactPhone{Phone: "15551234567"}), []string{"share contact 15551234567", "shared.joined", "due c"}},
		"known":               {nameless, card("contact_request", number("5511911111111")), []string{"share contact 5511911111111"}},
		"of who is erased":    {nameless, card("contact_request", number("5511900000000")), []string{"share contact 5511900000000"}},
		"somebody else's":     {nameless, card("other", number("5511987654321")), nil},
		"a card as ever":      {nameless, card("", number("5511987654321")), nil},
		"no number":           {nameless, card("contact_request"), nil},
		"of who has a number": {named, card("contact_request", number("5511912345678")), nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := &fakeInbound{}
			h := &Handler{Store: d, Clock: fake.Clock(fake.Now), WakeChannels: func() {}}
			require.NoError(t, h.joinSharedNumber(context.Background(), &domain.Conversation{ID: "c", ContactID: "contact"}, c.who, c.message))
			require.Equal(t, c.did, d.did)
		})
	}
}
