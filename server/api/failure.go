package api

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Codes that are no refusal of the domain's.
const (
	codeBadRequest   = "bad_request"
	codeUnauthorized = "unauthorized"
)

// clientError is a request that cannot be understood or has no business here.
type clientError struct {
	status int
	code   string
	text   domain.Text
}

// Error is for logs.
func (e *clientError) Error() string { return e.code }

var (
	errUnauthorized = &clientError{status: http.StatusUnauthorized, code: codeUnauthorized, text: domain.T("api.unauthorized")}
	errForbidden    = domain.Refuse(domain.CodeForbidden, domain.T("api.code_forbidden"))
)

func badRequest(text domain.Text) error {
	return &clientError{status: http.StatusBadRequest, code: codeBadRequest, text: text}
}

// problem is an error as the contract has it.
type problem struct {
	Code     string            `json:"code"`
	Message  string            `json:"message"`
	Fields   map[string]string `json:"fields,omitempty"`
	MetaCode *int              `json:"meta_code,omitempty"` // 0 is one of Meta's codes
	// CanConfirm: the same request with confirm (and reason, with NeedsReason) goes through.
	CanConfirm     bool   `json:"can_confirm,omitempty"`
	NeedsReason    bool   `json:"needs_reason,omitempty"`
	ConversationID string `json:"conversation_id,omitempty"`
}

// statusOf is the HTTP status of a refusal's code.
func statusOf(code string) int {
	switch code {
	case domain.CodeForbidden:
		return http.StatusForbidden
	case domain.CodeNotFound:
		return http.StatusNotFound
	case domain.CodeInvalidField:
		return http.StatusUnprocessableEntity
	case domain.CodeMetaRefused:
		return http.StatusBadGateway
	case domain.CodeUnavailable:
		return http.StatusServiceUnavailable
	default: // every other code is a rule
		return http.StatusConflict
	}
}

// fail answers an error in the reader's language. What is nobody's fault but
// ours is logged and answered as unavailable: the reader learns no details.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	var (
		client  *clientError
		refusal *domain.Refusal
	)
	switch {
	case errors.As(err, &client):
		a.write(w, client.status, map[string]problem{"error": {Code: client.code, Message: a.say(r, client.text)}})
	case errors.As(err, &refusal):
		a.write(w, statusOf(refusal.Code), map[string]problem{"error": a.refused(r, refusal)})
	case errors.Is(err, domain.ErrNotFound):
		a.fail(w, r, domain.Refuse(domain.CodeNotFound, domain.Text{}))
	case errors.Is(err, domain.ErrConflict):
		// The one unique rule behind an agent's request; the admin's are answered where they arise.
		a.fail(w, r, domain.Refuse(domain.CodeConversationExists, domain.Text{}))
	default:
		if !errors.Is(err, errPanicked) {
			a.Log.Error("A request could not be served", "method", r.Method, "path", r.URL.Path, "error", err.Error())
		}
		a.fail(w, r, domain.Refuse(domain.CodeUnavailable, domain.Text{}))
	}
}

func (a *API) refused(r *http.Request, refusal *domain.Refusal) problem {
	p := problem{
		Code: refusal.Code, Message: a.say(r, textOf(refusal)),
		CanConfirm: refusal.Agree, NeedsReason: refusal.NeedsReason, ConversationID: refusal.ConversationID,
	}
	if refusal.Code == domain.CodeMetaRefused || refusal.MetaCode != 0 {
		p.MetaCode = &refusal.MetaCode
	}
	if len(refusal.Fields) > 0 {
		p.Fields = make(map[string]string, len(refusal.Fields))
		for name, text := range refusal.Fields {
			p.Fields[name] = a.say(r, text)
		}
	}
	return p
}

// Localize returns a text in the language of the user who sent the request.
func (a *API) Localize(r *http.Request, text domain.Text) string { return a.say(r, text) }

// say gives a text in the language of who asks.
func (a *API) say(r *http.Request, text domain.Text) string {
	return a.Texts.Text(a.language(r), text.Key, text.Data)
}

// sayInPost gives a text as Mattermost shows a button's answer: as a post.
func (a *API) sayInPost(r *http.Request, text domain.Text) string {
	return a.Texts.Markdown(a.language(r), text.Key, text.Data)
}

// textOf is what a refusal says.
func textOf(refusal *domain.Refusal) domain.Text {
	if refusal.Text.Key == "" {
		return domain.T("api.code_" + refusal.Code)
	}
	return refusal.Text
}

// language is the reader's; Meta reads English.
func (a *API) language(r *http.Request) string {
	user := userID(r)
	if user == "" {
		return "en"
	}
	return a.Language(r.Context(), user)
}
