package relay

import (
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// PropCard holds what a post is to the customer beside its text: a place or a contact (see Card).
const PropCard = "waa_card"

// Card is a place or a contact that an agent sends; one of the two is set.
type Card struct {
	Location *whatsapp.Location    `json:"location,omitempty"`
	Contact  *whatsapp.ContactCard `json:"contact,omitempty"`
}

// kind is Meta's message type of the card, "" for none that can be sent.
func (c *Card) kind() string {
	switch {
	case c == nil:
		return ""
	case c.Location != nil && c.Contact == nil:
		return whatsapp.TypeLocation
	case c.Contact != nil && c.Location == nil && c.Contact.Name.Formatted != "":
		return whatsapp.TypeContacts
	}
	return ""
}

// Prop is the card as a post's property: maps and lists, the only things that can go to the server.
func (c Card) Prop() (map[string]any, error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, errors.Wrap(err, "could not write a card")
	}
	prop := map[string]any{}
	return prop, errors.Wrap(json.Unmarshal(raw, &prop), "could not write a card")
}
