package cloudapi

import (
	"container/heap"
	"time"
)

// foreignClockPoll is how late a task may run under a clock other than time.Now, whose progress cannot be awaited by sleeping.
const foreignClockPoll = 20 * time.Millisecond

// Now returns the simulator's time: the clock plus what Advance and Set have added.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Server) now() time.Time { return s.options.Clock().Add(s.offset) }

// Advance moves the clock forward and at once carries out everything that is due by then.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset += d
	s.arm()
	s.bump()
}

// Set moves the clock to t, and the clock continues from there.
func (s *Server) Set(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset = t.Sub(s.options.Clock())
	s.arm()
	s.bump()
}

// task is something that is due at a time of the simulator's clock.
type task struct {
	due time.Time
	no  int64
	run func()
}

type taskHeap []task

func (h taskHeap) Len() int { return len(h) }
func (h taskHeap) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].no < h[j].no
	}
	return h[i].due.Before(h[j].due)
}
func (h taskHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *taskHeap) Push(x any)   { *h = append(*h, x.(task)) }
func (h *taskHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// after runs f, with the lock held, when d has passed by the simulator's clock.
func (s *Server) after(d time.Duration, f func()) {
	if s.closed {
		return
	}
	s.taskNo++
	heap.Push(&s.tasks, task{due: s.now().Add(max(d, 0)), no: s.taskNo, run: f})
	s.arm()
}

// arm sets the timer for the earliest task.
func (s *Server) arm() {
	if s.timer != nil {
		s.timer.Stop()
	}
	if len(s.tasks) == 0 || s.closed {
		return
	}
	wait := max(s.tasks[0].due.Sub(s.now()), 0)
	if s.foreignClock && wait > foreignClockPoll {
		wait = foreignClockPoll
	}
	s.timer = time.AfterFunc(wait, s.runDue)
}

// runDue runs the tasks that are due. It takes the lock.
func (s *Server) runDue() {
	s.mu.Lock()
	defer s.mu.Unlock()
	ran := false
	for len(s.tasks) > 0 && !s.tasks[0].due.After(s.now()) {
		next, ok := heap.Pop(&s.tasks).(task)
		if ok {
			next.run()
		}
		ran = true
	}
	s.arm()
	if ran {
		s.bump()
	}
}
