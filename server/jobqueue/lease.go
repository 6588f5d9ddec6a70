package jobqueue

import (
	"context"
	"sync"
	"time"
)

// Lease is how long its owner may act on a piece of work. When it has ended,
// another process may be working on it already, so nothing may be done any more.
type Lease struct {
	mu     sync.Mutex
	until  time.Time
	timer  *time.Timer
	cancel context.CancelCauseFunc
}

type leaseKey struct{}

// WithLease returns a context that ends, with the cause ErrLost, when the lease
// does. Callers count until from before they ask the database for the lease, so
// that it never ends earlier there than here. End it when the work is done.
func WithLease(ctx context.Context, until time.Time) (context.Context, *Lease) {
	l := &Lease{until: until}
	ctx, l.cancel = context.WithCancelCause(context.WithValue(ctx, leaseKey{}, l))
	l.timer = time.AfterFunc(time.Until(until), l.Lose)
	return ctx, l
}

// Extend moves the end of a lease that was renewed.
func (l *Lease) Extend(until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.until.IsZero() && l.timer.Stop() {
		l.until = until
		l.timer.Reset(time.Until(until))
	}
}

// Lose ends a lease that another process has, or may have.
func (l *Lease) Lose() {
	l.mu.Lock()
	l.until = time.Time{}
	l.mu.Unlock()
	l.cancel(ErrLost)
}

// End lets go of the context when the work is done.
func (l *Lease) End() {
	l.timer.Stop()
	l.cancel(nil)
}

// held reports whether the lease still holds. It reads the clock because in a
// process that was frozen the timer may not have fired yet.
func (l *Lease) held() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	// while a machine sleeps, only its wall clock goes on: Round(0) compares that
	return now.Before(l.until) && now.Round(0).Before(l.until.Round(0))
}

// CheckLease returns ErrLost where the context's lease has ended, and nil where it
// holds or there is none. It is called before everything that people can see.
func CheckLease(ctx context.Context) error {
	if l := leaseOf(ctx); l != nil && !l.held() {
		return ErrLost
	}
	return nil
}

// leaseOf returns the lease of a context; nil where it has none.
func leaseOf(ctx context.Context) *Lease {
	l, _ := ctx.Value(leaseKey{}).(*Lease)
	return l
}
