package cloudapi

import (
	"slices"
	"time"
)

// windowLength is the length of Meta's customer service window.
const windowLength = 24 * time.Hour

// rate is a token bucket, stored as the time at which it will be full again.
type rate struct{ full time.Time }

// take takes one of burst tokens, of which one is returned every interval.
func (r *rate) take(now time.Time, interval time.Duration, burst int) bool {
	full := r.full
	if full.Before(now) {
		full = now
	}
	if full.Sub(now) > interval*time.Duration(burst-1) {
		return false
	}
	r.full = full.Add(interval)
	return true
}

// This is the pair rate: one message per 6 s to one customer, of which up to 45 can be sent ahead at once.
const (
	pairInterval = 6 * time.Second
	pairBurst    = 45
)

// admit applies the rules about who may be written to, how fast, and when.
func (s *Server) admit(m *Message, to *customer, n *Number) *apiError {
	if n.Sandbox && !slices.ContainsFunc(n.Allowed, func(a string) bool { return canonical(onlyDigits(a)) == to.key }) {
		return newError(131030)
	}
	now := s.now()
	limit := n.Throughput
	if limit == 0 {
		limit = s.settings.Throughput
	}
	if limit > 0 {
		r := s.throughputs[n.ID]
		if !r.take(now, time.Second/time.Duration(limit), limit) {
			return newError(130429)
		}
		s.throughputs[n.ID] = r
	}
	who := pair{n.ID, to.key}
	if s.settings.PairRate {
		r := s.pairRates[who]
		if !r.take(now, pairInterval, pairBurst) {
			return newError(131056)
		}
		s.pairRates[who] = r
	}
	code := 0
	switch {
	case m.Template == nil && !s.windowOpen(who):
		code = 131047
	case m.category == CategoryMarketing && to.NoMarketing:
		code = 131050
	case m.category == CategoryMarketing && to.MarketingCapped:
		code = 131049
	}
	if code != 0 && s.settings.RefuseAtOnce {
		return newError(code)
	}
	if to.NotOnWhatsApp {
		code = 131026
	}
	if code != 0 {
		m.fate = code
	}
	return nil
}

func (s *Server) windowOpen(who pair) bool {
	last, ok := s.windows[who]
	return ok && s.now().Before(last.Add(windowLength))
}

// WindowUntil returns until when free text may be sent to a customer, or zero if the customer has never written.
func (s *Server) WindowUntil(phoneNumberID, customerNumber string) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, ok := s.windows[pair{phoneNumberID, canonical(onlyDigits(customerNumber))}]
	if !ok {
		return time.Time{}
	}
	return last.Add(windowLength)
}

// failRule is a refusal that waits for a send.
type failRule struct {
	Match
	code, left int
	later      bool
}

// FailNext refuses the next sends that match, with one of Meta's error codes.
func (s *Server) FailNext(m Match, code, times int) { s.addFail(m, code, times, false) }

// FailNextLater responds to the next sends that match with 200, and later reports a failed status with the code.
func (s *Server) FailNextLater(m Match, code, times int) { s.addFail(m, code, times, true) }

func (s *Server) addFail(m Match, code, times int, later bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if times > 0 {
		s.fails = append(s.fails, &failRule{Match: m, code: code, left: times, later: later})
		s.bump()
	}
}

func (s *Server) nextFail(c *call, later bool) *failRule {
	for i, r := range s.fails {
		if r.later != later || !r.matches(c) {
			continue
		}
		if r.left--; r.left == 0 {
			s.fails = append(s.fails[:i:i], s.fails[i+1:]...)
		}
		return r
	}
	return nil
}
