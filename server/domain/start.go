package domain

// Customer is who an atendimento is started for, as typed.
type Customer struct {
	Name  string
	CPF   string
	Phone string
}

// TemplateRef names a template by id or by name and language.
type TemplateRef struct {
	ID       string
	Name     string
	Language string
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

// Composed is a template ready to be sent to anybody.
type Composed struct {
	Outgoing []byte // for the outbox
	Text     string // Markdown for the post, as the customer sees it
}

// Started is what a start or a further template came to.
type Started struct {
	Conversation *Conversation
	// Status is Sent, or Unknown where Meta's outcome is not known yet.
	Status Status
	// Existing is set where no new conversation was made: the template went to one that was open.
	Existing bool
}

// Request is what is known of a request with a key.
type Request struct {
	Token     string // of the try that may go on with it; "" = none may now
	MessageID string // what an earlier try stored, with Token; "" = nothing
	Conflict  bool   // the key came with something else before
	Status    int    // HTTP status of its answer; 0 = it is under way
	Answer    []byte
}
