package api

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Codes of requests that never reach the domain.
const (
	codeBadRequest   = "bad_request"
	codeUnauthorized = "unauthorized"
)

// clientError is a request that cannot be understood, or comes from somebody without a session.
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

// problem is an error in the form that the contract promises.
type problem struct {
	Code     string            `json:"code"`
	Message  string            `json:"message"`
	Fields   map[string]string `json:"fields,omitempty"`
	MetaCode *int              `json:"meta_code,omitempty"` // 0 is one of Meta's codes
	// CanConfirm: the same request with confirm (and reason, with NeedsReason) goes through.
	CanConfirm     bool   `json:"can_confirm,omitempty"`
	NeedsReason    bool   `json:"needs_reason,omitempty"`
	ConversationID string `json:"conversation_id,omitempty"`
	NextAt         int64  `json:"next_at,omitempty"` // from when on the request would not be refused, milliseconds since epoch
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

// fail answers with an error in the user's language. An error that is neither the user's nor a rule is logged, and answered
// as unavailable without details.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	var (
		client  *clientError
		refusal *domain.Refusal
	)
	switch {
	case errors.As(err, &client):
		a.write(w, client.status, map[string]problem{"error": {Code: client.code, Message: a.Localize(r, client.text)}})
	case errors.As(err, &refusal):
		a.write(w, statusOf(refusal.Code), map[string]problem{"error": a.refused(r, refusal)})
	case errors.Is(err, domain.ErrNotFound):
		a.fail(w, r, domain.Refuse(domain.CodeNotFound, domain.Text{}))
	case errors.Is(err, domain.ErrConflict):
		// The only unique rule behind an agent's request. Those behind an administrator's are answered where they occur.
		a.fail(w, r, domain.Refuse(domain.CodeConversationExists, domain.Text{}))
	default:
		if !errors.Is(err, errPanicked) {
			a.LogError("A request could not be served", "method", r.Method, "path", r.URL.Path, "error", err.Error())
		}
		a.fail(w, r, domain.Refuse(domain.CodeUnavailable, domain.Text{}))
	}
}

func (a *API) refused(r *http.Request, refusal *domain.Refusal) problem {
	p := problem{
		Code: refusal.Code, Message: a.Localize(r, textOf(refusal)),
		CanConfirm: refusal.Agree, NeedsReason: refusal.NeedsReason, ConversationID: refusal.ConversationID, NextAt: refusal.NextAt,
	}
	if refusal.Code == domain.CodeMetaRefused || refusal.MetaCode != 0 {
		p.MetaCode = &refusal.MetaCode
	}
	if len(refusal.Fields) > 0 {
		p.Fields = a.localizeFields(r, refusal.Fields)
	}
	return p
}

// localizeFields returns what is wrong with each field in the language of the user who sent the request.
func (a *API) localizeFields(r *http.Request, fields map[string]domain.Text) map[string]string {
	texts := make(map[string]string, len(fields))
	for name, text := range fields {
		texts[name] = a.Localize(r, text)
	}
	return texts
}

// Localize returns a text in the language of the user who sent the request.
func (a *API) Localize(r *http.Request, text domain.Text) string {
	return a.Text(a.language(r), text.Key, text.Data)
}

// localizeMarkdown returns a text for the answer of a button, which Mattermost shows as a post.
func (a *API) localizeMarkdown(r *http.Request, text domain.Text) string {
	return a.Markdown(a.language(r), text.Key, text.Data)
}

// textOf is the refusal's own text, or else that of its code.
func textOf(refusal *domain.Refusal) domain.Text {
	if refusal.Text.Key == "" {
		return domain.T("api.code_" + refusal.Code)
	}
	return refusal.Text
}

// language is the user's, and English for requests without a user.
func (a *API) language(r *http.Request) string {
	user := userID(r)
	if user == "" {
		return "en"
	}
	return a.Mattermost.Locale(r.Context(), user)
}

// invalid is a refusal because of one field.
func invalid(field string, text domain.Text) error {
	return &domain.Refusal{
		Code: domain.CodeInvalidField, Text: domain.T("api.code_invalid_field"), Fields: map[string]domain.Text{field: text},
	}
}

// inUse turns the store's error into the reason why something cannot be deleted: something else still needs it.
func inUse(err error, doing string) error {
	switch {
	case errors.Is(err, domain.ErrConflict):
		return domain.Refuse(domain.CodeConversationExists, domain.T("api.in_use"))
	case errors.Is(err, domain.ErrHasQueues):
		text := domain.T("api.has_queues")
		return &domain.Refusal{Code: domain.CodeInvalidField, Text: text, Fields: map[string]domain.Text{"id": text}}
	}
	return errors.Wrap(err, doing)
}
