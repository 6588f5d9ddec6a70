package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// id makes a 26-character id of a readable word.
func id(word string) string { return (word + strings.Repeat("0", 26))[:26] }

// The people of the tests.
var (
	admin = id("admin")
	agent = id("agent")
)

// Secrets that no answer and no log may hold.
const (
	secretToken  = "EAAGsecrettokenSECRET"
	secretApp    = "appsecretSECRET0123456789"
	secretVerify = "verifytokenSECRET"
)

const now = int64(1_790_000_000_000)

type clock struct{ ms int64 }

func (c *clock) Now() int64 { return c.ms }

// logs keeps what was logged.
type logs struct {
	mu    sync.Mutex
	lines []string
}

func (l *logs) add(message string, pairs ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line, _ := json.Marshal(append([]any{message}, pairs...))
	l.lines = append(l.lines, string(line))
}
func (l *logs) Warn(message string, pairs ...any)  { l.add(message, pairs...) }
func (l *logs) Error(message string, pairs ...any) { l.add(message, pairs...) }
func (l *logs) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// world is an API with everything behind it in memory.
type world struct {
	*testing.T
	api           *API
	store         *memory
	meta          *meta
	conversations *conversations
	drafts        *draftBox
	people        *people
	audit         *auditRows
	clock         *clock
	requests      *requests
	logs          *logs
	refreshed     int // reads of the accounts for the webhook
	woken         int
	stored        map[string]int64 // when the webhook last stored a delivery
	language      string
	document      *fake.Document
}

// newWorld makes a world with an account, a queue, a template and a plan.
func newWorld(t *testing.T) *world {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	w := &world{
		T: t, store: newMemory(), meta: &meta{}, conversations: newConversations(), drafts: newDraftBox(), people: &people{}, audit: &auditRows{},
		clock: &clock{now}, requests: &requests{rows: map[string]*kept{}}, logs: &logs{}, language: "en", document: fake.OpenAPI(t),
	}
	w.api = New(Deps{
		Wake: func() { w.woken++ }, RefreshAccounts: func(context.Context) error { w.refreshed++; return w.store.err },
		LastWebhook: func(accountID string) int64 { return w.stored[accountID] }, WebhookPath: "/webhook",
		Conversations: w.conversations, Drafts: w.drafts, Opener: w.drafts, Media: w.store, Admins: w.people, Auditor: w.audit, Accounts: w.store, Prober: w.meta, Queues: w.store, Channels: w.store,
		Templates: w.store, Fetcher: w.meta, Plans: w.store, DeadLetters: w.store, Doctor: w.store, Ledger: w.store, Contacts: w.store,
		Health: w.store, Describer: w.store, ErrorWords: func(code int) domain.Explainer { return whatsapp.ClassifyCode(code) },
		Guards: w.store, Requests: w.requests, BotID: id("bot"), Texts: texts, Language: func(context.Context, string) string { return w.language },
		SiteURL: func() string { return "https://chat.example.com/" }, Region: func() string { return "BR" },
		Usernames: func(_ context.Context, ids []string) map[string]string {
			names := map[string]string{}
			for _, id := range ids {
				names[id] = "name." + id
			}
			return names
		},
		Clock: w.clock, Log: w.logs,
	})
	t.Cleanup(func() { w.noSecret("the log", w.logs.all()) })
	return w
}

func (w *world) noSecret(where, text string) {
	w.Helper()
	for _, secret := range []string{secretToken, secretApp, secretVerify} {
		require.NotContains(w, text, secret, where)
	}
}

// answer is what came back.
type answer struct {
	*testing.T
	status int
	header http.Header
	text   string
	json   map[string]any
}

// as sends a request as a user ("" = nobody) and checks the answer against the
// document. body is text as it is, or any value as JSON, or nil for none.
func (w *world) as(user, method, path string, body any) answer {
	w.Helper()
	return w.send(w.request(user, method, path, body))
}

func (w *world) request(user, method, path string, body any) *http.Request {
	w.Helper()
	var text string
	switch b := body.(type) {
	case nil:
	case string:
		text = b
	default:
		data, err := json.Marshal(b)
		require.NoError(w, err)
		text = string(data)
	}
	r := httptest.NewRequest(method, restPath+path, strings.NewReader(text))
	r.Header.Set("Content-Type", "application/json")
	if user != "" {
		r.Header.Set(userHeader, user)
	}
	return r
}

func (w *world) send(r *http.Request) answer {
	w.Helper()
	sent, err := io.ReadAll(r.Body)
	require.NoError(w, err)
	r.Body = io.NopCloser(strings.NewReader(string(sent)))
	recorder := httptest.NewRecorder()
	w.api.ServeHTTP(recorder, r)
	a := answer{T: w.T, status: recorder.Code, header: recorder.Header(), text: recorder.Body.String()}
	w.noSecret(r.Method+" "+r.URL.Path, a.text)
	w.document.CheckAnswer(w.T, r, string(sent), a.status, a.header, a.text)
	if strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		require.NoError(w, json.Unmarshal([]byte(a.text), &a.json))
	}
	return a
}

// is checks the status and, of an error, the code.
func (a answer) is(status int, code ...string) answer {
	a.Helper()
	require.Equal(a, status, a.status, a.text)
	if len(code) > 0 {
		require.Equal(a, code[0], a.problem()["code"], a.text)
	}
	return a
}

func (a answer) problem() map[string]any {
	problem, _ := a.json["error"].(map[string]any)
	return problem
}

// fields are the names of the fields that an error complains of.
func (a answer) fields() []string {
	fields, _ := a.problem()["fields"].(map[string]any)
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	return names
}

func (a answer) items() []any {
	a.Helper()
	items, isList := a.json["items"].([]any)
	require.True(a, isList, a.text)
	return items
}
