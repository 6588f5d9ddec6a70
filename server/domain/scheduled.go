package domain

import "time"

// Within these bounds a start can be put off.
const (
	MinScheduleAhead = time.Minute
	MaxScheduleAhead = 60 * 24 * time.Hour
)

// ScheduledStatus says how far a scheduled start is.
type ScheduledStatus string

// The statuses of a scheduled start. Nothing comes back from the last three, except that its owner may
// start by hand what failed, and that it may be cancelled, so that nobody has to see it any more.
const (
	ScheduledWaiting   ScheduledStatus = "scheduled"
	ScheduledSending   ScheduledStatus = "sending"
	ScheduledSent      ScheduledStatus = "sent" // it left; what became of it, its conversation shows
	ScheduledFailed    ScheduledStatus = "failed"
	ScheduledCancelled ScheduledStatus = "cancelled"
)

// Scheduled is a start that somebody put off to a later moment. What they typed of its customer is
// emptied when the person is erased. Moments are milliseconds since epoch, 0 = not yet.
type Scheduled struct {
	ID               string          `db:"id"`
	OwnerID          string          `db:"owner_id"`
	QueueID          string          `db:"queue_id"`
	AccountID        string          `db:"account_id"`
	TemplateID       string          `db:"template_id"`
	TemplateName     string          `db:"template_name"`
	TemplateLanguage string          `db:"template_language"`
	Name             string          `db:"name"`
	Phone            string          `db:"phone"` // E.164 with "+"
	CPFMasked        string          `db:"cpf_masked"`
	SendAt           int64           `db:"send_at"` // when it is due
	Status           ScheduledStatus `db:"status"`
	MessageID        string          `db:"message_id"`      // what it became; "" = nothing yet
	ConversationID   string          `db:"conversation_id"` // where that is; "" = nowhere
	ReasonCode       string          `db:"reason_code"`     // why it failed, a code of a Refusal
	Reason           Text            `db:"-"`               // the same in words
	CreatedAt        int64           `db:"created_at"`
	EndedAt          int64           `db:"ended_at"`
	Again            bool            `db:"again"` // claimed before: an earlier attempt may have got through

	// Asked is what is sent besides the above. It is stored encrypted and read only where it is needed.
	Asked ScheduledAsked `db:"-"`
}

// ScheduledAsked is what an agent typed for a scheduled start.
type ScheduledAsked struct {
	Variables map[string]string `json:"variables"` // by dialog element
	CPF       string            `json:"cpf"`
	Consent   ConsentGiven      `json:"consent"`
	Confirm   bool              `json:"confirm"`
	Reason    string            `json:"reason"`
}

// Start returns the request that carries the scheduled start out.
func (s *Scheduled) Start() StartRequest {
	return StartRequest{
		ActorID: s.OwnerID, QueueID: s.QueueID, Template: TemplateRef{ID: s.TemplateID}, Variables: s.Asked.Variables,
		Customer: Customer{Name: s.Name, CPF: s.Asked.CPF, Phone: s.Phone}, Consent: s.Asked.Consent,
		Confirm: s.Asked.Confirm, Reason: s.Asked.Reason, SendAt: s.SendAt, Scheduled: s.ID,
	}
}

// Left reports whether it has left, or may leave at any moment, so that it cannot be cancelled any more.
func (s *Scheduled) Left() bool {
	return s.Status == ScheduledSent || s.Status == ScheduledSending && s.MessageID != ""
}

// Fail makes it a failed one. A name of the customer's is left out of the reason, because that outlives it
// in the direct message to the owner.
func (s *Scheduled) Fail(refusal *Refusal) {
	s.Status, s.ReasonCode, s.Reason = ScheduledFailed, refusal.Code, refusal.Text
	for _, text := range refusal.Fields {
		s.Reason = text
	}
	if refusal.Code == CodeConversationExists {
		s.Reason = T("scheduled.conversation_exists")
	}
	if words, ok := s.Reason.Data["Words"].(Explainer); ok {
		s.Reason = words.Text()
	}
	if s.Reason.Key == "" {
		s.Reason = T("api.code_" + s.ReasonCode)
	}
}

// ScheduledFilter selects scheduled starts of those that a reader may see: their own, and those of some queues.
type ScheduledFilter struct {
	ReaderID string
	QueueIDs []string // those of which the reader sees all
	All      bool     // the reader sees those of all queues
	Mine     bool     // only the reader's own
	// ContactID selects what is to go to one person, also to those who are members of its queue; "" = to anybody.
	ContactID string
	QueueID   string // only of this queue; "" = of all
	Waiting   bool   // only those that have not ended, and those that failed
	Page      int
	PerPage   int
}
