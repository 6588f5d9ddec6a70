package whatsapp

import (
	"encoding/json"
	"strings"

	"github.com/pkg/errors"
)

// Template is a message template as Meta returns it. Values that Meta spells in either case are read as upper case; as JSON
// it has Meta's shape again.
type Template struct {
	ID              string              `json:"id,omitempty"`
	Name            string              `json:"name"`
	Language        string              `json:"language"`
	Status          string              `json:"status,omitempty"`   // upper case: APPROVED, PENDING, REJECTED, PAUSED, DISABLED, ...
	Category        string              `json:"category,omitempty"` // upper case: MARKETING, UTILITY, AUTHENTICATION
	ParameterFormat string              `json:"parameter_format,omitempty"`
	Quality         string              `json:"quality_score,omitempty"`
	RejectedReason  string              `json:"rejected_reason,omitempty"`
	Source          string              `json:"source,omitempty"`                   // upper case: AUTO_GENERATED for one that Meta made
	CorrectCategory string              `json:"correct_category,omitempty"`         // upper case: to which Meta will move it
	TimeToLive      int                 `json:"message_send_ttl_seconds,omitempty"` // how long Meta tries to deliver, seconds; 0 and -1: Meta's default
	Components      []TemplateComponent `json:"components"`
	// Definition is components as Meta wrote them, with the parts that Components has no place for.
	Definition json.RawMessage `json:"meta_components,omitempty"`
}

// ReadTemplate reads a template as it was stored, in Meta's shape.
func ReadTemplate(definition []byte) (Template, error) {
	var t Template
	if err := json.Unmarshal(definition, &t); err != nil {
		return Template{}, errors.Wrap(err, "could not read the template")
	}
	return t, nil
}

// TemplateComponent is one part of a Template: HEADER, BODY, FOOTER, BUTTONS, CAROUSEL, ...
type TemplateComponent struct {
	Type    string           `json:"type"`
	Format  string           `json:"format,omitempty"` // of a header: TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, ...
	Text    string           `json:"text,omitempty"`
	Buttons []TemplateButton `json:"buttons,omitempty"`
	Cards   []TemplateCard   `json:"cards,omitempty"` // of a carousel
	Offer   *TemplateOffer   `json:"limited_time_offer,omitempty"`
	Example json.RawMessage  `json:"example,omitempty"`
}

// TemplateOffer is a limited-time offer.
type TemplateOffer struct {
	Text    string `json:"text,omitempty"`
	Expires bool   `json:"has_expiration,omitempty"` // the phone counts down to a moment that each message names
}

// TemplateCard is one card of a carousel.
type TemplateCard struct {
	Components []TemplateComponent `json:"components"`
}

// TemplateButton is one button of a Template.
type TemplateButton struct {
	Type        string          `json:"type"` // QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, ...
	Text        string          `json:"text,omitempty"`
	URL         string          `json:"url,omitempty"`
	PhoneNumber string          `json:"phone_number,omitempty"`
	Example     json.RawMessage `json:"example,omitempty"`
}

// UnmarshalJSON reads a template as any version of Meta's API writes it. The only error is a value that is no object.
func (t *Template) UnmarshalJSON(raw []byte) error {
	n, err := parseNode(raw)
	if err != nil {
		return err
	}
	if !n.isObject() {
		return errors.New("template is not an object")
	}
	*t = Template{
		ID:              n.str("id"),
		Name:            n.str("name"),
		Language:        firstOf(n.str("language"), n.str("language", "code")),
		Status:          strings.ToUpper(n.str("status")),
		Category:        strings.ToUpper(n.str("category")),
		ParameterFormat: strings.ToUpper(n.str("parameter_format")),
		Quality:         strings.ToUpper(firstOf(n.str("quality_score"), n.str("quality_score", "score"))),
		RejectedReason:  n.str("rejected_reason"),
		Source:          strings.ToUpper(n.str("source")),
		CorrectCategory: strings.ToUpper(n.str("correct_category")),
		TimeToLive:      n.int("message_send_ttl_seconds"),
	}
	// What was stored before the product knew a part of a template has that part here alone.
	whole := firstNode(n.at("meta_components"), n.at("components"))
	if whole.value != nil {
		t.Definition = whole.raw()
	}
	for _, component := range whole.list() {
		if component.isObject() {
			t.Components = append(t.Components, readTemplateComponent(component))
		}
	}
	return nil
}

func readTemplateComponent(n node) TemplateComponent {
	component := TemplateComponent{
		Type: strings.ToUpper(n.str("type")), Format: strings.ToUpper(n.str("format")), Text: n.str("text"),
	}
	if example := n.at("example"); example.value != nil {
		component.Example = example.raw()
	}
	if offer := n.at("limited_time_offer"); offer.isObject() {
		component.Offer = &TemplateOffer{Text: offer.str("text"), Expires: offer.bool("has_expiration")}
	}
	for _, b := range n.at("buttons").list() {
		button := TemplateButton{
			Type: strings.ToUpper(b.str("type")), Text: b.str("text"), URL: b.str("url"), PhoneNumber: b.str("phone_number"),
		}
		if example := b.at("example"); example.value != nil {
			button.Example = example.raw()
		}
		component.Buttons = append(component.Buttons, button)
	}
	for _, c := range n.at("cards").list() {
		var card TemplateCard
		for _, part := range c.at("components").list() {
			card.Components = append(card.Components, readTemplateComponent(part))
		}
		component.Cards = append(component.Cards, card)
	}
	if component.Type == "HEADER" && component.Format == "" && component.Text != "" {
		component.Format = "TEXT"
	}
	return component
}

// firstNode is the first of two that has a value.
func firstNode(first, second node) node {
	if first.value != nil {
		return first
	}
	return second
}

// component finds the message's first component of a type, nil if there is none.
func (t Template) component(kind string) *TemplateComponent {
	return part{components: t.Components}.component(kind)
}

// Text is the body with its placeholders.
func (t Template) Text() string {
	if body := t.component("BODY"); body != nil {
		return body.Text
	}
	return ""
}

// Approved says that Meta lets the template be sent.
func (t Template) Approved() bool { return t.Status == "APPROVED" }
