package jobqueue

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

// fakeRenewingStore is a queue whose leases are renewed as the test says.
type fakeRenewingStore struct {
	*fakeStore
	times atomic.Int32
	renew func(ids []int64) ([]int64, error) // nil = as usual
}

func (r *fakeRenewingStore) Renew(ctx context.Context, owner string, ids []int64, lease time.Duration) ([]int64, error) {
	defer r.times.Add(1)
	if r.renew != nil {
		return r.renew(ids)
	}
	return r.fakeStore.Renew(ctx, owner, ids, lease)
}

func work(t *testing.T, store Store, handle Handler) {
	t.Helper()
	w := NewWorker(Options{Name: "test", Owner: "a", Store: store, Handle: handle, Concurrency: 4, Lease: 90 * time.Millisecond, Poll: time.Millisecond, MaxAttempts: 3, Log: fakeLog{}})
	w.Start()
	t.Cleanup(w.Stop)
}

// Whoever has lost a job may do nothing about it any more.
func TestAHandlersContextEndsWithItsLease(t *testing.T) {
	for name, renew := range map[string]func(ids []int64) ([]int64, error){
		"the database does not answer": func([]int64) ([]int64, error) { return nil, errors.New("no connection") },
		"somebody else has the job":    func([]int64) ([]int64, error) { return nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan error, 100)
			work(t, &fakeRenewingStore{fakeStore: newFakeStore(1, 1), renew: renew}, func(ctx context.Context, _ Job) (Outcome, error) {
				if err := CheckLease(ctx); err != nil {
					return Outcome{}, err
				}
				<-ctx.Done()
				ended <- context.Cause(ctx)
				ended <- CheckLease(ctx)
				return Outcome{}, ctx.Err()
			})
			require.ErrorIs(t, <-ended, ErrLost, "the context")
			require.ErrorIs(t, <-ended, ErrLost, "what is asked before each effect")
		})
	}
}

func TestARenewedLeaseHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a lease is short here, and a busy machine slow
		store := &fakeRenewingStore{fakeStore: newFakeStore(1, 1)}
		work(t, store, func(ctx context.Context, _ Job) (Outcome, error) {
			for store.times.Load() < 6 { // two leases long
				if ctx.Err() != nil {
					return Outcome{}, ctx.Err()
				}
				time.Sleep(time.Millisecond)
			}
			return Done(), CheckLease(ctx)
		})
		eventually(t, func() bool { return store.finished() == 1 })
		require.Equal(t, 1, store.jobs[0].Attempts)
	})
}

func TestWithoutALeaseNothingIsLost(t *testing.T) {
	require.NoError(t, CheckLease(t.Context()))
	ctx, lease := WithLease(t.Context(), time.Now().Add(time.Hour))
	require.NoError(t, CheckLease(context.WithoutCancel(ctx)))
	lease.Lose()
	require.ErrorIs(t, CheckLease(context.WithoutCancel(ctx)), ErrLost)
	require.ErrorIs(t, context.Cause(ctx), ErrLost)
	lease.Extend(time.Now().Add(time.Hour))
	require.ErrorIs(t, CheckLease(ctx), ErrLost, "what is lost stays lost")
}
