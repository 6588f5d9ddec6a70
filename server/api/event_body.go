package api

import (
	"encoding/json"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// eventView is what other software is told of an event.
type eventView struct {
	ID   string       `json:"id"`
	Type string       `json:"type"`
	At   millisOrNull `json:"at"`
	Data any          `json:"data"`
}

// eventData is the data of an event about a conversation.
type eventData struct {
	Contact      *eventContact      `json:"contact,omitempty"`
	Conversation *eventConversation `json:"conversation,omitempty"`
	Message      *messageView       `json:"message,omitempty"`
}

// eventConversation is a conversation as the REST API shows it, with a contact that has no document.
type eventConversation struct {
	conversationView
	Contact eventContact `json:"contact"`
}

type eventContact struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Phone   string      `json:"phone"`
	Consent consentView `json:"consent"`
}

func viewEventContact(c *domain.Contact) eventContact {
	contact := viewContact(c)
	return eventContact{ID: contact.ID, Name: contact.Name, Phone: contact.Phone, Consent: contact.Consent}
}

// EventBody writes what other software is told of an event. The conversation is in the state of the moment at which it happened; its last
// message, and since when the customer waits, are those of now.
func (a *API) EventBody(e *domain.Event) ([]byte, error) {
	ahead := a.Clock.Now() - time.Now().UnixMilli() // of the development clock, by which states are told
	view := eventView{ID: e.ID, Type: e.Type, At: millisOrNull(e.At + ahead), Data: struct{}{}}
	switch {
	case e.Plan != nil:
		view.Data = e.Plan
	case e.Conversation != nil:
		conversation := a.Service.ViewAt(e.Conversation, e.At+ahead)
		data := eventData{Conversation: &eventConversation{
			conversationView: viewWithNames(conversation, e.OwnerUsername, e.AttendantUsername), Contact: viewEventContact(&e.Conversation.Contact),
		}}
		if e.Type == domain.EventContactOptedOut {
			data.Contact = &data.Conversation.Contact
		}
		if e.Message != nil {
			message := a.viewMessage(a.ServerLanguage(), e.Message)
			data.Message = &message
		}
		view.Data = data
	}
	body, err := json.Marshal(view)
	return body, errors.Wrap(err, "encode an event")
}
