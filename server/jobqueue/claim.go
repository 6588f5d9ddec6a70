package jobqueue

import (
	"context"
	"slices"
	"time"
)

// A claim reads all lanes, so under load one claim should take several jobs: a
// worker claims more lanes than it works on, twice as many unless Options say so, and while it
// is busy it waits a little until several places are free.
const (
	gatherFor  = 100 * time.Millisecond
	gatherPart = 4 // wait for a quarter of the concurrency
)

// gather takes all free places; while the worker is busy it waits until there are several.
func (w *Worker) gather(ctx context.Context, busy bool) (free int) {
	enough := 1
	if busy {
		enough = max(1, w.Concurrency/gatherPart)
	}
	timeout := time.NewTimer(gatherFor)
	defer timeout.Stop()
	for free < enough {
		select {
		case w.claimed <- struct{}{}:
			free++
		case <-ctx.Done():
			return free
		case <-timeout.C:
			enough = 1
		}
	}
	for {
		select {
		case w.claimed <- struct{}{}:
			free++
		default:
			return free
		}
	}
}

// claim takes as many jobs as there are free places and starts a lane for each.
// It returns true if there may be more to take at once.
func (w *Worker) claim(ctx context.Context, why look) (more bool) {
	if why == afterPause {
		w.BeforeClaim(ctx)
	}
	free := w.gather(ctx, why == again)
	if ctx.Err() != nil {
		return false
	}
	limit := ClaimLimit{}
	if w.MaxPerAccount > 0 {
		limit.FullAccounts, limit.MaxPerAccount = w.accounts.full()
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
		<-w.claimed
	}
	more = len(jobs) == free
	perAccount := map[string]int{}
	for _, job := range jobs {
		perAccount[job.AccountID]++
		more = more || perAccount[job.AccountID] == limit.MaxPerAccount // this account may have more jobs
		leased := w.track(ctx, job.ID, until)
		w.accounts.claimed(job.AccountID)
		w.all.Go(func() {
			defer func() {
				<-w.claimed
				if w.accounts.finished(job.AccountID) {
					w.Wake()
				}
			}()
			w.runLane(ctx, leased, job)
		})
	}
	return more
}

// renewLeases prolongs the leases of the claimed jobs until ctx ends.
func (w *Worker) renewLeases(ctx context.Context) {
	ticker := time.NewTicker(w.Lease / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		w.mu.Lock()
		ids := make([]int64, 0, len(w.leases))
		for id := range w.leases {
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
			continue // each lease ends in its own time
		}
		w.renewed(ids, held, until)
	}
}

// renewed extends the leases that are still ours and ends the others: a process
// that was frozen for long finds that another one has its jobs.
func (w *Worker) renewed(asked, held []int64, until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range asked {
		switch lease := w.leases[id]; {
		case lease == nil: // done meanwhile
		case slices.Contains(held, id):
			lease.Extend(until)
		default:
			lease.Lose()
		}
	}
}

// track notes the lease of a job that was claimed, and returns a context that ends
// with it. A handler of ours that lost the job before may still be running: its
// lease ends here.
func (w *Worker) track(ctx context.Context, id int64, until time.Time) context.Context {
	leased, lease := WithLease(ctx, until)
	w.mu.Lock()
	defer w.mu.Unlock()
	if lost := w.leases[id]; lost != nil {
		lost.Lose()
	}
	w.leases[id] = lease
	return leased
}

// untrack forgets the lease of a job that is over.
func (w *Worker) untrack(leased context.Context, id int64) {
	lease := leaseOf(leased)
	lease.End()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.leases[id] == lease {
		delete(w.leases, id)
	}
}
