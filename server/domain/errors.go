package domain

import "github.com/pkg/errors"

// Text is a text for a person that is not translated yet: a key of package i18n and the values
// that are put into it.
type Text struct {
	Key  string
	Data map[string]any
}

// T returns a Text with a key and values, given as alternating names and values. It panics if a
// name is not a string.
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

// ZoneKey is the name under which Text.Data holds the time zone (IANA name) in which the text's
// times are written. If it is missing or "", the plugin's setting applies.
const ZoneKey = "Zone"

// In returns a copy of the text whose times are written in a time zone (IANA name; "" = the
// plugin's setting), usually that of a queue.
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

// The codes of a refusal. The REST API returns them, so they must not change.
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

	CodeOptedOut        = "opted_out"
	CodeConsentRequired = "consent_required"
	CodeQuietHours      = "quiet_hours"
	CodeAlreadySent     = "already_sent"

	CodeIdempotencyConflict = "idempotency_conflict"
	CodeInProgress          = "in_progress"
)

// Refusal is an error that is the person's to solve, such as a wrong field or a spent budget, and
// not a fault of the plugin. Text and Fields are shown to the person in their own language; the
// error string is for logs only.
type Refusal struct {
	Code     string
	Text     Text
	Fields   map[string]Text // by dialog element, where one field caused it
	MetaCode int             // Meta's error code, with CodeMetaRefused
	// Agree is set if the person may go on all the same by confirming, which is the dialog's
	// third step. With NeedsReason they must also give a reason in writing.
	Agree       bool
	NeedsReason bool
	NextAt      int64 // from when on it would not be refused, where time alone is in the way, milliseconds since epoch; 0 = not known
	// ConversationID is the conversation that is in the way, if the person may see it; else "".
	ConversationID string
}

// Error returns a string for logs. It has only the code, so that no customer's data gets into them.
func (r *Refusal) Error() string { return "refused: " + r.Code }

// Refuse returns a refusal with a code and a text.
func Refuse(code string, text Text) *Refusal { return &Refusal{Code: code, Text: text} }

// RefuseField returns a refusal with CodeInvalidField whose text is shown at one field of the dialog.
func RefuseField(field string, text Text) *Refusal {
	return &Refusal{Code: CodeInvalidField, Text: text, Fields: map[string]Text{field: text}}
}

// AsRefusal returns the refusal in an error chain, and whether there is one.
func AsRefusal(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}

// ErrNotFound is returned if what was asked for does not exist.
var ErrNotFound = errors.New("not found")

// ErrConflict is returned if a change would break a rule, usually that something exists only once.
var ErrConflict = errors.New("conflict")

// ErrTooMany is returned if there are as many of something as there may be.
var ErrTooMany = errors.New("too many")

// ErrHasQueues is returned if an account cannot be removed because queues still use it.
var ErrHasQueues = errors.New("queues use the account")
