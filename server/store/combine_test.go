package store

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

// counted is a combiner that answers each number's double and keeps its batches.
type counted struct {
	combiner[int, int]
	mu      sync.Mutex
	batches [][]int
}

func newCounted(fails func(batch []int) error) *counted {
	c := &counted{}
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
func (c *counted) together(t *testing.T, calls []int) []error {
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
			out, err := c.do(calls[i])
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

// await waits until something holds of the combiner.
func (c *counted) await(holds func() bool) {
	for {
		c.combiner.mu.Lock()
		held := holds()
		c.combiner.mu.Unlock()
		if held {
			return
		}
		runtime.Gosched()
	}
}

func TestCombinerMakesOneOfWhatWaits(t *testing.T) {
	c := newCounted(func([]int) error { return nil })
	for _, err := range c.together(t, []int{1, 2, 3, 4, 5}) {
		require.NoError(t, err)
	}
	require.Len(t, c.batches, 2)
	require.Equal(t, []int{1}, c.batches[0])
	require.ElementsMatch(t, []int{2, 3, 4, 5}, c.batches[1])
	out, err := c.do(7)
	require.NoError(t, err)
	require.Equal(t, 14, out, "it works on after a rest")
}

func TestCombinerKeepsWhatTouchesOneRowApart(t *testing.T) {
	c := newCounted(func(batch []int) error {
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
		"error": func() error { return errors.New("bad") },
		"panic": func() error { panic("bad") },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCounted(func(batch []int) error {
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
	c := newCounted(func([]int) error { return nil })
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
