package cloudapi

import (
	"context"
	"math"
	"slices"
	"time"
)

// These are the states of a delivery.
const (
	DeliveryQueued    = "queued"    // waiting, or between two attempts
	DeliveryDelivered = "delivered" // answered with 200
	DeliveryDropped   = "dropped"   // lost because of DropNext
	DeliveryAbandoned = "abandoned" // Meta stopped trying
)

// Delivery is one webhook with all attempts to post it.
type Delivery struct {
	ID       int64     `json:"id"`
	URL      string    `json:"url"`
	Body     string    `json:"body"`
	Updates  int       `json:"updates"`
	State    string    `json:"state"`
	QueuedAt time.Time `json:"queued_at"`
	Attempts []Attempt `json:"attempts"`
}

// Attempt is one POST. Status 0 means that there was no response.
type Attempt struct {
	At     time.Time `json:"at"`
	Status int       `json:"status"`
	Error  string    `json:"error,omitempty"`
}

type delivery struct {
	Delivery
	body      []byte
	secret    string
	signature Signature
	lane      string
}

// lane is a queue whose deliveries are sent one after the other.
type lane struct {
	waiting []*delivery
	running bool
}

func (s *Server) newDelivery(list []addressed, shape Shape) *delivery {
	body := envelope(list, shape)
	first := list[0]
	return &delivery{
		Delivery: Delivery{URL: first.url, Body: string(body), Updates: len(list)},
		body:     body, secret: first.app.Secret, signature: SignatureValid, lane: first.lane,
	}
}

func (s *Server) record(d *delivery, state string) {
	s.deliveryNo++
	d.ID, d.State, d.QueuedAt = s.deliveryNo, state, s.now()
	s.deliveries = append(s.deliveries, d)
	if keep := s.options.KeepDeliveries; keep > 0 && len(s.deliveries) > 2*keep {
		s.deliveries = slices.Clone(s.deliveries[len(s.deliveries)-keep:])
	}
	s.bump()
}

// queue records a delivery and starts it.
func (s *Server) queue(d *delivery) {
	if s.closed {
		return
	}
	s.record(d, DeliveryQueued)
	s.pending++
	s.enqueue(d)
}

func (s *Server) enqueue(d *delivery) {
	l := s.lanes[d.lane]
	if l == nil {
		l = &lane{}
		s.lanes[d.lane] = l
	}
	l.waiting = append(l.waiting, d)
	if !l.running {
		l.running = true
		go s.runLane(d.lane, l)
	}
}

// runLane sends the deliveries of a lane. It takes the lock itself.
func (s *Server) runLane(name string, l *lane) {
	for {
		s.mu.Lock()
		if len(l.waiting) == 0 || s.closed {
			l.running = false
			delete(s.lanes, name)
			s.mu.Unlock()
			return
		}
		d := l.waiting[0]
		l.waiting = l.waiting[1:]
		timeout := s.settings.WebhookTimeout
		s.mu.Unlock()
		s.slots <- struct{}{}
		status, err := s.post(d, timeout)
		<-s.slots
		s.attempted(d, status, err)
	}
}

// attempted records an attempt and schedules the next one. It takes the lock.
func (s *Server) attempted(d *delivery, status int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := Attempt{At: s.now(), Status: status}
	if err != nil {
		a.Error = err.Error()
	}
	d.Attempts = append(d.Attempts, a)
	switch {
	case status == 200:
		d.State = DeliveryDelivered
		s.pending--
	case s.now().Sub(d.QueuedAt) > s.settings.RetryFor:
		d.State = DeliveryAbandoned
		s.pending--
	default:
		s.log.Info("webhook not taken", "delivery", d.ID, "status", status, "attempt", len(d.Attempts))
		time.AfterFunc(s.backoff(len(d.Attempts)), func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.enqueue(d)
		})
	}
	s.bump()
}

// backoff returns the wait after the nth attempt.
func (s *Server) backoff(attempts int) time.Duration {
	wait := float64(s.settings.RetryFirst) * math.Pow(max(s.settings.RetryFactor, 1), float64(attempts-1))
	if limit := float64(s.settings.RetryMax); limit > 0 && wait > limit {
		wait = limit
	}
	return time.Duration(wait)
}

func contextWithTimeout(parent context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return context.WithCancel(parent)
	}
	return context.WithTimeout(parent, timeout)
}
