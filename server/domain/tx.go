package domain

// Tx is what one decision reads and writes in one database transaction. Rows are locked in the
// order contact, conversation, message.
type Tx interface {
	// LockContact finds the person behind a number (or makes one) and holds the
	// row until the end: all starts for one person queue up here. Of somebody who
	// is known it changes nothing: see StoreWantedContact.
	LockContact(account *Account, want ContactWanted) (*Contact, error)
	// OpenConversation is the contact's conversation on the account that is
	// neither closed nor aborted; ErrNotFound where there is none.
	OpenConversation(accountID, contactID string) (*Conversation, error)
	// LockConversation reads a conversation and holds its row until the end.
	LockConversation(id string) (*Conversation, error)
	// LockQueue keeps a queue from being removed until the end; ErrNotFound where it is gone.
	LockQueue(id string) error
	// LockPlan is the approved plan of a queue and what it has spent and
	// reserved since the beginning of a month, see MonthStart; ErrNotFound
	// without an approved plan.
	LockPlan(queueID string, month int64) (*Plan, Money, error)
	// LastTemplate tells who sent the last template to the contact; ErrNotFound where nobody did.
	LastTemplate(contactID string) (*Message, error)
	// TemplateName is Meta's name of a template; "" where it is gone.
	TemplateName(id string) (string, error)

	// TeamHasRoom tells whether the team may have one channel more under its
	// limit, the channels of conversations that still wait for theirs counted.
	// Where that gets tight, starts in the team go one after the other.
	TeamHasRoom(teamID string, limit int) (bool, error)

	InsertConversation(*Conversation) error
	UpdateConversation(*Conversation) error
	UpdateContact(*Contact) error
	InsertMessage(*Message) error
	// Enqueue puts the message into the outbox. With hold it stays with the
	// caller for so many milliseconds, who sends it at once (see Sender).
	Enqueue(m *Message, outgoing []byte, holdFor int64) error
	InsertCharge(*Charge) error
	// StoreWantedContact keeps what a start says of a customer who is known, name or document,
	// "" = what is stored; it holds once WhatsApp has taken the message, and is
	// audited then with the details, if there are any.
	StoreWantedContact(messageID, contactID, actorID string, want ContactWanted, details map[string]string, now int64) error
	// LinkRequest ties a request with a key to what it stored; ErrNotFound where another try has taken the request over.
	LinkRequest(token, conversationID, messageID string) error
	Audit(actorID, action, objectID string, details map[string]string) error

	// AppendEvent stores a state line for the conversation's channel, where channelsync posts it once.
	AppendEvent(conversationID string, text Text) error
	// Remind stores a direct message of the bot to somebody about a conversation, once per key.
	Remind(key, userID, conversationID string, text Text, now int64) error
	// CustomerWaits tells since when the customer waits for our answer, Meta's
	// timestamp of the first message that nobody answered; 0 = we had the last word.
	CustomerWaits(conversationID string) (since int64, err error)
	// CheckInactivityAfter stores since when the customer may wait at the earliest; 0 = not before the next message.
	CheckInactivityAfter(conversationID string, since int64) error
}
