package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/pkg/errors"
)

// userHeader is set by the server for a valid session, and taken off what comes from outside.
const userHeader = "Mattermost-User-Id"

const (
	maxRESTBody = 1 << 20 // bytes
	// patience bounds a request: the server tells the plugin nothing of a client
	// that went away. It leaves room for Meta's slow answers.
	patience = 90 * time.Second
)

func userID(r *http.Request) string { return r.Header.Get(userHeader) }

// bounded limits how much a request may send and how long it may take.
func (a *API) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		if r.Body != nil {
			r.Body = http.MaxBytesReader(w, r.Body, maxRESTBody)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// requireUser lets in who has a session.
func (a *API) requireUser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if userID(r) == "" {
			a.fail(w, r, errUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// requireAdmin lets in system admins.
func (a *API) requireAdmin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		admin, err := a.Admins.SystemAdmin(r.Context(), userID(r))
		switch {
		case err != nil:
			a.fail(w, r, errors.Wrap(err, "check for a system admin"))
		case !admin:
			a.fail(w, r, errForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Recover turns a panic of next into 503. The log has where the panic was and of which kind it was, but not its text,
// which may quote what was being handled.
func (a *API) Recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tracked := &trackedWriter{ResponseWriter: w}
		defer func() {
			reason := recover()
			if reason == nil {
				return
			}
			a.Log.Error("A request handler panicked", "kind", panicKind(reason), "stack", string(debug.Stack()))
			if !tracked.begun {
				a.fail(tracked, r, errPanicked)
			}
		}()
		next.ServeHTTP(tracked, r)
	})
}

// errPanicked answers 503 and is not logged a second time.
var errPanicked = errors.New("panicked")

// panicKind is the Go type of a panic; the runtime's own (nil pointers, indexes) quote nothing but numbers.
func panicKind(reason any) string {
	if err, ok := reason.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", reason)
}

// trackedWriter knows whether an answer has begun.
type trackedWriter struct {
	http.ResponseWriter
	begun bool
}

func (w *trackedWriter) WriteHeader(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *trackedWriter) Write(data []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(data)
}

// Unwrap lets http.MaxBytesReader and http.ResponseController reach the real writer.
func (w *trackedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
