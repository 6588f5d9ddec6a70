package jobqueue

import (
	"context"
	"sync/atomic"
	"time"
)

// Foreground is the work for which somebody waits. Work that may be a little late lets it go first: both would else take each other's time.
// Its zero value is ready; it must not be copied.
type Foreground struct {
	running atomic.Int64
	last    atomic.Int64 // when a piece of it last began or ended, nanoseconds since epoch
}

// Enter counts a piece of work that begins; the caller calls leave when it ends.
func (f *Foreground) Enter() (leave func()) {
	f.running.Add(1)
	f.last.Store(time.Now().UnixNano())
	return func() {
		f.last.Store(time.Now().UnixNano())
		f.running.Add(-1)
	}
}

// Handle returns a handler whose jobs count.
func (f *Foreground) Handle(handle Handler) Handler {
	return func(ctx context.Context, job Job) (Outcome, error) {
		defer f.Enter()()
		return handle(ctx, job)
	}
}

// askEvery is how often Wait looks while work is going on.
const askEvery = 5 * time.Millisecond

// Wait returns once there has been no work for as long as quiet says, after atMost, or when the context ends.
func (f *Foreground) Wait(ctx context.Context, quiet, atMost time.Duration) {
	for end := time.Now().Add(atMost); time.Now().Before(end); {
		if f.running.Load() == 0 && time.Since(time.Unix(0, f.last.Load())) >= quiet {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(askEvery):
		}
	}
}
