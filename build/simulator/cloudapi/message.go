package cloudapi

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// These are the billing categories, with the names that pricing objects and Settings.Prices use.
const (
	CategoryMarketing      = "marketing"
	CategoryUtility        = "utility"
	CategoryAuthentication = "authentication"
	CategoryService        = "service"
)

// These are the statuses of a message to a customer.
const (
	StatusAccepted  = "accepted" // answered with 200, no status sent yet
	StatusSent      = "sent"
	StatusDelivered = "delivered"
	StatusRead      = "read"
	StatusPlayed    = "played"
	StatusFailed    = "failed"
)

// Message is one message, in either direction, as the customer sees it.
type Message struct {
	ID            string `json:"id"` // wamid
	Inbound       bool   `json:"inbound"`
	PhoneNumberID string `json:"phone_number_id"`
	Customer      string `json:"customer"` // number of the customer, digits
	Type          string `json:"type"`     // Meta's message type

	Header   string            `json:"header,omitempty"`
	Text     string            `json:"text,omitempty"` // body or caption, with the variables filled in
	Footer   string            `json:"footer,omitempty"`
	Buttons  []Button          `json:"buttons,omitempty"`
	Media    *MediaRef         `json:"media,omitempty"`
	Offer    *Offer            `json:"offer,omitempty"`
	Cards    []CardShown       `json:"cards,omitempty"` // of a carousel
	Template *TemplateRef      `json:"template,omitempty"`
	Context  string            `json:"context,omitempty"`   // wamid of the message that it replies to
	Reacts   string            `json:"reacts_to,omitempty"` // wamid of a reaction's target; Text is the emoji
	Reaction map[string]string `json:"reactions,omitempty"` // by "customer" and "business"
	Edited   bool              `json:"edited,omitempty"`
	Revoked  bool              `json:"revoked,omitempty"`

	CallbackData string    `json:"biz_opaque_callback_data,omitempty"`
	AcceptedAt   time.Time `json:"accepted_at"`
	ArrivedAt    time.Time `json:"arrived_at,omitzero"` // on the phone, or at the business for an inbound one
	Status       string    `json:"status,omitempty"`
	Statuses     []Step    `json:"statuses,omitempty"` // in the order in which they were sent
	ErrorCode    int       `json:"error_code,omitempty"`

	// Raw is the body of the send, or the message object of the webhook.
	Raw json.RawMessage `json:"raw"`

	category  string
	addressee string // how the business wrote the recipient
	byBSUID   bool
	inWindow  bool
	free      bool // within the free service messages
	month     monthKey
	ttl       time.Duration
	priced    bool // its pricing was sent once
	fate      int  // error code it will fail with
	held      bool // accepted, but held back
	waiting   bool // waits for the phone to be switched on
}

// Step is one status and the time at which it was reached, by the simulator's clock.
type Step struct {
	Status string    `json:"status"`
	At     time.Time `json:"at"`
}

// Button is something that the customer can tap.
type Button struct {
	Index       int    `json:"index"`
	Card        int    `json:"card,omitempty"` // of the carousel that it is on, counted from 1
	Kind        string `json:"kind"`           // quick_reply, url, phone_number, copy_code, otp, reply, list, cta_url, ...
	Text        string `json:"text"`
	ID          string `json:"id,omitempty"` // payload of a quick reply, id of a reply or list row
	URL         string `json:"url,omitempty"`
	Description string `json:"description,omitempty"`
}

// CardShown is one card of a carousel, as the customer sees it. Its buttons are the message's that name it.
type CardShown struct {
	Header string    `json:"header,omitempty"`
	Text   string    `json:"text,omitempty"`
	Media  *MediaRef `json:"media,omitempty"`
}

// Offer is a limited-time offer.
type Offer struct {
	Text   string    `json:"text"`
	EndsAt time.Time `json:"ends_at,omitzero"` // zero: it does not say
}

// MediaRef is the media of a message.
type MediaRef struct {
	ID       string `json:"id,omitempty"`
	Link     string `json:"link,omitempty"`
	MIMEType string `json:"mime_type,omitempty"`
	Filename string `json:"filename,omitempty"`
	Voice    bool   `json:"voice,omitempty"`
}

// TemplateRef names the template from which a message was made.
type TemplateRef struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Category string `json:"category"`
}

// copy returns a copy of the message that shares nothing with the simulator's state.
func (m *Message) copy() Message {
	c := *m
	c.Buttons = slices.Clone(m.Buttons)
	c.Statuses, c.Cards = slices.Clone(m.Statuses), slices.Clone(m.Cards)
	if m.Reaction != nil {
		c.Reaction = map[string]string{}
		maps.Copy(c.Reaction, m.Reaction)
	}
	return c
}

func copyMessages(list []*Message) []Message {
	out := make([]Message, 0, len(list))
	for _, m := range list {
		out = append(out, m.copy())
	}
	return out
}

// Message returns the message with this wamid.
func (s *Server) Message(wamid string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.messages[wamid]
	if m == nil {
		return Message{}, false
	}
	return m.copy(), true
}

// Sends returns every message to a customer that was answered with 200, or would have been if the connection had not been cut, in that
// order.
func (s *Server) Sends() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copyMessages(s.sends)
}
