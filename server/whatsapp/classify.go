package whatsapp

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Classify says what an error of a Client means. An error of another origin is taken for an unknown outcome: that never
// sends twice.
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
		v := rule(reasonBadRequest)
		v.Outcome = NotSent
		return v
	}
	var transport *TransportError
	if errors.As(err, &transport) && (!transport.Left || transport.Harmless) {
		return rule(reasonNoConnection)
	}
	return rule(reasonNoAnswer)
}

// codeToken is Meta's code of a token that is expired, revoked or wrong.
const codeToken = 190

// ClassifyCode says what an error code of a failed status means.
func ClassifyCode(code int) Verdict {
	v := rule(reasonOf(code))
	v.Code = code
	return v
}

func classifyRefusal(refusal *APIError) Verdict {
	why := reasonByHTTP(refusal.HTTPStatus)
	if refusal.fromMeta() {
		why = reasonBySubcode(refusal)
	}
	v := rule(why)
	v.Code, v.RetryAfter = refusal.Code, refusal.RetryAfter
	if v.Code == 0 && refusal.fromMeta() {
		v.Code = codeToken // Meta's other code for it; 0 stands for none
	}
	return v
}

// reasonBySubcode: some codes say more in their subcode.
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

// reasonByHTTP judges an answer to a harmless call that is not Meta's JSON: something between us and Meta wrote it.
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
