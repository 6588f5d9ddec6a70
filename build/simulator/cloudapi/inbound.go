package cloudapi

import (
	"encoding/json"
	"maps"
	"strconv"
	"time"

	"github.com/pkg/errors"
)

// inbound is one message of a customer before it is sent.
type inbound struct {
	fields map[string]any // of messages[0]; id, from and timestamp are filled in where missing
	show   Message        // what the phone shows; Type and Text
	opens  bool           // opens the window
	system bool           // no contacts, not in the chat
}

// send gives the message an id, adds it to the chat and sends the webhook. It takes the lock.
func (p *Phone) send(in inbound) (string, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.sendLocked(in)
}

func (p *Phone) sendLocked(in inbound) (string, error) {
	s, c := p.s, p.c
	n := s.numbers[s.partner(p)]
	if n == nil {
		return "", errors.New("there is no such business number to write to")
	}
	now := s.now()
	fields := map[string]any{"id": s.wamid(c.WaID(), true), "timestamp": seconds(now)}
	if !c.HideNumber {
		fields["from"] = c.WaID()
	}
	if !c.HideBSUID {
		fields["from_user_id"] = c.BSUID
	}
	maps.Copy(fields, in.fields)
	raw, err := json.Marshal(fields)
	if err != nil {
		return "", errors.Wrap(err, "marshal the message")
	}
	id, _ := fields["id"].(string)
	at := now
	if text, ok := fields["timestamp"].(string); ok {
		if unix, err := strconv.ParseInt(text, 10, 64); err == nil {
			at = time.Unix(unix, 0)
		}
	}
	if who := (pair{n.ID, c.key}); in.opens && at.After(s.windows[who]) {
		s.windows[who] = at
	}
	value := map[string]any{"messages": []any{fields}}
	if !in.system {
		value["contacts"] = []any{c.contact()}
		m := in.show
		m.ID, m.Inbound, m.PhoneNumberID, m.Customer, m.Raw = id, true, n.ID, c.Number, raw
		m.AcceptedAt, m.ArrivedAt, m.Status = at, now, StatusSent
		if m.Type == "" {
			m.Type, _ = fields["type"].(string)
		}
		p.keep(&m)
	}
	s.sendMessages(n.ID, c.key, value)
	return id, nil
}

// keep adds a message to the chat. A real message replaces an unsupported one with the same id.
func (p *Phone) keep(m *Message) {
	old := p.s.messages[m.ID]
	p.s.messages[m.ID] = m
	for i := range p.c.chat {
		if p.c.chat[i] == old && old != nil {
			p.c.chat[i] = m
			return
		}
	}
	p.c.chat = append(p.c.chat, m)
}

// contact returns contacts[0] of what this customer sends.
func (c *customer) contact() map[string]any {
	out := map[string]any{}
	if !c.HideName {
		profile := map[string]any{"name": c.Name}
		if c.Username != "" {
			profile["username"] = c.Username
		}
		out["profile"] = profile
	}
	if !c.HideNumber {
		out["wa_id"] = c.WaID()
	}
	if !c.HideBSUID {
		out["user_id"] = c.BSUID
	}
	return out
}

// context returns the reference that a reply contains: who wrote the original message, and its id.
func (p *Phone) context(m *Message) map[string]any {
	from := p.c.WaID()
	if n := p.s.numbers[m.PhoneNumberID]; n != nil && !m.Inbound {
		from = onlyDigits(n.Display)
	}
	return map[string]any{"from": from, "id": m.ID}
}

// Reply sends a text that refers to no particular message; Quote sends one that does.
func (p *Phone) Reply(text string) (string, error) {
	return p.send(inbound{fields: textFields(text), show: Message{Text: text}, opens: true})
}

func textFields(text string) map[string]any {
	return map[string]any{"type": "text", "text": map[string]any{"body": text}}
}

// Quote sends a text as a reply to one message.
func (p *Phone) Quote(wamid, text string) (string, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.onPhone(wamid)
	if m == nil {
		return "", errors.Errorf("no message %s is on this phone", wamid)
	}
	fields := textFields(text)
	fields["context"] = p.context(m)
	return p.On(m.PhoneNumberID).sendLocked(inbound{fields: fields, show: Message{Text: text, Context: wamid}, opens: true})
}

// Tap taps a button, or chooses a list row, of the latest message that has any.
func (p *Phone) Tap(index int) (string, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for i := len(p.c.chat) - 1; i >= 0; i-- {
		m := p.c.chat[i]
		if !m.Inbound && len(m.Buttons) > 0 && (p.to == "" || p.to == m.PhoneNumberID) {
			return p.tap(m, index)
		}
	}
	return "", errors.New("no message on this phone has buttons")
}

// TapOn taps a button of a given message.
func (p *Phone) TapOn(wamid string, index int) (string, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.onPhone(wamid)
	if m == nil {
		return "", errors.Errorf("no message %s is on this phone", wamid)
	}
	return p.tap(m, index)
}

func (p *Phone) tap(m *Message, index int) (string, error) {
	if index < 0 || index >= len(m.Buttons) {
		return "", errors.Errorf("the message has %d buttons, none has index %d", len(m.Buttons), index)
	}
	b := m.Buttons[index]
	fields := map[string]any{"context": p.context(m)}
	switch b.Kind {
	case "quick_reply":
		fields["type"], fields["button"] = "button", map[string]any{"text": b.Text, "payload": b.ID}
	case "reply":
		fields["type"] = "interactive"
		fields["interactive"] = map[string]any{"type": "button_reply", "button_reply": map[string]any{"id": b.ID, "title": b.Text}}
	case "list":
		row := map[string]any{"id": b.ID, "title": b.Text}
		if b.Description != "" {
			row["description"] = b.Description
		}
		fields["type"] = "interactive"
		fields["interactive"] = map[string]any{"type": "list_reply", "list_reply": row}
	case "send_location":
		fields["type"], fields["location"] = "location", Location{Latitude: -23.561, Longitude: -46.656, Name: "Avenida Paulista"}
	case "request_contact_info":
		fields["type"], fields["origin"], fields["contacts"] = "contacts", "contact_request", []any{p.c.ownCard()}
	default:
		return "", errors.Errorf("a button of the kind %s sends no message", b.Kind)
	}
	return p.On(m.PhoneNumberID).sendLocked(inbound{fields: fields, show: Message{Text: b.Text, Context: m.ID}, opens: true})
}

// ownCard is what a customer shares who is asked for their number.
func (c *customer) ownCard() map[string]any {
	number := "+" + c.Number
	return map[string]any{
		"name":   map[string]any{"formatted_name": c.Name, "first_name": c.Name},
		"phones": []any{map[string]any{"phone": number, "type": "CELL", "wa_id": c.WaID()}},
		"vcard":  "BEGIN:VCARD\nVERSION:3.0\nFN:" + c.Name + "\nTEL;type=CELL;waid=" + c.WaID() + ":" + number + "\nEND:VCARD",
	}
}

// SendMessage sends any message object. fields are those of messages[0], such as type and its node. A missing id, from or timestamp is
// filled in.
func (p *Phone) SendMessage(fields map[string]any) (string, error) {
	kind, _ := fields["type"].(string)
	system := kind == "system"
	return p.send(inbound{fields: fields, show: Message{Type: kind}, opens: !system && kind != "edit" && kind != "revoke", system: system})
}
