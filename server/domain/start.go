package domain

// Customer is the person with whom an atendimento is to be started, as the agent typed it.
type Customer struct {
	// ID is of a known contact, or of a scheduled start of the actor's that failed: its name, number and document stand
	// in for what is empty; "" = of none.
	ID    string
	Name  string
	CPF   string
	Phone string
}

// ConsentGiven is what an agent says of a customer's consent: where it came from, and a note. Without an
// origin they say nothing.
type ConsentGiven struct{ Origin, Note string }

// TemplateRef identifies a template by its id or, if that is "", by name and language.
type TemplateRef struct {
	ID       string
	Name     string
	Language string
}

// StartRequest asks to start an atendimento. It comes from the dialog or from the REST API.
type StartRequest struct {
	ActorID   string
	AccountID string // "" = the queue's
	QueueID   string
	Template  TemplateRef
	Variables map[string]string // by dialog element: header_1, body_1, body_name, button_0, card_1_header_1
	Customer  Customer
	Consent   ConsentGiven // what the actor says of the customer's consent
	Confirm   bool         // the actor agrees to what a Refusal with Agree asked
	Reason    string       // why a supervisor overrides the cooldown
	Request   string       // token of a request with an idempotency key (see Request); "" = it has no key
	SendAt    int64        // when it is to be sent, milliseconds since epoch; 0 = at once
	Scheduled string       // id of the scheduled start that this request carries out, which was due at SendAt; "" = none
	Since     int64        // when the form was opened, milliseconds since epoch: if a template was sent after that, this one is refused; 0 = no form
}

// TemplateRequest asks to send another template in an existing conversation.
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

// Composed is a template with its variables filled in, but without a recipient.
type Composed struct {
	Outgoing []byte            // what goes into the outbox
	Text     string            // Markdown for the post, as the customer sees it
	Values   map[string]string // what was filled in, with moments written out: it means the same when it is composed again later
}

// Started is the result of a start or of a further template that was not refused.
type Started struct {
	Conversation *Conversation
	// Status is Sent, or Unknown if it is not known yet whether Meta took the template.
	Status Status
	// Existing is set if no new conversation was made, because the template went to an open one.
	Existing bool
}

// Request is what is known about an API request with an idempotency key, which the caller may send
// again without its effect happening twice.
type Request struct {
	Token     string // token for the attempt that may carry it out; "" = this attempt may not
	MessageID string // with Token: the message or the scheduled start that an earlier attempt stored; "" = none
	Conflict  bool   // the key was used before for a different request
	Status    int    // HTTP status of its response; 0 = it is still being carried out
	Answer    []byte
}

// StartCheck is what would come of a start, without anything being sent or stored.
type StartCheck struct {
	Fields   map[string]Text // by dialog element: what is wrong with what was typed
	Refusal  *Refusal        // why it would be refused, besides the fields; nil = it would not be
	Existing *View           // the customer's open conversation, if the actor may see it; else nil
	Price    Money           // of the template
	Currency string          // ISO 4217; "" = the price is not known
}

// StartOptions is what somebody can choose from to start an atendimento.
type StartOptions struct {
	Queues    []*Queue // in which they may start, by name
	QueueID   string   // to which the rest belongs; "" = there is none
	Templates []TemplateOption
	Left      Money  // of the queue's plan this month
	Currency  string // ISO 4217; "" = the queue has no approved plan
}

// TemplateOption is a template that a queue is allowed to use, whether or not it can be sent now.
type TemplateOption struct {
	*Template
	Price Money // 0 where there is no approved plan
	Why   Text  // why it cannot be sent; without a key if it can
}
