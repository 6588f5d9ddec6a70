package posting

import (
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// OutboundPayload is what waits in the outbox: the content, without a recipient. To
// whom it goes is read from the database at the moment of sending.
type OutboundPayload struct {
	Text     string                    `json:"text,omitempty"`
	ReplyTo  string                    `json:"reply_to,omitempty"` // wamid
	Template *whatsapp.TemplateMessage `json:"template,omitempty"`
	// File goes as a message of this Kind (Meta's type) with Text as its caption, or as the template's header.
	Kind string `json:"kind,omitempty"`
	File *File  `json:"file,omitempty"`

	Reaction *whatsapp.Reaction `json:"reaction,omitempty"`
	Card     *Card              `json:"card,omitempty"`
}

// Outgoing addresses the envelope. The message's id comes back in every status.
func (e OutboundPayload) ToMessage(to domain.Address, messageID string) whatsapp.Outgoing {
	out := whatsapp.Outgoing{To: to.Phone, Recipient: to.UserID, ReplyTo: e.ReplyTo, CallbackData: messageID}
	switch {
	case e.Template != nil:
		out.Type, out.Template = whatsapp.TypeTemplate, e.Template
		if e.File != nil {
			out.Template = e.Template.WithHeader(whatsapp.MediaRef{ID: e.File.MediaID, Filename: e.File.Name})
		}
	case e.Reaction != nil:
		out.Type, out.Reaction = whatsapp.TypeReaction, e.Reaction
	case e.Card.Kind() == whatsapp.TypeLocation:
		out.Type, out.Location = whatsapp.TypeLocation, e.Card.Location
	case e.Card.Kind() == whatsapp.TypeContacts:
		out.Type, out.Contacts = whatsapp.TypeContacts, []whatsapp.ContactCard{*e.Card.Contact}
	case e.File != nil:
		out.Type, out.Media = e.Kind, &whatsapp.MediaRef{ID: e.File.MediaID, Caption: e.Text, Voice: e.File.Voice}
		if e.Kind == whatsapp.TypeDocument {
			out.Media.Filename = e.File.Name
		}
	default:
		out.Type, out.Text = whatsapp.TypeText, &whatsapp.Text{Body: e.Text}
	}
	return out
}

func (e OutboundPayload) Bytes() ([]byte, error) {
	data, err := json.Marshal(e)
	return data, errors.Wrap(err, "could not write the envelope")
}
