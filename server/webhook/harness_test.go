package webhook

import (
	"context"
	"net/http"
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
			AccessToken: fake.SecretToken, AppSecret: fake.SecretApp, VerifyToken: fake.SecretVerify, WebhookAt: 5, CreatedAt: 1, UpdatedAt: 2,
		},
		{ID: account2, Name: "Outro", PhoneNumberID: "222", WABAID: "w2", AppSecret: fake.SecretApp + "2", CreatedAt: 1, UpdatedAt: 1},
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

// world is a handler with two accounts and an inbox in memory.
type world struct {
	*testing.T
	handler  *Handler
	accounts *fakeAccounts
	inbox    *fakeInbox
	clock    *fakeClock
	document *fake.Document
	log      *fake.KeptLog
	woken    int
	ignored  int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	w := &world{T: t, accounts: newAccounts(), inbox: &fakeInbox{}, clock: &fakeClock{now}, document: fake.OpenAPI(t), log: &fake.KeptLog{}}
	w.handler = New(Deps{
		Inbox: w.inbox, IsBusy: func(err error) bool { return errors.Is(err, errTooMuch) }, HideName: func(name string) (string, error) { return name, nil }, Accounts: NewAccountCache(w.accounts.Accounts, w.clock), WakeInbox: func() { w.woken++ }, OnIgnored: func(n int) { w.ignored += n },
		Localize: func(_ *http.Request, text domain.Text) string { return texts.Text("en", text.Key, text.Data) }, LogError: w.log.Error, Clock: w.clock,
	})
	t.Cleanup(func() { fake.NoSecret(t, "the log", w.log.Text()) })
	return w
}

// send sends a request and checks the answer against the document.
func (w *world) send(r *http.Request) fake.Answer {
	w.Helper()
	return w.document.Serve(w, w.handler, r)
}
