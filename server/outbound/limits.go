package outbound

import (
	"context"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

const (
	// numberRate is how many messages Meta lets one number send a second.
	numberRate = 80
	// Meta lets one person get a message every 6 seconds, and a burst of 45 ahead of that.
	pairEvery = 6 * time.Second
	pairBurst = 45
	// maxPairs bounds the memory. A pair that was forgotten may burst again; if that is too much, Meta refuses it.
	maxPairs = 20_000
	// probeEvery is how often a blocked account is tried again by itself.
	probeEvery = 30 * time.Second
)

// RateLimiter keeps us under Meta's rates, so that Meta need not refuse what we
// could have held back. It knows only what this process sent: Meta's own refusals
// (130429, 131056) have the last word.
type RateLimiter struct {
	mu      sync.Mutex
	numbers map[string]*rate.Limiter
	pairs   *lru.Cache[string, *rate.Limiter]
	probes  map[string]time.Time
}

// NewRateLimiter makes a limiter that has counted nothing yet.
func NewRateLimiter() *RateLimiter {
	return &RateLimiter{numbers: map[string]*rate.Limiter{}, pairs: newCache[string, *rate.Limiter](maxPairs), probes: map[string]time.Time{}}
}

func newCache[K comparable, V any](size int) *lru.Cache[K, V] {
	cache, err := lru.New[K, V](size)
	if err != nil {
		panic(err) // it fails only for a size below one
	}
	return cache
}

// Delay returns how long a message of the account to the contact has to wait; with 0 the message is counted as sent.
func (l *RateLimiter) Delay(accountID, contactID string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	pair, found := l.pairs.Get(accountID + contactID)
	if !found {
		pair = rate.NewLimiter(rate.Every(pairEvery), pairBurst)
		l.pairs.Add(accountID+contactID, pair)
	}
	now := time.Now()
	reservation := pair.ReserveN(now, 1)
	delay := reservation.DelayFrom(now)
	if delay > 0 {
		reservation.CancelAt(now)
	}
	return delay
}

// Wait blocks until the account's number may send again. That is a second or two
// at the most, so that giving the job back to the queue would cost more.
func (l *RateLimiter) Wait(ctx context.Context, accountID string) error {
	l.mu.Lock()
	number := l.numbers[accountID]
	if number == nil {
		number = rate.NewLimiter(numberRate, numberRate)
		l.numbers[accountID] = number
	}
	l.mu.Unlock()
	return number.Wait(ctx)
}

// Probe reports whether a blocked account may be tried now; it says so once per probeEvery.
func (l *RateLimiter) Probe(accountID string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if now.Sub(l.probes[accountID]) < probeEvery {
		return false
	}
	l.probes[accountID] = now
	return true
}

const (
	// maxSends is how many messages of one number may be under way: enough for its
	// whole rate while Meta takes up to a second to answer, and only a part of the worker's concurrency.
	maxSends = 64
	// A request is late after lateAfter, and maxLate late ones hold a number's next messages back.
	lateAfter = 3 * time.Second
	maxLate   = 8
	// lateRetry is when a message that was held back is tried again.
	lateRetry = lateAfter

	// maxUploads and maxUploadsPerAccount bound the uploads that are under way.
	maxUploads, maxUploadsPerAccount = 12, 4
	// uploadRetry is when a file for which there was no room is tried again.
	uploadRetry = 300 * time.Millisecond
)

// InFlightLimiter bounds the requests that are under way, so that a number which
// Meta does not answer leaves the other numbers their share of the worker. It
// never blocks: a job for which there is no room goes back to the queue.
type InFlightLimiter struct {
	total      int // of all accounts; 0 = no limit
	perAccount int
	maxLate    int // how many late requests of an account hold back its next ones; 0 = no limit

	mu       sync.Mutex
	count    int
	accounts map[string]map[*time.Time]struct{} // when each request began
}

// NewInFlightLimiter makes the limiter of messages.
func NewInFlightLimiter() *InFlightLimiter {
	return &InFlightLimiter{perAccount: maxSends, maxLate: maxLate, accounts: map[string]map[*time.Time]struct{}{}}
}

func newUploadLimiter() *InFlightLimiter {
	return &InFlightLimiter{total: maxUploads, perAccount: maxUploadsPerAccount, accounts: map[string]map[*time.Time]struct{}{}}
}

// Acquire counts a request of the account if there is room for it; release ends
// it and may be called more than once.
func (l *InFlightLimiter) Acquire(accountID string, now time.Time) (release func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	requests := l.accounts[accountID]
	if requests == nil {
		requests = map[*time.Time]struct{}{}
		l.accounts[accountID] = requests
	}
	full := len(requests) >= l.perAccount || l.total > 0 && l.count >= l.total
	if full || l.maxLate > 0 && len(requests) >= l.maxLate && countLate(requests, now) >= l.maxLate {
		return nil, false
	}
	began := &now
	requests[began] = struct{}{}
	l.count++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if _, underWay := requests[began]; underWay {
			delete(requests, began)
			l.count--
		}
	}, true
}

func countLate(requests map[*time.Time]struct{}, now time.Time) (n int) {
	for began := range requests {
		if now.Sub(*began) > lateAfter {
			n++
		}
	}
	return n
}
