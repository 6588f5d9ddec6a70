package convert

import (
	"fmt"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Inbound writes a customer's message as Markdown. label is the key of the
// sentence around it where the text alone would not tell what it is ("" for a
// plain text); an unknown kind gets "unsupported" with its name.
func Inbound(m *whatsapp.Message) (markdown, label string) {
	switch {
	case m.Text != nil && m.Type == whatsapp.TypeText:
		return orEmpty(ToMattermost(m.Text.Body))
	case m.Button != nil:
		return orEmpty(ToMattermost(m.Button.Text))
	case m.Interactive != nil:
		return interactive(m.Interactive)
	case m.Media != nil:
		return media(m.Media), m.Type
	case m.Location != nil:
		return location(m.Location), "location"
	case len(m.Contacts) > 0:
		return contacts(m.Contacts), "contacts"
	case m.Reaction != nil && m.Reaction.Removed():
		return "", "reaction_removed"
	case m.Reaction != nil:
		return ToMattermost(m.Reaction.Emoji), "reaction"
	case m.Order != nil:
		return order(m.Order), "order"
	case m.Edit != nil && m.Edit.Message != nil:
		text, _ := Inbound(m.Edit.Message)
		return text, "edit"
	case m.Revokes != "":
		return "", "revoke"
	case m.Type == whatsapp.TypeRequestWelcome:
		return "", "request_welcome"
	case m.Unsupported != "":
		return code(m.Unsupported), "unsupported"
	default:
		return code(m.Type), "unsupported"
	}
}

func orEmpty(text string) (markdown, label string) {
	if strings.TrimSpace(text) == "" {
		return "", "empty"
	}
	return text, ""
}

func interactive(r *whatsapp.InteractiveReply) (markdown, label string) {
	switch {
	case r.Title != "" && r.Description != "":
		return ToMattermost(r.Title) + "\n\n" + ToMattermost(r.Description), ""
	case r.Title != "":
		return ToMattermost(r.Title), ""
	case r.Body != "" || r.ResponseRaw != "" || len(r.Response) > 0:
		return ToMattermost(r.Body), "flow"
	case r.CallPermission != "":
		return code(r.CallPermission), "call_permission"
	default:
		return code(r.Type), "unsupported"
	}
}

func media(m *whatsapp.MediaContent) string {
	var parts []string
	if m.Filename != "" {
		parts = append(parts, code(m.Filename))
	}
	if m.Caption != "" {
		parts = append(parts, ToMattermost(m.Caption))
	}
	return strings.Join(parts, "\n\n")
}

func location(l *whatsapp.Location) string {
	lines := []string{fmt.Sprintf("`%.6f, %.6f`", l.Latitude, l.Longitude)}
	for _, text := range []string{l.Name, l.Address} {
		if text != "" {
			lines = append(lines, ToMattermost(text))
		}
	}
	return strings.Join(lines, "\n\n")
}

func contacts(cards []whatsapp.ContactCard) string {
	var lines []string
	for _, card := range cards {
		line := ToMattermost(card.Name.Formatted)
		for _, phone := range card.Phones {
			line += " " + code(phone.Phone)
		}
		lines = append(lines, "- "+strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

func order(o *whatsapp.Order) string {
	var lines []string
	for _, item := range o.Items {
		lines = append(lines, fmt.Sprintf("- %g × %s: %.2f %s", item.Quantity, code(item.ProductRetailerID), item.ItemPrice, code(item.Currency)))
	}
	if o.Text != "" {
		lines = append(lines, "", ToMattermost(o.Text))
	}
	return strings.Join(lines, "\n")
}

// Code writes a word as inline code, in which nothing fires.
func Code(word string) string { return code(word) }

// code writes a word as inline code, in which nothing fires.
func code(word string) string {
	word = strings.Map(func(r rune) rune {
		if r == '`' || r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, Clean(word))
	if word = strings.TrimSpace(word); word == "" {
		return ""
	}
	return "`" + word + "`"
}
