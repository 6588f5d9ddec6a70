package cloudapi

import (
	"encoding/json"
	"strings"
	"time"
)

// These are the outcomes of a request.
const (
	OutcomeAccepted = "accepted"
	OutcomeRefused  = "refused"
	OutcomeFault    = "fault" // a fault ended the call before it was processed
)

// Request is one Graph call in the log. Tokens are not kept.
type Request struct {
	ID        int64     `json:"id"`
	At        time.Time `json:"at"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Query     string    `json:"query,omitempty"`
	Edge      string    `json:"edge,omitempty"`
	Body      string    `json:"body,omitempty"` // empty for uploads
	Size      int       `json:"size"`
	Status    int       `json:"status"` // 0 = the connection was cut before there was a response
	Outcome   string    `json:"outcome"`
	ErrorCode int       `json:"error_code,omitempty"`
	Fault     FaultKind `json:"fault,omitempty"`
	MessageID string    `json:"message_id,omitempty"` // wamid of an accepted send
}

func (s *Server) logRequest(c *call) *Request {
	query := c.query
	if query.Has("access_token") || query.Has("input_token") {
		query = map[string][]string{}
		for k, v := range c.query {
			if k != "access_token" && k != "input_token" {
				query[k] = v
			}
		}
	}
	s.requestNo++
	entry := Request{ID: s.requestNo, At: s.now(), Method: c.method, Path: c.path, Query: query.Encode(), Edge: c.edge, Size: len(c.body)}
	if c.edge != "media" {
		entry.Body = string(c.body)
	}
	s.requests = append(s.requests, &entry)
	if keep := s.options.KeepRequests; keep > 0 && len(s.requests) > 2*keep {
		s.requests = append([]*Request(nil), s.requests[len(s.requests)-keep:]...)
	}
	return &entry
}

// Requests returns the Graph calls so far, the oldest first. Media downloads are not Graph calls.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Request, 0, len(s.requests))
	for _, r := range s.requests {
		list = append(list, *r)
	}
	return list
}

// ClearLog removes requests and finished deliveries from the logs. Messages, the bill and the state stay.
func (s *Server) ClearLog() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
	var open []*delivery
	for _, d := range s.deliveries {
		if d.State == DeliveryQueued {
			open = append(open, d)
		}
	}
	s.deliveries = open
	s.bump()
}

// Duplicates returns groups of accepted sends that have the same content: the same biz_opaque_callback_data or, without one, the same body.
func (s *Server) Duplicates() [][]Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	groups := map[string][]*Message{}
	var order []string
	for _, m := range s.sends {
		key := m.PhoneNumberID + "\x00" + m.Customer + "\x00" + m.CallbackData
		if m.CallbackData == "" {
			key += normal(m.Raw)
		}
		if len(groups[key]) == 0 {
			order = append(order, key)
		}
		groups[key] = append(groups[key], m)
	}
	out := [][]Message{}
	for _, key := range order {
		if len(groups[key]) > 1 {
			out = append(out, copyMessages(groups[key]))
		}
	}
	return out
}

// normal returns a form of a body that does not depend on its whitespace and the order of its keys.
func normal(body []byte) string {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return strings.TrimSpace(string(body))
	}
	out, err := json.Marshal(v)
	if err != nil {
		return string(body)
	}
	return string(out)
}
