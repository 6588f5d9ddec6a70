package domain

import "time"

// OrderPause lets posts made at the same moment reach the outbox before the
// first of them leaves: neither the server's commits nor its hooks come in order.
const OrderPause = 150 * time.Millisecond

// Send is everything the outbound relay must know about one message at the moment of sending.
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

// Leaving is what the policy asks of the message.
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
