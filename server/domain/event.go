package domain

import (
	"slices"
	"time"
)

// The types of events that other software can be told of.
const (
	EventConversationStarted     = "conversation.started"
	EventConversationAnswered    = "conversation.answered"
	EventConversationTransferred = "conversation.transferred"
	EventConversationClosed      = "conversation.closed"
	EventConversationReopened    = "conversation.reopened"
	EventMessageReceived         = "message.received"
	EventMessageSent             = "message.sent"
	EventMessageStatus           = "message.status"
	EventTemplateFailed          = "template.failed"
	EventPlanWarning             = "plan.warning"
	EventContactOptedOut         = "contact.opted_out"
	EventTest                    = "test" // nobody subscribes to it: an administrator asks for one
)

// EventTypes returns the types to which other software can subscribe.
func EventTypes() []string {
	return []string{
		EventConversationStarted, EventConversationAnswered, EventConversationTransferred, EventConversationClosed, EventConversationReopened,
		EventMessageReceived, EventMessageSent, EventMessageStatus, EventTemplateFailed, EventPlanWarning, EventContactOptedOut,
	}
}

// MaxEventSubscriptions is how many subscriptions there may be: each event is delivered to each of them.
const MaxEventSubscriptions = 50

// EventSubscription is where other software wants to be told of what happens. Its secrets are in the clear.
type EventSubscription struct {
	ID             string `db:"id"`
	URL            string `db:"url"`
	Secret         string `db:"secret"`           // signs what is sent; "" = nothing is signed
	OldSecret      string `db:"old_secret"`       // the one before; "" = there is none that still signs
	OldSecretUntil int64  `db:"old_secret_until"` // until when it signs too, milliseconds since epoch
	Events         []string
	QueueIDs       []string
	Enabled        bool  `db:"enabled"`
	FailingSince   int64 `db:"failing_since"`    // since when nothing was taken; 0 = the last event was
	LastDeliveryAt int64 `db:"last_delivery_at"` // when an event was last taken; 0 = never
	Backlog        int   `db:"backlog"`          // deliveries that are not over yet
	CreatedAt      int64 `db:"created_at"`
	UpdatedAt      int64 `db:"updated_at"`
}

// Event is something that happened. Conversation and Message are as they were then, but for the person's name and numbers.
type Event struct {
	ID           string
	Type         string
	At           int64 // by the database's clock, milliseconds since epoch
	Conversation *Conversation
	Message      *Message
	Plan         *PlanWarning

	OwnerUsername, AttendantUsername string // of the conversation; "" = it had none, or the account is gone
}

// Awaits returns for how long after it happened an event is worth to wait, because something that it tells of is still being made: the
// channel of a conversation that began, the post of a customer's message. 0 = nothing is missing.
func (e *Event) Awaits() time.Duration {
	switch {
	case e.Type == EventConversationStarted && e.Conversation != nil && e.Conversation.ChannelID == "":
		return 5 * time.Second
	case e.Type == EventMessageReceived && e.Message != nil && e.Message.PostID == "":
		return time.Second
	default:
		return 0
	}
}

// PlanWarning is what is told of a plan that is nearly or wholly spent.
type PlanWarning struct {
	QueueID  string `json:"queue_id"`
	Percent  int    `json:"percent"`
	Spent    Money  `json:"spent"`
	Limit    Money  `json:"limit"`
	Currency string `json:"currency"`
}

// EventDelivery is an event on its way to a subscription. Moments are milliseconds since epoch, 0 = none.
type EventDelivery struct {
	ID          string `db:"id"`
	EventID     string `db:"event_id"`
	Type        string `db:"event_type"`
	At          int64  `db:"at"`          // when it was made
	Tries       int    `db:"tries"`       // requests that were sent
	StatusCode  int    `db:"status_code"` // of the last answer; 0 = there was none
	Error       string `db:"error"`       // one of the words below; "" = the last request did not fail
	Answer      string `db:"answer"`      // how the last answer began
	DeliveredAt int64  `db:"delivered_at"`
	FinishedAt  int64  `db:"finished_at"` // when it was taken or given up
	NextAt      int64  `db:"next_at"`     // when it is tried again
}

// Why a delivery failed.
const (
	DeliveryTimeout     = "timeout"            // no whole answer in time
	DeliveryUnreachable = "unreachable"        // no connection, or it broke
	DeliveryTLS         = "tls"                // the receiver's certificate is not valid
	DeliveryNotPublic   = "address_not_public" // the name leads to an address that may not be called
	DeliveryRedirect    = "redirect"           // the receiver sent us elsewhere
	DeliveryStatus      = "status"             // any other answer than 2xx
	DeliveryGone        = "gone"               // 410: the receiver wants no more
	DeliveryDisabled    = "disabled"           // the subscription was disabled before the event was taken
)

// EventToDeliver is all that a delivery needs.
type EventToDeliver struct {
	Delivery     EventDelivery
	Subscription EventSubscription
	Event        Event
	Age          int64 // since the delivery was made, milliseconds by the database's clock
}

// DeliveryResult is what came of one request.
type DeliveryResult struct {
	StatusCode int
	Error      string // "" = the event was taken
	Answer     string
}

// IsEventType reports whether other software can subscribe to a type of events.
func IsEventType(name string) bool { return slices.Contains(EventTypes(), name) }

// MaxReplay is how many conversations are replayed at a time.
const MaxReplay = 1000

// EventReplay is what a replay of the past came to.
type EventReplay struct {
	Conversations int   `db:"conversations"`
	Events        int   `db:"events"`
	Until         int64 `db:"until"` // when the last of these conversations began, milliseconds since epoch; 0 = there were none
}
