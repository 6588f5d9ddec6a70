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
	Parameters []MessageParameter `json:"parameters"`
}

// MessageParameter is one value of a template to send.
type MessageParameter struct {
	Type          string    `json:"type"`
	ParameterName string    `json:"parameter_name,omitempty"`
	Text          string    `json:"text,omitempty"`
	CouponCode    string    `json:"coupon_code,omitempty"`
	Image         *MediaRef `json:"image,omitempty"`
	Video         *MediaRef `json:"video,omitempty"`
	Document      *MediaRef `json:"document,omitempty"`

	Location *Location   `json:"location,omitempty"`
	Action   *FlowAction `json:"action,omitempty"`
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

// WithHeader returns the message with another file in its header. The original names a file that was not at Meta yet when
// the message was stored.
func (m TemplateMessage) WithHeader(file MediaRef) *TemplateMessage {
	m.Components = slices.Clone(m.Components)
	for i, component := range m.Components {
		if component.Type != ComponentHeader {
			continue
		}
		parameters := slices.Clone(component.Parameters)
		for j := range parameters {
			switch p := &parameters[j]; {
			case p.Image != nil:
				p.Image = &MediaRef{ID: file.ID}
			case p.Video != nil:
				p.Video = &MediaRef{ID: file.ID}
			case p.Document != nil:
				p.Document = &MediaRef{ID: file.ID, Filename: file.Filename}
			}
		}
		m.Components[i].Parameters = parameters
	}
	return &m
}

// Rendered is a template as the customer sees it.
type Rendered struct {
	Header       string
	HeaderFormat string // TEXT, IMAGE, ...; "" without a header
	Body         string
	Footer       string
	Buttons      []Button
}

// Button is a button as the customer sees it.
type Button struct {
	Type string // as in TemplateButton
	Text string
	// URL of a URL button, PhoneNumber of a PHONE_NUMBER button, Code of a COPY_CODE button.
	URL, PhoneNumber, Code string
}
