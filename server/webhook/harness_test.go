package webhook

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

// Secrets that no answer and no log may hold.
const (
	secretToken  = "EAAGsecrettokenSECRET"
	secretApp    = "appsecretSECRET0123456789"
	secretVerify = "verifytokenSECRET"
)

const now = int64(1_790_000_000_000)

// id makes a 26-character id of a readable word.
func id(word string) string { return (word + strings.Repeat("0", 26))[:26] }

var (
	account1 = id("account1")
	account2 = id("account2")
	nowhere  = id("nowhere")

	errDown    = errors.New("the database is down")
	errTooMuch = errors.New("too much waits")
)

type fakeClock struct{ ms int64 }

func (c *fakeClock) Now() int64 { return c.ms }

// fakeAccounts is the table of accounts.
type fakeAccounts struct {
	accounts []*domain.Account
	reads    int
	err      error
}

func newAccounts() *fakeAccounts {
	return &fakeAccounts{accounts: []*domain.Account{
		{
			ID: account1, Name: "Vendas", PhoneNumberID: "111", WABAID: "w1", DisplayPhone: "+5511987654321", Enabled: true,
			AccessToken: secretToken, AppSecret: secretApp, VerifyToken: secretVerify, WebhookAt: 5, CreatedAt: 1, UpdatedAt: 2,
		},
		{ID: account2, Name: "Outro", PhoneNumberID: "222", WABAID: "w2", AppSecret: secretApp + "2", CreatedAt: 1, UpdatedAt: 1},
	}}
}

func (f *fakeAccounts) Accounts(_ context.Context, page, perPage int) ([]*domain.Account, int, error) {
	f.reads++
	if f.err != nil {
		return nil, 0, f.err
	}
	from, to := min(page*perPage, len(f.accounts)), min((page+1)*perPage, len(f.accounts))
	return f.accounts[from:to], len(f.accounts), nil
}

// fakeInbox keeps rows as the table does: one a key.
type fakeInbox struct {
	mu   sync.Mutex
	rows []domain.InboxRow
	err  error
	adds int
}

func (f *fakeInbox) Deliver(_ context.Context, rows []domain.InboxRow) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.adds++
	if f.err != nil {
		return f.err
	}
	for _, row := range rows {
		if !slices.ContainsFunc(f.rows, func(r domain.InboxRow) bool { return r.Key == row.Key }) {
			f.rows = append(f.rows, row)
		}
	}
	return nil
}

// fakeLog keeps what was logged.
type fakeLog struct {
	mu    sync.Mutex
	lines []string
}

func (f *fakeLog) Error(message string, pairs ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	line, _ := json.Marshal(append([]any{message}, pairs...))
	f.lines = append(f.lines, string(line))
}

// world is a handler with two accounts and an inbox in memory.
type world struct {
	*testing.T
	handler  *Handler
	accounts *fakeAccounts
	inbox    *fakeInbox
	clock    *fakeClock
	document *fake.Document
	log      *fakeLog
	woken    int
	ignored  int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	w := &world{T: t, accounts: newAccounts(), inbox: &fakeInbox{}, clock: &fakeClock{now}, document: fake.OpenAPI(t)}
	log := &fakeLog{}
	w.log = log
	w.handler = New(Deps{
		Inbox: w.inbox, IsBusy: func(err error) bool { return errors.Is(err, errTooMuch) }, HideName: func(name string) (string, error) { return name, nil }, Accounts: NewAccountCache(w.accounts.Accounts, w.clock), WakeInbox: func() { w.woken++ }, OnIgnored: func(n int) { w.ignored += n },
		Localize: func(_ *http.Request, text domain.Text) string { return texts.Text("en", text.Key, text.Data) }, LogError: log.Error, Clock: w.clock,
	})
	t.Cleanup(func() { w.noSecret("the log", strings.Join(log.lines, "\n")) })
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
}

// send sends a request and checks the answer against the document.
func (w *world) send(r *http.Request) answer {
	w.Helper()
	sent, err := io.ReadAll(r.Body)
	require.NoError(w, err)
	r.Body = io.NopCloser(strings.NewReader(string(sent)))
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	a := answer{T: w.T, status: recorder.Code, header: recorder.Header(), text: recorder.Body.String()}
	w.noSecret(r.Method+" "+r.URL.Path, a.text)
	w.document.CheckAnswer(w.T, r, "", a.status, a.header, a.text)
	return a
}

// is checks the status and, of an error, the code and that it has a text.
func (a answer) is(status int, code ...string) answer {
	a.Helper()
	require.Equal(a, status, a.status, a.text)
	if len(code) > 0 {
		var body struct {
			Error struct{ Code, Message string }
		}
		require.NoError(a, json.Unmarshal([]byte(a.text), &body), a.text)
		require.Equal(a, code[0], body.Error.Code, a.text)
		require.NotContains(a, body.Error.Message, "api.", "a text exists")
	}
	return a
}
