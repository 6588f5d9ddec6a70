package domain

import "github.com/pkg/errors"

// NewSender is somebody who writes and has no open conversation on the account.
type NewSender struct {
	AccountID      string
	DefaultQueueID string // the account's, "" = none
	Answers        string // wamid of the message that is answered, "" = none
	Who            WhatsAppIdentity
	Now            int64 // milliseconds since epoch
	// Reopens tells whether a closed conversation is to be reopened for this message.
	Reopens func(c *Conversation) bool
}

// ResolveResult is how the conversation of somebody who writes was found.
type ResolveResult int

// A writer's conversation was open already (somebody was faster), was closed and
// is reopened with its people, or is a new one: in the queue of the writer's last
// conversation if the number still has it, else in the number's default queue,
// with neither owner nor attendant.
const (
	Found ResolveResult = iota
	Reopened
	Created
)

// ErrNoQueue says that the number has no queue for somebody new.
var ErrNoQueue = errors.New("the number has no default queue")

// TemplateChange is what a webhook says of a template, found by Meta's id, else
// by name and language; "" leaves a value as it is.
type TemplateChange struct {
	MetaID, Name, Language string
	Status                 string
	Category               string
	Quality                string
	Reason                 string // why it was rejected
	At                     int64  // Meta's timestamp, milliseconds since epoch
}

// InboundTarget is where a customer's message belongs, and what is known of it already.
type InboundTarget struct {
	Conversation Conversation // ids, window and times that its state depends on, names of the contact
	MessageID    string       // where an earlier try, or another delivery, stored the message; else ""
	Kind, PostID string       // of the stored message; it may have no post yet
	Archived     bool         // its channel is
	News         bool         // the message tells of the person what is not known yet
}

// StatusChange is one status webhook.
type StatusChange struct {
	MessageID string // our biz_opaque_callback_data; "" if Meta sent none
	WAMID     string
	Status    Status
	Reason    int   // Meta's error code, with failed
	At        int64 // Meta's timestamp, milliseconds since epoch
	Person    WhatsAppIdentity
	// Pricing as Meta sent it; Priced is false where the status had none.
	Priced       bool
	Category     string
	PricingType  string // regular, free_customer_service, free_entry_point or a new word
	Billable     bool   // false only if Meta says so
	ServiceQuota int    // free service messages per number and month, by our settings
}
