package jobqueue

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fakeCountingStore counts how many jobs each claim took.
type fakeCountingStore struct {
	*fakeStore
	mu     sync.Mutex
	claims []int
}

func (c *fakeCountingStore) Claim(ctx context.Context, owner string, lease time.Duration, n int, limit ClaimLimit) ([]Job, error) {
	jobs, err := c.fakeStore.Claim(ctx, owner, lease, n, limit)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(jobs) > 0 {
		c.claims = append(c.claims, len(jobs))
	}
	return jobs, err
}

// Under load one claim is for several jobs, and still no more of them run at once than there are hands.
func TestAClaimIsForSeveralJobs(t *testing.T) {
	store := &fakeCountingStore{fakeStore: newFakeStore(120, 1)}
	var running, most atomic.Int32
	startWorker(t, "a", store, func(context.Context, Job) (Outcome, error) {
		now := running.Add(1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
		}
		time.Sleep(time.Millisecond)
		running.Add(-1)
		return Done(), nil
	})
	eventually(t, func() bool { return store.finished() == 120 })
	require.LessOrEqual(t, most.Load(), int32(4))
	store.mu.Lock()
	defer store.mu.Unlock()
	require.Equal(t, 8, store.claims[0], "as many again as are worked on")
}

func TestAHandlerEndsItsJobItself(t *testing.T) {
	store := newFakeStore(1, 3)
	var own atomic.Int32
	startWorker(t, "a", store, func(_ context.Context, job Job) (Outcome, error) {
		return DoneBy(func(ctx context.Context, owner string, lease time.Duration) (*Job, error) {
			own.Add(1)
			return store.Finish(ctx, owner, job.ID, lease)
		}), nil
	})
	eventually(t, func() bool { return store.finished() == 3 })
	require.EqualValues(t, 3, own.Load())
}

func TestAWorkerYieldsBeforeEachJob(t *testing.T) {
	store := newFakeStore(2, 2)
	urgent := make(chan struct{})
	var yielded, handled atomic.Int32
	w := NewWorker(Options{
		Name: "test", Owner: "a", Store: store, Concurrency: 4, Lease: time.Minute, Poll: time.Millisecond, MaxAttempts: 3, Log: fakeLog{},
		BeforeJob: func(ctx context.Context) {
			yielded.Add(1)
			select {
			case <-urgent:
			case <-ctx.Done():
			}
		},
		Handle: func(context.Context, Job) (Outcome, error) { handled.Add(1); return Done(), nil },
	})
	w.Start()
	t.Cleanup(w.Stop)
	eventually(t, func() bool { return yielded.Load() == 2 })
	require.Zero(t, handled.Load())
	close(urgent)
	eventually(t, func() bool { return store.finished() == 4 })
	require.EqualValues(t, 4, yielded.Load())
}

// A number whose work does not end leaves the others their hands, however many of its lanes are due; and has its own all the time.
func TestOneAccountNeverHasAllHands(t *testing.T) {
	store := newFakeStore(400, 1)
	for i, j := range store.jobs {
		if j.AccountID = "flood"; i >= 390 {
			j.AccountID = "other"
		}
	}
	stuck := make(chan struct{})
	var flood, others, most atomic.Int32
	w := NewWorker(Options{
		Name: "test", Owner: "a", Store: store, Concurrency: 8, MaxPerAccount: 6, Lease: time.Minute, Poll: 5 * time.Millisecond, MaxAttempts: 3, Log: fakeLog{},
		Handle: func(_ context.Context, job Job) (Outcome, error) {
			if job.AccountID == "other" {
				others.Add(1)
				return Done(), nil
			}
			now := flood.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			<-stuck
			flood.Add(-1)
			return Done(), nil
		},
	})
	w.Start()
	t.Cleanup(w.Stop)
	eventually(t, func() bool { return others.Load() == 10 })
	eventually(t, func() bool { return flood.Load() == 6 })
	close(stuck)
	eventually(t, func() bool { return store.finished() == 400 })
	require.EqualValues(t, 6, most.Load())
	eventually(t, func() bool { // nothing is counted for ever
		w.accounts.mu.Lock()
		defer w.accounts.mu.Unlock()
		return len(w.accounts.accounts) == 0
	})
}
