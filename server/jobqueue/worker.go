package jobqueue

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/pkg/errors"
)

// ErrLost is returned where the job's lease ran out, so that another worker may have the job.
var ErrLost = errors.New("the job's lease was lost")

// Logger writes to the server's log: constant messages, and ids as their only values.
type Logger interface {
	Warn(message string, keyValuePairs ...any)
	Error(message string, keyValuePairs ...any)
}

// Options of a worker. All are needed except Waker, MaxPerAccount, Ahead, Observe, BeforeClaim, BeforeJob and IsOutage.
type Options struct {
	Name          string // in logs and metrics
	Owner         string // unique in the cluster and to this process's life
	Store         Store
	Handle        Handler
	Concurrency   int           // lanes worked on at once
	MaxPerAccount int           // how many of those may belong to one account; 0 = all
	Ahead         int           // lanes claimed for each that may be worked on; 0 = 2. With more of them claims are rarer, and a killed process holds up more
	Lease         time.Duration // how long after a process was killed its jobs are taken over
	Poll          time.Duration // how often to look for jobs without being woken
	MaxAttempts   int           // failures (errors, panics) in a row before a job is buried
	Log           Logger
	*Waker        // ends a pause: there is a new job
	Observe       func(outcome string, took time.Duration)
	BeforeClaim   func(ctx context.Context) // is called before a claim for which nobody woke the worker, and may wait for something more urgent
	BeforeJob     func(ctx context.Context) // is called before each job, and may do the same
	// IsOutage reports whether an error is no message's fault, because something that every
	// job needs is down. Such a failure is retried for as long as it lasts. nil = every failure counts.
	IsOutage func(error) bool
}

// Worker claims jobs and runs the handler on them until it is stopped.
type Worker struct {
	Options
	background
	claimed  chan struct{} // holds a place for each claimed lane
	running  chan struct{} // holds a place for each running handler
	accounts accountLimit

	mu     sync.Mutex
	leases map[int64]*Lease // of claimed jobs
	failed map[int64]int    // failures of a job in a row, as far as this process saw them
}

// NewWorker makes a worker; Start starts it.
func NewWorker(o Options) *Worker {
	if o.Observe == nil {
		o.Observe = func(string, time.Duration) {}
	}
	if o.IsOutage == nil {
		o.IsOutage = func(error) bool { return false }
	}
	if o.BeforeClaim == nil {
		o.BeforeClaim = func(context.Context) {}
	}
	if o.BeforeJob == nil {
		o.BeforeJob = func(context.Context) {}
	}
	if o.Waker == nil {
		o.Waker = &Waker{}
	}
	if o.Ahead == 0 {
		o.Ahead = 2
	}
	return &Worker{
		Options: o, claimed: make(chan struct{}, o.Ahead*o.Concurrency), running: make(chan struct{}, o.Concurrency),
		accounts: accountLimit{running: o.MaxPerAccount, ahead: o.Ahead}, leases: map[int64]*Lease{}, failed: map[int64]int{},
	}
}

// Start begins to work in the background.
func (w *Worker) Start() {
	w.start(func(ctx context.Context) {
		w.poll(ctx, w.Waker, w.Poll, func(why look) bool { return w.claim(ctx, why) })
	}, w.renewLeases)
}

// Stop ends the handlers' context and waits for them, but not for ever: a job
// that is still running then is taken over when its lease runs out.
func (w *Worker) Stop() { w.stop(stopTimeout) }

// runLane works on a job and then on the next of its lane, as long as there is one.
func (w *Worker) runLane(ctx, leased context.Context, job Job) {
	release, ok := w.accounts.acquire(ctx, job.AccountID)
	if !ok {
		w.untrack(leased, job.ID)
		return
	}
	defer release()
	select {
	case w.running <- struct{}{}:
		defer func() { <-w.running }()
	case <-ctx.Done():
		w.untrack(leased, job.ID)
		return
	}
	for next := &job; next != nil && ctx.Err() == nil; {
		current := *next
		var until time.Time
		next, until = w.runJob(ctx, leased, current)
		w.untrack(leased, current.ID)
		if next != nil {
			leased = w.track(ctx, next.ID, until)
		}
	}
}

// runJob calls the handler while the job's lease holds, and records the outcome.
// It returns the next job of the lane, which is leased until then.
func (w *Worker) runJob(ctx, leased context.Context, job Job) (next *Job, until time.Time) {
	w.BeforeJob(ctx)
	begin := time.Now()
	err := CheckLease(leased)
	var outcome Outcome
	if err == nil {
		outcome, err = w.handle(leased, job)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, until // stopped half way: the lease runs out and the job goes on elsewhere
	case errors.Is(err, ErrLost), (err != nil || outcome.kind != done) && CheckLease(leased) != nil: // but what was done is recorded
		w.countFailure(job.ID, nil) // the new owner counts for itself
		w.Observe("lost", time.Since(begin))
		return nil, until
	}
	if err != nil {
		outcome = w.afterFailure(job, err)
	} else {
		w.countFailure(job.ID, nil)
	}
	// the outcome is recorded even while stopping
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	until = time.Now().Add(w.Lease)
	switch outcome.kind {
	case done:
		if outcome.finish != nil {
			next, err = outcome.finish(ctx, w.Owner, w.Lease)
		} else {
			next, err = w.Store.Finish(ctx, w.Owner, job.ID, w.Lease)
		}
		w.Observe("done", time.Since(begin))
	case retry:
		if outcome.waitsFor != "" {
			err = w.Store.Wait(ctx, w.Owner, job.ID, outcome.waitsFor, outcome.delay, outcome.reason)
		} else {
			err = w.Store.Retry(ctx, w.Owner, job.ID, outcome.delay, outcome.reason)
		}
		w.Observe("retry", time.Since(begin))
	case dead:
		w.Log.Error("A job became a dead letter", "queue", w.Name, "job", job.ID)
		err = w.Store.Bury(ctx, w.Owner, job.ID, outcome.reason)
		w.Observe("dead", time.Since(begin))
		w.Wake() // its lane goes on
	}
	if err != nil && !errors.Is(err, ErrLost) {
		w.Log.Warn("Could not write a job's end", "queue", w.Name, "job", job.ID, "error", err.Error())
	}
	return next, until
}

// handle calls the handler and turns a panic into an error. The error names only
// the panic's type, because its value may hold a customer's text.
func (w *Worker) handle(ctx context.Context, job Job) (o Outcome, err error) {
	defer func() {
		if r := recover(); r != nil {
			w.Log.Error("A job panicked", "queue", w.Name, "job", job.ID, "stack", string(debug.Stack()))
			err = errors.Errorf("panic: %s", fmt.Sprintf("%.80T", r))
		}
	}()
	return w.Handle(ctx, job)
}

// maxOutageAttempts bounds the pause between two tries in an outage to 8 seconds,
// so that work goes on soon after it is over.
const maxOutageAttempts = 4

// afterFailure decides what becomes of a job whose handler returned an error: it
// is tried again after a growing pause, and buried after MaxAttempts in a row.
func (w *Worker) afterFailure(job Job, err error) Outcome {
	w.Log.Warn("A job failed", "queue", w.Name, "job", job.ID, "attempt", job.Attempts, "error", err.Error())
	if w.IsOutage(err) {
		return RetryIn(Backoff(min(job.Attempts, maxOutageAttempts)), err.Error())
	}
	failures := w.countFailure(job.ID, err)
	if failures >= w.MaxAttempts {
		w.countFailure(job.ID, nil)
		return Dead(err.Error())
	}
	return RetryIn(Backoff(failures), err.Error())
}

// countFailure counts a job's failures in a row and returns how many there are;
// without an error it forgets them.
func (w *Worker) countFailure(id int64, err error) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		delete(w.failed, id)
		return 0
	}
	w.failed[id]++
	return w.failed[id]
}

// Backoff is the pause after a number of attempts: 1, 2, 4 ... at most 60 seconds.
func Backoff(attempts int) time.Duration { return GrowingPause(time.Second, time.Minute, attempts) }

// GrowingPause is the pause after a number of attempts: it doubles each time, up to the longest.
func GrowingPause(first, longest time.Duration, attempts int) time.Duration {
	return min(first<<min(max(attempts-1, 0), 20), longest)
}
