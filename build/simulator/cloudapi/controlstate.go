package cloudapi

import (
	"fmt"
	"net/http"
	"time"
)

// state returns everything that the phone page shows, so that it needs only one request.
func (s *Server) state() any {
	faults := s.faultList()
	s.mu.Lock()
	defer s.mu.Unlock()
	phones := []map[string]any{}
	for _, key := range s.customerOrder {
		phones = append(phones, s.phoneState(s.customers[key]))
	}
	numbers := []map[string]any{}
	for _, id := range s.numberOrder {
		n := s.numbers[id]
		numbers = append(numbers, map[string]any{"phone_number_id": n.ID, "waba_id": n.WABAID, "display_phone_number": n.Display, "verified_name": n.VerifiedName})
	}
	open := 0
	for _, d := range s.deliveries {
		if d.State == DeliveryQueued && len(d.Attempts) > 0 {
			open++
		}
	}
	return map[string]any{
		"version": s.version, "now": s.now(), "offset": s.offset.String(), "phones": phones, "numbers": numbers, "settings": s.settings.clone(), "faults": faults,
		"webhooks": map[string]any{"holding": s.holding, "held": len(s.held), "pending": s.pending, "failing": open},
	}
}

func (s *Server) phoneState(c *customer) map[string]any {
	windows := map[string]any{}
	for _, id := range s.numberOrder {
		if last, ok := s.windows[pair{id, c.key}]; ok {
			windows[id] = last.Add(windowLength)
		}
	}
	out := map[string]any{"customer": c.Customer, "wa_id": c.WaID(), "windows": windows}
	unread := 0
	for _, m := range c.chat {
		if m.Type == "edit" || m.Type == "revoke" {
			continue
		}
		if !m.Inbound && rank(m.Status) < rank(StatusRead) && m.Type != "reaction" {
			unread++
		}
		out["last"] = map[string]any{"text": joinLines(m.Header, m.Text), "type": m.Type, "at": m.ArrivedAt, "inbound": m.Inbound}
	}
	out["unread"] = unread
	return out
}

// serveEvents streams server-sent events, one each time that something has changed.
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flusher := http.NewResponseController(w)
	for {
		s.mu.Lock()
		version, changed := s.version, s.changed
		s.mu.Unlock()
		if _, err := fmt.Fprintf(w, "data: %d\n\n", version); err != nil || flusher.Flush() != nil {
			return
		}
		if !sleep(r, 150*time.Millisecond) { // many changes become one event
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}
