package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"
)

// Actions in the audit: what an administrator asks for, and what came of it.
const (
	auditAsked = "admin"
	auditDone  = "admin_result"
	// auditExported is written in addition, with the contact's id.
	auditExported = "contact_exported"
)

// auditTimeout is how long writing the row about the result may take.
const auditTimeout = 5 * time.Second

// maxCreated bounds how much of an answer is searched for the id of what was created, in bytes.
const maxCreated = 64 << 10

// auditedReads are routes that change nothing and are audited all the same, because they show what customers wrote.
var auditedReads = map[string]bool{"/dead-letters": true}

// changesNothing are routes with a body that change nothing; a person who writes a template calls this one all the time.
var changesNothing = map[string]bool{"/templates/lint": true}

// audited writes a row before anything is done, so that nothing happens without a row, and another one with the result. It
// wraps the whole router, so that no new route can be forgotten.
func (a *API) audited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		template, _ := mux.CurrentRoute(r).GetPathTemplate()
		path := strings.TrimPrefix(template, restPath)
		if r.Method == http.MethodGet && !auditedReads[path] || changesNothing[path] {
			next.ServeHTTP(w, r)
			return
		}
		route, object := r.Method+" "+path, mux.Vars(r)["id"]
		if err := a.Store.Audit(r.Context(), userID(r), auditAsked, object, map[string]string{"route": route}); err != nil {
			a.fail(w, r, errors.Wrap(err, "audit a request"))
			return
		}
		seen := &answerRecorder{ResponseWriter: w}
		next.ServeHTTP(seen, r)
		details := map[string]string{"route": route, "status": strconv.Itoa(seen.status)}
		if seen.status == http.StatusCreated {
			details["created"] = seen.id()
		}
		// what was done stays done, even if the client or the time is gone
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), auditTimeout)
		defer cancel()
		if err := a.Store.Audit(ctx, userID(r), auditDone, object, details); err != nil {
			a.LogError("What came of an administrator's request was not audited", "route", route, "error", err.Error())
		}
	})
}

// answerRecorder remembers the status of an answer, and the body where something was created.
type answerRecorder struct {
	http.ResponseWriter
	status int
	body   []byte
}

func (w *answerRecorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *answerRecorder) Write(data []byte) (int, error) {
	if w.status == http.StatusCreated && len(w.body)+len(data) <= maxCreated {
		w.body = append(w.body, data...)
	}
	return w.ResponseWriter.Write(data)
}

// Unwrap lets http.ResponseController reach the real writer.
func (w *answerRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *answerRecorder) id() string {
	var object struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(w.body, &object) != nil {
		return ""
	}
	return object.ID
}
