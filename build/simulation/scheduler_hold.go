package simulation

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// heldCall is a call that waits before its turn, while others go on. What is held is a call that changes something: most
// mistakes with more than one party are a change that goes by what was read before, and show where others do much
// between the two.
type heldCall struct {
	call  *call
	until int64         // the step from which it waits no longer
	over  bool          // and it was told
	end   chan struct{} // closed then
}

// longestHold is how much simulated time a call is held at the most: less than what makes its caller give up.
const longestHold = 3 * time.Second

// hold keeps a call from its turn for some steps. The lock is held.
func (s *scheduler) hold(c *call) {
	c.held = true
	steps := pick(s.rand, 4, 8, 16, 32, 64, 128)
	h := &heldCall{call: c, until: s.made.Load() + int64(steps), end: make(chan struct{})}
	s.held = append(s.held, h)
	s.trace.add("%s is held for %d steps", c.what, steps)
	go func() {
		timer := time.NewTimer(longestHold)
		defer timer.Stop()
		select {
		case <-h.end:
		case <-timer.C:
		}
		s.letWait(h)
	}()
}

// letWait lets a held call wait for its turn like any other.
func (s *scheduler) letWait(h *heldCall) {
	s.mu.Lock()
	if i := slices.Index(s.held, h); i >= 0 {
		s.held = slices.Delete(s.held, i, i+1)
	}
	if !h.call.over.Load() {
		s.waiting = append(s.waiting, h.call)
	}
	s.mu.Unlock()
	s.tell()
}

// endHolds ends the holds that have lasted for long enough, or all; it reports whether there were any.
func (s *scheduler) endHolds(all bool) (ended bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.held {
		if (all || h.until <= s.made.Load()) && !h.over {
			h.over, ended = true, true
			close(h.end)
		}
	}
	return ended
}

// changing finds what makes a statement one that changes something, or locks it; reading are those functions of the plugin's
// that do not, or that take the next job, which goes by nothing that was read before.
var (
	changing = regexp.MustCompile(`\b(INSERT|UPDATE|DELETE|pg_advisory\w*)\b|FROM waa_\w+_[0-9a-f]{10}\(`)
	reading  = regexp.MustCompile(`FROM waa_(claim|load|read|resolve)_`)
)

func changesRows(query string) bool {
	return changing.MatchString(query) && !reading.MatchString(query)
}

// changesHost reports whether a method of the plugin API changes something.
func changesHost(method string) bool {
	return !strings.HasPrefix(method, "Get") && !strings.HasPrefix(method, "Has") && !strings.HasPrefix(method, "Load") && !strings.HasPrefix(method, "KVGet")
}
