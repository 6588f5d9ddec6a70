package domain

import (
	"time"
)

// The directions of a message.
const (
	Inbound  = "in"
	Outbound = "out"
)

// KindTemplate is the kind of a message that was made from a template. It is Meta's word.
const KindTemplate = "template"

// Message is one WhatsApp message, from or to a customer.
type Message struct {
	ID             string `db:"id"` // also sent to Meta as biz_opaque_callback_data, which comes back in every status
	ConversationID string `db:"conversation_id"`
	AccountID      string `db:"account_id"`
	ContactID      string `db:"contact_id"`
	Direction      string `db:"direction"`
	Kind           string `db:"kind"`      // Meta's message type: text, template, image, ...
	AuthorID       string `db:"author_id"` // the agent; "" for the customer
	PostID         string `db:"post_id"`
	WAMID          string `db:"wamid"`
	Status         Status `db:"status"`       // "" for inbound
	ShownStatus    Status `db:"shown_status"` // the status the post shows
	ReasonCode     int    `db:"reason_code"`  // Meta's error code, or one of our own below 100, such as ReasonLocked; 0 = none
	Text           string `db:"body"`         // a template's text as the customer sees it; "" for every other message
	TemplateID     string `db:"template_id"`
	Category       string `db:"category"`
	Part           int    `db:"part"`       // its position, from 0, among the messages that its post became
	Automatic      bool   `db:"automatic"`  // nobody wrote it, so it is no answer to the customer
	OverHours      bool   `db:"over_hours"` // a supervisor let the template go outside of the queue's hours
	Held           bool   `db:"held"`       // when Meta accepted it, Meta held it back; see IsHeld
	Parts          int    `db:"parts"`      // how many messages the post became; 0 = only this one
	CreatedAt      int64  `db:"created_at"` // the post's CreateAt, or Meta's timestamp for inbound
	SentAt         int64  `db:"sent_at"`    // when Meta accepted it
	StatusAt       int64  `db:"status_at"`  // Meta's timestamp of the last status
}

// IsHeld reports whether Meta has accepted the message but holds it back, to watch a template's quality. A status
// of Meta's ends that.
func (m *Message) IsHeld() bool { return m.Held && m.Status == Pending }

// OrderPause is how long the messages of a post wait in the outbox before they may leave. Neither the commits nor
// the hooks of the server come in the order of the posts, so this pause lets posts that were made
// at the same moment all reach the outbox and leave in their order.
const OrderPause = 150 * time.Millisecond

// Send is everything that the outbound worker must know about a message at the moment of sending.
type Send struct {
	Message      Message      `db:"message"`
	Conversation Conversation `db:"conversation"`
	Contact      Contact      `db:"contact"`
	Account      Account      `db:"account"` // with its token
	// Template is the message's template as it is now, with the fields that SendCheck needs.
	// A template that was removed is one that no queue may use.
	Template Template `db:"template"`
	// Queue is the one in which the template was confirmed, with the fields that SendCheck needs.
	Queue Queue `db:"queue"`
	// EarlierMissing is set if the channel has an earlier post of an agent about which it was
	// not decided yet whether it is sent: hooks may come late, in another order, or never.
	EarlierMissing bool `db:"earlier_missing"`
	EarlierWaits   bool `db:"earlier_waits"` // an earlier message of the conversation is still in the outbox
	PostDeleted    bool `db:"post_deleted"`  // somebody deleted the post before the message left
	// Seen is a fingerprint of all of this as it was read, by which MarkLeft of outbound.Store
	// notices that something changed meanwhile.
	Seen int64 `db:"seen"`
}

// Check returns the check that decides whether the message may leave, by the settings as they are now.
func (s *Send) Check(settings Settings) *SendCheck {
	l := &SendCheck{Account: &s.Account, Contact: &s.Contact, Conversation: &s.Conversation, PostDeleted: s.PostDeleted}
	if s.Message.Kind == KindTemplate {
		l.Template, l.QueueID, l.Since = &s.Template, s.Queue.ID, s.Message.CreatedAt
		l.RequireConsent = settings.RequireConsent
		if !s.Message.OverHours {
			l.Hours = s.Queue.TemplateOpening(settings)
		}
	}
	return l
}

// Acceptance is what is recorded of a message that WhatsApp has accepted. Moments are
// milliseconds since epoch.
type Acceptance struct {
	MessageID string
	ContactID string
	WAMID     string
	Recipient WhatsAppIdentity // as Meta's response names it; fields that Meta left out are empty
	Held      bool             // Meta holds it back for now: it stays pending
	LeftAt    int64            // when the request left
	At        int64            // when the response came
}

// OutboxItem is a message to enqueue, together with the payload of its job (a
// posting.OutboundPayload as JSON).
type OutboxItem struct {
	Message Message
	Payload []byte
}
