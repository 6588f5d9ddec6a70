package domain

// Tx is the database within one transaction: what a decision reads, locks and writes. Rows must be
// locked in the order contact, conversation, message, so that transactions never deadlock. Moments
// are in milliseconds since epoch.
type Tx interface {
	// LockContact returns the contact with a number, or makes one, and locks its row until the
	// end, so that starts for the same person happen one after the other. It does not change
	// a contact that exists: see StoreWantedContact.
	LockContact(account *Account, want ContactWanted) (*Contact, error)
	// OpenConversation returns the contact's conversation on the account that is neither
	// closed nor aborted; ErrNotFound if there is none.
	OpenConversation(accountID, contactID string) (*Conversation, error)
	// LockConversation reads a conversation and locks its row until the end.
	LockConversation(id string) (*Conversation, error)
	// LockQueue prevents that a queue is removed before the end; ErrNotFound if it was removed already.
	LockQueue(id string) error
	// ClosingOptions returns the reasons among which somebody chooses who closes a conversation of a
	// queue. A queue that was removed has none.
	ClosingOptions(queueID string) (*ClosingOptions, error)
	// LockPlan locks the approved plan of a queue and returns it, together with what the queue
	// has spent and reserved since the beginning of a month (see MonthStart); ErrNotFound if
	// there is no approved plan.
	LockPlan(queueID string, month int64) (*Plan, Money, error)
	// LastTemplate returns the last template message to the contact, which says who sent it;
	// ErrNotFound if there is none.
	LastTemplate(contactID string) (*Message, error)
	// TemplateName returns Meta's name of a template; "" if the template was removed.
	TemplateName(id string) (string, error)

	// TeamHasRoom reports whether the team may have one more channel within its limit. It also
	// counts the conversations that still wait for their channel. If there is little room
	// left, starts in the team happen one after the other.
	TeamHasRoom(teamID string, limit int) (bool, error)

	InsertConversation(*Conversation) error
	UpdateConversation(*Conversation) error
	UpdateContact(*Contact) error
	InsertMessage(*Message) error
	// Enqueue puts the message into the outbox. For holdFor milliseconds the outbound worker
	// does not take it, so that the caller can send it at once (see SendNow of service.Ports).
	Enqueue(m *Message, outgoing []byte, holdFor int64) error
	InsertCharge(*Charge) error
	// StoreWantedContact stores the new name or document that a start gives for a known
	// customer; "" keeps the stored value. The values take effect only when WhatsApp has
	// taken the message, and are audited at that moment with the details, if there are any.
	StoreWantedContact(messageID, contactID, actorID string, want ContactWanted, details map[string]string, now int64) error
	// LinkRequest records what an API request with an idempotency key has stored, by its
	// token; ErrNotFound if another attempt has taken the request over.
	LinkRequest(token, conversationID, messageID string) error
	// ScheduledSince locks what somebody schedules, and returns the latest that they have scheduled for the person with a
	// number since a moment, milliseconds since epoch, and that has not ended; ErrNotFound if there is none.
	ScheduledSince(ownerID, phone string, since int64) (*Scheduled, error)
	// InsertScheduled stores a scheduled start.
	InsertScheduled(*Scheduled) error
	// LinkScheduled records what a scheduled start became; ErrNotFound if it was cancelled, or
	// another attempt has carried it out.
	LinkScheduled(id, conversationID, messageID string) error
	Audit(actorID, action, objectID string, details map[string]string) error

	// AppendEvent stores a state line for the conversation's channel. Package channelsync posts it there once.
	AppendEvent(conversationID string, text Text) error
	// Remind stores a direct message about a conversation that the bot is to send to somebody.
	// A second one with the same key is not stored.
	Remind(key, userID, conversationID string, text Text, now int64) error
	// CustomerWaits returns since when the customer has waited for our answer: Meta's
	// timestamp of the first message that nobody answered; 0 = the last message is ours.
	CustomerWaits(conversationID string) (since int64, err error)
	// CheckInactivityAfter stores the earliest moment since which the customer may be waiting, by
	// which the inactivity check finds the conversation; 0 = it is not checked before the
	// customer's next message.
	CheckInactivityAfter(conversationID string, since int64) error
}
