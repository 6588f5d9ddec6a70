package cloudapi

import (
	"net/http"
	"time"
)

// FaultKind says what goes wrong.
type FaultKind string

// These are the faults. "Before" means that nothing was recorded. "After" means that the call was carried out and only its response is
// affected.
const (
	FaultDelay     FaultKind = "delay"      // waits for Delay, then carries out the call
	FaultLate      FaultKind = "late"       // carries out the call, responds after Delay
	FaultSlow      FaultKind = "slow"       // carries out the call, sends the response bit by bit during Delay
	FaultHTTP      FaultKind = "http"       // responds with Status, does nothing
	FaultHTTPAfter FaultKind = "http_after" // carries out the call, responds with Status
	FaultRateLimit FaultKind = "rate_limit" // responds with 429 and error 4, does nothing
	FaultCutBefore FaultKind = "cut_before" // closes the connection, does nothing
	FaultCutAfter  FaultKind = "cut_after"  // carries out the call, closes the connection
)

// TypeRead is the type with which a Match selects read marks and typing indicators.
const TypeRead = "read"

// Match selects calls. Empty fields match everything.
type Match struct {
	PhoneNumberID string `json:"phone_number_id,omitempty"` // the object in the path
	Method        string `json:"method,omitempty"`
	Edge          string `json:"edge,omitempty"`     // messages, media, message_templates, ...
	To            string `json:"to,omitempty"`       // recipient, written in any way
	Type          string `json:"type,omitempty"`     // message type; only TypeRead matches read marks
	Template      string `json:"template,omitempty"` // template name
}

// Fault is something that goes wrong with the calls that it matches.
type Fault struct {
	Match
	Kind   FaultKind     `json:"kind"`
	Status int           `json:"status,omitempty"` // of FaultHTTP and FaultHTTPAfter; default 500
	HTML   bool          `json:"html,omitempty"`   // the error page of an edge server instead of JSON
	Delay  time.Duration `json:"-"`                // in real time
}

// FaultState is a fault that still waits for calls.
type FaultState struct {
	Fault
	Left int `json:"left"` // calls it still applies to; -1 = all
}

type faultRule struct {
	Fault
	left int
}

// Faults controls what goes wrong on the Graph side.
type Faults struct{ s *Server }

// Faults returns the controls of the faults.
func (s *Server) Faults() *Faults { return &Faults{s: s} }

// Next applies a fault to the next n calls that match. Rules are tried in the order in which they were added, and a call gets one fault at
// most.
func (f *Faults) Next(n int, fault Fault) { f.add(n, fault) }

// Always applies a fault to every call that matches, until Clear.
func (f *Faults) Always(fault Fault) { f.add(-1, fault) }

func (f *Faults) add(n int, fault Fault) {
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	if n == 0 {
		return
	}
	f.s.faults = append(f.s.faults, &faultRule{Fault: fault, left: n})
	f.s.bump()
}

// Clear removes all faults, and all refusals that FailNext has queued.
func (f *Faults) Clear() {
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	f.s.faults, f.s.fails = nil, nil
	f.s.bump()
}

// List returns the faults that still wait for calls.
func (f *Faults) List() []FaultState {
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	list := []FaultState{}
	for _, r := range f.s.faults {
		list = append(list, FaultState{Fault: r.Fault, Left: r.left})
	}
	return list
}

func (s *Server) nextFault(c *call) Fault {
	for i, r := range s.faults {
		if !r.matches(c) {
			continue
		}
		if r.left > 0 {
			r.left--
		}
		if r.left == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return r.Fault
	}
	return Fault{}
}

func (m Match) matches(c *call) bool {
	if (m.PhoneNumberID != "" && m.PhoneNumberID != c.objectID) || (m.Method != "" && m.Method != c.method) || (m.Edge != "" && m.Edge != c.edge) {
		return false
	}
	if c.edge != "messages" && m.To == "" && m.Type == "" && m.Template == "" {
		return true
	}
	p := parseParams(c.body)
	to, _ := p.text("to")
	kind, _ := p.text("type")
	if status, _ := p.text("status"); status == TypeRead {
		return m.Type == TypeRead
	}
	var name string
	if t, err := p.object("template"); err == nil {
		name, _ = t.text("name")
	}
	return (m.To == "" || canonical(onlyDigits(m.To)) == canonical(onlyDigits(to))) &&
		(m.Type == "" || m.Type == kind) && (m.Template == "" || m.Template == name)
}

func (f Fault) happensAfter() bool {
	return f.Kind == FaultLate || f.Kind == FaultSlow || f.Kind == FaultHTTPAfter || f.Kind == FaultCutAfter
}

// faultBefore carries out a fault that comes before the call, and reports whether this ended the call. It takes the lock.
func (s *Server) faultBefore(w http.ResponseWriter, r *http.Request, c *call, f Fault) bool {
	if f.Kind == "" || f.happensAfter() {
		return false
	}
	s.mu.Lock()
	c.entry.Fault, c.entry.Outcome = f.Kind, OutcomeFault
	s.bump()
	s.mu.Unlock()
	switch f.Kind {
	case FaultDelay:
		return !sleep(r, f.Delay)
	case FaultCutBefore:
		panic(http.ErrAbortHandler)
	case FaultRateLimit:
		e := newError(4).sub(2446079).message("Application request limit reached")
		e.status = http.StatusTooManyRequests
		s.writeFault(w, c, f, e)
	default:
		s.writeFault(w, c, f, serverError(f.Status))
	}
	return true
}

// serverError is Graph's JSON for an internal error.
func serverError(status int) *apiError {
	if status == 0 {
		status = http.StatusInternalServerError
	}
	e := newError(2).message("An unexpected error occurred. Please retry your request")
	e.status, e.kind = status, "GraphMethodException"
	yes := true
	e.transient = &yes
	return e
}

func (s *Server) writeFault(w http.ResponseWriter, c *call, f Fault, e *apiError) {
	s.mu.Lock()
	trace := s.trace()
	if c != nil {
		c.entry.Status = e.status
		if !f.HTML {
			c.entry.ErrorCode = e.code
		}
	}
	s.mu.Unlock()
	w.Header().Set("x-fb-request-id", trace)
	if f.HTML {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(e.status)
		_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>\n"))
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(e.status)
	_, _ = w.Write(e.body(trace))
}

// write sends the response, or damages it as the fault says.
func (s *Server) write(w http.ResponseWriter, r *http.Request, out reply, f Fault) {
	switch f.Kind {
	case FaultCutAfter:
		panic(http.ErrAbortHandler)
	case FaultHTTPAfter:
		s.writeFault(w, nil, f, serverError(f.Status))
		return
	case FaultLate:
		if !sleep(r, f.Delay) {
			return
		}
	case FaultSlow:
		w.WriteHeader(out.status)
		step := f.Delay / time.Duration(max(len(out.body), 1))
		for i := range out.body {
			if _, err := w.Write(out.body[i : i+1]); err != nil || !sleep(r, step) {
				return
			}
			_ = http.NewResponseController(w).Flush()
		}
		return
	}
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body)
	_ = http.NewResponseController(w).Flush()
}

// sleep waits in real time and reports whether the caller is still connected.
func sleep(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
