package jobqueue

import (
	"context"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

// An outage of an hour makes no dead letter of a good job, and when it is over
// the job is tried within seconds; what fails by itself still ends.
func TestAnOutageIsNobodysFailure(t *testing.T) {
	outage := errors.New("the database does not answer")
	store := newFakeStore(1, 1)
	at := time.Now()
	store.now = func() time.Time { return at }
	fails := outage
	w := NewWorker(Options{
		Name: "test", Owner: "a", Store: store, Lease: time.Second, MaxAttempts: 3, Log: fakeLog{},
		IsOutage: func(err error) bool { return errors.Is(err, outage) },
		Handle:   func(context.Context, Job) (Outcome, error) { return Outcome{}, errors.Wrap(fails, "could not") },
	})
	try := func() {
		jobs, err := store.Claim(t.Context(), "a", time.Second, 1, ClaimLimit{})
		require.NoError(t, err)
		require.Len(t, jobs, 1, "due")
		next, _ := w.runJob(t.Context(), t.Context(), jobs[0])
		require.Nil(t, next)
	}
	for range 200 {
		try()
		require.False(t, store.jobs[0].dead, "after %d tries", store.jobs[0].Attempts)
		require.LessOrEqual(t, store.jobs[0].due.Sub(at), 8*time.Second)
		at = at.Add(20 * time.Second)
	}
	fails = errors.New("a bad message")
	for range 3 {
		require.False(t, store.jobs[0].dead)
		try()
		at = at.Add(2 * time.Minute)
	}
	require.True(t, store.jobs[0].dead)
}
