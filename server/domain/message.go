package domain

import (
	"time"
)

// Message directions.
const (
	Inbound  = "in"
	Outbound = "out"
)

// KindTemplate is the kind of a message that was made of a template; Meta's word.
const KindTemplate = "template"

// Message is one message on WhatsApp, either way.
type Message struct {
	ID             string `db:"id"` // also our biz_opaque_callback_data
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
	ReasonCode     int    `db:"reason_code"`  // Meta's error code, or one of ours below 100 (see ReasonXxx)
	Text           string `db:"body"`         // a template's text as the customer sees it; else ""
	TemplateID     string `db:"template_id"`
	Category       string `db:"category"`
	Part           int    `db:"part"`       // its place, from 0, among the messages that its post became
	Parts          int    `db:"parts"`      // how many those are; 0 = this one alone
	CreatedAt      int64  `db:"created_at"` // the post's CreateAt, or Meta's timestamp for inbound
	SentAt         int64  `db:"sent_at"`    // when Meta accepted it
	StatusAt       int64  `db:"status_at"`  // Meta's timestamp of the last status
}

// OrderPause lets posts made at the same moment reach the outbox before the
// first of them leaves: neither the server's commits nor its hooks come in order.
const OrderPause = 150 * time.Millisecond

// Send is everything the outbound worker must know about one message at the moment of sending.
type Send struct {
	Message      Message      `db:"message"`
	Conversation Conversation `db:"conversation"`
	Contact      Contact      `db:"contact"`
	Account      Account      `db:"account"` // with its token
	// Template is the one that the message is of, as far as domain.Leaving
	// asks, as it stands now; one that is gone is allowed to nobody.
	Template Template `db:"template"`
	QueueID  string   `db:"queue_id"` // in which a template was confirmed
	// EarlierMissing tells that the channel has an earlier post of an agent that
	// is still to be judged: hooks may come late, in another order, or never.
	EarlierMissing bool `db:"earlier_missing"`
	EarlierWaits   bool `db:"earlier_waits"` // an earlier message of the conversation is in the outbox and not done
	PostDeleted    bool `db:"post_deleted"`  // somebody took the post back before it left
	// Seen stands for all of this as it was read; see OutboundStore.MarkLeft.
	Seen int64 `db:"seen"`
}

// Check is what decides whether the message may leave.
func (s *Send) Check() *SendCheck {
	l := &SendCheck{Account: &s.Account, Contact: &s.Contact, Conversation: &s.Conversation, PostDeleted: s.PostDeleted}
	if s.Message.Kind == KindTemplate {
		l.Template, l.QueueID, l.Since = &s.Template, s.QueueID, s.Message.CreatedAt
	}
	return l
}

// OutboxItem is a message to enqueue and what its job holds (an Envelope).
type OutboxItem struct {
	Message Message
	Payload []byte
}
