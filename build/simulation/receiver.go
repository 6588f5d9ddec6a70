package simulation

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// receiverURL is where events go. Nobody dials it.
const receiverURL = "http://127.0.0.1:9/events"

// receiver is other software that is told what happens.
type receiver struct {
	inside *inside

	mu      sync.Mutex
	got     []delivery
	faulty  bool           // it refuses many
	refused map[string]int // how often, by event
}

func newReceiver(in *inside) *receiver { return &receiver{inside: in, refused: map[string]int{}} }

// delivery is a request that came to the receiver.
type delivery struct {
	ID, Type     string
	Conversation string
	Message      string // its id
	WAMID        string
	Status       string // of that message
	taken        bool   // it was answered 200
	heard        bool   // and the process that sent it was told so
	cameAt       time.Time
}

// mostRefusals is how often one event is refused: the pauses between the tries get long.
const mostRefusals = 2

// refuse makes the receiver refuse many deliveries, or take all again.
func (r *receiver) refuse(many bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faulty = many
}

func (r *receiver) all() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]delivery{}, r.got...)
}

// take reads a delivery and decides whether it is taken.
func (r *receiver) take(body []byte) (at int, status int) {
	var e struct {
		ID   string `json:"id"`
		Type string `json:"type"`
		Data struct {
			Conversation struct {
				ID string `json:"id"`
			} `json:"conversation"`
			Message struct {
				ID     string `json:"id"`
				WAMID  string `json:"wamid"`
				Status string `json:"status"`
			} `json:"message"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &e) != nil {
		return -1, http.StatusBadRequest
	}
	refuses := r.inside.scheduler.chance(0.6)
	r.mu.Lock()
	defer r.mu.Unlock()
	status = http.StatusOK
	if r.faulty && refuses && r.refused[e.ID] < mostRefusals {
		r.refused[e.ID]++
		status = http.StatusServiceUnavailable
	}
	r.got = append(r.got, delivery{
		ID: e.ID, Type: e.Type, Conversation: e.Data.Conversation.ID, Message: e.Data.Message.ID, WAMID: e.Data.Message.WAMID, Status: e.Data.Message.Status, taken: status == http.StatusOK, cameAt: time.Now(),
	})
	return len(r.got) - 1, status
}

func (r *receiver) heard(at int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at >= 0 {
		r.got[at].heard = true
	}
}

// toReceiver carries a process's deliveries.
type toReceiver struct{ process *process }

// RoundTrip makes one request.
func (t *toReceiver) RoundTrip(r *http.Request) (*http.Response, error) {
	p := t.process
	s := p.inside.scheduler
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	v := s.pass(r.Context(), p, p.String()+" event: "+r.Header.Get("X-Waa-Event"), true)
	switch v {
	case expired:
		s.whileTimePasses()
		return nil, r.Context().Err()
	case gone:
		return nil, errReset
	case failBefore:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case hang:
		if !s.hangUp(r.Context(), p, 2*time.Minute) {
			return nil, errReset
		}
	}
	at, status := p.inside.receiver.take(body)
	if v == failAfter {
		p.lastThing()
		return nil, errReset
	}
	if p.dead.Load() || r.Context().Err() != nil {
		return nil, errReset
	}
	p.inside.receiver.heard(at)
	return answer(r, status, nil), nil
}
