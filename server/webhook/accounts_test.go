package webhook

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestAccountCache(t *testing.T) {
	store, clock, ctx := newAccounts(), &fakeClock{now}, context.Background()
	cache := NewAccountCache(store.Accounts, clock)
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

	clock.ms += maxAge
	_, err := cache.Get(ctx, account1)
	require.NoError(t, err)
	require.Equal(t, 2, store.reads, "it was old")

	clock.ms += maxAge
	store.err = errDown
	_, err = cache.Get(ctx, account1)
	require.NoError(t, err, "old is better than nothing")
	require.Error(t, cache.Refresh(ctx))
	_, err = NewAccountCache(store.Accounts, clock).Get(ctx, account1)
	require.ErrorIs(t, err, errDown)
}

func TestAccountCacheReadsAllPages(t *testing.T) {
	store := &fakeAccounts{}
	for i := range accountsPerRead + 1 {
		store.accounts = append(store.accounts, &domain.Account{ID: fmt.Sprint("a", i)})
	}
	_, err := NewAccountCache(store.Accounts, &fakeClock{now}).Get(context.Background(), fmt.Sprint("a", accountsPerRead))
	require.NoError(t, err)
	require.Equal(t, 2, store.reads)
}

// TestRefreshSeesWhatWasThereBefore: each writer refreshes after its write and
// must find it, however many share a read.
func TestRefreshSeesWhatWasThereBefore(t *testing.T) {
	var mu sync.Mutex
	version, reads := 0, 0
	cache := NewAccountCache(func(context.Context, int, int) ([]*domain.Account, int, error) {
		mu.Lock()
		defer mu.Unlock()
		reads++
		return []*domain.Account{{ID: "a", BlockedCode: version}}, 1, nil
	}, &fakeClock{now})
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

func TestDeliveryTimes(t *testing.T) {
	var last deliveryTimes
	require.Zero(t, last.at("a"))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { last.set("a", 5); last.set("b", 6) })
	}
	all.Wait()
	require.Equal(t, []int64{5, 6, 0}, []int64{last.at("a"), last.at("b"), last.at("c")})
}
