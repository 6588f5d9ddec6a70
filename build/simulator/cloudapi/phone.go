package cloudapi

import (
	"slices"

	"github.com/pkg/errors"
)

// Phone is one customer's WhatsApp. It sends to the business number that wrote to it last, or to the first one that exists. On chooses
// another number.
type Phone struct {
	s  *Server
	c  *customer
	to string // phone number id; "" if the number is chosen automatically
}

// On returns the same phone, which then writes to this business number.
func (p *Phone) On(phoneNumberID string) *Phone { return &Phone{s: p.s, c: p.c, to: phoneNumberID} }

// Customer returns the phone's owner.
func (p *Phone) Customer() Customer {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	person := p.c.Customer
	person.BlockedNumbers = slices.Clone(person.BlockedNumbers)
	return person
}

// Configure changes the person, except the number.
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

// TurnOff keeps messages from arriving. They stay at the status sent.
func (p *Phone) TurnOff() { p.Configure(func(c *Customer) { c.Off = true }) }

// TurnOn delivers the messages that waited, except those whose time to live is over.
func (p *Phone) TurnOn() { p.Configure(func(c *Customer) { c.Off = false }) }

func (s *Server) deliverWaiting(c *customer) {
	waiting := c.wait
	c.wait = nil
	for _, m := range waiting {
		m.waiting = false
		s.deliver(m, c)
	}
}

// Block blocks the business number. Unblock lifts this for later messages.
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

// partner returns the business number to which the phone writes.
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

// Messages returns the messages that reached the phone, in order of arrival.
func (p *Phone) Messages() []Message { return p.filter(func(m *Message) bool { return !m.Inbound }) }

// Sent returns the messages that the customer sent, in order.
func (p *Phone) Sent() []Message { return p.filter(func(m *Message) bool { return m.Inbound }) }

// Chat returns the messages of both directions, in the order in which the phone shows them.
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

// Read opens the chat. Everything that has arrived becomes read, and a status is sent for each message. It returns the wamids.
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

// ReadMessage marks one message as read.
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
