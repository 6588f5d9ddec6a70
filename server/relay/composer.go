package relay

import (
	"context"
	"encoding/json"
	"maps"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/convert"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Envelope is what waits in the outbox: the content, without a recipient. To
// whom it goes is read from the database at the moment of sending.
type Envelope struct {
	Text     string                    `json:"text,omitempty"`
	ReplyTo  string                    `json:"reply_to,omitempty"` // wamid
	Template *whatsapp.TemplateMessage `json:"template,omitempty"`
	// File goes as a message of this Kind (Meta's type) with Text as its caption, or as the template's header.
	Kind string        `json:"kind,omitempty"`
	File *convert.File `json:"file,omitempty"`

	Reaction *whatsapp.Reaction `json:"reaction,omitempty"`
	Card     *Card              `json:"card,omitempty"`
}

// Outgoing addresses the envelope. The message's id comes back in every status.
func (e Envelope) Outgoing(to conversation.Address, messageID string) whatsapp.Outgoing {
	out := whatsapp.Outgoing{To: to.Phone, Recipient: to.UserID, ReplyTo: e.ReplyTo, CallbackData: messageID}
	switch {
	case e.Template != nil:
		out.Type, out.Template = whatsapp.TypeTemplate, e.Template
		if e.File != nil {
			out.Template = e.Template.WithHeader(whatsapp.MediaRef{ID: e.File.MediaID, Filename: e.File.Name})
		}
	case e.Reaction != nil:
		out.Type, out.Reaction = whatsapp.TypeReaction, e.Reaction
	case e.Card.kind() == whatsapp.TypeLocation:
		out.Type, out.Location = whatsapp.TypeLocation, e.Card.Location
	case e.Card.kind() == whatsapp.TypeContacts:
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

func (e Envelope) bytes() ([]byte, error) {
	data, err := json.Marshal(e)
	return data, errors.Wrap(err, "could not write the envelope")
}

// Composer fills templates in. It implements conversation.Composer.
type Composer struct {
	Files HeaderFiles
}

// Compose answers the envelope and the text as the customer will see it.
func (c Composer) Compose(ctx context.Context, actorID string, t *conversation.Template, values map[string]string) (conversation.Composed, error) {
	var template whatsapp.Template
	if err := json.Unmarshal(t.Definition, &template); err != nil {
		return conversation.Composed{}, errors.Wrap(err, "could not read the template")
	}
	if err := template.Sendable(); err != nil {
		return conversation.Composed{}, conversation.Refuse(conversation.CodeTemplateNotAllowed, conversation.T("refusal.template_unsendable", "Template", t.Name, "Why", err))
	}
	fields := map[string]conversation.Text{}
	values = maps.Clone(values)
	file, name, err := c.header(ctx, actorID, &template, values, fields)
	if err != nil {
		return conversation.Composed{}, err
	}
	message, problems := template.Build(values)
	for element, problem := range problems {
		fields[element] = conversation.T("refusal.variable", "Problem", problem)
	}
	if len(fields) > 0 {
		return conversation.Composed{}, &conversation.Refusal{Code: conversation.CodeInvalidField, Text: conversation.T("refusal.check_fields"), Fields: fields}
	}
	message.NameDocument(name)
	outgoing, err := Envelope{Template: message, File: file}.bytes()
	if err != nil {
		return conversation.Composed{}, err
	}
	return conversation.Composed{Outgoing: outgoing, Text: headerText(&template, values, file) + TemplateText(template.Render(values))}, nil
}

// TemplateText writes a template as Markdown, as the customer sees it.
func TemplateText(r whatsapp.Rendered) string {
	var parts []string
	if r.Header != "" {
		parts = append(parts, "**"+convert.Escape(r.Header)+"**")
	}
	parts = append(parts, convert.ToMattermost(r.Body))
	if r.Footer != "" {
		parts = append(parts, "_"+convert.Escape(r.Footer)+"_")
	}
	var buttons []string
	for _, b := range r.Buttons {
		buttons = append(buttons, convert.Code(b.Text))
	}
	if len(buttons) > 0 {
		parts = append(parts, strings.Join(buttons, " "))
	}
	return strings.Join(parts, "\n\n")
}
