package whatsapp

import (
	"net/http"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Outcome says what is known about a call that may have sent a message.
type Outcome string

const (
	// Accepted means that Meta accepted it (Classify of a nil error).
	Accepted Outcome = "accepted"
	// NotSent means that it certainly did not reach Meta, or could not have sent anything.
	NotSent Outcome = "not_sent"
	// Refused means that Meta answered with an error and sent nothing.
	Refused Outcome = "refused"
	// Unknown means that it left this machine and no usable answer came back. Repeating it may send, and cost, twice.
	Unknown Outcome = "unknown"
)

// Class says what to do about an error.
type Class string

const (
	// Retry means to try again soon, a limited number of times.
	Retry Class = "retry"
	// RetryLater means to try again in minutes, not seconds.
	RetryLater Class = "retry_later"
	// Final means that the same request will fail again until a person changes something.
	Final Class = "final"
	// Admin means that nothing more can be sent until an administrator acts.
	Admin Class = "admin"
	// Wait means that the outcome is unknown: wait for a status webhook, then ask.
	Wait Class = "wait"
)

// Scope says which messages a rate limit or a block stops.
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
	// OnNothing means that no field of the dialog caused the error.
	OnNothing ActsOn = ""
	// OnPhone is the customer's number.
	OnPhone ActsOn = "phone"
	// OnTemplate is the template chosen.
	OnTemplate ActsOn = "template"
	// OnVariables is the values filled in.
	OnVariables ActsOn = "variables"
	// OnAccount is the business number or its account, which only an administrator can repair.
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
	// ReopensTemplate says that by Meta's clock the 24-hour window is closed, so that only a template can be sent (131047).
	ReopensTemplate bool
	// RefreshTemplate says that our copy of the template may be out of date and has to be read again (132xxx).
	RefreshTemplate bool
	// StopsMarketing says that the customer has refused all marketing messages (131050).
	StopsMarketing bool
	// CooldownHours is how long no further template should be sent to this customer, 0 for no such time (131049: 24).
	CooldownHours int

	reason reason
}

// Classify says what an error of a Client means. The outcome of any other error is taken for unknown, because that never
// leads to sending twice.
func Classify(err error) Verdict {
	if err == nil {
		return Verdict{Outcome: Accepted}
	}
	var refusal *APIError
	if errors.As(err, &refusal) {
		return classifyRefusal(refusal)
	}
	var request *RequestError
	if errors.As(err, &request) {
		v := verdictOf(reasonBadRequest)
		v.Outcome = NotSent
		return v
	}
	var transport *TransportError
	if errors.As(err, &transport) && (!transport.Left || transport.Repeatable) {
		return verdictOf(reasonNoConnection)
	}
	return verdictOf(reasonNoAnswer)
}

// codeToken is Meta's code of a token that is expired, revoked or wrong.
const codeToken = 190

// ClassifyCode says what an error code of a failed status means.
func ClassifyCode(code int) Verdict {
	v := verdictOf(reasonOf(code))
	v.Code = code
	return v
}

func classifyRefusal(refusal *APIError) Verdict {
	why := reasonByHTTP(refusal.HTTPStatus)
	if refusal.fromMeta() {
		why = reasonBySubcode(refusal)
	}
	v := verdictOf(why)
	v.Code, v.RetryAfter = refusal.Code, refusal.RetryAfter
	if v.Code == 0 && refusal.fromMeta() {
		v.Code = codeToken // Meta's other code for it; 0 stands for none
	}
	return v
}

// reasonBySubcode finds the reason of a refusal of Meta's: some codes are explained by their subcode, and codes that are
// not known by the flag and the HTTP status beside them.
func reasonBySubcode(refusal *APIError) reason {
	if refusal.Code == 100 {
		switch why := reasonOf(refusal.Subcode); {
		case refusal.Subcode == 0:
		case why == reasonNumberGone, why == reasonTemplateMissing, why == reasonTemplateRefused:
			return why
		}
	}
	why := reasonOf(refusal.Code)
	if why != reasonUnknown {
		return why
	}
	if refusal.Transient {
		return reasonTemporary
	}
	if status := refusal.HTTPStatus; status >= 500 || status == http.StatusTooManyRequests {
		return reasonByHTTP(status)
	}
	return reasonUnknown
}

// reasonByHTTP finds the reason by the HTTP status of an answer that is not Meta's JSON, so that something between us and
// Meta wrote it. Only calls that can be repeated get here: see checkStatus.
func reasonByHTTP(status int) reason {
	switch {
	case status == http.StatusTooManyRequests:
		return reasonAccountRate
	case status >= 500, status == http.StatusRequestTimeout:
		return reasonTemporary
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge, status == http.StatusUnsupportedMediaType:
		return reasonBadRequest
	}
	return reasonGateway
}

// Text says what happened and what to do about it; the empty text where nothing is wrong.
func (v Verdict) Text() domain.Text {
	why := v.cause()
	if why == "" {
		return domain.Text{}
	}
	return domain.T("meta.explained", "What", v.What(), "Next", domain.T("meta."+string(why)+".next"))
}

// What says what happened, without what to do about it; the empty text where nothing is wrong.
func (v Verdict) What() domain.Text {
	why := v.cause()
	if why == "" {
		return domain.Text{}
	}
	return domain.T("meta." + string(why))
}

// cause is the verdict's reason. A verdict that was stored and read back has lost it, so that its outcome and code have
// to do; "" where nothing is wrong.
func (v Verdict) cause() reason {
	switch {
	case v.reason != "":
		return v.reason
	case v.Outcome == Refused:
		return reasonOf(v.Code)
	case v.Outcome == NotSent:
		return reasonNoConnection
	case v.Outcome == Unknown:
		return reasonNoAnswer
	}
	return ""
}
