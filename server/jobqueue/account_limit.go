package jobqueue

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// accountLimit keeps one account from taking all of a worker's concurrency: while
// one number's work is slow, or arrives in a flood, the other numbers' goes on.
type accountLimit struct {
	running int // handlers of one account at a time; 0 = no limit
	ahead   int // lanes for each of them; see Options

	mu       sync.Mutex
	accounts map[string]*accountUse // those that have a claimed lane
}

type accountUse struct {
	lanes   int                 // claimed
	running *semaphore.Weighted // held while a handler runs
}

// maxLanes is how many lanes of one account may be claimed at once: like the
// worker as a whole, an account has lanes waiting besides those that are running.
func (l *accountLimit) maxLanes() int { return l.ahead * l.running }

// claimed counts a lane that was claimed.
func (l *accountLimit) claimed(accountID string) {
	if l.running == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.accounts == nil {
		l.accounts = map[string]*accountUse{}
	}
	if l.accounts[accountID] == nil {
		l.accounts[accountID] = &accountUse{running: semaphore.NewWeighted(int64(l.running))}
	}
	l.accounts[accountID].lanes++
}

// finished counts a claimed lane as done. It returns true where the account was
// at its limit and has enough room again to be worth a claim.
func (l *accountLimit) finished(accountID string) (hasRoomAgain bool) {
	if l.running == 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	use := l.accounts[accountID]
	use.lanes--
	if use.lanes == 0 {
		delete(l.accounts, accountID)
	}
	return use.lanes == l.worthwhile()
}

// acquire waits until another handler of the account may run; ok is false where ctx ended first.
func (l *accountLimit) acquire(ctx context.Context, accountID string) (release func(), ok bool) {
	if l.running == 0 {
		return func() {}, true
	}
	l.mu.Lock()
	running := l.accounts[accountID].running
	l.mu.Unlock()
	if running.Acquire(ctx, 1) != nil {
		return nil, false
	}
	return func() { running.Release(1) }, true
}

// worthwhile is how many lanes an account has at the most that is worth a claim.
func (l *accountLimit) worthwhile() int { return l.maxLanes() - max(1, l.maxLanes()/gatherPart) }

// full returns the accounts that have too many lanes to be worth a claim, and how many any other may still have. That is one number
// for all of them: an account that were just below its limit would leave none for the others.
func (l *accountLimit) full() (accounts []string, room int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	most := 0
	for accountID, use := range l.accounts {
		if use.lanes > l.worthwhile() {
			accounts = append(accounts, accountID)
		} else {
			most = max(most, use.lanes)
		}
	}
	return accounts, l.maxLanes() - most
}
