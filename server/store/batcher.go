package store

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/lib/pq"
	"github.com/pkg/errors"
)

// ErrBusy says that too many calls wait for the database already. Callers that can try again later do.
var ErrBusy = errors.New("too much waits for the database")

// errPanicked says that running a batch panicked.
var errPanicked = errors.New("a statement panicked")

// batcher makes one statement of the calls that come at about the same time: under
// load most of what a statement costs is the same for one row and for twenty. A
// call that comes alone does not wait for others, unless gather says so.
type batcher[In, Out any] struct {
	// run does a batch, and returns one result for each call in their order.
	run func(ctx context.Context, batch []In) ([]Out, error)
	// key keeps calls that touch the same row from being in one batch; nil = none do.
	key func(In) string
	// weight is the size of a call, in bytes; nil = none is large.
	weight func(In) int
	// pause is the least time between the beginnings of two batches.
	pause time.Duration
	// gather is how long a batch waits for more calls, where being a little late does no harm; 0 = not at all.
	gather time.Duration
	// maxRunning is how many batches may run at once; 0 is 1.
	maxRunning int

	mu      sync.Mutex
	waiting []*batchedCall[In, Out]
	running int
	last    time.Time
}

// batchedCall is one call that waits for its batch.
type batchedCall[In, Out any] struct {
	in   In
	out  Out
	err  error
	done chan struct{}
}

const (
	// maxBatch and maxWeight bound one statement.
	maxBatch  = 64
	maxWeight = 2 << 20
	// maxWaiting is how many calls may wait for their statement. While the database answers, it is never reached.
	maxWaiting = 512
	// batchPatience is how long one statement may take. It is shorter than the leases of the jobs that wait for it.
	batchTimeout = 10 * time.Second
)

// Submit waits until the call is done, alone or with others, or until its context
// ends. A call that is not yet part of a batch by then is not made at all; one that
// is may still be done. Where too many calls wait it returns ErrBusy at once.
func (c *batcher[In, Out]) Submit(ctx context.Context, in In) (Out, error) {
	call := &batchedCall[In, Out]{in: in, done: make(chan struct{})}
	var none Out
	c.mu.Lock()
	if len(c.waiting) >= maxWaiting {
		c.mu.Unlock()
		return none, ErrBusy
	}
	c.waiting = append(c.waiting, call)
	if c.running < max(1, c.maxRunning) {
		c.running++
		go c.loop()
	}
	c.mu.Unlock()
	select {
	case <-call.done:
		return call.out, call.err
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		c.waiting = slices.DeleteFunc(c.waiting, func(other *batchedCall[In, Out]) bool { return other == call })
		return none, errors.Wrap(ctx.Err(), "the database did not answer in time")
	}
}

func (c *batcher[In, Out]) loop() {
	for {
		c.mu.Lock()
		wait := max(c.gather, c.pause-time.Since(c.last))
		c.mu.Unlock()
		if wait > 0 {
			time.Sleep(wait)
		}
		batch := c.nextBatch()
		if len(batch) == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), batchTimeout)
		if err := c.runBatch(ctx, batch); isDataError(err) && len(batch) > 1 { // a call that the database refuses must not fail the others
			c.runSingly(ctx, batch)
		}
		cancel()
		for _, call := range batch {
			close(call.done)
		}
	}
}

// runSingly does the calls of a batch one by one, as long as the database answers; each has its own error.
func (c *batcher[In, Out]) runSingly(ctx context.Context, batch []*batchedCall[In, Out]) {
	for i := range batch {
		if err := c.runBatch(ctx, batch[i:i+1]); err != nil && !isDataError(err) {
			for _, call := range batch[i:] {
				call.err = err
			}
			return
		}
	}
}

// isDataError tells that the database works and refused what it was given. Any other
// error means that the database is in trouble, and to repeat each call alone would only
// take long.
func isDataError(err error) bool {
	if errors.Is(err, errPanicked) {
		return true
	}
	var pqErr *pq.Error
	if !errors.As(err, &pqErr) {
		return false
	}
	switch pqErr.Code.Class() {
	case "08", "25", "53", "57", "58": // connection, transaction, resources, operator, system
		return false
	}
	return true
}

// nextBatch takes the calls that fit into one statement; an empty batch ends the loop.
func (c *batcher[In, Out]) nextBatch() []*batchedCall[In, Out] {
	c.mu.Lock()
	defer c.mu.Unlock()
	var batch, later []*batchedCall[In, Out]
	taken, weight := map[string]bool{}, 0
	for _, call := range c.waiting {
		key, size := "", 0
		if c.key != nil {
			key = c.key(call.in)
		}
		if c.weight != nil {
			size = c.weight(call.in)
		}
		if len(batch) == maxBatch || len(batch) > 0 && weight+size > maxWeight || c.key != nil && taken[key] {
			later = append(later, call)
			continue
		}
		taken[key] = true
		weight += size
		batch = append(batch, call)
	}
	c.waiting, c.last = later, time.Now()
	if len(batch) == 0 {
		c.running--
	}
	return batch
}

// runBatch runs a batch and gives each call its result.
func (c *batcher[In, Out]) runBatch(ctx context.Context, batch []*batchedCall[In, Out]) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanicked
		}
		for _, call := range batch {
			call.err = err
		}
	}()
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
