package outbound

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// numberRate is what Meta lets one number send a second.
	numberRate = 80
	// Meta lets one person get a message every 6 seconds, and a burst of 45 ahead of that.
	pairEvery = 6 * time.Second
	pairBurst = 45
	// maxPairs bounds the memory; a forgotten pair has a full bucket again, and Meta's own refusal behind it.
	maxPairs = 20_000
	// probeEvery is how often a stopped account is tried again by itself.
	probeEvery = 30 * time.Second
)

// RateLimiter keeps us under Meta's rates, so that nothing is refused that need not
// be. It is this process's own guess: Meta's refusal (130429, 131056) has the last word.
type RateLimiter struct {
	mu      sync.Mutex
	numbers map[string]*rate.Limiter
	pairs   map[string]*rate.Limiter
	probes  map[string]time.Time
}

// NewRateLimiter makes a pacer that has seen nothing yet.
func NewRateLimiter() *RateLimiter {
	return &RateLimiter{numbers: map[string]*rate.Limiter{}, pairs: map[string]*rate.Limiter{}, probes: map[string]time.Time{}}
}

// Delay is how long to wait before a message of the account to the contact; 0
// takes the place.
func (p *RateLimiter) Delay(accountID, contactID string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	pair := p.pairs[accountID+contactID]
	if pair == nil {
		if len(p.pairs) >= maxPairs {
			p.pairs = map[string]*rate.Limiter{}
		}
		pair = rate.NewLimiter(rate.Every(pairEvery), pairBurst)
		p.pairs[accountID+contactID] = pair
	}
	now := time.Now()
	place := pair.ReserveN(now, 1)
	delay := place.DelayFrom(now)
	if delay > 0 {
		place.CancelAt(now)
	}
	return delay
}

// Wait blocks until the account's number may send again: a second or two at
// the most, for which writing the job back would cost more.
func (p *RateLimiter) Wait(ctx context.Context, accountID string) error {
	p.mu.Lock()
	number := p.numbers[accountID]
	if number == nil {
		number = rate.NewLimiter(numberRate, numberRate)
		p.numbers[accountID] = number
	}
	p.mu.Unlock()
	return number.Wait(ctx)
}

// Probe tells whether a stopped account may be tried once now.
func (p *RateLimiter) Probe(accountID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.probes[accountID]) < probeEvery {
		return false
	}
	p.probes[accountID] = now
	return true
}
