package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

// countingBatcher is a batcher that answers each number's double and keeps its batches.
type countingBatcher struct {
	batcher[int, int]
	mu      sync.Mutex
	batches [][]int
}

func newCountingBatcher(fails func(batch []int) error) *countingBatcher {
	c := &countingBatcher{}
	c.run = func(_ context.Context, batch []int) ([]int, error) {
		c.mu.Lock()
		c.batches = append(c.batches, batch)
		c.mu.Unlock()
		if err := fails(batch); err != nil {
			return nil, err
		}
		out := make([]int, len(batch))
		for i, n := range batch {
			out[i] = 2 * n
		}
		return out, nil
	}
	return c
}

// together does all calls while the first batch is held up, and gives their errors.
func (c *countingBatcher) together(t *testing.T, calls []int) []error {
	t.Helper()
	gate := make(chan struct{})
	run := c.run
	c.run = func(ctx context.Context, batch []int) ([]int, error) {
		<-gate
		return run(ctx, batch)
	}
	failed := make([]error, len(calls))
	var all sync.WaitGroup
	begin := func(i int) {
		all.Go(func() {
			out, err := c.Submit(t.Context(), calls[i])
			failed[i] = err
			if err == nil && out != 2*calls[i] {
				t.Errorf("%d became %d", calls[i], out)
			}
		})
	}
	begin(0)
	c.await(func() bool { return c.running == 1 && len(c.waiting) == 0 }) // the first is on its way
	for i := range calls[1:] {
		begin(i + 1)
	}
	c.await(func() bool { return len(c.waiting) == len(calls)-1 })
	close(gate)
	all.Wait()
	return failed
}

// await waits until something holds of the batcher.
func (c *countingBatcher) await(holds func() bool) {
	for {
		c.batcher.mu.Lock()
		held := holds()
		c.batcher.mu.Unlock()
		if held {
			return
		}
		runtime.Gosched()
	}
}

func TestCombinerMakesOneOfWhatWaits(t *testing.T) {
	c := newCountingBatcher(func([]int) error { return nil })
	for _, err := range c.together(t, []int{1, 2, 3, 4, 5}) {
		require.NoError(t, err)
	}
	require.Len(t, c.batches, 2)
	require.Equal(t, []int{1}, c.batches[0])
	require.ElementsMatch(t, []int{2, 3, 4, 5}, c.batches[1])
	out, err := c.Submit(t.Context(), 7)
	require.NoError(t, err)
	require.Equal(t, 14, out, "it works on after a rest")
}

func TestCombinerKeepsWhatTouchesOneRowApart(t *testing.T) {
	c := newCountingBatcher(func(batch []int) error {
		seen := map[int]bool{}
		for _, n := range batch {
			if seen[n%2] {
				return errors.New("two of one row")
			}
			seen[n%2] = true
		}
		return nil
	})
	c.key = func(n int) string { return fmt.Sprint(n % 2) }
	for _, err := range c.together(t, []int{1, 3, 5, 2, 4, 6, 8}) {
		require.NoError(t, err)
	}
}

func TestCombinerLetsOneFailAlone(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.Wrap(&pq.Error{Code: "22021"}, "bad") },
		"panic": func() error { panic("bad") },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCountingBatcher(func(batch []int) error {
				for _, n := range batch {
					if n == 3 {
						return fail()
					}
				}
				return nil
			})
			for i, err := range c.together(t, []int{1, 2, 3, 4}) {
				require.Equal(t, i == 2, err != nil, "call %d: %v", i, err)
			}
		})
	}
}

func TestCombinerBoundsABatch(t *testing.T) {
	c := newCountingBatcher(func([]int) error { return nil })
	calls := make([]int, 2*maxBatch+2)
	for i := range calls {
		calls[i] = i
	}
	for _, err := range c.together(t, calls) {
		require.NoError(t, err)
	}
	for _, batch := range c.batches {
		require.LessOrEqual(t, len(batch), maxBatch)
	}
}

// stuck is a batcher whose statements wait until the gate opens; begun gets the size of each batch.
func stuck() (c *batcher[int, int], gate chan struct{}, begun chan int) {
	gate, begun = make(chan struct{}), make(chan int, 1000)
	c = &batcher[int, int]{run: func(_ context.Context, batch []int) ([]int, error) {
		begun <- len(batch)
		<-gate
		return batch, nil
	}}
	return c, gate, begun
}

func TestCombinerIsLeftByThoseWhoWaitNoMore(t *testing.T) {
	c, gate, begun := stuck()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var busy atomic.Int64
	call := func() {
		switch _, err := c.Submit(ctx, 1); {
		case errors.Is(err, ErrBusy):
			busy.Add(1)
		case !errors.Is(err, context.Canceled):
			t.Errorf("it was answered: %v", err)
		}
	}
	all.Go(call)
	<-begun
	for range 20_000 {
		all.Go(call)
	}
	require.Eventually(t, func() bool { return busy.Load() == 20_000-maxWaiting }, time.Minute, time.Millisecond, "what is too much is told at once")
	cancel()
	all.Wait()
	c.mu.Lock()
	require.Empty(t, c.waiting, "nothing of those who left stays")
	c.mu.Unlock()
	close(gate)
	require.Eventually(t, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.running == 0
	}, time.Minute, time.Millisecond)
	require.Empty(t, begun, "what left was not done")
	out, err := c.Submit(t.Context(), 7)
	require.NoError(t, err)
	require.Equal(t, 7, out)
}

func TestCombinerAsksADatabaseInTroubleOnce(t *testing.T) {
	for name, trouble := range map[string]error{
		"it is gone":        driver.ErrBadConn,
		"in time":           context.DeadlineExceeded,
		"it shuts down":     &pq.Error{Code: "57P01"},
		"it is read only":   &pq.Error{Code: "25006"},
		"it has no room":    &pq.Error{Code: "53300"},
		"nobody knows what": errors.New("what"),
	} {
		t.Run(name, func(t *testing.T) {
			c := newCountingBatcher(func(batch []int) error {
				if len(batch) > 1 {
					return errors.Wrap(trouble, "trouble")
				}
				return nil
			})
			for i, err := range c.together(t, []int{1, 2, 3, 4}) {
				require.Equal(t, i > 0, err != nil, "call %d: %v", i, err)
			}
			require.Len(t, c.batches, 2)
		})
	}
}

func TestCombinerStopsGoingOneByOneWhenTheDatabaseIsGone(t *testing.T) {
	c := newCountingBatcher(func(batch []int) error {
		switch {
		case len(batch) > 1:
			return &pq.Error{Code: "22021"}
		case batch[0] != 1:
			return driver.ErrBadConn
		}
		return nil
	})
	for i, err := range c.together(t, []int{1, 2, 3, 4}) {
		require.Equal(t, i > 0, errors.Is(err, driver.ErrBadConn), "call %d: %v", i, err)
	}
	require.Len(t, c.batches, 3, "the first, the three, one of them")
}

func TestCombinerBoundsAStatementsSize(t *testing.T) {
	c := newCountingBatcher(func([]int) error { return nil })
	c.weight = func(n int) int { return n << 10 }
	for _, err := range c.together(t, []int{1, 1000, 1000, 1000, 5000, 3}) {
		require.NoError(t, err)
	}
	for _, batch := range c.batches {
		size := 0
		for _, n := range batch {
			size += n << 10
		}
		require.True(t, size <= maxWeight || len(batch) == 1, "%v", batch)
	}
}

func TestABatchMayWaitForMore(t *testing.T) {
	c := newCountingBatcher(func([]int) error { return nil })
	c.gather = 200 * time.Millisecond
	var all sync.WaitGroup
	for i := range 5 {
		all.Go(func() {
			_, err := c.Submit(t.Context(), i)
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.Len(t, c.batches, 1)
}
