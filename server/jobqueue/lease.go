package jobqueue

import (
	"context"
	"sync"
	"time"
)

// Lease is for how long somebody may act on a piece of work. When it has ended
// another one may be at it already, so nothing may be done any more.
type Lease struct {
	mu     sync.Mutex
	until  time.Time
	timer  *time.Timer
	cancel context.CancelCauseFunc
}

type leaseKey struct{}

// WithLease makes a context that ends, with the cause ErrLost, when the lease
// does. The moment is counted from before it was asked for: the database's own
// end of it is never earlier. End it when the work is done.
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

// Lose ends a lease that somebody else has, or may have.
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

// held tells whether the lease still allows anything. A process that was frozen
// sees its clocks before its timers.
func (l *Lease) held() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	// a machine that slept has moved the clock on the wall only
	return now.Before(l.until) && now.Round(0).Before(l.until.Round(0))
}

// CheckLease returns ErrLost where the lease that the context stands for has ended. It is
// asked before everything that others see. Without a lease nothing is to be lost.
func CheckLease(ctx context.Context) error {
	if l := leaseOf(ctx); l != nil && !l.held() {
		return ErrLost
	}
	return nil
}

// leaseOf is the lease that a context stands for; nil where it is none.
func leaseOf(ctx context.Context) *Lease {
	l, _ := ctx.Value(leaseKey{}).(*Lease)
	return l
}
