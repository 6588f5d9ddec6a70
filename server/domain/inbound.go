package domain

import "github.com/pkg/errors"

// NewSender is a person who wrote to an account and has no open conversation there.
type NewSender struct {
	AccountID      string
	DefaultQueueID string // the account's, "" = none
	Answers        string // wamid of the earlier message that theirs replies to; "" = none
	Who            WhatsAppIdentity
	Now            int64 // milliseconds since epoch
	// Reopens reports whether a closed conversation is to be reopened for this message.
	Reopens func(c *Conversation) bool
}

// ResolveResult says how the conversation for an incoming message was found.
type ResolveResult int

// The ways in which the conversation for an incoming message is found.
const (
	// Found is an open conversation, which another process made or reopened meanwhile.
	Found ResolveResult = iota
	// Reopened is a closed conversation that was reopened with its owner and attendant.
	Reopened
	// Created is a new conversation without owner and attendant. It is in the queue of the
	// person's last conversation if the number still has that queue, else in the number's
	// default queue.
	Created
)

// ErrNoQueue is returned if a number has no default queue for the conversation of a new customer.
var ErrNoQueue = errors.New("the number has no default queue")

// TemplateChange is what a webhook reports about a template. The template is found by Meta's id or,
// if that is not known, by name and language. A value of "" leaves the stored one as it is.
type TemplateChange struct {
	MetaID, Name, Language string
	Status                 string
	Category               string
	CorrectCategory        string // the one to which Meta is about to move it
	Quality                string
	Reason                 string // why it was rejected
	At                     int64  // Meta's timestamp, milliseconds since epoch
}

// InboundTarget is the conversation to which a customer's message belongs, and what is already
// stored of the message.
type InboundTarget struct {
	Conversation Conversation // only its ids, the window and the times that its state depends on, and the contact's names
	MessageID    string       // id of the message if an earlier attempt or another delivery stored it; else ""
	Kind, PostID string       // of the stored message; PostID is "" while it has no post
	Queue        Queue        // its id and, if it has a message for who writes outside of its hours, that and the hours
	Archived     bool         // its channel is archived
	News         bool         // the message tells something about the person that is not stored yet
}

// StatusChange is what one status webhook reports about a message that we sent.
type StatusChange struct {
	MessageID string // our biz_opaque_callback_data; "" if Meta sent none
	WAMID     string
	Status    Status
	Reason    int   // Meta's error code, with failed
	At        int64 // Meta's timestamp, milliseconds since epoch
	Person    WhatsAppIdentity
	// The rest is the pricing as Meta sent it; Priced is false if the status had none.
	Priced       bool
	Category     string
	PricingType  string // regular, free_customer_service, free_entry_point, or a word that we do not know yet
	Billable     bool   // false only if Meta says so expressly
	ServiceQuota int    // free service messages per number and month, by our settings
}
