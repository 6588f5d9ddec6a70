package api

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// cacheAge is how old the accounts may be before they are read again unasked, in milliseconds.
const cacheAge = 60_000

// accountsPerRead is how many accounts are read at a time.
const accountsPerRead = 200

// MemoryAccounts is an AccountCache that holds all accounts: there are few.
type MemoryAccounts struct {
	read  func(ctx context.Context, page, perPage int) ([]*conversation.Account, int, error)
	clock conversation.Clock

	known atomic.Pointer[knownAccounts]

	begun atomic.Int64 // reads begun so far
	mu    sync.Mutex   // held by the one who reads
	ended int64        // number of the last read that ended well; under mu
}

// knownAccounts never changes once it is made.
type knownAccounts struct {
	at       int64
	byID     map[string]*conversation.Account
	byNumber map[string]*conversation.Account
	byWABA   map[string][]*conversation.Account
}

var _ AccountCache = (*MemoryAccounts)(nil)

// NewMemoryAccounts makes a cache over AccountStore.Accounts. It reads nothing until it is asked.
func NewMemoryAccounts(read func(ctx context.Context, page, perPage int) ([]*conversation.Account, int, error), clock conversation.Clock) *MemoryAccounts {
	return &MemoryAccounts{read: read, clock: clock}
}

// Get answers an account, which is not to be changed; conversation.ErrNotFound.
func (m *MemoryAccounts) Get(ctx context.Context, id string) (*conversation.Account, error) {
	known, err := m.current(ctx)
	if err != nil {
		return nil, err
	}
	return found(known.byID[id])
}

// ByNumber answers the account of Meta's phone number id; conversation.ErrNotFound.
func (m *MemoryAccounts) ByNumber(ctx context.Context, phoneNumberID string) (*conversation.Account, error) {
	known, err := m.current(ctx)
	if err != nil {
		return nil, err
	}
	return found(known.byNumber[phoneNumberID])
}

// ByWABA answers the accounts of a WhatsApp Business Account.
func (m *MemoryAccounts) ByWABA(ctx context.Context, wabaID string) ([]*conversation.Account, error) {
	known, err := m.current(ctx)
	if err != nil {
		return nil, err
	}
	return known.byWABA[wabaID], nil
}

func found(account *conversation.Account) (*conversation.Account, error) {
	if account == nil {
		return nil, conversation.ErrNotFound
	}
	return account, nil
}

// current is what is known, read again when it is old. Where that fails the old
// is good enough: whoever would refuse because of it refreshes first.
func (m *MemoryAccounts) current(ctx context.Context) (*knownAccounts, error) {
	known := m.known.Load()
	if known != nil && m.clock.Now()-known.at < cacheAge {
		return known, nil
	}
	if err := m.Refresh(ctx); err != nil && known == nil {
		return nil, err
	}
	return m.known.Load(), nil
}

// Refresh reads all accounts. Many who ask at once share one read, but nobody
// is served by a read that began before they asked.
func (m *MemoryAccounts) Refresh(ctx context.Context) error {
	asked := m.begun.Load()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended > asked {
		return nil
	}
	number := m.begun.Add(1)
	known := &knownAccounts{
		at: m.clock.Now(), byID: map[string]*conversation.Account{}, byNumber: map[string]*conversation.Account{}, byWABA: map[string][]*conversation.Account{},
	}
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
