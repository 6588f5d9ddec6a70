package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// restPath is where the routes begin, behind domain.PluginPath.
const restPath = "/api/v1"

// userHeader is set by the server for a valid session; the server removes it from what comes from outside.
const userHeader = "Mattermost-User-Id"

const (
	maxBody = 1 << 20 // bytes
	// requestTimeout bounds a request, because the server does not tell the plugin that a client went away. It leaves
	// room for Meta's slow answers.
	requestTimeout = 90 * time.Second
)

// API serves the REST API. It is safe for concurrent use.
type API struct {
	Deps
	root *mux.Router
}

// New makes the API.
func New(deps Deps) *API {
	a := &API{Deps: deps, root: mux.NewRouter().SkipClean(true)}
	a.root.NotFoundHandler = http.HandlerFunc(a.notFound)
	a.root.MethodNotAllowedHandler = a.root.NotFoundHandler
	a.agentRoutes(a.root)
	a.adminRoutes(a.root)
	return a
}

// ServeHTTP serves a request whose path begins behind domain.PluginPath. No panic leaves it.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.Recover(a.root).ServeHTTP(w, r)
}

// agentRoutes are open to every user of the server; the service decides what each of them may see and do.
func (a *API) agentRoutes(root *mux.Router) {
	router := root.PathPrefix(restPath).Subrouter()
	router.Use(a.limited, a.requireUser)
	a.customerRoutes(router)
	a.conversationRoutes(router)
	a.scheduledRoutes(router)
	a.closingRoutes(router)
	a.quickReplyRoutes(router)
	a.buttonRoutes(router)
	a.draftRoutes(router)
	a.consentRoutes(router)
	a.resultRoutes(router)
}

// adminRoutes are open to system admins only, and everything they change is audited.
func (a *API) adminRoutes(root *mux.Router) {
	router := root.PathPrefix(restPath).Subrouter()
	router.Use(a.limited, a.requireUser, a.requireAdmin, a.audited)
	a.accountRoutes(router)
	a.queueRoutes(router)
	a.hoursRoutes(router)
	a.templateRoutes(router)
	a.planRoutes(router)
	a.deadLetterRoutes(router)
	a.ledgerRoutes(router)
	a.resultAdminRoutes(router)
	a.contactRoutes(router)
	a.installationRoutes(router)
	a.eventRoutes(router)
}

// notFound answers what no route takes. A stranger is asked for a session first, so that nobody can find out which
// routes there are.
func (a *API) notFound(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, restPath) && userID(r) == "" {
		a.fail(w, r, errUnauthorized)
		return
	}
	a.fail(w, r, domain.ErrNotFound)
}

// userID is who sent the request; "" = nobody with a session.
func userID(r *http.Request) string { return r.Header.Get(userHeader) }

// limited limits how much a request may send and how long it may take.
func (a *API) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit, timeout := int64(maxBody), requestTimeout
		if r.URL.Path == restPath+samplesRoute {
			limit, timeout = maxSample, sampleTimeout
		}
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		if r.Body != nil {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// requireUser lets in requests with a session.
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
		admin, err := a.IsSystemAdmin(r.Context(), userID(r))
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
			a.LogError("A request handler panicked", "kind", panicKind(reason), "stack", string(debug.Stack()))
			if !tracked.begun {
				a.fail(tracked, r, errPanicked)
			}
		}()
		next.ServeHTTP(tracked, r)
	})
}

// errPanicked is answered with 503 and not logged a second time.
var errPanicked = errors.New("panicked")

// panicKind is the Go type of a panic. The runtime's own panics (nil pointers, indexes) quote nothing but numbers.
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
