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

const (
	keyHeader = "Idempotency-Key"
	maxKey    = 100 // characters
)

// idempotent makes a handler out of do for requests that may carry a key: the same request with the same key gets the
// same answer for a day and does nothing more. An answer that only says that something is out of order (5xx but Meta's own
// refusal) is not kept, so that the next try begins anew. recall makes the answer of the message, or what else, that
// an earlier try had stored.
func (a *API) idempotent(do func(r *http.Request, request string) (reply, error), recall func(r *http.Request, stored string) (reply, error)) handler {
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
		request, err := a.Store.BeginRequest(r.Context(), userID(r), key, body)
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

// answerOnce does a request, or finds out what an earlier try of it did, and keeps the answer.
func (a *API) answerOnce(r *http.Request, request *domain.Request, do func(r *http.Request, request string) (reply, error), recall func(r *http.Request, stored string) (reply, error)) (reply, error) {
	kept := false
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), requestTimeout+10*time.Second)
	defer cancel()
	defer func() { // also after a panic of the handler
		if kept {
			return
		}
		if err := a.Store.ReleaseRequest(ctx, request.Token); err != nil {
			a.LogWarn("A request could not be released", "error", err.Error())
		}
	}()
	var answer reply
	var err error
	if request.MessageID == "" {
		answer, err = do(r, request.Token)
	} else {
		answer, err = recall(r, request.MessageID)
	}
	written := &recordedAnswer{header: http.Header{}}
	if err != nil {
		a.fail(written, r, err)
	} else {
		a.write(written, answer.status, answer.body)
	}
	answer = reply{written.status, json.RawMessage(written.body.Bytes())}
	if refusal, refused := domain.AsRefusal(err); written.status >= 500 && written.status != http.StatusBadGateway || refused && refusal.Code == domain.CodeInProgress {
		return answer, nil
	}
	if err := a.Store.AnswerRequest(ctx, request.Token, written.status, written.body.Bytes(), conversationOf(err)); err != nil {
		a.LogWarn("An answer could not be kept", "error", err.Error())
		return answer, nil // the next try finds the message that was stored
	}
	kept = true
	return answer, nil
}

// conversationOf is the conversation that a refusal names.
func conversationOf(err error) string {
	if refusal, refused := domain.AsRefusal(err); refused {
		return refusal.ConversationID
	}
	return ""
}

func validKey(key string) bool {
	return key != "" && utf8.ValidString(key) && utf8.RuneCountInString(key) <= maxKey && !strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) })
}

// fingerprint is equal for requests with the same method, path and body, however the body's JSON is formatted. The body can
// be read again afterwards.
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
		if same, err := json.Marshal(value); err == nil { // Marshal sorts the names
			body = same
		}
	}
	sum := sha256.Sum256(append([]byte(r.Method+" "+r.URL.Path+"\n"), body...))
	return hex.EncodeToString(sum[:]), nil
}

// recordedAnswer is an answer that is stored before it is sent.
type recordedAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *recordedAnswer) Header() http.Header            { return h.header }
func (h *recordedAnswer) WriteHeader(status int)         { h.status = status }
func (h *recordedAnswer) Write(data []byte) (int, error) { return h.body.Write(data) }
