package api

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// cacheAge is how old the accounts may be before they are read again unasked, in milliseconds.
const cacheAge = 60_000

const (
	// recheckGap is how far apart two reads are at the least that strangers cause, milliseconds.
	recheckGap = 1000
	// stalePatience is how long somebody waits for newer accounts than those that are known.
	stalePatience = 2 * time.Second
)

// accountsPerRead is how many accounts are read at a time.
const accountsPerRead = 200

// MemoryAccounts is an AccountCache that holds all accounts: there are few.
type MemoryAccounts struct {
	read  func(ctx context.Context, page, perPage int) ([]*domain.Account, int, error)
	clock domain.Clock

	known atomic.Pointer[knownAccounts]

	begun   atomic.Int64  // reads begun so far
	beganAt atomic.Int64  // when the last one did, by the clock; 0 = none
	failed  atomic.Int64  // when one last failed, in the same way
	turn    chan struct{} // holds something while somebody reads
	ended   int64         // number of the last read that ended well; of who has the turn
}

// knownAccounts never changes once it is made.
type knownAccounts struct {
	at       int64
	byID     map[string]*domain.Account
	byNumber map[string]*domain.Account
	byWABA   map[string][]*domain.Account
}

var _ AccountCache = (*MemoryAccounts)(nil)

// NewMemoryAccounts makes a cache over AccountStore.Accounts. It reads nothing until it is asked.
func NewMemoryAccounts(read func(ctx context.Context, page, perPage int) ([]*domain.Account, int, error), clock domain.Clock) *MemoryAccounts {
	return &MemoryAccounts{read: read, clock: clock, turn: make(chan struct{}, 1)}
}

// Get answers an account, which is not to be changed; domain.ErrNotFound.
func (m *MemoryAccounts) Get(ctx context.Context, id string) (*domain.Account, error) {
	known, err := m.current(ctx)
	if err != nil {
		return nil, err
	}
	return found(known.byID[id])
}

// ByNumber answers the account of Meta's phone number id; domain.ErrNotFound.
func (m *MemoryAccounts) ByNumber(ctx context.Context, phoneNumberID string) (*domain.Account, error) {
	known, err := m.current(ctx)
	if err != nil {
		return nil, err
	}
	return found(known.byNumber[phoneNumberID])
}

// ByWABA answers the accounts of a WhatsApp Business Account.
func (m *MemoryAccounts) ByWABA(ctx context.Context, wabaID string) ([]*domain.Account, error) {
	known, err := m.current(ctx)
	if err != nil {
		return nil, err
	}
	return known.byWABA[wabaID], nil
}

func found(account *domain.Account) (*domain.Account, error) {
	if account == nil {
		return nil, domain.ErrNotFound
	}
	return account, nil
}

// current is what is known, read again when it is old. Where that fails, or
// somebody else is at it, the old is good enough: whoever would refuse because of
// it looks again first.
func (m *MemoryAccounts) current(ctx context.Context) (*knownAccounts, error) {
	known := m.known.Load()
	if known == nil {
		if err := m.Refresh(ctx); err != nil {
			return nil, err
		}
		return m.known.Load(), nil
	}
	if m.clock.Now()-known.at < cacheAge || m.lately(&m.failed) {
		return known, nil
	}
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	default:
		return known, nil
	}
	ctx, cancel := context.WithTimeout(ctx, stalePatience)
	defer cancel()
	_ = m.readAll(ctx) // what failed is tried again in a second
	return m.known.Load(), nil
}

// lately tells that a moment was less than a second ago.
func (m *MemoryAccounts) lately(at *atomic.Int64) bool {
	ago := m.clock.Now() - at.Load()
	return ago >= 0 && ago < recheckGap
}

// Refresh reads all accounts. Many who ask at once share one read, but nobody
// is served by a read that began before they asked.
func (m *MemoryAccounts) Refresh(ctx context.Context) error {
	asked := m.begun.Load()
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return errors.Wrap(ctx.Err(), "wait for the accounts")
	}
	if m.ended > asked {
		return nil
	}
	return m.readAll(ctx)
}

// Recheck is Refresh at most once a second, however many strangers ask, and none
// of them waits for another's read for longer. It tells whether what it was asked for is known now.
func (m *MemoryAccounts) Recheck(ctx context.Context) (read bool, err error) {
	asked := m.begun.Load()
	patience := time.NewTimer(recheckGap * time.Millisecond)
	defer patience.Stop()
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-patience.C:
		return false, nil
	case <-ctx.Done():
		return false, errors.Wrap(ctx.Err(), "wait for the accounts")
	}
	if m.ended > asked {
		return true, nil
	}
	if m.failed.Load() != 0 && m.lately(&m.failed) {
		return false, errors.New("the accounts could not be read a moment ago")
	}
	if m.lately(&m.beganAt) {
		return false, nil
	}
	return true, m.readAll(ctx)
}

// readAll reads the accounts; whoever calls it has the turn.
func (m *MemoryAccounts) readAll(ctx context.Context) (err error) {
	number := m.begun.Add(1)
	known := &knownAccounts{
		at: m.clock.Now(), byID: map[string]*domain.Account{}, byNumber: map[string]*domain.Account{}, byWABA: map[string][]*domain.Account{},
	}
	m.beganAt.Store(known.at)
	defer func() {
		if err != nil {
			m.failed.Store(m.clock.Now())
		}
	}()
	for page := 0; ; page++ {
		accounts, _, err := m.read(ctx, page, accountsPerRead)
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
	m.known.Store(known)
	m.ended = number
	return nil
}
