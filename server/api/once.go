package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// RequestStore remembers requests that carry a key, for a day.
type RequestStore interface {
	// BeginRequest takes a request, or tells what is known of it. Whoever takes it
	// has it for a while; then another try may take it over, with what was stored.
	BeginRequest(ctx context.Context, userID, key, fingerprint string) (*domain.Request, error)
	// AnswerRequest keeps what was answered; conversationID is the one it names, "" = none.
	AnswerRequest(ctx context.Context, token string, status int, answer []byte, conversationID string) error
	// ReleaseRequest lets the next try begin at once.
	ReleaseRequest(ctx context.Context, token string) error
}

const (
	keyHeader = "Idempotency-Key"
	maxKey    = 100 // characters
)

// once is a handler for a request that may carry a key: the same request with
// the same key is answered the same for a day, and does nothing more. What is
// answered before anything was done because something is out of order (503) is
// not kept: the next try begins anew.
func (a *API) once(do func(r *http.Request, request string) (reply, error), recall func(r *http.Request, started *domain.Started) reply) handler {
	return func(r *http.Request) (reply, error) {
		keys := r.Header.Values(keyHeader)
		if len(keys) == 0 {
			return do(r, "")
		}
		key := strings.TrimSpace(keys[0])
		if len(keys) > 1 || !validKey(key) {
			return reply{}, invalid(keyHeader, domain.T("api.field_key"))
		}
		body, err := fingerprint(r)
		if err != nil {
			return reply{}, err
		}
		request, err := a.Requests.BeginRequest(r.Context(), userID(r), key, body)
		switch {
		case err != nil:
			return reply{}, errors.Wrap(err, "begin a request with a key")
		case request.Conflict:
			return reply{}, domain.Refuse(domain.CodeIdempotencyConflict, domain.Text{})
		case request.Status != 0:
			return reply{request.Status, json.RawMessage(request.Answer)}, nil
		case request.Token == "":
			return reply{}, domain.Refuse(domain.CodeInProgress, domain.Text{})
		}
		return a.answerOnce(r, request, do, recall)
	}
}

// answerOnce does a request, or tells what an earlier try of it did, and keeps the answer.
func (a *API) answerOnce(r *http.Request, request *domain.Request, do func(r *http.Request, request string) (reply, error), recall func(r *http.Request, started *domain.Started) reply) (reply, error) {
	kept := false
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), patience+10*time.Second)
	defer cancel()
	defer func() { // also where the handler panicked
		if kept {
			return
		}
		if err := a.Requests.ReleaseRequest(ctx, request.Token); err != nil {
			a.Log.Warn("A request could not be released", "error", err.Error())
		}
	}()
	var answer reply
	var err error
	if request.MessageID == "" {
		answer, err = do(r, request.Token)
	} else {
		var started *domain.Started
		if started, err = a.Conversations.Outcome(r.Context(), request.MessageID, a.ErrorWords); err == nil {
			answer = recall(r, started)
		}
	}
	written := &heldAnswer{header: http.Header{}}
	if err != nil {
		a.fail(written, r, err)
	} else {
		a.write(written, answer.status, answer.body)
	}
	answer = reply{written.status, json.RawMessage(written.body.Bytes())}
	if refusal, refused := domain.AsRefusal(err); written.status >= 500 && written.status != http.StatusBadGateway || refused && refusal.Code == domain.CodeInProgress {
		return answer, nil
	}
	if err := a.Requests.AnswerRequest(ctx, request.Token, written.status, written.body.Bytes(), named(err)); err != nil {
		a.Log.Warn("An answer could not be kept", "error", err.Error())
		return answer, nil // the next try finds what was stored
	}
	kept = true
	return answer, nil
}

// named is the conversation that a refusal names.
func named(err error) string {
	if refusal, refused := domain.AsRefusal(err); refused {
		return refusal.ConversationID
	}
	return ""
}

func validKey(key string) bool {
	return key != "" && utf8.ValidString(key) && utf8.RuneCountInString(key) <= maxKey && !strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) })
}

// fingerprint tells one request from another: method, path and body, however
// the body's JSON is set. The body can be read again afterwards.
func fingerprint(r *http.Request) (string, error) {
	body, err := readBody(r)
	if err != nil {
		return "", err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	numbers := json.NewDecoder(bytes.NewReader(body))
	numbers.UseNumber()
	var value any
	if err := numbers.Decode(&value); err == nil && !numbers.More() {
		if same, err := json.Marshal(value); err == nil { // names are in order now
			body = same
		}
	}
	sum := sha256.Sum256(append([]byte(r.Method+" "+r.URL.Path+"\n"), body...))
	return hex.EncodeToString(sum[:]), nil
}

// heldAnswer is an answer that is kept before it is given.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *heldAnswer) Header() http.Header            { return h.header }
func (h *heldAnswer) WriteHeader(status int)         { h.status = status }
func (h *heldAnswer) Write(data []byte) (int, error) { return h.body.Write(data) }
