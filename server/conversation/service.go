package conversation

import (
	"context"
)

// Ports is what a Service is made of.
type Ports struct {
	Sealer   Sealer
	Store    Store
	Sender   Sender
	Mirror   Mirror
	People   People
	Composer Composer
	Clock    Clock
	NewID    func() string
	Settings func() Settings
	// ChannelLimit is how many channels a team may have; nil or less than 0 = any number.
	ChannelLimit func() int
	// CanRestore tells whether archived channels can be brought back; nil = no.
	CanRestore func() bool
	// BudgetSpent is told that a queue's plan refused a template; nil = nobody wants to know.
	BudgetSpent func(ctx context.Context, queueID string)
}

// Composer turns a template and its values into what WhatsApp takes. Package
// whatsapp knows how; a Refusal names the fields that are wrong.
type Composer interface {
	// Compose fills in what the actor gave; a file of the actor's choice is one the actor may see.
	Compose(ctx context.Context, actorID string, t *Template, values map[string]string) (Composed, error)
}

// Composed is a template ready to be sent to anybody.
type Composed struct {
	Outgoing []byte // for the outbox
	Text     string // Markdown for the post, as the customer sees it
}

// Service is what an agent can do with a conversation: each method checks who
// asks, and answers a *Refusal where the answer is no.
type Service struct{ Ports }

// NewService makes a service of its ports.
func NewService(p Ports) *Service { return &Service{Ports: p} }

// Customer is who an atendimento is started for, as typed.
type Customer struct {
	Name  string
	CPF   string
	Phone string
}

// StartRequest is a confirmed dialog, or the same over REST.
type StartRequest struct {
	ActorID   string
	AccountID string // "" = the queue's
	QueueID   string
	Template  TemplateRef
	Variables map[string]string // by dialog element: header_1, body_1, body_name, button_0
	Customer  Customer
	Confirm   bool   // agrees to what a Refusal with Agree asked
	Reason    string // why a supervisor overrides the cooldown
	Request   string // the token of a request with a key, "" = none
	Since     int64  // when the form was made, milliseconds since epoch: a template sent after it refuses this one; 0 = no form
}

// TemplateRef names a template by id or by name and language.
type TemplateRef struct {
	ID       string
	Name     string
	Language string
}

// Started is what a start or a further template came to.
type Started struct {
	Conversation *Conversation
	// Status is Sent, or Unknown where Meta's outcome is not known yet.
	Status Status
	// Existing is set where no new conversation was made: the template went to one that was open.
	Existing bool
}

// TemplateRequest sends another template in a conversation.
type TemplateRequest struct {
	ActorID        string
	ConversationID string
	Template       TemplateRef
	Variables      map[string]string
	Confirm        bool
	Reason         string
	Request        string // as in StartRequest
	Since          int64  // as in StartRequest
}

// View is a conversation as one reader may see it.
type View struct {
	*Conversation
	State         State
	CooldownUntil int64 // when another template may follow; 0 = now
}

// Filter narrows a list of conversations.
type Filter struct {
	State   State
	Mine    bool // owner or attendant is the reader
	QueueID string
	OwnerID string // of one responsible only; "" = of all
	// ContactID: of one person only; "" = of all.
	ContactID string
	Unclaimed bool // those that wait for somebody to claim them: not closed, no attendant
	// Unanswered: those whose template waits for an answer so long; zero = all.
	Unanswered Unanswered
	Query      string // name, phone digits or a whole CPF
	Page       int
	PerPage    int
}

// Lister reads conversations for lists; visibility is part of the query.
type Lister interface {
	// ListConversations answers a page of what the reader may see, newest
	// activity first, and the total. queueIDs are the queues whose member the
	// reader is; all means everything (system admins).
	ListConversations(ctx context.Context, reader string, queueIDs []string, all bool, f ListFilter) ([]*Conversation, int, error)
	// CountConversations counts what the reader may see, of those that are not
	// closed, by state, and how many nobody attends. Of the filter State,
	// Unclaimed and the page do not matter.
	CountConversations(ctx context.Context, reader string, queueIDs []string, all bool, f ListFilter) (Counts, error)
	// Queues lists all queues.
	Queues(ctx context.Context) ([]*Queue, error)
}

// Counts are numbers of conversations that are not closed.
type Counts struct {
	Waiting, Open, Expired int
	Unclaimed              int // of these, without an attendant
}

// ListFilter is a Filter as the store takes it.
type ListFilter struct {
	Filter
	Now      int64
	Document Document // of Query, if it is one
}
