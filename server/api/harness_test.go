package api

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
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
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
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

// Rows that are always there.
var (
	account1  = id("account1")
	account2  = id("account2")
	queue1    = id("queue1")
	queue2    = id("queue2")
	template1 = id("template1")
	plan1     = id("plan1")
	team1     = id("team1")
	team2     = id("team2")
	channel1  = id("channel1")
	channel2  = id("channel2")
	channel3  = id("channel3")
	contact1  = id("contact1")
	nowhere   = id("nowhere")
)

type fakeClock struct{ ms int64 }

func (c *fakeClock) Now() int64 { return c.ms }

// fakeLog keeps what was logged.
type fakeLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *fakeLog) add(message string, pairs ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line, _ := json.Marshal(append([]any{message}, pairs...))
	l.lines = append(l.lines, string(line))
}

func (l *fakeLog) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// world is an API over a real database, with the service, Mattermost and Meta played.
type world struct {
	*testing.T
	api        *API
	db         *sql.DB
	store      *storeThatFails
	service    *fakeService
	drafts     *fakeDrafts
	mattermost *fakeMattermost
	meta       *fakeMeta
	clock      *fakeClock
	logs       *fakeLog
	document   *fake.Document

	ids       []string // the next ones that the store gives; then new1x, new2x, ...; the audit of a request takes the first
	made      int
	adminErr  error
	findings  []domain.Finding
	released  int
	refreshed int              // how often the webhook was to read the accounts again
	stored    map[string]int64 // when the webhook last stored a delivery
	woken     map[string]int
	erased    []string // whose posts were erased
}

// newWorld makes a world with two accounts, two queues, a template, a plan and a contact.
func newWorld(t *testing.T) *world {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	w := &world{T: t, db: storetest.DB(t), document: fake.OpenAPI(t)}
	w.store = &storeThatFails{Store: store.New(w.db, fakeEncrypter{}, w.newID)}
	w.begin()
	count := func(what string) func() { return func() { w.woken[what]++ } }
	w.api = New(Deps{
		Store: w.store, Service: w.service, Drafts: w.drafts, Mattermost: w.mattermost, Probe: w.meta.Probe, FetchTemplates: w.meta.FetchTemplates,
		IsSystemAdmin: func(_ context.Context, userID string) (bool, error) {
			return userID == admin && w.adminErr == nil, w.adminErr
		},
		Examine: func(context.Context) ([]domain.Finding, error) {
			return w.findings, w.db.PingContext(context.Background())
		},
		ErasePosts: func(_ context.Context, id string) error {
			w.erased = append(w.erased, id)
			return nil
		},
		ReleaseGuards: func(context.Context) (int, error) { return w.released, w.db.PingContext(context.Background()) },
		WakeJobs:      count("jobs"), WakeMedia: count("media"), WakeChannels: count("channels"),
		RefreshAccounts: func(context.Context) error { w.refreshed++; return nil },
		LastWebhook:     func(accountID string) int64 { return w.stored[accountID] }, WebhookPath: "/webhook",
		Text: texts.Text, Markdown: texts.Markdown, Region: func() string { return "BR" },
		Clock: w.clock, LogWarn: w.logs.add, LogError: w.logs.add,
	})
	t.Cleanup(func() { w.noSecret("the log", w.logs.all()) })
	return w
}

func (w *world) newID() string {
	if len(w.ids) > 0 {
		id := w.ids[0]
		w.ids = w.ids[1:]
		return id
	}
	w.made++
	return id(fmt.Sprintf("new%dx", w.made))
}

// begin makes the world as it is at the beginning of each test.
func (w *world) begin() {
	w.Helper()
	if w.service == nil {
		w.service, w.drafts, w.mattermost, w.meta, w.clock, w.logs = &fakeService{}, &fakeDrafts{}, &fakeMattermost{}, &fakeMeta{}, &fakeClock{}, &fakeLog{}
	}
	*w.service, *w.drafts, *w.meta, *w.clock = *newFakeService(), *newFakeDrafts(), fakeMeta{}, fakeClock{now}
	*w.mattermost = fakeMattermost{language: "en", teams: map[string]string{channel1: team1, channel2: team1, channel3: team2}}
	w.store.wrote, w.store.auditErr, w.store.breakAt, w.made, w.woken = nil, nil, -1, 0, map[string]int{}
	w.exec("TRUNCATE waa_accounts, waa_queues, waa_templates, waa_plans, waa_contacts, waa_conversations, waa_messages, waa_charges, waa_audit, waa_requests")
	ctx := w.Context()
	w.ids = []string{account1, account2, queue1, queue2, template1, plan1}
	require.NoError(w, w.store.CreateAccount(ctx, &domain.Account{
		Name: "Vendas", PhoneNumberID: "111", WABAID: "w1", DisplayPhone: "+5511987654321", Enabled: true,
		AccessToken: secretToken, AppSecret: secretApp, VerifyToken: secretVerify, DefaultQueueID: queue1,
	}, 1))
	w.exec("UPDATE waa_accounts SET webhook_at = 5, updated_at = 2")
	require.NoError(w, w.store.CreateAccount(ctx, &domain.Account{Name: "Outro", PhoneNumberID: "222", WABAID: "w2", AppSecret: secretApp + "2"}, 1))
	require.NoError(w, w.store.CreateQueue(ctx, &domain.Queue{Name: "Vendas", TeamID: team1, ChannelID: channel1, AccountID: account1}, 1))
	require.NoError(w, w.store.CreateQueue(ctx, &domain.Queue{Name: "Suporte", TeamID: team1, ChannelID: channel2, AccountID: account1}, 1))
	_, _, _, _, err := w.store.SyncTemplates(ctx, account1, []domain.Template{helloTemplate()}, 1)
	require.NoError(w, err)
	w.exec("UPDATE waa_templates SET id = $1, queue_ids = ARRAY[$2]", template1, queue1)
	w.ids = []string{plan1}
	require.NoError(w, w.store.CreatePlan(ctx, &domain.Plan{QueueID: queue1, MonthlyLimit: 100_000_000, Currency: "BRL", Prices: domain.Prices{Marketing: 312_500}}, 1))
	w.exec("INSERT INTO waa_contacts (id, name, created_at, updated_at) VALUES ($1, 'Maria', 1, 1)", contact1)
}

// helloTemplate has one variable.
func helloTemplate() domain.Template {
	return domain.Template{
		Name: "hello", Language: "pt_BR", Category: "UTILITY", Status: "APPROVED", Text: "Olá {{1}}",
		Definition: []byte(`{"name":"hello","language":"pt_BR","category":"UTILITY","status":"APPROVED",
			"components":[{"type":"BODY","text":"Olá {{1}}","example":{"body_text":[["Ana"]]}}]}`),
	}
}

// exec changes the database behind the store's back.
func (w *world) exec(query string, args ...any) {
	w.Helper()
	_, err := w.db.ExecContext(context.Background(), query, args...)
	require.NoError(w, err)
}

// down makes the database fail from now on.
func (w *world) down() { require.NoError(w, w.db.Close()) }

func (w *world) account(id string) *domain.Account {
	w.Helper()
	account, err := w.store.Account(w.Context(), id)
	require.NoError(w, err)
	return account
}

// auditRow is who did what.
type auditRow struct {
	actor, action, object string
	details               map[string]string
}

// audits are all rows of the audit in their order.
func (w *world) audits() (found []auditRow) {
	w.Helper()
	rows, err := w.db.QueryContext(context.Background(), "SELECT actor_id, action, object_id, details FROM waa_audit ORDER BY at, action")
	require.NoError(w, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var row auditRow
		var details []byte
		require.NoError(w, rows.Scan(&row.actor, &row.action, &row.object, &details))
		require.NoError(w, json.Unmarshal(details, &row.details))
		found = append(found, row)
	}
	require.NoError(w, rows.Err())
	return found
}

// conversation stores an open conversation of a contact's.
func (w *world) conversation(id, contactID, accountID string) {
	w.Helper()
	w.exec(`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, channel_id, owner_id, attendant_id, last_template_at, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $1, $6, $6, 1, 1, 1)`, id, accountID, contactID, queue1, team1, agent)
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
