// Package api answers HTTP: the REST API for agents and administrators.
// docs/openapi.yaml describes every route of it.
//
// Two routers, by who may come in: agents (any user of the server; the service
// behind decides what they may see and do), admin (system admins only).
package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// PluginPath is where the server mounts the plugin; it is no part of the paths this package sees.
const PluginPath = "/plugins/whatsapp-ativo"

const restPath = "/api/v1"

// Texts gives the text of a key in a language, with its data put in: as plain
// text, or as part of a post, in which nothing of the data acts.
type Texts interface {
	Text(lang, key string, data map[string]any) string
	Markdown(lang, key string, data map[string]any) string
}

// Logger is what the API says to the operator: constant messages, ids only, no content.
type Logger interface {
	Warn(message string, keyValuePairs ...any)
	Error(message string, keyValuePairs ...any)
}

// Admins tells who administers the server. An error means that it could not be checked.
type Admins interface {
	SystemAdmin(ctx context.Context, userID string) (bool, error)
}

// Deps is what the API is made of. All are needed.
type Deps struct {
	Wake            func()                          // tells the workers that dead letters are to be handled again
	RefreshAccounts func(ctx context.Context) error // lets the webhook see a changed account
	LastWebhook     func(accountID string) int64    // when this process last stored a delivery for it, milliseconds since epoch; 0 = never
	WebhookPath     string                          // of the plugin's own

	// What agents use.
	Conversations Conversations
	Drafts        Drafts
	Opener        Opener
	Media         MediaStore

	// What administrators use.
	Admins      Admins
	Auditor     Auditor
	Accounts    AccountStore
	Prober      Prober
	Health      HealthStore
	ErrorWords  func(code int) domain.Explainer // what an error of Meta's means
	Queues      QueueStore
	Channels    Channels
	Templates   TemplateStore
	Fetcher     TemplateFetcher
	Describer   Describer
	Plans       PlanStore
	DeadLetters DeadLetterStore
	Doctor      Doctor
	Ledger      LedgerStore
	Contacts    ContactStore
	Guards      Guards
	Requests    RequestStore

	// What all use.
	Usernames func(ctx context.Context, userIDs []string) map[string]string // unknown ones are left out

	BotID    string // who makes the conversations' channels
	Texts    Texts
	Language func(ctx context.Context, userID string) string // of Texts
	SiteURL  func() string                                   // where the server is reached from outside
	Region   func() string                                   // of numbers without a country code
	Clock    domain.Clock
	Log      Logger
}

// API is the HTTP side of the plugin. It is safe for concurrent use.
type API struct {
	Deps
	root *mux.Router
}

// New makes the API of its parts.
func New(deps Deps) *API {
	a := &API{Deps: deps, root: mux.NewRouter().SkipClean(true)}
	a.root.NotFoundHandler = http.HandlerFunc(a.unrouted)
	a.root.MethodNotAllowedHandler = a.root.NotFoundHandler
	a.agentRouter(a.root)
	a.adminRouter(a.root)
	return a
}

// ServeHTTP serves a request whose path begins behind PluginPath. No panic leaves it.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.Recover(a.root).ServeHTTP(w, r)
}

// agentRouter holds what any user of the server may ask for.
func (a *API) agentRouter(root *mux.Router) {
	router := root.PathPrefix(restPath).Subrouter()
	router.Use(a.bounded, a.requireUser)
	a.conversationRoutes(router)
	a.draftRoutes(router)
}

// adminRouter holds what system admins alone may ask for.
func (a *API) adminRouter(root *mux.Router) {
	router := root.PathPrefix(restPath).Subrouter()
	router.Use(a.bounded, a.requireUser, a.requireAdmin, a.audited)
	a.accountRoutes(router)
	a.queueRoutes(router)
	a.templateRoutes(router)
	a.planRoutes(router)
	a.deadLetterRoutes(router)
	a.doctorRoutes(router)
	a.ledgerRoutes(router)
	a.contactRoutes(router)
	a.guardRoutes(router)
}

// unrouted answers what no route takes; behind REST a stranger learns nothing but that.
func (a *API) unrouted(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, restPath) && userID(r) == "" {
		a.fail(w, r, errUnauthorized)
		return
	}
	a.fail(w, r, domain.ErrNotFound)
}
