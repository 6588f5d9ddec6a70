package whatsapp

import (
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// NotSendable is why a template cannot be sent by this product, whatever is filled in.
type NotSendable struct {
	// Key is one of: no_name, no_body, twice, authentication, header, component, button, url.
	Key string
	// Part is Meta's name of the part concerned, "" for the whole template.
	Part string
}

// Error is for logs; people read Text.
func (e *NotSendable) Error() string {
	return strings.TrimSpace("template cannot be sent from here: " + e.Key + " " + e.Part)
}

// Text says to a person why the template cannot be sent.
func (e *NotSendable) Text() domain.Text { return domain.T("template."+e.Key, "Part", e.Part) }

// Sendable says whether this product can send the template: nil, or a *NotSendable. Whether Meta lets it be sent is
// another matter: Approved.
func (t Template) Sendable() error {
	if t.Name == "" || t.Language == "" {
		return &NotSendable{Key: "no_name"}
	}
	if problem := t.structure(); problem != nil {
		return problem
	}
	return nil
}

// structure says what Build cannot fill in, nil if it can.
func (t Template) structure() *NotSendable {
	if t.Category == "AUTHENTICATION" {
		return &NotSendable{Key: "authentication"}
	}
	seen := map[string]bool{}
	for _, component := range t.Components {
		if seen[component.Type] {
			return &NotSendable{Key: "twice", Part: component.Type}
		}
		seen[component.Type] = true
		switch component.Type {
		case "HEADER":
			switch component.Format {
			case "TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION":
			default:
				return &NotSendable{Key: "header", Part: component.Format}
			}
		case "BODY", "FOOTER":
		case "BUTTONS":
			if problem := buttonsProblem(component.Buttons); problem != nil {
				return problem
			}
		default: // carousel, limited-time offer, call permission request, and what is yet to come
			return &NotSendable{Key: "component", Part: component.Type}
		}
	}
	if t.Text() == "" {
		return &NotSendable{Key: "no_body"}
	}
	return nil
}

// buttonsProblem refuses buttons that need more than a text: catalogues, orders, one-time codes, calls.
func buttonsProblem(buttons []TemplateButton) *NotSendable {
	for _, button := range buttons {
		switch button.Type {
		case "QUICK_REPLY", "PHONE_NUMBER", "COPY_CODE", "REQUEST_CONTACT_INFO", "FLOW":
		case "URL":
			if len(placeholder.FindAllString(button.URL, -1)) > 1 {
				return &NotSendable{Key: "url"}
			}
		default:
			return &NotSendable{Key: "button", Part: button.Type}
		}
	}
	return nil
}
