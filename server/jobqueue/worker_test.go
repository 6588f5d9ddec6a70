package jobqueue

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

// fakeStore is a queue that lives in memory and forgets nothing.
type fakeStore struct {
	mu   sync.Mutex
	jobs []*storedJob
	now  func() time.Time
}

type storedJob struct {
	Job
	owner  string
	until  time.Time
	due    time.Time
	done   bool
	reason string
	dead   bool
}

func newFakeStore(lanes, each int) *fakeStore {
	m := &fakeStore{now: time.Now}
	for i := range each {
		for lane := range lanes {
			m.jobs = append(m.jobs, &storedJob{Job: Job{ID: int64(len(m.jobs) + 1), Lane: fmt.Sprint("lane", lane), Order: int64(i)}})
		}
	}
	return m
}

func (m *fakeStore) Claim(_ context.Context, owner string, lease time.Duration, n int, limit ClaimLimit) ([]Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Job
	of := map[string]int{}
	for _, j := range m.jobs {
		if len(out) < n && m.isHead(j) && !slices.Contains(limit.FullAccounts, j.AccountID) && (limit.MaxPerAccount == 0 || of[j.AccountID] < limit.MaxPerAccount) {
			of[j.AccountID]++
			out = append(out, m.lease(j, owner, lease))
		}
	}
	return out, nil
}

func (m *fakeStore) isHead(j *storedJob) bool {
	now := m.now()
	if j.done || j.due.After(now) || j.until.After(now) {
		return false
	}
	for _, other := range m.jobs {
		if other.Lane == j.Lane && other != j && !other.done && (other.ID < j.ID || other.until.After(now)) {
			return false
		}
	}
	return true
}

func (m *fakeStore) lease(j *storedJob, owner string, lease time.Duration) Job {
	j.owner, j.until = owner, m.now().Add(lease)
	j.Attempts++
	return j.Job
}

func (m *fakeStore) held(owner string, id int64) (*storedJob, error) {
	j := m.jobs[id-1]
	if j.owner != owner || !j.until.After(m.now()) {
		return nil, ErrLost
	}
	return j, nil
}

func (m *fakeStore) Finish(_ context.Context, owner string, id int64, lease time.Duration) (*Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j, err := m.held(owner, id)
	if err != nil {
		return nil, err
	}
	j.done, j.until = true, time.Time{}
	for _, next := range m.jobs {
		if next.Lane == j.Lane && m.isHead(next) {
			job := m.lease(next, owner, lease)
			return &job, nil
		}
	}
	return nil, nil
}

func (m *fakeStore) Retry(_ context.Context, owner string, id int64, delay time.Duration, reason string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	j, err := m.held(owner, id)
	if err != nil {
		return err
	}
	j.until, j.due, j.reason = time.Time{}, m.now().Add(delay), reason
	return nil
}

func (m *fakeStore) Wait(ctx context.Context, owner string, id int64, _ string, delay time.Duration, reason string) error {
	return m.Retry(ctx, owner, id, delay, reason)
}

func (m *fakeStore) Bury(_ context.Context, owner string, id int64, reason string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	j, err := m.held(owner, id)
	if err != nil {
		return err
	}
	j.done, j.dead, j.reason, j.until = true, true, reason, time.Time{}
	return nil
}

func (m *fakeStore) Renew(_ context.Context, owner string, ids []int64, lease time.Duration) (held []int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if j, err := m.held(owner, id); err == nil {
			j.until = m.now().Add(lease)
			held = append(held, id)
		}
	}
	return held, nil
}

func (m *fakeStore) finished() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, j := range m.jobs {
		if j.done {
			n++
		}
	}
	return n
}

type fakeLog struct{}

func (fakeLog) Warn(string, ...any)  {}
func (fakeLog) Error(string, ...any) {}

func startWorker(t *testing.T, owner string, store Store, handle Handler) *Worker {
	t.Helper()
	w := NewWorker(Options{
		Name: "test", Owner: owner, Store: store, Handle: handle, Concurrency: 4, Lease: 300 * time.Millisecond,
		Poll: 5 * time.Millisecond, MaxAttempts: 3, Log: fakeLog{},
	})
	w.Start()
	t.Cleanup(w.Stop)
	return w
}

func eventually(t *testing.T, what func() bool) {
	t.Helper()
	require.Eventually(t, what, 20*time.Second, 5*time.Millisecond)
}

func TestLanesRunInOrderAndOneJobAtATime(t *testing.T) {
	store := newFakeStore(5, 40)
	var mu sync.Mutex
	running := map[string]bool{}
	last := map[string]int64{}
	handle := func(_ context.Context, job Job) (Outcome, error) {
		mu.Lock()
		require.False(t, running[job.Lane], "two at once in a lane")
		require.LessOrEqual(t, last[job.Lane], job.Order, "out of order")
		running[job.Lane], last[job.Lane] = true, job.Order
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		running[job.Lane] = false
		mu.Unlock()
		return Done(), nil
	}
	startWorker(t, "a", store, handle)
	startWorker(t, "b", store, handle)
	eventually(t, func() bool { return store.finished() == 200 })
}

func TestAFailingJobHoldsItsLaneOnlyAndIsBuried(t *testing.T) {
	store := newFakeStore(2, 2)
	startWorker(t, "a", store, func(_ context.Context, job Job) (Outcome, error) {
		if job.ID == 1 {
			panic("a bad message")
		}
		return Done(), nil
	})
	eventually(t, func() bool { return store.finished() == 4 })
	require.True(t, store.jobs[0].dead)
	require.Equal(t, 3, store.jobs[0].Attempts)
	require.NotContains(t, store.jobs[0].reason, "a bad message", "a panic may hold what a customer wrote")
}

func TestRetryRunsAgainWithoutCountingAsAFailure(t *testing.T) {
	store := newFakeStore(1, 1)
	startWorker(t, "a", store, func(_ context.Context, job Job) (Outcome, error) {
		if job.Attempts < 10 {
			return RetryIn(time.Millisecond, "not yet"), nil
		}
		return Done(), nil
	})
	eventually(t, func() bool { return store.finished() == 1 })
	require.False(t, store.jobs[0].dead)
}

func TestWaitingLongIsNoFailure(t *testing.T) {
	store := newFakeStore(1, 1)
	startWorker(t, "a", store, func(_ context.Context, job Job) (Outcome, error) {
		switch {
		case job.Attempts%3 == 0:
			return Outcome{}, errors.New("the database was away")
		case job.Attempts < 10:
			return RetryIn(time.Millisecond, "its channel is not there yet"), nil
		default:
			return Done(), nil
		}
	})
	eventually(t, func() bool { return store.finished() == 1 })
	require.False(t, store.jobs[0].dead)
}

func TestADeadProcessesJobGoesOnElsewhere(t *testing.T) {
	store := newFakeStore(1, 1)
	_, err := store.Claim(context.Background(), "dead", 200*time.Millisecond, 1, ClaimLimit{})
	require.NoError(t, err)
	startWorker(t, "b", store, func(context.Context, Job) (Outcome, error) { return Done(), nil })
	eventually(t, func() bool { return store.finished() == 1 })
	require.Equal(t, 2, store.jobs[0].Attempts)
}

func TestALongJobKeepsItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a lease is short here, and a busy machine slow
		store := &fakeRenewingStore{fakeStore: newFakeStore(1, 1)}
		var runs atomic.Int32
		slow := func(ctx context.Context, _ Job) (Outcome, error) {
			runs.Add(1)
			for store.times.Load() < 12 && ctx.Err() == nil { // more than three leases
				time.Sleep(time.Millisecond)
			}
			return Done(), nil
		}
		startWorker(t, "a", store, slow)
		startWorker(t, "b", store, slow)
		eventually(t, func() bool { return store.finished() == 1 })
		require.EqualValues(t, 1, runs.Load())
	})
}

func TestStopWaitsAndLeavesTheJobToOthers(t *testing.T) {
	store := newFakeStore(1, 1)
	begun := make(chan struct{})
	w := NewWorker(Options{
		Name: "test", Owner: "a", Store: store, Concurrency: 1, Lease: 100 * time.Millisecond, Poll: time.Millisecond, MaxAttempts: 3, Log: fakeLog{},
		Handle: func(ctx context.Context, _ Job) (Outcome, error) {
			close(begun)
			<-ctx.Done()
			return Outcome{}, errors.New("stopped")
		},
	})
	w.Start()
	<-begun
	w.Stop()
	require.Zero(t, store.finished())
	startWorker(t, "b", store, func(context.Context, Job) (Outcome, error) { return Done(), nil })
	eventually(t, func() bool { return store.finished() == 1 })
}

func TestBackoff(t *testing.T) {
	require.Equal(t, time.Second, Backoff(1))
	require.Equal(t, 4*time.Second, Backoff(3))
	require.Equal(t, time.Minute, Backoff(1000))
}
