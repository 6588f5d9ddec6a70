package whatsapp

import "time"

// Outcome says what is known of a call that may have sent a message.
type Outcome string

const (
	// Accepted means that Meta took it (Classify of a nil error).
	Accepted Outcome = "accepted"
	// NotSent means that it certainly never reached Meta, or could not have sent anything.
	NotSent Outcome = "not_sent"
	// Refused means that Meta answered no.
	Refused Outcome = "refused"
	// Unknown means that it left this machine and no usable answer came back. Repeating it may send, and bill, twice.
	Unknown Outcome = "unknown"
)

// Class says what to do about an error.
type Class string

const (
	// Retry means to try again soon, a bounded number of times.
	Retry Class = "retry"
	// RetryLater means to try again in minutes, not seconds.
	RetryLater Class = "retry_later"
	// Final means that the same request will fail again; a person has to change something.
	Final Class = "final"
	// Admin means that nothing more can be sent until an administrator acts.
	Admin Class = "admin"
	// Wait means that the outcome is unknown: wait for a status webhook, then ask.
	Wait Class = "wait"
)

// Scope says whom a rate limit or a block concerns.
type Scope string

const (
	// ScopeMessage is this message alone.
	ScopeMessage Scope = ""
	// ScopePeer is all messages to the same customer.
	ScopePeer Scope = "peer"
	// ScopeNumber is all messages of the business number.
	ScopeNumber Scope = "number"
	// ScopeAccount is all calls of the WhatsApp Business Account or the app.
	ScopeAccount Scope = "account"
)

// ActsOn says which field of a dialog the error is about.
type ActsOn string

const (
	// OnNothing is no field of the dialog.
	OnNothing ActsOn = ""
	// OnPhone is the customer's number.
	OnPhone ActsOn = "phone"
	// OnTemplate is the template chosen.
	OnTemplate ActsOn = "template"
	// OnVariables is the values filled in.
	OnVariables ActsOn = "variables"
	// OnAccount is the business number or its account, which only an administrator can mend.
	OnAccount ActsOn = "account"
)

// Verdict is what an error means for the message, the conversation and the people in it.
type Verdict struct {
	Outcome Outcome
	Class   Class
	// Code is Meta's error code, 0 where there is none; Meta's own 0, a broken token, is 190.
	Code int
	// RetryAfter is how long Meta asks to wait, 0 where it does not say.
	RetryAfter time.Duration
	Scope      Scope
	ActsOn     ActsOn
	// ReopensTemplate: the 24-hour window is closed for Meta, only a template can go (131047).
	ReopensTemplate bool
	// RefreshTemplate: our copy of the template may be out of date, read it again (132xxx).
	RefreshTemplate bool
	// StopsMarketing: the customer wants no marketing messages, ever (131050).
	StopsMarketing bool
	// CooldownHours is how long no further template should go to this customer, 0 for none (131049: 24).
	CooldownHours int

	reason reason
}
