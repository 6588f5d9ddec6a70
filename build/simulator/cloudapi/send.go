package cloudapi

import (
	"mime"
	"time"
)

// messageTypes lists the values of type that POST messages accepts.
func messageTypes() []string {
	return []string{"audio", "contacts", "document", "image", "interactive", "location", "reaction", "sticker", "template", "text", "video"}
}

// postMessage implements POST /{phone-number-id}/messages.
func (s *Server) postMessage(c *call, n *Number) reply {
	out := s.send(c, n)
	out.wabaID = n.WABAID
	return out
}

func (s *Server) send(c *call, n *Number) reply {
	var p params
	if kind, _, err := mime.ParseMediaType(c.contentType); err == nil && kind == "application/json" {
		p = parseParams(c.body)
	}
	if _, err := p.oneOf("messaging_product", "whatsapp"); err != nil {
		return s.refuse(err)
	}
	if p.has("status") {
		return s.markRead(p, n)
	}
	if rule := s.nextFail(c, false); rule != nil {
		return s.refuse(newError(rule.code))
	}
	m := &Message{PhoneNumberID: n.ID, AcceptedAt: s.now(), Raw: c.body, Status: StatusAccepted, category: CategoryService, ttl: 30 * 24 * time.Hour}
	if err := s.compose(m, p, n); err != nil {
		return s.refuse(err)
	}
	to, err := s.recipient(m, p, n)
	if err != nil {
		return s.refuse(err)
	}
	if err := s.admit(m, to, n); err != nil {
		return s.refuse(err)
	}
	if rule := s.nextFail(c, true); rule != nil {
		m.fate = rule.code
	}
	return s.accept(m, to, c)
}

// compose checks the message itself and determines what the customer will see.
func (s *Server) compose(m *Message, p params, n *Number) *apiError {
	if p.has("recipient_type") {
		kind, err := p.oneOf("recipient_type", "individual", "group")
		if err != nil {
			return err
		}
		if kind == "group" {
			return newError(131009).detail("Groups are not simulated.")
		}
	}
	if p.has("context") {
		ctx, err := p.object("context")
		if err != nil {
			return err
		}
		if m.Context, err = ctx.required("message_id"); err != nil {
			return err
		}
	}
	var err *apiError
	if m.CallbackData, err = p.limited("biz_opaque_callback_data", 512); err != nil {
		return err
	}
	m.Type = "text"
	if p.has("type") {
		if m.Type, err = p.oneOf("type", messageTypes()...); err != nil {
			return err
		}
	}
	switch m.Type {
	case "text":
		return composeText(m, p)
	case "location":
		return composeLocation(m, p)
	case "contacts":
		return composeContacts(m, p)
	case "reaction":
		return s.composeReaction(m, p)
	case "interactive":
		return s.composeInteractive(m, p, n)
	case "template":
		return s.composeTemplate(m, p, n)
	}
	return s.composeMedia(m, p, n)
}

// accept records the message and returns Meta's 200.
func (s *Server) accept(m *Message, to *customer, c *call) reply {
	m.Customer = to.Number
	m.ID = s.wamid(to.WaID(), false)
	m.inWindow = s.windowOpen(pair{m.PhoneNumberID, to.key})
	s.reserveFree(m)
	s.messages[m.ID] = m
	s.sends = append(s.sends, m)
	c.entry.MessageID = m.ID
	contact := map[string]any{"input": m.addressee}
	if m.byBSUID {
		contact["user_id"] = to.BSUID
	} else {
		contact["wa_id"] = to.WaID()
	}
	message := map[string]any{"id": m.ID}
	if m.Template != nil {
		message["message_status"] = "accepted"
		if hold := s.settings.HoldTemplates; hold != "" {
			message["message_status"], m.held = hold, true
		}
	}
	out := s.ok(map[string]any{"messaging_product": "whatsapp", "contacts": []any{contact}, "messages": []any{message}})
	out.after = func() { s.begin(m, to) }
	return out
}

// markRead handles a read mark, with or without a typing indicator.
func (s *Server) markRead(p params, n *Number) reply {
	if _, err := p.oneOf("status", "read"); err != nil {
		return s.refuse(err)
	}
	wamid, err := p.required("message_id")
	if err != nil {
		return s.refuse(err)
	}
	if p.has("typing_indicator") {
		typing, err := p.object("typing_indicator")
		if err != nil {
			return s.refuse(err)
		}
		if _, err := typing.oneOf("type", "text"); err != nil {
			return s.refuse(err)
		}
	}
	m := s.messages[wamid]
	if m == nil || m.PhoneNumberID != n.ID {
		return s.refuse(newError(100).detail("Please check the message ID you have provided."))
	}
	if !m.Inbound {
		return s.refuse(newError(100).detail("Message supplied to mark message as read API with message ID: %s is outgoing. Please use an incoming message ID.", wamid))
	}
	s.readByBusiness(m)
	return s.success()
}

// readByBusiness turns the customer's ticks blue, on this message and all earlier ones.
func (s *Server) readByBusiness(last *Message) {
	for _, m := range s.customers[canonical(last.Customer)].chat {
		if m.Inbound && m.PhoneNumberID == last.PhoneNumberID {
			m.Status = StatusRead
		}
		if m == last {
			break
		}
	}
	s.bump()
}
