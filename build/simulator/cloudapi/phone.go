package cloudapi

import (
	"slices"

	"github.com/pkg/errors"
)

// Phone is one customer's WhatsApp. What it sends goes to the business number
// that wrote last, or to the first one there is; On chooses another.
type Phone struct {
	s  *Server
	c  *customer
	to string // phone number id, "" = by itself
}

// On returns the same phone writing to this business number.
func (p *Phone) On(phoneNumberID string) *Phone { return &Phone{s: p.s, c: p.c, to: phoneNumberID} }

// Customer returns who the phone belongs to.
func (p *Phone) Customer() Customer {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	person := p.c.Customer
	person.BlockedNumbers = slices.Clone(person.BlockedNumbers)
	return person
}

// Configure changes the person; the number stays.
func (p *Phone) Configure(f func(*Customer)) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	person := p.c.Customer
	f(&person)
	person.Number = p.c.Number
	wasOff := p.c.Off
	p.s.putCustomer(person)
	if wasOff && !p.c.Off {
		p.s.deliverWaiting(p.c)
	}
}

// TurnOff keeps messages from arriving; they stay at sent.
func (p *Phone) TurnOff() { p.Configure(func(c *Customer) { c.Off = true }) }

// TurnOn lets what waited arrive, unless its time to live is over.
func (p *Phone) TurnOn() { p.Configure(func(c *Customer) { c.Off = false }) }

func (s *Server) deliverWaiting(c *customer) {
	waiting := c.wait
	c.wait = nil
	for _, m := range waiting {
		m.waiting = false
		s.deliver(m, c)
	}
}

// Block blocks the business number; Unblock lets it in again, for what comes later.
func (p *Phone) Block() {
	p.Configure(func(c *Customer) {
		if id := p.s.partner(p); id != "" && !slices.Contains(c.BlockedNumbers, id) {
			c.BlockedNumbers = append(c.BlockedNumbers, id)
		}
	})
}

// Unblock undoes Block.
func (p *Phone) Unblock() {
	p.Configure(func(c *Customer) {
		id := p.s.partner(p)
		c.BlockedNumbers = slices.DeleteFunc(slices.Clone(c.BlockedNumbers), func(b string) bool { return b == id })
	})
}

// partner is the business number the phone writes to.
func (s *Server) partner(p *Phone) string {
	if p.to != "" {
		return p.to
	}
	for _, m := range slices.Backward(p.c.chat) {
		if !m.Inbound {
			return m.PhoneNumberID
		}
	}
	if len(s.numberOrder) > 0 {
		return s.numberOrder[0]
	}
	return ""
}

// Messages returns what reached the phone, in order of arrival.
func (p *Phone) Messages() []Message { return p.filter(func(m *Message) bool { return !m.Inbound }) }

// Sent returns what the customer sent, in order.
func (p *Phone) Sent() []Message { return p.filter(func(m *Message) bool { return m.Inbound }) }

// Chat returns both, in the order the phone shows them.
func (p *Phone) Chat() []Message { return p.filter(func(*Message) bool { return true }) }

func (p *Phone) filter(keep func(*Message) bool) []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	out := []Message{}
	for _, m := range p.c.chat {
		if keep(m) && (p.to == "" || p.to == m.PhoneNumberID) {
			out = append(out, m.copy())
		}
	}
	return out
}

// Last returns the message that reached the phone last.
func (p *Phone) Last() (Message, bool) {
	list := p.Messages()
	if len(list) == 0 {
		return Message{}, false
	}
	return list[len(list)-1], true
}

// Read opens the chat: everything that arrived becomes read, each with its
// status. It returns the wamids.
func (p *Phone) Read() []string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	var ids []string
	for _, m := range p.c.chat {
		if p.to != "" && p.to != m.PhoneNumberID {
			continue
		}
		if p.s.readOnPhone(m) {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// ReadMessage makes one message read.
func (p *Phone) ReadMessage(wamid string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.onPhone(wamid)
	if m == nil || m.Inbound {
		return errors.Errorf("no message %s reached this phone", wamid)
	}
	p.s.readOnPhone(m)
	return nil
}

func (s *Server) readOnPhone(m *Message) bool {
	if m.Inbound || m.Type == "reaction" || rank(m.Status) >= rank(StatusRead) || m.Status == StatusFailed {
		return false
	}
	if s.settings.AutomaticStatuses {
		s.tell(m, StatusRead)
	} else {
		m.Status = StatusRead
	}
	return true
}

func (p *Phone) onPhone(wamid string) *Message {
	for _, m := range p.c.chat {
		if m.ID == wamid {
			return m
		}
	}
	return nil
}
