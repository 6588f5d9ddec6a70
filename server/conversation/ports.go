package conversation

import "context"

// Clock tells the time, milliseconds since epoch.
type Clock interface{ Now() int64 }

// Settings are the plugin settings the policies read; they change without a restart.
type Settings struct {
	DefaultRegion       string
	CooldownHours       int
	RequireCPF          bool
	FreeServiceMessages int // Meta's free service messages per number and month
	ReopenHours         int // how long after a close a customer who writes reopens the conversation; 0 = never
	ArchiveDays         int // how long after a close its channel is archived; 0 = never
	InactivityMinutes   int // how long a customer may wait for our answer where the queue does not say; 0 = for ever
}

// Store is the database as the service needs it. Reads answer ErrNotFound where there is nothing.
type Store interface {
	// Document opens a contact's document; "" where there is none.
	Document(c *Contact) (string, error)
	// InTx runs fn in one transaction; an error of fn rolls it back and is returned as it is.
	InTx(ctx context.Context, fn func(Tx) error) error

	Account(ctx context.Context, id string) (*Account, error)
	Queue(ctx context.Context, id string) (*Queue, error)
	Template(ctx context.Context, id string) (*Template, error)
	TemplateByName(ctx context.Context, accountID, name, language string) (*Template, error)
	Conversation(ctx context.Context, id string) (*Conversation, error)
	ConversationByChannel(ctx context.Context, channelID string) (*Conversation, error)
	Messages(ctx context.Context, conversationID string, page, perPage int) ([]*Message, int, error)
	Message(ctx context.Context, id string) (*Message, error)
	MessageByPost(ctx context.Context, postID string) (*Message, error)
	// ContactOfPhone finds the person behind a number.
	ContactOfPhone(ctx context.Context, accountID, phone string) (*Contact, error)
	Lister
}

// Tx is what one decision reads and writes together.
type Tx interface {
	// LockContact finds the person behind a number (or makes one) and holds the
	// row until the end: all starts for one person queue up here. Of somebody who
	// is known it changes nothing: see Want.
	LockContact(account *Account, want ContactWanted) (*Contact, error)
	// OpenConversation is the contact's conversation on the account that is
	// neither closed nor aborted; ErrNotFound where there is none.
	OpenConversation(accountID, contactID string) (*Conversation, error)
	// LockConversation reads a conversation and holds its row until the end.
	LockConversation(id string) (*Conversation, error)
	// HoldQueue keeps a queue from being removed until the end; ErrNotFound where it is gone.
	HoldQueue(id string) error
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
	// Want keeps what a start says of a customer who is known, name or document,
	// "" = what is stored; it holds once WhatsApp has taken the message, and is
	// audited then with the details, if there are any.
	Want(messageID, contactID, actorID string, want ContactWanted, details map[string]string, now int64) error
	// Began ties a request with a key to what it stored; ErrNotFound where another try has taken the request over.
	Began(token, conversationID, messageID string) error
	Audit(actorID, action, objectID string, details map[string]string) error

	// Line stores a line for the conversation's channel; the mirror shows it, once.
	Line(conversationID string, text Text) error
	// Remind stores a direct message of the bot to somebody about a conversation, once per key.
	Remind(key, userID, conversationID string, text Text, now int64) error
	// CustomerWaits tells since when the customer waits for our answer, Meta's
	// timestamp of the first message that nobody answered; 0 = we had the last word.
	CustomerWaits(conversationID string) (since int64, err error)
	// LookAgain says since when the customer may wait at the earliest; 0 = not before the next message.
	LookAgain(conversationID string, since int64) error
}

// ContactWanted is what a start says of the customer.
type ContactWanted struct {
	Name string
	// Phone is E.164 with "+".
	Phone string
	// Document is stored sealed, for this person's row alone; "" leaves what is stored.
	Document Document
}

// Sender sends one message from the outbox now and says what came of it. The
// durable relay behind it finishes what a crash leaves.
type Sender interface {
	SendHeld(ctx context.Context, messageID string) (Delivery, error)
}

// Delivery is what came of sending one message.
type Delivery struct {
	Status   Status // Sent, Failed, Unknown or NotSent
	MetaCode int    // Meta's error code with Failed, if it was Meta's
	Reason   int    // with NotSent: see Leaving
	Words    Words  // what to tell the agent; nil where WhatsApp was out of reach
	Element  string // the dialog element that caused it, where it is known
}

// Words is a text that knows its languages.
type Words interface{ Text(lang string) string }

// Mirror makes Mattermost show what the database says.
type Mirror interface {
	// Refresh brings channel, first post, stored lines, members, the queue's card
	// and header up to date. It is safe to call again at any time; a worker calls it too where a crash kept us from it.
	Refresh(ctx context.Context, conversationID string) error
	// Tell leaves a state line in the conversation's channel.
	Tell(ctx context.Context, c *Conversation, text Text) error
	// Note posts an internal note in the channel in the author's name.
	Note(ctx context.Context, c *Conversation, authorID, text string) error
	// AddMember invites somebody into the channel; ErrNotFound where the person
	// is unknown or not in the team.
	AddMember(ctx context.Context, c *Conversation, userID string) error
}

// People answers who somebody is, from Mattermost.
type People interface {
	// Standing tells how somebody stands to a conversation and its queue; nil = it was removed.
	Standing(ctx context.Context, userID string, c *Conversation, queue *Queue) (Standing, error)
	// MaySpeak: member of the channel who may post there.
	MaySpeak(ctx context.Context, userID, channelID string) (bool, error)
	// QueuesOf lists the queues that InQueue holds for.
	QueuesOf(ctx context.Context, userID string) ([]*Queue, error)
	// InQueue: member of the queue's channel, and no guest. Nobody is in a queue that was removed (nil).
	InQueue(ctx context.Context, userID string, queue *Queue) (bool, error)
	// Supervises: channel admin of the queue's channel or system admin; of a queue that was removed (nil) system admins alone.
	Supervises(ctx context.Context, userID string, queue *Queue) (bool, error)
	SystemAdmin(ctx context.Context, userID string) (bool, error)
	Username(ctx context.Context, userID string) (string, error)
	// Person tells what decides whether somebody can serve in a team; ErrNotFound.
	Person(ctx context.Context, userID, teamID string) (Person, error)
}

// Sealer hashes what must be told apart without being read.
type Sealer interface {
	Hash(plain string) string
	// Hashes are those of earlier keys too.
	Hashes(plain string) []string
}
