package jobqueue

import (
	"context"
	"sync"
)

// shares see to it that one account never has all hands: where a number's work
// is slow, or is a flood, the others' goes on beside it.
type shares struct {
	hands int // of the worker that one account may have; 0 = all

	mu   sync.Mutex
	held map[string]*share // of accounts that have a lane in work
}

type share struct {
	lanes int           // claimed
	hands chan struct{} // taken while a handler runs
}

// lanes is how many of one account may be claimed at once: like the worker, it
// has as many ready as are worked on.
func (s *shares) lanes() int { return 2 * s.hands }

// take counts a lane that was claimed.
func (s *shares) take(account string) {
	if s.hands == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		s.held = map[string]*share{}
	}
	if s.held[account] == nil {
		s.held[account] = &share{hands: make(chan struct{}, s.hands)}
	}
	s.held[account].lanes++
}

// give takes a lane off; room tells that an account which had all it may have is
// to be looked at again.
func (s *shares) give(account string) (room bool) {
	if s.hands == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.held[account]
	held.lanes--
	if held.lanes == 0 {
		delete(s.held, account)
	}
	return held.lanes == s.lanes()-max(1, s.hands/gatherPart)
}

// hand waits for one of the account's hands; false where ctx ended before.
func (s *shares) hand(ctx context.Context, account string) (release func(), ok bool) {
	if s.hands == 0 {
		return func() {}, true
	}
	s.mu.Lock()
	hands := s.held[account].hands
	s.mu.Unlock()
	select {
	case hands <- struct{}{}:
		return func() { <-hands }, true
	case <-ctx.Done():
		return nil, false
	}
}

// full are the accounts that have all they may have, and room is how many lanes
// any other may have more.
func (s *shares) full() (accounts []string, room int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	most := 0
	for account, held := range s.held {
		if held.lanes >= s.lanes() {
			accounts = append(accounts, account)
		} else {
			most = max(most, held.lanes)
		}
	}
	return accounts, s.lanes() - most
}
