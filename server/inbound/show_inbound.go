package inbound

import (
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Shown is a customer's message as a post tells it. Nothing in it fires.
type Shown struct {
	// Label is the key of the sentence around Detail where Detail alone would not
	// tell what it is; "" for a plain text.
	Label  string
	Detail string // Markdown, as its parts in Data and Marks say by their types
	// Data is what the sentence needs beside Detail.
	Data map[string]any
	// Marks are lines before the message: forwarded, from an advertisement ...
	Marks []Mark
}

// Mark is a line that says something about a message: a key and its data.
type Mark struct {
	Key  string
	Data map[string]any
}

// Show writes a customer's message as Markdown. What is unknown is labelled
// "unsupported", with its name.
func Show(m *whatsapp.Message) Shown {
	s := content(m)
	s.Marks = marksOf(m)
	return s
}

func content(m *whatsapp.Message) Shown {
	switch {
	case m.Text != nil && m.Type == whatsapp.TypeText:
		return plain(markdown.ToMattermost(m.Text.Body))
	case m.Button != nil:
		return plain(markdown.ToMattermost(m.Button.Text))
	case m.Interactive != nil:
		return interactive(m.Interactive)
	case m.Media != nil:
		return media(m)
	case m.Location != nil:
		return location(m.Location)
	case len(m.Contacts) > 0:
		return contacts(m.Contacts)
	case m.Reaction != nil:
		return reaction(m.Reaction)
	case m.Order != nil:
		return order(m.Order)
	case m.Edit != nil && m.Edit.Message != nil:
		return edit(m.Edit)
	case m.Revokes != "":
		return Shown{Label: "revoke"}
	case m.Type == whatsapp.TypeRequestWelcome:
		return Shown{Label: "request_welcome"}
	case m.Type == whatsapp.TypeCall:
		return Shown{Label: "call"}
	case m.Unsupported != "":
		return unsupported(m.Unsupported)
	default:
		return unsupported(m.Type)
	}
}

// plain is a text, which may say nothing at all.
func plain(text string) Shown {
	if strings.TrimSpace(text) == "" {
		return Shown{Label: "empty"}
	}
	return Shown{Detail: text}
}

// unsupported names what WhatsApp does not pass on, or we do not know.
func unsupported(kind string) Shown {
	if kind == whatsapp.TypeUnsupported || kind == whatsapp.TypeUnknown { // that is no name
		kind = ""
	}
	return Shown{Label: "unsupported", Detail: markdown.Code(kind)}
}

// edit tells the new version: of a file, its caption.
func edit(e *whatsapp.Edit) Shown {
	text := content(e.Message)
	if e.Message.Media != nil {
		text.Detail = markdown.ToMattermost(e.Message.Media.Caption)
	}
	return Shown{Label: "edit", Detail: text.Detail}
}

func reaction(r *whatsapp.Reaction) Shown {
	if r.Removed() {
		return Shown{Label: "reaction_removed"}
	}
	return Shown{Label: "reaction", Detail: markdown.ToMattermost(r.Emoji)}
}

// lines joins what is there, one paragraph each.
func lines(texts ...string) string {
	var kept []string
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, "\n\n")
}

// line makes a text one line: lists and quotes end with theirs.
func line(text string) string {
	return strings.Join(strings.Fields(markdown.ToMattermost(strings.Join(strings.Fields(text), " "))), " ")
}
