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

// Auditor keeps who did what.
type Auditor interface {
	Audit(ctx context.Context, actorID, action, objectID string, details map[string]string) error
}

// What administrators ask for, and what came of it.
const (
	auditAsked = "admin"
	auditDone  = "admin_result"
)

// auditPatience is how long the row of what was done may take.
const auditPatience = 5 * time.Second

// maxCreated bounds how much of an answer is looked through for the id of what was created, in bytes.
const maxCreated = 64 << 10

// auditedReads are what an administrator only reads, and what is audited all
// the same: they show what customers wrote.
var auditedReads = map[string]bool{"/dead-letters": true}

// audited writes down what an administrator asks for before it is done, so that
// nothing is done that no row tells of, and what came of it afterwards. It is
// around the whole router: a route that is added is audited.
func (a *API) audited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		template, _ := mux.CurrentRoute(r).GetPathTemplate()
		path := strings.TrimPrefix(template, restPath)
		if r.Method == http.MethodGet && !auditedReads[path] {
			next.ServeHTTP(w, r)
			return
		}
		route, object := r.Method+" "+path, mux.Vars(r)["id"]
		if err := a.Auditor.Audit(r.Context(), userID(r), auditAsked, object, map[string]string{"route": route}); err != nil {
			a.fail(w, r, errors.Wrap(err, "audit a request"))
			return
		}
		seen := &seenWriter{ResponseWriter: w}
		next.ServeHTTP(seen, r)
		details := map[string]string{"route": route, "status": strconv.Itoa(seen.status)}
		if seen.status == http.StatusCreated {
			details["created"] = seen.id()
		}
		// what was done stays done if the client or the deadline is gone
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), auditPatience)
		defer cancel()
		if err := a.Auditor.Audit(ctx, userID(r), auditDone, object, details); err != nil {
			a.Log.Error("What came of an administrator's request was not audited", "route", route, "error", err.Error())
		}
	})
}

// seenWriter remembers the status of an answer, and the beginning of what tells of something created.
type seenWriter struct {
	http.ResponseWriter
	status int
	body   []byte
}

func (w *seenWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *seenWriter) Write(data []byte) (int, error) {
	if w.status == http.StatusCreated && len(w.body)+len(data) <= maxCreated {
		w.body = append(w.body, data...)
	}
	return w.ResponseWriter.Write(data)
}

// Unwrap lets http.ResponseController reach the real writer.
func (w *seenWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *seenWriter) id() string {
	var object struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(w.body, &object) != nil {
		return ""
	}
	return object.ID
}
