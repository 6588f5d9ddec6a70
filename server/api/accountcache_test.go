package api

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// discarded is an inbox for measuring what comes before it.
type discarded struct{}

func (discarded) AddInbox(context.Context, []InboxRow) error { return nil }

func TestMemoryAccounts(t *testing.T) {
	store, clock, ctx := newMemory(), &clock{now}, context.Background()
	cache := NewMemoryAccounts(store.Accounts, clock)
	for range 3 {
		account, err := cache.Get(ctx, account1)
		require.NoError(t, err)
		require.Equal(t, "111", account.PhoneNumberID)
		account, err = cache.ByNumber(ctx, "222")
		require.NoError(t, err)
		require.Equal(t, account2, account.ID)
		accounts, err := cache.ByWABA(ctx, "w1")
		require.NoError(t, err)
		require.Len(t, accounts, 1)
		_, err = cache.Get(ctx, nowhere)
		require.ErrorIs(t, err, domain.ErrNotFound)
		_, err = cache.ByNumber(ctx, "")
		require.ErrorIs(t, err, domain.ErrNotFound)
	}
	require.Equal(t, 1, store.reads)

	clock.ms += cacheAge
	_, err := cache.Get(ctx, account1)
	require.NoError(t, err)
	require.Equal(t, 2, store.reads, "it was old")

	clock.ms += cacheAge
	store.err = errDown
	_, err = cache.Get(ctx, account1)
	require.NoError(t, err, "old is better than nothing")
	require.Error(t, cache.Refresh(ctx))
	_, err = NewMemoryAccounts(store.Accounts, clock).Get(ctx, account1)
	require.ErrorIs(t, err, errDown)
}

func TestMemoryAccountsReadsAllPages(t *testing.T) {
	store := &memory{}
	for i := range accountsPerRead + 1 {
		store.accounts = append(store.accounts, &domain.Account{ID: fmt.Sprint("a", i)})
	}
	_, err := NewMemoryAccounts(store.Accounts, &clock{now}).Get(context.Background(), fmt.Sprint("a", accountsPerRead))
	require.NoError(t, err)
	require.Equal(t, 2, store.reads)
}

// TestRefreshSeesWhatWasThereBefore: each writer refreshes after its write and
// must find it, however many share a read.
func TestRefreshSeesWhatWasThereBefore(t *testing.T) {
	var mu sync.Mutex
	version, reads := 0, 0
	cache := NewMemoryAccounts(func(context.Context, int, int) ([]*domain.Account, int, error) {
		mu.Lock()
		defer mu.Unlock()
		reads++
		return []*domain.Account{{ID: "a", BlockedCode: version}}, 1, nil
	}, &clock{now})
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			mu.Lock()
			version++
			written := version
			mu.Unlock()
			if err := cache.Refresh(context.Background()); err != nil {
				t.Error(err)
			}
			account, err := cache.Get(context.Background(), "a")
			if err != nil || account.BlockedCode < written {
				t.Errorf("version %d was not there: %v %v", written, account, err)
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, reads, 50)
}

func TestLastWebhooks(t *testing.T) {
	var last lastWebhooks
	require.Zero(t, last.at("a"))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { last.set("a", 5); last.set("b", 6) })
	}
	all.Wait()
	require.Equal(t, []int64{5, 6, 0}, []int64{last.at("a"), last.at("b"), last.at("c")})
}
