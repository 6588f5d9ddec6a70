package webhook

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// busyDeliveries is how many deliveries at once count as more than the store keeps up with.
	busyDeliveries = 4
	// busyFor is how long after the last such moment deliveries still go first.
	busyFor = 40 * time.Millisecond
	// maxWait bounds how long one piece of work lets deliveries go first. It is long, because a post costs several times
	// what a delivery does: were it half a second, the workers' 24 posts in each would take a fifth of two cores from the deliveries.
	maxWait = 2 * time.Second
)

// backpressure knows whether deliveries come in faster than they are stored. Storing goes before handling then: Meta
// waits for each answer and repeats a delivery that gets none, while a stored item can wait without harm.
type backpressure struct {
	storing  atomic.Int64 // deliveries that are being stored
	lastBusy atomic.Int64 // when there last were too many of them, nanoseconds since epoch
}

// enter counts a delivery; the caller calls leave once it is stored.
func (b *backpressure) enter() (leave func()) {
	if b.storing.Add(1) >= busyDeliveries {
		b.lastBusy.Store(time.Now().UnixNano())
	}
	return func() { b.storing.Add(-1) }
}

// wait returns once deliveries are no longer busy, after maxWait, or when the context ends.
func (b *backpressure) wait(ctx context.Context) {
	end := time.Now().Add(maxWait)
	for {
		pause := min(busyFor-time.Since(time.Unix(0, b.lastBusy.Load())), time.Until(end))
		if pause <= 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// WaitForDeliveries lets deliveries that arrive all at once be stored first. The inbox's worker calls it before each
// item; mostly it returns at once, and always within maxWait.
func (h *Handler) WaitForDeliveries(ctx context.Context) { h.backpressure.wait(ctx) }
