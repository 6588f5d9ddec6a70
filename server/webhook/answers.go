package webhook

import (
	"encoding/json"
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// rejection is an error that the sender is told about, in the form of the REST API's errors.
type rejection struct {
	status int
	code   string
	text   string // key of the text
}

// Error is for logs.
func (r *rejection) Error() string { return r.code }

var (
	errWrongSignature = &rejection{http.StatusUnauthorized, "unauthorized", "api.wrong_signature"}
	errWrongToken     = &rejection{http.StatusForbidden, domain.CodeForbidden, "api.code_forbidden"}
	errNotFound       = &rejection{http.StatusNotFound, domain.CodeNotFound, "api.code_not_found"}
	errTooLarge       = &rejection{http.StatusRequestEntityTooLarge, "bad_request", "api.too_large"}
	errBusy           = &rejection{http.StatusServiceUnavailable, domain.CodeUnavailable, "api.code_unavailable"}
)

// fail answers with an error. What is no rejection is logged and answered as unavailable, so that Meta sends the
// delivery again.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	var rejected *rejection
	switch {
	case errors.As(err, &rejected):
	case errors.Is(err, domain.ErrNotFound):
		rejected = errNotFound
	default:
		h.LogError("A request could not be served", "method", r.Method, "path", r.URL.Path, "error", err.Error())
		rejected = errBusy
	}
	type problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	body, _ := json.Marshal(map[string]problem{"error": {rejected.code, h.Localize(r, domain.T(rejected.text))}})
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(rejected.status)
	_, _ = w.Write(body)
}
