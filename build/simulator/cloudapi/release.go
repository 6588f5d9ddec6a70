package cloudapi

import (
	"slices"

	"github.com/pkg/errors"
)

// Webhooks controls the deliveries.
type Webhooks struct{ s *Server }

// Webhooks returns the controls of the deliveries.
func (s *Server) Webhooks() *Webhooks { return &Webhooks{s: s} }

// Hold holds back every update until Release.
func (w *Webhooks) Hold() { w.with(func(s *Server) { s.holding = true }) }

// Held returns how many updates are held back.
func (w *Webhooks) Held() (n int) { w.with(func(s *Server) { n = len(s.held) }); return n }

// DropNext loses the next n updates, which Meta then never sends again.
func (w *Webhooks) DropNext(n int) { w.with(func(s *Server) { s.dropNext = n }) }

// Repeat makes every update be sent n times from now on; 1 is normal.
func (w *Webhooks) Repeat(n int) { w.with(func(s *Server) { s.repeat = n }) }

func (w *Webhooks) with(f func(*Server)) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	f(w.s)
	w.s.bump()
}

// Sequence is the order in which held updates are sent.
type Sequence string

// These are the sequences of Release.
const (
	InOrder  Sequence = "in_order"
	Reversed Sequence = "reversed"
	Shuffled Sequence = "shuffled"
)

// Release says what to do with the updates that were held back.
type Release struct {
	Order Sequence `json:"order,omitempty"` // default InOrder
	// Batch is how many updates share one delivery, by default 1 and at most Meta's 1000. Shape is how they share it.
	Batch int   `json:"batch,omitempty"`
	Shape Shape `json:"shape,omitempty"`
	Times int   `json:"times,omitempty"` // how often each delivery is sent, default 1
	Drop  bool  `json:"drop,omitempty"`  // lose the updates instead of sending them
	Keep  bool  `json:"keep,omitempty"`  // continue to hold back new updates
	// OneLane sends the deliveries strictly one after the other, even if they are about different customers.
	OneLane bool `json:"one_lane,omitempty"`
}

// Release sends the updates that were held back, and returns the number of deliveries.
func (w *Webhooks) Release(r Release) int {
	s := w.s
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.held
	s.held, s.holding = nil, r.Keep
	switch r.Order {
	case Reversed:
		slices.Reverse(held)
	case Shuffled:
		shuffle(held)
	}
	size := min(max(r.Batch, 1), 1000)
	count := 0
	for _, group := range sameReceiver(held) {
		for part := range slices.Chunk(group, size) {
			count++
			if r.Drop {
				s.record(s.newDelivery(part, r.Shape), DeliveryDropped)
				continue
			}
			for range max(r.Times, 1) {
				d := s.newDelivery(part, r.Shape)
				if r.OneLane {
					d.lane = "release"
				}
				s.queue(d)
			}
		}
	}
	s.bump()
	return count
}

// sameReceiver groups updates by callback and keeps their order. The updates of one delivery need to have nothing else in common.
func sameReceiver(list []addressed) [][]addressed {
	index := map[string]int{}
	var groups [][]addressed
	for _, a := range list {
		key := a.app.ID + " " + a.url
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], a)
	}
	return groups
}

// Raw delivers exactly these bytes to the subscribers of a WABA, and returns the id of the last delivery.
func (w *Webhooks) Raw(wabaID string, body []byte, signature Signature) (int64, error) {
	s := w.s
	s.mu.Lock()
	defer s.mu.Unlock()
	var id int64
	for _, sub := range s.subscriptions[wabaID] {
		app := s.apps[sub.appID]
		url := sub.callbackURL
		if url == "" {
			url = app.CallbackURL
		}
		if url == "" {
			continue
		}
		d := &delivery{Delivery: Delivery{URL: url, Body: string(body), Updates: 1}, body: slices.Clone(body), secret: app.Secret, signature: signature, lane: wabaID}
		s.queue(d)
		id = d.ID
	}
	if id == 0 {
		return 0, errors.Errorf("no app is subscribed to %s", wabaID)
	}
	return id, nil
}

// Redeliver sends a delivery from the log once more, byte for byte.
func (w *Webhooks) Redeliver(id int64) error {
	s := w.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.deliveries {
		if d.ID == id {
			again := &delivery{Delivery: Delivery{URL: d.URL, Body: d.Body, Updates: d.Updates}, body: d.body, secret: d.secret, signature: d.signature, lane: d.lane}
			s.queue(again)
			return nil
		}
	}
	return errors.Errorf("no delivery has the id %d", id)
}

// List returns the deliveries, the oldest first.
func (w *Webhooks) List() []Delivery {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	list := make([]Delivery, 0, len(w.s.deliveries))
	for _, d := range w.s.deliveries {
		c := d.Delivery
		c.Attempts = slices.Clone(d.Attempts)
		list = append(list, c)
	}
	return list
}
