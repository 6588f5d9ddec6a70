package simulation

import (
	"sync"
	"sync/atomic"
	"time"
)

// The database is real, so its answers take real time, and one that waits for a lock may
// take until another task goes on. Within a bubble of testing/synctest nobody could wait for
// both: so what talks to PostgreSQL runs in goroutines outside of it, and a task in the
// bubble waits a little of real time for one, and then as a task that is blocked.
//
// Channels made in the bubble must not be used outside of it and the other way round
// counts as real waiting. All channels here are therefore made before the bubble.

// A statement is looked at, again and again, when it takes much longer than they took lately: if another holds a
// lock that it waits for, others go on. On a machine that has much to do they all take long.
const (
	longer       = 4
	blockedAfter = 2 * time.Millisecond // at the least
)

// outside runs functions outside of the bubble.
type outside struct {
	jobs chan *job
	free chan *job
	all  sync.WaitGroup

	usual atomic.Int64 // how long a statement takes, nanoseconds
}

// patience is how long a statement may take until it is looked at.
func (o *outside) patience() time.Duration {
	return max(blockedAfter, longer*time.Duration(o.usual.Load()))
}

// took notes how long a statement took that waited for no lock.
func (o *outside) took(d time.Duration) {
	usual := o.usual.Load()
	o.usual.Store(usual + (int64(min(d, time.Second))-usual)/16)
}

// job is one call of a function outside.
type job struct {
	do       func()
	blocked  func() bool // whether it waits for a lock of another's; nil = it never does
	early    chan bool   // whether it was over without waiting for a lock
	finished atomic.Bool
	ended    chan struct{} // receives when a job that was blocked is over
}

// States of a job: whoever leaves jobRunning first says what the caller is told.
const (
	jobRunning = iota
	jobBlocked
	jobOver
)

// newOutside starts n goroutines. It must be called outside of the bubble.
func newOutside(n int) *outside {
	o := &outside{jobs: make(chan *job, n), free: make(chan *job, n)}
	for range n {
		o.free <- &job{early: make(chan bool, 1), ended: make(chan struct{}, 1)}
		o.all.Go(o.work)
	}
	return o
}

func (o *outside) work() {
	for j := range o.jobs {
		over, state := make(chan struct{}), &atomic.Int32{} // of this run: who watches it may come late
		began := time.Now()
		if blocked, patience := j.blocked, o.patience(); blocked != nil {
			watching := time.AfterFunc(patience, func() { j.watch(blocked, patience, state, over) })
			j.do()
			watching.Stop()
		} else {
			j.do()
		}
		close(over)
		if state.CompareAndSwap(jobRunning, jobOver) {
			o.took(time.Since(began))
			j.early <- true
			continue
		}
		j.finished.Store(true)
		j.ended <- struct{}{}
	}
}

// watch lets the caller of a job go on when the job waits for a lock. A job that is only slow, because the
// machine is, is waited for: no simulated time may pass for that.
func (j *job) watch(blocked func() bool, pause time.Duration, state *atomic.Int32, over <-chan struct{}) {
	for ; ; pause *= 2 { // a machine that has much to do is not to be asked all the time
		if blocked() {
			if state.CompareAndSwap(jobRunning, jobBlocked) {
				j.early <- false
			}
			return
		}
		select {
		case <-over:
			return
		case <-time.After(pause):
		}
	}
}

// run calls do outside. It returns nil if that was over without waiting for a lock, else the job, which is
// over when its finished is set; the caller gives it back with release then.
func (o *outside) run(do func(), blocked func() bool) *job {
	j := <-o.free
	j.do, j.blocked = do, blocked
	j.finished.Store(false)
	o.jobs <- j
	if <-j.early {
		o.release(j)
		return nil
	}
	return j
}

func (o *outside) release(j *job) {
	j.do = nil
	o.free <- j
}

// wholly calls do, which waits for no lock, outside.
func (o *outside) wholly(do func()) {
	_ = o.run(do, nil)
}

// close ends the goroutines when their jobs are over.
func (o *outside) close() {
	close(o.jobs)
	o.all.Wait()
}
