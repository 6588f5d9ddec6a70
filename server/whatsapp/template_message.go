package whatsapp

import (
	"slices"
)

// TemplateMessage is a filled-in template in the shape that is sent.
type TemplateMessage struct {
	Name       string             `json:"name"`
	Language   TemplateLanguage   `json:"language"`
	Components []MessageComponent `json:"components,omitempty"`
}

// TemplateLanguage is the language of a template to send. Meta has no fallback: the template must exist in it.
type TemplateLanguage struct {
	Code string `json:"code"`
}

// MessageComponent carries the parameters of one part of a template.
type MessageComponent struct {
	Type       string             `json:"type"`
	SubType    string             `json:"sub_type,omitempty"`
	Index      string             `json:"index,omitempty"` // 0-based among all buttons, as text
	Parameters []MessageParameter `json:"parameters,omitempty"`
	Cards      []MessageCard      `json:"cards,omitempty"` // of a carousel
}

// MessageCard carries the parameters of one card of a carousel.
type MessageCard struct {
	Index      int                `json:"card_index"` // 0-based
	Components []MessageComponent `json:"components"`
}

const componentCarousel = "carousel"

// MessageParameter is one value of a template to send.
type MessageParameter struct {
	Type          string    `json:"type"`
	ParameterName string    `json:"parameter_name,omitempty"`
	Text          string    `json:"text,omitempty"`
	CouponCode    string    `json:"coupon_code,omitempty"`
	Payload       string    `json:"payload,omitempty"` // what comes back when a quick reply is tapped
	Image         *MediaRef `json:"image,omitempty"`
	Video         *MediaRef `json:"video,omitempty"`
	Document      *MediaRef `json:"document,omitempty"`

	Location *Location   `json:"location,omitempty"`
	Action   *FlowAction `json:"action,omitempty"`
	Offer    *OfferEnd   `json:"limited_time_offer,omitempty"`
}

// OfferEnd is when a limited-time offer ends.
type OfferEnd struct {
	At int64 `json:"expiration_time_ms"` // milliseconds since epoch
}

// FlowAction starts a flow.
type FlowAction struct {
	Token string `json:"flow_token"`
}

// NameDocument sets the file name that the customer sees for a document that Meta fetches from its address.
func (m *TemplateMessage) NameDocument(name string) {
	for _, component := range m.Components {
		for i := range component.Parameters {
			if document := component.Parameters[i].Document; document != nil && document.Link != "" {
				document.Filename = name
			}
		}
	}
}

// WithFiles returns the message with other files: by the id that stands in the message, which is of a file that was not at Meta
// yet when the message was made, what it is at Meta.
func (m TemplateMessage) WithFiles(files map[string]MediaRef) *TemplateMessage {
	m.Components = withFiles(m.Components, files)
	return &m
}

func withFiles(components []MessageComponent, files map[string]MediaRef) []MessageComponent {
	components = slices.Clone(components)
	for i := range components {
		c := &components[i]
		c.Parameters, c.Cards = slices.Clone(c.Parameters), slices.Clone(c.Cards)
		for j := range c.Cards {
			c.Cards[j].Components = withFiles(c.Cards[j].Components, files)
		}
		for j := range c.Parameters {
			p := &c.Parameters[j]
			for _, ref := range []**MediaRef{&p.Image, &p.Video, &p.Document} {
				if *ref == nil {
					continue
				}
				file, ok := files[(*ref).ID]
				if !ok {
					continue
				}
				*ref = &MediaRef{ID: file.ID}
				if p.Document != nil {
					(*ref).Filename = file.Filename
				}
			}
		}
	}
	return components
}

// Rendered is a template, or one card of its carousel, as the customer sees it.
type Rendered struct {
	Header       string
	HeaderFormat string // TEXT, IMAGE, ...; "" without a header
	File         string // the value of a header that is a file, or the coordinates of a place; "" = none was given
	Place        string // name and address of a place
	Offer        string // the text of a limited-time offer
	OfferEnd     string // when it ends; "" = it does not say
	Body         string
	Footer       string
	Buttons      []Button
	Cards        []Rendered
}

// Button is a button as the customer sees it.
type Button struct {
	Type string // as in TemplateButton
	Text string
	// URL of a URL button, PhoneNumber of a PHONE_NUMBER button, Code of a COPY_CODE button.
	URL, PhoneNumber, Code string
}
