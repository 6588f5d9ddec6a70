package whatsapp

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// NotSendable is the reason why this product cannot send a template, whatever is filled in.
type NotSendable struct {
	// Key is one of: no_name, no_body, twice, authentication, header, component, button, url.
	Key string
	// Part is Meta's name for the part of the template that is the reason, "" for the whole template.
	Part string
}

// Error is for logs; people read Text.
func (e *NotSendable) Error() string {
	return strings.TrimSpace("template cannot be sent from here: " + e.Key + " " + e.Part)
}

// Text says to a person why the template cannot be sent.
func (e *NotSendable) Text() domain.Text { return domain.T("template."+e.Key, "Part", e.Part) }

// Sendable is nil if this product can send the template, else a *NotSendable. Whether Meta lets the template be sent is
// said by Approved.
func (t Template) Sendable() error {
	if t.Name == "" || t.Language == "" {
		return &NotSendable{Key: "no_name"}
	}
	if problem := t.structureProblem(); problem != nil {
		return problem
	}
	return nil
}

// structureProblem is the part that Build cannot fill in, nil if it can fill in all.
func (t Template) structureProblem() *NotSendable {
	if t.Category == "AUTHENTICATION" {
		return &NotSendable{Key: "authentication"}
	}
	for _, p := range t.parts() {
		if problem := p.structureProblem(); problem != nil {
			return problem
		}
	}
	if t.Text() == "" {
		return &NotSendable{Key: "no_body"}
	}
	return nil
}

func (p part) structureProblem() *NotSendable {
	seen := map[string]bool{}
	for _, component := range p.components {
		if seen[component.Type] {
			return &NotSendable{Key: "twice", Part: component.Type}
		}
		seen[component.Type] = true
		known := p.card == 0
		switch component.Type {
		case "HEADER":
			switch component.Format {
			case "IMAGE", "VIDEO":
				known = true
			case "TEXT", "DOCUMENT", "LOCATION":
			default:
				known = false
			}
			if !known {
				return &NotSendable{Key: "header", Part: component.Format}
			}
		case "BODY", "FOOTER":
			known = true
		case "BUTTONS":
			if problem := buttonsProblem(component.Buttons); problem != nil {
				return problem
			}
			known = true
		case "CAROUSEL":
			known = known && len(component.Cards) > 0
		case "LIMITED_TIME_OFFER":
			known = known && component.Offer != nil
		default: // call permission request, and what Meta may add
			known = false
		}
		if !known {
			return &NotSendable{Key: "component", Part: component.Type}
		}
	}
	return nil
}

// buttonsProblem finds a button that needs more than a text: of a catalogue, an order, a one-time code or a call.
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

// FieldProblem is what is wrong with the value of one variable.
type FieldProblem struct {
	// Key is one of: required, newline, tab, spaces, control, too_long, total_too_long, url_space, coordinates,
	// moment, moment_past, not_sendable.
	Key string
	// Max is the limit that was passed and Length what the value has, in characters (for spaces: in a row); 0 where Key has none.
	Max, Length int
}

// maxSpaces is how many spaces in a row Meta accepts in a value.
const maxSpaces = 4

// Text says to a person what is wrong with the value.
func (p FieldProblem) Text() domain.Text {
	return domain.T("variable."+p.Key, "Max", p.Max, "Length", p.Length)
}

// check finds what Meta would refuse in the value of the variable; nil if it is fine.
func (v Variable) check(value string) *FieldProblem {
	if value == "" {
		return &FieldProblem{Key: "required"}
	}
	if _, _, ok := ParseCoordinates(value); !ok && v.Kind == VariableLocation {
		return &FieldProblem{Key: "coordinates"}
	}
	if _, err := time.Parse(time.RFC3339, value); err != nil && v.Kind == VariableMoment {
		return &FieldProblem{Key: "moment"}
	}
	if !utf8.ValidString(value) {
		return &FieldProblem{Key: "control"}
	}
	spaces := 0
	for _, r := range value {
		switch {
		case r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			return &FieldProblem{Key: "newline"}
		case r == '\t':
			return &FieldProblem{Key: "tab"}
		case unicode.IsControl(r):
			return &FieldProblem{Key: "control"}
		case !unicode.IsSpace(r):
			spaces = 0
			continue
		}
		if v.Component == ComponentButton && v.Name != "" {
			return &FieldProblem{Key: "url_space"}
		}
		if spaces++; spaces > maxSpaces {
			return &FieldProblem{Key: "spaces", Max: maxSpaces}
		}
	}
	if length := utf8.RuneCountInString(value); v.MaxLength > 0 && length > v.MaxLength {
		return &FieldProblem{Key: "too_long", Max: v.MaxLength, Length: length}
	}
	return nil
}
