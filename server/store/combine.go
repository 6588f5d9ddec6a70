package store

import (
	"context"
	"sync"
	"time"

	"github.com/pkg/errors"
)

// combiner makes one statement of the calls that come at about the same time.
// Under load most of what a statement costs is the same for one row and for
// twenty; who comes alone does not wait.
type combiner[In, Out any] struct {
	// run does a batch, and answers one result for each of it in order.
	run func(ctx context.Context, batch []In) ([]Out, error)
	// key keeps calls that touch the same row from being in one batch; nil = none do.
	key func(In) string
	// pause is the least time between the beginnings of two batches.
	pause time.Duration
	// runners is how many batches may run at once; 0 is 1.
	runners int

	mu      sync.Mutex
	waiting []*combined[In, Out]
	running int
	last    time.Time
}

type combined[In, Out any] struct {
	in   In
	out  Out
	err  error
	done chan struct{}
}

const (
	// maxBatch bounds one statement.
	maxBatch = 64
	// batchPatience is how long one statement may take.
	batchPatience = 30 * time.Second
)

// do waits until the call is done, alone or with others.
func (c *combiner[In, Out]) do(in In) (Out, error) {
	call := &combined[In, Out]{in: in, done: make(chan struct{})}
	c.mu.Lock()
	c.waiting = append(c.waiting, call)
	if c.running < max(1, c.runners) {
		c.running++
		go c.loop()
	}
	c.mu.Unlock()
	<-call.done
	return call.out, call.err
}

func (c *combiner[In, Out]) loop() {
	for {
		c.mu.Lock()
		wait := c.pause - time.Since(c.last)
		c.mu.Unlock()
		if wait > 0 {
			time.Sleep(wait)
		}
		batch := c.take()
		if len(batch) == 0 {
			return
		}
		if c.finish(batch) != nil && len(batch) > 1 { // one that cannot be done must not stop the others
			for i := range batch {
				_ = c.finish(batch[i : i+1]) // each has its own error
			}
		}
		for _, call := range batch {
			close(call.done)
		}
	}
}

// take takes what waits; nothing ends the loop.
func (c *combiner[In, Out]) take() []*combined[In, Out] {
	c.mu.Lock()
	defer c.mu.Unlock()
	var batch, later []*combined[In, Out]
	taken := map[string]bool{}
	for _, call := range c.waiting {
		key := ""
		if c.key != nil {
			key = c.key(call.in)
		}
		if len(batch) == maxBatch || c.key != nil && taken[key] {
			later = append(later, call)
			continue
		}
		taken[key] = true
		batch = append(batch, call)
	}
	c.waiting, c.last = later, time.Now()
	if len(batch) == 0 {
		c.running--
	}
	return batch
}

// finish runs a batch and gives each call its result.
func (c *combiner[In, Out]) finish(batch []*combined[In, Out]) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("a statement panicked")
		}
		for _, call := range batch {
			call.err = err
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), batchPatience)
	defer cancel()
	in := make([]In, len(batch))
	for i, call := range batch {
		in[i] = call.in
	}
	out, err := c.run(ctx, in)
	if err != nil {
		return err
	}
	for i, call := range batch {
		call.out = out[i]
	}
	return nil
}
