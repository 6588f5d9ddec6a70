package outbound

import (
	"sync"
	"time"
)

const (
	// maxFlights is how many requests of one number may be under way: enough for
	// its whole rate at most of a second an answer, and a part of the worker's hands.
	maxFlights = 64
	// slowAfter is when an answer is late, and maxSlow how many late ones of a
	// number keep its next requests on the ground.
	slowAfter = 3 * time.Second
	maxSlow   = 8
	// grounded is the pause of a message that may not leave for that.
	grounded = time.Second
)

// InFlightLimiter counts the requests of each number that are under way, so that a
// number whose answers do not come leaves the other numbers their hands.
type InFlightLimiter struct {
	mu  sync.Mutex
	out map[string]map[*time.Time]struct{}
}

// NewInFlightLimiter makes an empty count.
func NewInFlightLimiter() *InFlightLimiter {
	return &InFlightLimiter{out: map[string]map[*time.Time]struct{}{}}
}

// Acquire begins a request of the account, if it may now; land ends it.
func (f *InFlightLimiter) Acquire(accountID string, now time.Time) (land func(), ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.out[accountID]
	if out == nil {
		out = map[*time.Time]struct{}{}
		f.out[accountID] = out
	}
	if len(out) >= maxFlights || len(out) >= maxSlow && late(out, now) >= maxSlow {
		return nil, false
	}
	flight := &now
	out[flight] = struct{}{}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(out, flight)
	}, true
}

func late(out map[*time.Time]struct{}, now time.Time) (n int) {
	for began := range out {
		if now.Sub(*began) > slowAfter {
			n++
		}
	}
	return n
}
