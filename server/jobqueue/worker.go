package jobqueue

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/pkg/errors"
)

// ErrLost says that the job's lease ran out and somebody else has it.
var ErrLost = errors.New("the job's lease was lost")

// Logger is what the worker says to the operator: constant messages, ids only.
type Logger interface {
	Warn(message string, keyValuePairs ...any)
	Error(message string, keyValuePairs ...any)
}

// Options of a worker. All are needed except Share, Observe, Yield and Outage.
type Options struct {
	Name          string // in logs and metrics
	Owner         string // unique in the cluster and to this process's life
	Store         Store
	Handle        Handler
	Concurrency   int           // lanes worked on at once
	MaxPerAccount int           // of them for one account at the most; 0 = all
	Lease         time.Duration // a dead process's jobs are free after it
	Poll          time.Duration // how often to look without a Wake
	MaxAttempts   int           // failures (errors, panics) in a row before a job is buried
	Log           Logger
	Observe       func(outcome string, took time.Duration)
	BeforeJob     func(ctx context.Context) // is called before each job and may wait for what is more urgent
	// Outage tells that an error is nobody's message's fault: what is needed does
	// not answer. Such a failure does not count, however long it lasts. nil = all count.
	IsOutage func(error) bool
}

// Worker claims jobs and runs the handler on them until it is stopped.
type Worker struct {
	Options
	wake   chan struct{}
	hands  chan struct{} // taken while a handler runs
	shares shares
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu      sync.Mutex
	running map[int64]*Lease
	failed  map[int64]int // failures of a job in a row, as far as this process saw them
}

// NewWorker makes a worker; Start starts it.
func NewWorker(o Options) *Worker {
	if o.Observe == nil {
		o.Observe = func(string, time.Duration) {}
	}
	if o.IsOutage == nil {
		o.IsOutage = func(error) bool { return false }
	}
	if o.BeforeJob == nil {
		o.BeforeJob = func(context.Context) {}
	}
	return &Worker{
		Options: o, wake: make(chan struct{}, 1), hands: make(chan struct{}, o.Concurrency), shares: shares{hands: o.MaxPerAccount},
		running: map[int64]*Lease{}, failed: map[int64]int{},
	}
}

// Start begins to work in the background.
func (w *Worker) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	w.all.Add(2)
	go func() { defer w.all.Done(); w.claimLoop(ctx) }()
	go func() { defer w.all.Done(); w.renewLoop(ctx) }()
}

// stopPatience is how long Stop waits: the server gives a plugin ten seconds.
const stopPatience = 8 * time.Second

// Stop lets running handlers see a context that ended and waits for them, but
// not for ever: what is still running then is found by its lease.
func (w *Worker) Stop() {
	if w.cancel == nil {
		return
	}
	w.cancel()
	done := make(chan struct{})
	go func() { w.all.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(stopPatience):
	}
}

// Wake makes the worker look for jobs now. It never blocks.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// A claim looks at all lanes, so under load one claim is for several jobs: a
// worker holds up to twice as many as it works on, and waits a little for places
// to become free.
const (
	gatherFor  = 100 * time.Millisecond
	gatherPart = 4 // of the concurrency
)

func (w *Worker) claimLoop(ctx context.Context) {
	slots := make(chan struct{}, 2*w.Concurrency)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-w.wake:
		}
		for busy := false; w.claim(ctx, slots, busy); busy = true {
		}
		timer.Reset(w.Poll)
	}
}

// gather takes all free slots; where the worker is busy it waits until there are several.
func (w *Worker) gather(ctx context.Context, slots chan struct{}, busy bool) (free int) {
	enough := 1
	if busy {
		enough = max(1, w.Concurrency/gatherPart)
	}
	patience := time.NewTimer(gatherFor)
	defer patience.Stop()
	for free < enough {
		select {
		case slots <- struct{}{}:
			free++
		case <-ctx.Done():
			return free
		case <-patience.C:
			enough = 1
		}
	}
	for {
		select {
		case slots <- struct{}{}:
			free++
		default:
			return free
		}
	}
}

// claim fills the free slots once; true if there may be more to do at once.
func (w *Worker) claim(ctx context.Context, slots chan struct{}, busy bool) bool {
	free := w.gather(ctx, slots, busy)
	if ctx.Err() != nil {
		return false
	}
	limit := ClaimLimit{}
	if w.MaxPerAccount > 0 {
		limit.FullAccounts, limit.MaxPerAccount = w.shares.full()
	}
	until := time.Now().Add(w.Lease)
	jobs, err := w.Store.Claim(ctx, w.Owner, w.Lease, free, limit)
	if err != nil {
		if ctx.Err() == nil {
			w.Log.Warn("Could not claim jobs", "queue", w.Name, "error", err.Error())
		}
		jobs = nil
	}
	for range free - len(jobs) {
		<-slots
	}
	more, of := len(jobs) == free, map[string]int{}
	for _, job := range jobs {
		of[job.AccountID]++
		more = more || of[job.AccountID] == limit.MaxPerAccount // there may be more of this account's
		held := w.track(ctx, job.ID, until)
		w.shares.take(job.AccountID)
		w.all.Add(1)
		go func() {
			defer w.all.Done()
			defer func() {
				<-slots
				if w.shares.give(job.AccountID) {
					w.Wake()
				}
			}()
			w.runLane(ctx, held, job)
		}()
	}
	return more
}

// runLane works on a job and then on the next of its lane, as long as there is one.
func (w *Worker) runLane(ctx, held context.Context, job Job) {
	release, ok := w.shares.hand(ctx, job.AccountID)
	if !ok {
		w.untrack(held, job.ID)
		return
	}
	defer release()
	select {
	case w.hands <- struct{}{}:
		defer func() { <-w.hands }()
	case <-ctx.Done():
		w.untrack(held, job.ID)
		return
	}
	for next := &job; next != nil && ctx.Err() == nil; {
		current := *next
		var until time.Time
		next, until = w.runOne(ctx, held, current)
		w.untrack(held, current.ID)
		if next != nil {
			held = w.track(ctx, next.ID, until)
		}
	}
}

// runOne works on a job while its lease holds. The next of the lane is leased until then.
func (w *Worker) runOne(ctx, held context.Context, job Job) (next *Job, until time.Time) {
	w.BeforeJob(ctx)
	begin := time.Now()
	err := CheckLease(held)
	var outcome Outcome
	if err == nil {
		outcome, err = w.safely(held, job)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, until // stopped half way: the lease runs out and the job goes on elsewhere
	case errors.Is(err, ErrLost), (err != nil || outcome.kind != done) && CheckLease(held) != nil: // what was done is recorded all the same
		w.failures(job.ID, nil) // whoever has it now counts for themselves
		w.Observe("lost", time.Since(begin))
		return nil, until
	}
	failures := 0
	if err == nil || !w.IsOutage(err) {
		failures = w.failures(job.ID, err)
	}
	if err != nil {
		w.Log.Warn("A job failed", "queue", w.Name, "job", job.ID, "attempt", job.Attempts, "error", err.Error())
		outcome = RetryIn(Backoff(failures), err.Error())
		if failures == 0 {
			outcome.delay = Backoff(min(job.Attempts, outagePauses))
		}
		if failures >= w.MaxAttempts {
			w.failures(job.ID, nil)
			outcome = Dead(err.Error())
		}
	}
	// the job's end is written even while stopping
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	until = time.Now().Add(w.Lease)
	switch outcome.kind {
	case done:
		if outcome.finish != nil {
			next, err = outcome.finish(end, w.Owner, w.Lease)
		} else {
			next, err = w.Store.Finish(end, w.Owner, job.ID, w.Lease)
		}
		w.Observe("done", time.Since(begin))
	case again:
		if outcome.waitsFor != "" {
			err = w.Store.Wait(end, w.Owner, job.ID, outcome.waitsFor, outcome.delay, outcome.reason)
		} else {
			err = w.Store.Retry(end, w.Owner, job.ID, outcome.delay, outcome.reason)
		}
		w.Observe("retry", time.Since(begin))
	case dead:
		w.Log.Error("A job became a dead letter", "queue", w.Name, "job", job.ID)
		err = w.Store.Bury(end, w.Owner, job.ID, outcome.reason)
		w.Observe("dead", time.Since(begin))
		w.Wake() // its lane goes on
	}
	if err != nil && !errors.Is(err, ErrLost) {
		w.Log.Warn("Could not write a job's end", "queue", w.Name, "job", job.ID, "error", err.Error())
	}
	return next, until
}

// outagePauses bounds the pause during an outage to 8 seconds: when it is over, work goes on soon.
const outagePauses = 4

// failures counts a job's failures in a row; whatever is no failure ends the row.
func (w *Worker) failures(id int64, err error) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		delete(w.failed, id)
		return 0
	}
	w.failed[id]++
	return w.failed[id]
}

func (w *Worker) safely(ctx context.Context, job Job) (o Outcome, err error) {
	defer func() {
		if r := recover(); r != nil {
			w.Log.Error("A job panicked", "queue", w.Name, "job", job.ID, "stack", string(debug.Stack()))
			err = errors.Errorf("panic: %s", fmt.Sprintf("%.80T", r))
		}
	}()
	return w.Handle(ctx, job)
}

func (w *Worker) renewLoop(ctx context.Context) {
	ticker := time.NewTicker(w.Lease / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		w.mu.Lock()
		ids := make([]int64, 0, len(w.running))
		for id := range w.running {
			ids = append(ids, id)
		}
		w.mu.Unlock()
		if len(ids) == 0 {
			continue
		}
		until := time.Now().Add(w.Lease)
		held, err := w.Store.Renew(ctx, w.Owner, ids, w.Lease)
		if err != nil {
			if ctx.Err() == nil {
				w.Log.Warn("Could not renew leases", "queue", w.Name, "error", err.Error())
			}
			continue // each ends in its own time
		}
		w.renewed(ids, held, until)
	}
}

// renewed extends the leases that are still ours, and ends the others: who was
// frozen for long finds that somebody else has its jobs.
func (w *Worker) renewed(asked, held []int64, until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range asked {
		switch lease := w.running[id]; {
		case lease == nil: // done meanwhile
		case slices.Contains(held, id):
			lease.Extend(until)
		default:
			lease.Lose()
		}
	}
}

// track notes a job that was claimed. A handler of ours that has lost it may be at it still.
func (w *Worker) track(ctx context.Context, id int64, until time.Time) context.Context {
	held, lease := WithLease(ctx, until)
	w.mu.Lock()
	defer w.mu.Unlock()
	if lost := w.running[id]; lost != nil {
		lost.Lose()
	}
	w.running[id] = lease
	return held
}

func (w *Worker) untrack(held context.Context, id int64) {
	lease := leaseOf(held)
	lease.End()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running[id] == lease {
		delete(w.running, id)
	}
}

// Backoff is the pause after a number of attempts: 1, 2, 4 ... at most 60 seconds.
func Backoff(attempts int) time.Duration { return GrowingPause(time.Second, time.Minute, attempts) }

// GrowingPause is the pause after a number of attempts: twice as long each time, at most the longest.
func GrowingPause(first, longest time.Duration, attempts int) time.Duration {
	return min(first<<min(max(attempts-1, 0), 20), longest)
}
