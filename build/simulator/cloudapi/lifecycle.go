package cloudapi

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pkg/errors"
)

// begin starts the processing that follows when a message was accepted.
func (s *Server) begin(m *Message, to *customer) {
	if m.held {
		return
	}
	if m.fate != 0 {
		s.after(s.settings.SentDelay, func() { s.fail(m, m.fate) })
		return
	}
	if !s.settings.AutomaticStatuses {
		s.arrive(m, to)
		return
	}
	s.after(s.settings.SentDelay, func() {
		s.tell(m, StatusSent)
		s.after(s.settings.DeliveredDelay, func() { s.deliver(m, to) })
	})
}

// deliver delivers the message to the phone, if the phone is on and the person does not block the business.
func (s *Server) deliver(m *Message, to *customer) {
	if m.Status == StatusFailed || slices.Contains(to.BlockedNumbers, m.PhoneNumberID) {
		return
	}
	if to.Off {
		to.wait = append(to.wait, m)
		m.waiting = true
		return
	}
	if m.ttl > 0 && s.now().Sub(m.AcceptedAt) > m.ttl {
		return // expired: Meta does not promise a failed status
	}
	s.arrive(m, to)
	if m.Type == "reaction" {
		return // a reaction gets the status sent and no other
	}
	if !s.settings.SkipDelivered || !s.settings.AutomaticRead {
		s.tell(m, StatusDelivered)
	}
	if s.settings.AutomaticRead {
		s.after(s.settings.ReadDelay, func() { s.tell(m, StatusRead) })
	}
}

// arrive adds the message to the phone.
func (s *Server) arrive(m *Message, to *customer) {
	if !m.ArrivedAt.IsZero() {
		return
	}
	m.ArrivedAt, m.waiting = s.now(), false
	to.chat = append(to.chat, m)
	if m.Type == "reaction" {
		react(s.messages[m.Reacts], "business", m.Text)
	} else {
		s.charge(m)
	}
	s.bump()
}

func react(target *Message, who, emoji string) {
	if target == nil {
		return
	}
	if target.Reaction == nil {
		target.Reaction = map[string]string{}
	}
	if emoji == "" {
		delete(target.Reaction, who)
		return
	}
	target.Reaction[who] = emoji
}

// fail ends a message that did not reach the phone.
func (s *Server) fail(m *Message, code int) {
	m.ErrorCode = code
	s.releaseFree(m)
	s.tell(m, StatusFailed)
}

// rank returns the position of a status in the order in which a message goes through them.
func rank(status string) int {
	return slices.Index([]string{StatusAccepted, StatusSent, StatusDelivered, StatusRead, StatusPlayed}, status)
}

// tell records a status and sends its webhook. The recorded state of the message never goes back to an earlier status, whereas the webhook
// always contains the given one.
func (s *Server) tell(m *Message, status string) {
	now := s.now()
	if m.Status != StatusFailed && (status == StatusFailed || rank(status) > rank(m.Status)) {
		m.Status = status
	}
	m.Statuses = append(m.Statuses, Step{Status: status, At: now})
	c := s.customers[canonical(m.Customer)]
	node := map[string]any{"id": m.ID, "status": status, "timestamp": seconds(now)}
	contact := map[string]any{}
	if !c.HideNumber {
		node["recipient_id"], contact["wa_id"] = c.WaID(), c.WaID()
	}
	if !c.HideBSUID {
		node["recipient_user_id"], contact["user_id"] = c.BSUID, c.BSUID
	}
	if m.CallbackData != "" {
		node["biz_opaque_callback_data"] = m.CallbackData
	}
	value := map[string]any{"statuses": []any{node}}
	if status == StatusFailed {
		node["errors"] = statusErrors(m.ErrorCode)
	} else {
		maps.Copy(node, s.pricing(m, status))
		value["contacts"] = []any{contact}
	}
	s.sendMessages(m.PhoneNumberID, c.key, value)
	s.bump()
}

// SendStatus sends a status webhook on request, in any order and any number of times. Delivered, read and played also put the message on
// the phone.
func (s *Server) SendStatus(wamid, status string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.messages[wamid]
	if m == nil || m.Inbound {
		return errors.Errorf("no message to a customer has the id %s", wamid)
	}
	if status == StatusFailed {
		return errors.New("use FailMessage for failed")
	}
	if rank(status) >= rank(StatusDelivered) && m.Status != StatusFailed {
		s.arrive(m, s.customers[canonical(m.Customer)])
	}
	s.tell(m, status)
	return nil
}

// FailMessage sends a failed status with one of Meta's codes.
func (s *Server) FailMessage(wamid string, code int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.messages[wamid]
	if m == nil || m.Inbound {
		return errors.Errorf("no message to a customer has the id %s", wamid)
	}
	s.fail(m, code)
	return nil
}

// sendMessages sends a change of the field messages.
func (s *Server) sendMessages(phoneNumberID, lane string, value map[string]any) {
	n := s.numbers[phoneNumberID]
	if n == nil {
		return
	}
	value["messaging_product"] = "whatsapp"
	value["metadata"] = map[string]any{"display_phone_number": onlyDigits(n.Display), "phone_number_id": n.ID}
	s.emit(update{wabaID: n.WABAID, field: "messages", value: value, lane: phoneNumberID + lane})
}

func (m *Message) String() string { return fmt.Sprintf("%s %s %s", m.ID, m.Type, m.Status) }
