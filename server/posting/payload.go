package posting

import (
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// OutboundPayload is what waits in the outbox: the content without the recipient,
// who is read from the database at the moment of sending.
type OutboundPayload struct {
	Text     string                    `json:"text,omitempty"`
	ReplyTo  string                    `json:"reply_to,omitempty"` // wamid
	Template *whatsapp.TemplateMessage `json:"template,omitempty"`
	// File goes as a message of this Kind (Meta's type) with Text as its caption, or as the template's header.
	Kind string `json:"kind,omitempty"`
	File *File  `json:"file,omitempty"`
	// CardFiles go on the cards of the template's carousel.
	CardFiles []*File `json:"card_files,omitempty"`

	Reaction *whatsapp.Reaction `json:"reaction,omitempty"`
	Card     *Card              `json:"card,omitempty"`
}

// Files are all files that must be at Meta before the message can leave.
func (e OutboundPayload) Files() []*File {
	if e.File == nil {
		return e.CardFiles
	}
	return append([]*File{e.File}, e.CardFiles...)
}

// templateFiles is what the files of a template are at Meta, by their ids in Mattermost.
func (e OutboundPayload) templateFiles() map[string]whatsapp.MediaRef {
	files := map[string]whatsapp.MediaRef{}
	for _, file := range e.Files() {
		files[file.ID] = whatsapp.MediaRef{ID: file.MediaID, Filename: file.Name}
	}
	return files
}

// ToMessage makes the message for Meta. It carries our message's id, which comes back in every status.
func (e OutboundPayload) ToMessage(to domain.Address, messageID string) whatsapp.Outgoing {
	out := whatsapp.Outgoing{To: to.Phone, Recipient: to.UserID, ReplyTo: e.ReplyTo, CallbackData: messageID}
	switch {
	case e.Template != nil:
		out.Type, out.Template = whatsapp.TypeTemplate, e.Template.WithFiles(e.templateFiles())
	case e.Reaction != nil:
		out.Type, out.Reaction = whatsapp.TypeReaction, e.Reaction
	case e.Card.Kind() == whatsapp.TypeInteractive:
		out.Type, out.Interactive = whatsapp.TypeInteractive, e.Card.Interactive
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

// Bytes returns the payload as the outbox stores it.
func (e OutboundPayload) Bytes() ([]byte, error) {
	data, err := json.Marshal(e)
	return data, errors.Wrap(err, "could not write the payload")
}

// Decision says what happens to a post in a conversation's channel.
type Decision struct {
	Destination Destination
	RefusalText domain.Text // with Reject: why it is refused
	ReasonCode  int         // with Reject: the same reason as the code that is stored
	Parts       []Part      // with Customer: the messages that it becomes
	CardText    string      // if the post is a card: the text that the channel is to show
	IsSealed    bool        // we made it in its author's name, so its properties can be trusted
}

// Destination says where a post goes.
type Destination int

// The destinations of a post.
const (
	Reject   Destination = iota // refused
	Internal                    // allowed, never sent
	Note                        // allowed as a note, never sent
	Customer                    // allowed, goes to WhatsApp
)
