package jobqueue

import (
	"context"
	"time"
)

// Job is one piece of work.
type Job struct {
	ID        int64  `db:"id"`
	Lane      string `db:"lane"` // jobs of a lane run in (Order, ID), one at a time
	Order     int64  `db:"ord"`
	Key       string `db:"dedupe_key"` // unique in the queue for ever: a second insert does nothing
	AccountID string `db:"account_id"`
	Payload   []byte `db:"payload"`
	CreatedAt int64  `db:"created_at"` // milliseconds since epoch, the database's clock
	Attempts  int    `db:"attempts"`   // how often it was claimed, this time included
	LeftAt    int64  `db:"left_at"`    // outbox: when the request was about to leave, milliseconds since epoch; 0 = it has not
}

// Store is the table behind a queue. Everything after Claim is fenced: it changes
// nothing and returns ErrLost when owner no longer holds the job.
type Store interface {
	// Claim takes up to n jobs that are due and first in their lane, each for the lease, within the limit.
	Claim(ctx context.Context, owner string, lease time.Duration, n int, limit ClaimLimit) ([]Job, error)
	// Finish ends a job for good and claims the next of its lane, if one is due.
	Finish(ctx context.Context, owner string, id int64, lease time.Duration) (next *Job, err error)
	// Retry gives a job back, due again after the delay; its lane waits for it.
	Retry(ctx context.Context, owner string, id int64, delay time.Duration, reason string) error
	// Wait is Retry for a job that waits for something that may take long: the code
	// that brings it wakes the jobs that wait under the name waitsFor before the delay is over.
	Wait(ctx context.Context, owner string, id int64, waitsFor string, delay time.Duration, reason string) error
	// Bury makes a job a dead letter with its reason; its lane goes on.
	Bury(ctx context.Context, owner string, id int64, reason string) error
	// Renew prolongs the leases that owner still holds, and returns the ids of their jobs.
	Renew(ctx context.Context, owner string, ids []int64, lease time.Duration) (held []int64, err error)
}

// ClaimLimit bounds how many jobs of an account a claim takes; its zero value sets no limit.
type ClaimLimit struct {
	FullAccounts  []string // accounts of which it takes none
	MaxPerAccount int      // how many it takes of any other; 0 = all
}

// Outcome is what a handler decides about a job.
type Outcome struct {
	kind     outcomeKind
	delay    time.Duration
	reason   string
	waitsFor string
	finish   func(ctx context.Context, owner string, lease time.Duration) (next *Job, err error)
}

type outcomeKind int

const (
	done outcomeKind = iota
	retry
	dead
)

// Done ends the job.
func Done() Outcome { return Outcome{} }

// DoneBy ends the job by the handler's own statement, which does what
// Store.Finish does and writes the handler's result with it: one statement instead of two.
func DoneBy(finish func(ctx context.Context, owner string, lease time.Duration) (next *Job, err error)) Outcome {
	return Outcome{finish: finish}
}

// IsRetry reports whether the job is to run again.
func (o Outcome) IsRetry() bool { return o.kind == retry }

// Finish returns the handler's own statement that ends the job; nil where it is Store.Finish.
func (o Outcome) Finish() func(ctx context.Context, owner string, lease time.Duration) (next *Job, err error) {
	return o.finish
}

// RetryIn runs the job again after the delay. It does not count as a failure.
func RetryIn(delay time.Duration, reason string) Outcome {
	return Outcome{kind: retry, delay: delay, reason: reason}
}

// WaitFor is RetryIn for a job that waits for something: it runs again when that
// is there, or after the delay. See Store.Wait.
func WaitFor(waitsFor string, delay time.Duration, reason string) Outcome {
	return Outcome{kind: retry, delay: delay, reason: reason, waitsFor: waitsFor}
}

// Dead makes the job a dead letter that an admin can see and replay.
func Dead(reason string) Outcome { return Outcome{kind: dead, reason: reason} }

// Handler works on one job. Its context ends with the lease, which the worker
// renews; see CheckLease. An error means a failure that may pass: the worker
// tries again after a growing pause, and buries the job after its last attempt.
type Handler func(ctx context.Context, job Job) (Outcome, error)
