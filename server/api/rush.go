package api

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// rushing is how many deliveries at once make a rush.
	rushing = 4
	// rushEnds is how long after the last such moment it is over.
	rushEnds = 40 * time.Millisecond
	// rushPatience is how long one piece of work lets a rush go first.
	rushPatience = 500 * time.Millisecond
)

// rush tells whether deliveries come in faster than they are stored. Storing
// goes before handling then: Meta waits for each answer and sends again what
// gets none, while what is stored waits without harm.
type rush struct {
	inside atomic.Int64 // deliveries that are being stored
	last   atomic.Int64 // when there last were many, nanoseconds since epoch
}

// enter notes a delivery; leave is to be called when it is stored.
func (r *rush) enter() (leave func()) {
	if r.inside.Add(1) >= rushing {
		r.last.Store(time.Now().UnixNano())
	}
	return func() { r.inside.Add(-1) }
}

// yield waits until a rush is over, but not for ever.
func (r *rush) yield(ctx context.Context) {
	patience := time.Now().Add(rushPatience)
	for {
		wait := min(rushEnds-time.Since(time.Unix(0, r.last.Load())), time.Until(patience))
		if wait <= 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// Yield lets deliveries that come in all at once be stored first. Whoever
// handles them calls it before each one; mostly it returns at once.
func (a *API) Yield(ctx context.Context) { a.rush.yield(ctx) }
