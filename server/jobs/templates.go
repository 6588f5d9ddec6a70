package jobs

import (
	"context"
	"sync"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const (
	// syncEvery is how often the templates are read from Meta without being asked for.
	syncEvery = 6 * time.Hour
	syncAgain = 10 * time.Minute // after Meta could not be read
	// syncTimeout bounds the reading of all templates of one account.
	syncTimeout = time.Minute
	// syncPause is the least time between two readings that webhooks or refusals asked for: these come in bursts.
	syncPause = 2 * time.Second
)

// TemplateSync keeps our copies of Meta's templates fresh: it reads them every few hours, and
// soon after Meta refused one that we thought was good.
type TemplateSync struct {
	Store Store
	Fetch func(ctx context.Context, account *domain.Account) ([]domain.Template, error)
	Wake  func() // asks for another run
	Clock domain.Clock
	Log   jobqueue.Logger

	mu    sync.Mutex
	stale map[string]bool
}

// SyncSoon has the account's templates read again now.
func (t *TemplateSync) SyncSoon(accountID string) {
	t.MarkStale(accountID)
	t.Wake()
}

// SyncLater has the account's templates read again after a pause, in which what is going on at Meta comes to its end.
func (t *TemplateSync) SyncLater(accountID string) {
	time.AfterFunc(syncPause, func() { t.SyncSoon(accountID) })
}

// MarkStale has the account's templates read again by the next run; the caller may wake it.
func (t *TemplateSync) MarkStale(accountID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stale == nil {
		t.stale = map[string]bool{}
	}
	t.stale[accountID] = true
}

// Run reads the templates of the accounts that are due.
func (t *TemplateSync) Run(ctx context.Context) (more bool, err error) {
	accounts, _, err := t.Store.Accounts(ctx, 0, 200)
	if err != nil {
		return false, err
	}
	for _, account := range accounts {
		if err := t.syncIfDue(ctx, account); err != nil {
			t.Log.Warn("Could not read the templates from Meta", "account", account.ID, "error", err.Error())
		}
	}
	return false, nil
}

func (t *TemplateSync) syncIfDue(ctx context.Context, account *domain.Account) error {
	name := domain.TemplatesSyncedState(account.ID)
	last, err := t.Store.State(ctx, name)
	if err != nil {
		return err
	}
	now := t.Clock.Now()
	t.mu.Lock()
	asked := t.stale[account.ID]
	delete(t.stale, account.ID)
	t.mu.Unlock()
	// an account that was never read waits for its admin, because it may not be complete yet
	if !account.Enabled || account.AccessToken == "" || !asked && (last == 0 || now-last < syncEvery.Milliseconds()) {
		return nil
	}
	if asked && last <= now && now-last < syncPause.Milliseconds() {
		t.MarkStale(account.ID)
		time.AfterFunc(syncPause, t.Wake)
		return nil
	}
	if err := t.Store.SetState(ctx, name, now); err != nil { // first, so that another node does not do it too
		return err
	}
	reading, cancel := context.WithTimeout(ctx, syncTimeout) // where Meta hangs for one account, the others still get their turn
	fetched, err := t.Fetch(reading, account)
	cancel()
	if err != nil {
		soon := now - syncEvery.Milliseconds() + syncAgain.Milliseconds()
		if setErr := t.Store.SetState(ctx, name, soon); setErr != nil {
			return setErr
		}
		return err
	}
	_, _, _, _, err = t.Store.SyncTemplates(ctx, account.ID, fetched, now)
	return err
}
