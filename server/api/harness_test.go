package api

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }

// id makes a 26-character id of a readable word.
func id(word string) string { return (word + strings.Repeat("0", 26))[:26] }

// The people of the tests.
var (
	admin     = id("admin")     // of the system, and a member of queue1
	agent     = id("agent")     // of queue1
	colleague = id("colleague") // the same
	stranger  = id("stranger")  // in no team
)

const (
	now  = int64(1_790_000_000_000)
	hour = int64(3_600_000)
)

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

// conversation1 is what tests call the conversation that they make.
var conversation1 = id("conversation1")

type fakeClock struct{ ms int64 }

func (c *fakeClock) Now() int64 { return c.ms }

// world is an API over the real service and a real database. Only Mattermost and Meta are fakes.
type world struct {
	*testing.T
	api        *API
	db         *sql.DB
	store      *fakeFailingStore
	mattermost *fakeMattermost
	meta       *fakeMeta
	clock      *fakeClock
	settings   domain.Settings
	logs       *fake.KeptLog
	texts      *i18n.Bundle
	document   *fake.Document

	ids       []string // the next ones that the store gives; then new1x, new2x, ...; the audit of a request takes the first
	made      int
	findings  []domain.Finding
	released  int
	refreshed int              // how often the webhook was to read the accounts again
	stored    map[string]int64 // when the webhook last stored a delivery
	woken     map[string]int
	erased    []string // whose posts were erased
}

// newWorld makes a world with two accounts, two queues, a template, a plan, a contact and the people above.
func newWorld(t *testing.T) *world {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	w := &world{T: t, db: storetest.Shared(t), logs: &fake.KeptLog{}, texts: texts, document: fake.OpenAPI(t)}
	t.Cleanup(func() {
		fake.NoSecret(t, "the log", w.logs.Text())
		if t.Failed() {
			t.Log(w.logs.Text())
		}
	})
	w.begin()
	return w
}

// newAgentWorld makes a world in which agents may start conversations.
func newAgentWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.allowStarts()
	return w
}

// allowStarts approves the template and the plan.
func (w *world) allowStarts() {
	w.Helper()
	w.exec("UPDATE waa_templates SET approved = true, approved_by = $1, approved_at = 1", admin)
	_, err := w.store.ApprovePlan(w.Context(), plan1, admin, now)
	require.NoError(w, err)
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
	storetest.Clear(w, w.db)
	w.store = &fakeFailingStore{Store: store.New(w.db, fake.Encrypter{}, w.newID), breakAt: -1}
	w.mattermost = &fakeMattermost{db: w.db, language: "en", teams: map[string]string{channel1: team1, channel2: team1, channel3: team2}, files: fake.Files{}}
	w.meta, w.clock, w.made, w.woken = &fakeMeta{}, &fakeClock{now}, 0, map[string]int{}
	w.settings = domain.Settings{DefaultRegion: "BR", CooldownHours: 6, RequireCPF: true}
	w.api = w.newAPI()
	ctx := w.Context()
	w.ids = []string{account1, account2, queue1, queue2, template1, plan1}
	require.NoError(w, w.store.CreateAccount(ctx, &domain.Account{
		Name: "Vendas", PhoneNumberID: "111", WABAID: "w1", DisplayPhone: "+5511987654321", Enabled: true,
		AccessToken: fake.SecretToken, AppSecret: fake.SecretApp, VerifyToken: fake.SecretVerify, DefaultQueueID: queue1,
	}, 1))
	w.exec("UPDATE waa_accounts SET webhook_at = 5, updated_at = 2")
	require.NoError(w, w.store.CreateAccount(ctx, &domain.Account{Name: "Outro", PhoneNumberID: "222", WABAID: "w2", AppSecret: fake.SecretApp + "2"}, 1))
	require.NoError(w, w.store.CreateQueue(ctx, &domain.Queue{Name: "Vendas", TeamID: team1, ChannelID: channel1, AccountID: account1}, 1))
	require.NoError(w, w.store.CreateQueue(ctx, &domain.Queue{Name: "Suporte", TeamID: team1, ChannelID: channel2, AccountID: account1}, 1))
	_, _, _, _, err := w.store.SyncTemplates(ctx, account1, []domain.Template{helloTemplate()}, 1)
	require.NoError(w, err)
	w.exec("UPDATE waa_templates SET id = $1, queue_ids = ARRAY[$2]", template1, queue1)
	w.ids = []string{plan1}
	require.NoError(w, w.store.CreatePlan(ctx, &domain.Plan{QueueID: queue1, MonthlyLimit: 100_000_000, Currency: "BRL", Prices: domain.Prices{Marketing: 312_500}}, 1))
	w.exec("INSERT INTO waa_contacts (id, name, created_at, updated_at) VALUES ($1, 'Maria', 1, 1)", contact1)
	w.exec("INSERT INTO users (id, username, deleteat, roles) SELECT id, 'name.' || id, 0, CASE WHEN id = $1 THEN 'system_user system_admin' ELSE 'system_user' END FROM unnest(ARRAY[$1, $2, $3, $4]) id",
		admin, agent, colleague, stranger)
	w.exec("INSERT INTO teammembers (teamid, userid, deleteat, schemeuser) SELECT $1, id, 0, true FROM users WHERE id <> $2", team1, stranger)
	w.exec("INSERT INTO channelmembers (channelid, userid, roles, schemeuser) SELECT $1, userid, '', true FROM teammembers", channel1)
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

// conversation stores a conversation of a contact's that waits for the customer, and its channel with the agent in it. The
// channel has the conversation's id.
func (w *world) conversation(id, contactID, accountID string) {
	w.Helper()
	w.exec(`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, channel_id, owner_id, attendant_id, last_template_at, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $1, $6, $6, 1, 1, 1)`, id, accountID, contactID, queue1, team1, agent)
	w.exec(`INSERT INTO channels (id, name, teamid, type, displayname, header, deleteat)
		SELECT channel_id, 'wa-' || channel_id, team_id, 'P', '', '', 0 FROM waa_conversations WHERE id = $1`, id)
	w.exec("INSERT INTO channelmembers (channelid, userid, roles, schemeuser) VALUES ($1, $2, '', true)", id, agent)
}

// answered opens a conversation's window: the customer wrote just now.
func (w *world) answered(id string) {
	w.Helper()
	w.exec("UPDATE waa_conversations SET window_from = $2, window_until = $3, last_inbound_at = $2 WHERE id = $1", id, now, now+24*hour)
}

// row is the only row that a query finds, by the names of its columns.
func (w *world) row(query string, args ...any) (row map[string]any) {
	w.Helper()
	var rows []byte
	require.NoError(w, w.db.QueryRowContext(context.Background(), "SELECT json_agg(t) FROM ("+query+") t", args...).Scan(&rows))
	var all []map[string]any
	require.NoError(w, json.Unmarshal(rows, &all))
	require.Len(w, all, 1, query)
	return all[0]
}

// count counts the rows of a table.
func (w *world) count(table string) (n int) {
	w.Helper()
	require.NoError(w, w.db.QueryRowContext(context.Background(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}

// as sends a request as a user ("" = nobody) and checks the answer against the
// document. body is text as it is, or any value as JSON, or nil for none.
func (w *world) as(user, method, path string, body any) fake.Answer {
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

func (w *world) send(r *http.Request) fake.Answer {
	w.Helper()
	return w.document.Serve(w, w.api, r)
}

// fails is the answer to an agent's request that ends with an error.
func (w *world) fails(err error) fake.Answer {
	w.Helper()
	failing := http.HandlerFunc(func(writer http.ResponseWriter, r *http.Request) { w.api.fail(writer, r, err) })
	return w.document.Serve(w, failing, w.request(agent, http.MethodPost, "/conversations", goodStart()))
}
