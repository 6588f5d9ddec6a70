package simulation

import (
	"context"
	"slices"
	"time"
)

// stuckCall is a statement that waits for a lock in the database.
type stuckCall struct {
	job     *job
	over    chan struct{}
	backend int64
}

func (s *scheduler) addStuck(c *stuckCall) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stuck = append(s.stuck, c)
}

func (s *scheduler) dropStuck(c *stuckCall) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.stuck, c); i >= 0 {
		s.stuck = slices.Delete(s.stuck, i, i+1)
	}
}

// unstick lets statements go on that have got their lock.
func (s *scheduler) unstick() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, c := range s.stuck {
		if c.job.finished.Load() {
			s.stuck = slices.Delete(s.stuck, i, i+1)
			close(c.over)
			return true
		}
	}
	return false
}

// giveTime gives PostgreSQL some real time; true if a statement has got its lock, or a deadlock has ended. False says
// that all wait for somebody who waits for time to pass.
func (s *scheduler) giveTime() bool {
	s.mu.Lock()
	stuck := slices.Clone(s.stuck)
	s.mu.Unlock()
	for {
		var backends []int64
		for _, c := range stuck {
			if c.job.finished.Load() {
				return true
			}
			backends = append(backends, c.backend)
		}
		waitForEver := false
		s.out.wholly(func() {
			waitForEver = s.locks.allWait(backends) && !s.locks.deadlocked(backends)
			if !waitForEver {
				time.Sleep(time.Millisecond)
			}
		})
		if waitForEver {
			return false
		}
	}
}

// hangUp lets a call take up to most; false if its caller gave up or its process died before.
func (s *scheduler) hangUp(ctx context.Context, p *process, most time.Duration) bool {
	timer := time.NewTimer(s.someTime(most))
	defer timer.Stop()
	s.mu.Lock()
	hurry := s.hurry
	s.mu.Unlock()
	select {
	case <-timer.C:
	case <-hurry:
	case <-ctx.Done():
	case <-p.died:
	}
	return ctx.Err() == nil && !p.dead.Load()
}

// endHangs brings all calls that take long to their end, so that none has its effect a day later. No
// more begin until the rates are set again; it returns those that held.
func (s *scheduler) endHangs() FaultRates {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.hurry)
	s.hurry = make(chan struct{})
	rates := s.faults
	s.faults.Hang = 0
	return rates
}
