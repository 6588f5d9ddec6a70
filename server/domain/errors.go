package domain

import "github.com/pkg/errors"

// Text is a text for a person, still without a language: a key of package i18n and its data.
type Text struct {
	Key  string
	Data map[string]any
}

// T makes a Text from a key and alternating names and values.
func T(key string, pairs ...any) Text {
	if len(pairs) == 0 {
		return Text{Key: key}
	}
	data := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		data[pairs[i].(string)] = pairs[i+1]
	}
	return Text{Key: key, Data: data}
}

// ZoneKey is where a text's data holds the IANA name of the time zone its times
// are told in; missing or "" = the plugin's setting.
const ZoneKey = "Zone"

// In gives the text with its times told in a queue's time zone (IANA name; "" =
// the plugin's setting).
func (t Text) In(zone string) Text {
	if zone == "" {
		return t
	}
	data := make(map[string]any, len(t.Data)+1)
	for name, value := range t.Data {
		data[name] = value
	}
	data[ZoneKey] = zone
	return Text{Key: t.Key, Data: data}
}

// Codes of a refusal, as the REST API names them.
const (
	CodeForbidden          = "forbidden"
	CodeNotFound           = "not_found"
	CodeConversationExists = "conversation_exists"
	CodeConversationClosed = "conversation_closed"
	CodeAlreadyClaimed     = "already_claimed"
	CodeCooldown           = "cooldown"
	CodeNoPlan             = "no_plan"
	CodeBudgetSpent        = "budget_spent"
	CodeTemplateNotAllowed = "template_not_allowed"
	CodeWindowClosed       = "window_closed"
	CodeInvalidField       = "invalid_field"
	CodeMetaRefused        = "meta_refused"
	CodeUnavailable        = "unavailable"

	CodeIdempotencyConflict = "idempotency_conflict"
	CodeInProgress          = "in_progress"
)

// Refusal is a "no" that a person can act on. It is an error whose text is for
// logs only; Text and Fields are for the reader, in the reader's language.
type Refusal struct {
	Code     string
	Text     Text
	Fields   map[string]Text // by dialog element, where one field caused it
	MetaCode int             // Meta's error code, with CodeMetaRefused
	// Agree is set where the actor may go on by confirming: the dialog's third
	// step. NeedsReason asks for a written reason too.
	Agree       bool
	NeedsReason bool
	// ConversationID names the conversation in the way, if the actor may see it.
	ConversationID string
}

// Error is for logs: the code, never a customer's data.
func (r *Refusal) Error() string { return "refused: " + r.Code }

// Refuse makes a refusal.
func Refuse(code string, text Text) *Refusal { return &Refusal{Code: code, Text: text} }

// RefuseField makes a refusal at one field of the dialog.
func RefuseField(field string, text Text) *Refusal {
	return &Refusal{Code: CodeInvalidField, Text: text, Fields: map[string]Text{field: text}}
}

// AsRefusal finds a refusal in an error chain.
func AsRefusal(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}

// ErrNotFound says that what was asked for is not there.
var ErrNotFound = errors.New("not found")

// ErrConflict says that a rule of uniqueness would be broken.
var ErrConflict = errors.New("conflict")

// ErrHasQueues says that an account cannot be removed while queues use it.
var ErrHasQueues = errors.New("queues use the account")
