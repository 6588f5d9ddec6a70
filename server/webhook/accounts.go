package webhook

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// maxAge is how old the accounts may be before they are read again unasked, milliseconds.
	maxAge = 60_000
	// minRecheckInterval is the least time between two reads that strangers cause, milliseconds.
	minRecheckInterval = 1000
	// maxRefreshWait is how long a request waits for newer accounts than those that are known.
	maxRefreshWait = 2 * time.Second
	// accountsPerRead is how many accounts are read at a time.
	accountsPerRead = 200
)

// AccountCache holds all accounts (there are few), so that a delivery asks no database whose it is. What it returns may
// be old, and is not to be changed. It is safe for concurrent use.
type AccountCache struct {
	read  func(ctx context.Context, page, perPage int) ([]*domain.Account, int, error)
	clock domain.Clock

	known atomic.Pointer[knownAccounts]

	begun   atomic.Int64  // number of reads begun so far
	beganAt atomic.Int64  // when the last one began, by the clock; 0 = none
	failed  atomic.Int64  // when one last failed, by the clock; 0 = none
	reading chan struct{} // a lock that can be waited for with a context: holds something while a read is under way
	ended   int64         // number of the last read that succeeded; guarded by reading
}

// knownAccounts never changes once it is made.
type knownAccounts struct {
	at       int64
	byID     map[string]*domain.Account
	byNumber map[string]*domain.Account
	byWABA   map[string][]*domain.Account
}

// NewAccountCache makes a cache over the store's Accounts. It reads nothing until it is asked.
func NewAccountCache(read func(ctx context.Context, page, perPage int) ([]*domain.Account, int, error), clock domain.Clock) *AccountCache {
	return &AccountCache{read: read, clock: clock, reading: make(chan struct{}, 1)}
}

// Get returns an account, or domain.ErrNotFound.
func (c *AccountCache) Get(ctx context.Context, id string) (*domain.Account, error) {
	known, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	return orNotFound(known.byID[id])
}

// ByNumber returns the account of Meta's phone number id, or domain.ErrNotFound.
func (c *AccountCache) ByNumber(ctx context.Context, phoneNumberID string) (*domain.Account, error) {
	known, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	return orNotFound(known.byNumber[phoneNumberID])
}

// ByWABA returns the accounts of a WhatsApp Business Account; none is no error.
func (c *AccountCache) ByWABA(ctx context.Context, wabaID string) ([]*domain.Account, error) {
	known, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	return known.byWABA[wabaID], nil
}

func orNotFound(account *domain.Account) (*domain.Account, error) {
	if account == nil {
		return nil, domain.ErrNotFound
	}
	return account, nil
}

// current returns what is known, read again when it is old. Where the read fails, or another request is at it, the old
// accounts are good enough: before anybody is turned away because of them, Recheck or Refresh is called.
func (c *AccountCache) current(ctx context.Context) (*knownAccounts, error) {
	known := c.known.Load()
	if known == nil {
		if err := c.Refresh(ctx); err != nil {
			return nil, err
		}
		return c.known.Load(), nil
	}
	if c.clock.Now()-known.at < maxAge || c.withinInterval(&c.failed) {
		return known, nil
	}
	select {
	case c.reading <- struct{}{}:
		defer func() { <-c.reading }()
	default:
		return known, nil
	}
	ctx, cancel := context.WithTimeout(ctx, maxRefreshWait)
	defer cancel()
	_ = c.readAll(ctx) // a failed read is tried again in a second
	return c.known.Load(), nil
}

// withinInterval reports whether a time was less than minRecheckInterval ago.
func (c *AccountCache) withinInterval(at *atomic.Int64) bool {
	ago := c.clock.Now() - at.Load()
	return ago >= 0 && ago < minRecheckInterval
}

// Refresh reads all accounts. Many callers at once share one read, but nobody is served by a read that began before the
// call: who has just written an account finds it afterwards. (That is why this is no singleflight.Group.)
func (c *AccountCache) Refresh(ctx context.Context) error {
	asked := c.begun.Load()
	select {
	case c.reading <- struct{}{}:
		defer func() { <-c.reading }()
	case <-ctx.Done():
		return errors.Wrap(ctx.Err(), "wait for the accounts")
	}
	if c.ended > asked {
		return nil
	}
	return c.readAll(ctx)
}

// Recheck is Refresh for a request that may be a stranger's: it reads at most once a second, however many ask, and
// waits no longer than that for another's read. It reports whether what was true before the call is known now.
func (c *AccountCache) Recheck(ctx context.Context) (read bool, err error) {
	asked := c.begun.Load()
	timer := time.NewTimer(minRecheckInterval * time.Millisecond)
	defer timer.Stop()
	select {
	case c.reading <- struct{}{}:
		defer func() { <-c.reading }()
	case <-timer.C:
		return false, nil
	case <-ctx.Done():
		return false, errors.Wrap(ctx.Err(), "wait for the accounts")
	}
	if c.ended > asked {
		return true, nil
	}
	if c.failed.Load() != 0 && c.withinInterval(&c.failed) {
		return false, errors.New("the accounts could not be read a moment ago")
	}
	if c.withinInterval(&c.beganAt) {
		return false, nil
	}
	return true, c.readAll(ctx)
}

// readAll reads the accounts; the caller holds c.reading.
func (c *AccountCache) readAll(ctx context.Context) (err error) {
	number := c.begun.Add(1)
	known := &knownAccounts{
		at: c.clock.Now(), byID: map[string]*domain.Account{}, byNumber: map[string]*domain.Account{}, byWABA: map[string][]*domain.Account{},
	}
	c.beganAt.Store(known.at)
	defer func() {
		if err != nil {
			c.failed.Store(c.clock.Now())
		}
	}()
	for page := 0; ; page++ {
		accounts, _, err := c.read(ctx, page, accountsPerRead)
		if err != nil {
			return errors.Wrap(err, "read the accounts")
		}
		for _, account := range accounts {
			known.byID[account.ID] = account
			known.byNumber[account.PhoneNumberID] = account
			known.byWABA[account.WABAID] = append(known.byWABA[account.WABAID], account)
		}
		if len(accounts) < accountsPerRead {
			break
		}
	}
	c.known.Store(known)
	c.ended = number
	return nil
}

// deliveryTimes remembers when each account's last delivery was stored. The zero value is ready.
type deliveryTimes struct {
	mu    sync.RWMutex
	times map[string]*atomic.Int64 // by account id; as few as there are accounts
}

func (l *deliveryTimes) at(accountID string) int64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if at := l.times[accountID]; at != nil {
		return at.Load()
	}
	return 0
}

func (l *deliveryTimes) set(accountID string, now int64) {
	l.mu.RLock()
	at := l.times[accountID]
	l.mu.RUnlock()
	if at == nil {
		at = l.add(accountID)
	}
	at.Store(now)
}

func (l *deliveryTimes) add(accountID string) *atomic.Int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.times == nil {
		l.times = map[string]*atomic.Int64{}
	}
	if l.times[accountID] == nil {
		l.times[accountID] = &atomic.Int64{}
	}
	return l.times[accountID]
}
