package domain

// Composed is a template ready to be sent to anybody.
type Composed struct {
	Outgoing []byte // for the outbox
	Text     string // Markdown for the post, as the customer sees it
}

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

// Counts are numbers of conversations that are not closed.
type Counts struct {
	Waiting   int `db:"waiting"`
	Open      int `db:"open"`
	Expired   int `db:"expired"`
	Unclaimed int `db:"unclaimed"` // of these, without an attendant
}

// ListFilter is a Filter as the store takes it.
type ListFilter struct {
	Filter
	Now      int64
	Document Document // of Query, if it is one
}

// Overview is what a list of conversations shows above its rows.
type Overview struct {
	Counts
	Queues []*Queue // whose conversations the actor sees as an agent; a system admin: all
	Now    int64    // the clock by which windows end, milliseconds since epoch
}

// Revealed is a contact's data in full.
type Revealed struct {
	ContactID string
	Phone     string // E.164; "" where there is only a BSUID
	CPF       string // CPF or CNPJ, digits and letters only; "" = none
}
