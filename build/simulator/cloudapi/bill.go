package cloudapi

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"time"
)

// monthKey identifies a number's free service messages of one month.
type monthKey struct {
	phoneNumberID string
	year          int
	month         time.Month
}

// BillLine is one delivered message. Amount is 0 if the message was free.
type BillLine struct {
	ID            string    `json:"id"` // wamid
	PhoneNumberID string    `json:"phone_number_id"`
	Customer      string    `json:"customer"`
	Category      string    `json:"category"`
	Type          string    `json:"type"` // regular, free_customer_service
	Billable      bool      `json:"billable"`
	Amount        float64   `json:"amount"` // in Currency's main unit
	Currency      string    `json:"currency"`
	DeliveredAt   time.Time `json:"delivered_at"`
}

// Bill is what Meta would charge. Each message is on it once, from the moment it is delivered.
type Bill struct {
	Lines    []BillLine         `json:"lines"`
	Total    float64            `json:"total"`
	Amounts  map[string]float64 `json:"amounts"`  // by category
	Messages map[string]int     `json:"messages"` // delivered, by category
	Billable map[string]int     `json:"billable"` // charged, by category
	Currency string             `json:"currency"`
}

// Bill returns what was charged so far.
func (s *Server) Bill() Bill {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := Bill{Lines: append([]BillLine{}, s.bill...), Amounts: map[string]float64{}, Messages: map[string]int{}, Billable: map[string]int{}, Currency: s.settings.Currency}
	for _, l := range b.Lines {
		b.Messages[l.Category]++
		if l.Billable {
			b.Billable[l.Category]++
		}
		b.Amounts[l.Category] = cents(b.Amounts[l.Category] + l.Amount)
		b.Total = cents(b.Total + l.Amount)
	}
	return b
}

// cents rounds to a millionth, which removes the errors of floating-point sums.
func cents(amount float64) float64 { return math.Round(amount*1e6) / 1e6 }

// reserveFree uses one of the month's free service messages for a message, if any is left.
func (s *Server) reserveFree(m *Message) {
	if m.category != CategoryService || m.fate != 0 || m.Type == "reaction" {
		return
	}
	at := m.AcceptedAt.UTC()
	m.month = monthKey{m.PhoneNumberID, at.Year(), at.Month()}
	if s.freeService[m.month] < s.settings.FreeServiceMessages {
		s.freeService[m.month]++
		m.free = true
	}
}

// releaseFree returns the free message of a message that failed, because it was not used.
func (s *Server) releaseFree(m *Message) {
	if m.free && m.ArrivedAt.IsZero() {
		s.freeService[m.month]--
		m.free = false
	}
}

// billing says how a message is charged.
func (s *Server) billing(m *Message) (kind string, billable bool) {
	before := m.AcceptedAt.Before(s.settings.ServiceChargedFrom)
	switch {
	case m.category == CategoryService && (before || m.free):
		return "free_customer_service", false
	case m.category == CategoryUtility && before && m.inWindow:
		return "free_customer_service", false
	}
	return "regular", true
}

// charge adds the bill's line for a message that arrived.
func (s *Server) charge(m *Message) {
	kind, billable := s.billing(m)
	line := BillLine{ID: m.ID, PhoneNumberID: m.PhoneNumberID, Customer: m.Customer, Category: m.category, Type: kind, Billable: billable, Currency: s.settings.Currency, DeliveredAt: m.ArrivedAt}
	if billable {
		line.Amount = s.settings.Prices[m.category]
	}
	s.bill = append(s.bill, line)
}

// pricing returns what a status webhook says about the price.
func (s *Server) pricing(m *Message, status string) map[string]any {
	if s.settings.Pricing == PricingNone || m.Type == "reaction" {
		return nil
	}
	if s.settings.PricingOnce && status != StatusSent {
		if m.priced {
			return nil
		}
		m.priced = true
	}
	kind, billable := s.billing(m)
	price := map[string]any{"billable": billable, "pricing_model": string(s.settings.Pricing), "category": m.category}
	out := map[string]any{"pricing": price}
	if s.settings.Pricing == PricingPMP {
		price["type"] = kind
		return out
	}
	id := sha256.Sum256([]byte(m.PhoneNumberID + m.Customer + m.category + m.AcceptedAt.UTC().Format(time.DateOnly)))
	conversation := map[string]any{"id": hex.EncodeToString(id[:16]), "origin": map[string]any{"type": m.category}}
	if status == StatusSent {
		conversation["expiration_timestamp"] = seconds(m.AcceptedAt.Add(windowLength))
	}
	out["conversation"] = conversation
	return out
}
