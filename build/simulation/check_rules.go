package simulation

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// leaveGrace is how long it may take from the moment at which the database said that a request may leave.
const leaveGrace = 2 * time.Second

// addressee is to whom a send was addressed: digits or a BSUID.
func addressee(m *cloudapi.Message) string {
	var body struct {
		To        string `json:"to"`
		Recipient string `json:"recipient"`
	}
	_ = json.Unmarshal(m.Raw, &body)
	if body.To == "" {
		return body.Recipient
	}
	return strings.TrimPrefix(body.To, "+")
}

// mayTake reports whether the window was open of the address to which free text of a life's went. A customer who changes the number has another
// BSUID from then on, and what was written just before may come with it.
func (p *play) mayTake(m *cloudapi.Message, life int, at time.Time) bool {
	to := addressee(m)
	open := func(number string) bool { return p.record.open(m.PhoneNumberID, number, at) }
	return open(p.record.numbers.number(to)) || strings.Contains(to, ".") && slices.ContainsFunc(p.record.numbers.all(life), open)
}

// checkLock: free text leaves only within the window of the address it goes to, and nothing
// leaves in a conversation after its close was answered, or for a number after that was disabled.
func (p *play) checkLock(f *facts) {
	accounts := map[string]string{}
	for _, n := range p.numbers {
		accounts[n.meta.ID] = n.account
	}
	for i := range f.sends {
		m := &f.sends[i]
		at, life := f.leftAt(m), p.lifeOf(m.Header+" "+m.Text)
		if m.Type != "template" && !p.mayTake(m, life, at) {
			p.record.violate("lock", life, "%s %q left at %s for %s, whose window is not open", m.Type, m.Text, at.UTC().Format("02 15:04:05"), addressee(m))
		}
		if _, forbidden := p.record.forbidden("account "+accounts[m.PhoneNumberID], at, leaveGrace); forbidden {
			p.record.violate("lock", life, "%q left at %s, after its number was disabled", m.Text, at.UTC().Format("02 15:04:05"))
		}
		if closed, late := f.tooLate[m.CallbackData]; late {
			p.record.violate("closed", life, "%q was let go at %s, when its conversation was closed", m.Text, closed.UTC().Format("02 15:04:05.000"))
		}
		if c := f.conversationOf(m); c != nil {
			if s, closed := p.record.forbidden("conversation "+c.ID, at, leaveGrace); closed && !f.reopened(c.ID, s.asked, at) {
				p.record.violate("closed", life, "%q left at %s, after conversation %s was closed at %s", m.Text, at.UTC().Format("02 15:04:05"), c.ID, s.from.UTC().Format("02 15:04:05"))
			}
		}
	}
}

// leftAt is when a message's request left its process.
func (f *facts) leftAt(m *cloudapi.Message) time.Time {
	if at, known := f.left[m.ID]; known {
		return at
	}
	return m.AcceptedAt
}

// reopened reports whether a conversation was opened again between two moments, by the customer's words for example.
func (f *facts) reopened(conversation string, from, until time.Time) bool {
	return slices.ContainsFunc(f.reopenings[conversation], func(at time.Time) bool { return !at.Before(from.Truncate(time.Millisecond)) && !at.After(until) })
}

// conversationOf finds the conversation in whose channel an agent wrote what was sent.
func (f *facts) conversationOf(m *cloudapi.Message) *scenario.Conversation {
	token, _, ok := tokenOf(m.Text, "a")
	if !ok {
		return nil
	}
	for i := range f.posts {
		if strings.Contains(f.posts[i].Message, token) && !f.bots[f.posts[i].UserID] {
			return f.byChannel[f.posts[i].ChannelID]
		}
	}
	return nil
}

// checkWhom: what a life's agents wrote went to that life's customer.
func (p *play) checkWhom(f *facts) {
	for i := range f.sends {
		m := &f.sends[i]
		for _, who := range []string{"a", "t"} {
			_, life, ok := tokenOf(m.Header+" "+m.Text, who)
			if !ok {
				continue
			}
			if to, known := p.record.numbers.of(addressee(m)); known && !p.record.samePerson(life, to) {
				p.record.violate("whom", life, "%q went to the customer of life %d", m.Text, to)
			}
		}
		if token, life, ok := tokenOf(m.Text, "n"); ok {
			p.record.violate("lock", life, "the note %s left: %q", token, m.Text)
		}
	}
}

// checkTemplates: a refused start sends nothing, a start that was confirmed is one template,
// and none leaves after the customer's stop or the administrator's withdrawal was told.
func (p *play) checkTemplates(f *facts) {
	for _, s := range p.record.starts {
		sends := f.sendsOf(s.token)
		switch {
		case s.status == 201 && len(sends) == 0:
			p.record.violate("lost", s.life, "the start %s was answered 201, and Meta has nothing of it", s.token)
		case s.status >= 400 && s.status < 500 && len(sends) > 0:
			p.record.violate("lock", s.life, "the template %s was refused with %d %s, and Meta has it", s.token, s.status, s.code)
		case s.status == 502 && slices.ContainsFunc(sends, func(m cloudapi.Message) bool { return m.Status != cloudapi.StatusFailed }):
			p.record.violate("lock", s.life, "the template %s was answered 502, and Meta has it as good", s.token)
		}
	}
	templates := map[string]string{}
	for _, n := range p.numbers {
		templates[n.meta.ID+" confirmar_visita"], templates[n.meta.ID+" ofertas"] = n.utility, n.marketing
	}
	for i := range f.sends {
		m := &f.sends[i]
		if m.Type != "template" || m.Template == nil {
			continue
		}
		at, life := f.leftAt(m), p.lifeOf(m.Text)
		if _, forbidden := p.record.forbidden("template "+templates[m.PhoneNumberID+" "+m.Template.Name], at, leaveGrace); forbidden {
			p.record.violate("lock", life, "the template %s left at %s, after it was withdrawn", m.Text, at.UTC().Format("02 15:04:05"))
		}
		if m.Template.Name == "ofertas" && !p.hidesNumber(life) && p.stopped(f, p.record.numbers.number(addressee(m)), at) {
			p.record.violate("lock", life, "marketing %q left at %s, after the customer stopped it", m.Text, at.UTC().Format("02 15:04:05"))
		}
	}
}

// hidesNumber reports whether a life's customer may be two people to us: the one whose number somebody typed, and the one whose messages come
// without it.
func (p *play) hidesNumber(life int) bool {
	return life >= 0 && life < len(p.lives) && p.lives[life].hidesNumber
}

// newsGrace is how long after its 200 a piece of news may need to be known everywhere.
const newsGrace = time.Minute

// leap is some hours that passed at once, in which nobody could get to know anything.
type leap struct {
	from time.Time
	d    time.Duration
}

// knownAt is when a piece of news must be known everywhere that was stored at a moment.
func (p *play) knownAt(stored time.Time) time.Time {
	known := stored.Add(newsGrace)
	for _, l := range p.record.leaps {
		if l.from.After(stored) && l.from.Before(known) {
			known = known.Add(l.d)
		}
	}
	return known
}

// preference is what a customer said about marketing, and when that was told.
type preference struct {
	stop         bool
	said, stored time.Time
}

// stopped reports whether the last that was told of a customer before a moment is a stop.
func (p *play) stopped(f *facts, number string, at time.Time) bool {
	stopped, last := false, time.Time{}
	for _, told := range f.preferences[number] {
		if !told.stop {
			told.stored = told.said // it may have become known at once
		}
		if told.said.After(at) || told.stored.IsZero() || p.knownAt(told.stored).After(at) && told.stop || told.said.Before(last) {
			continue
		}
		stopped, last = told.stop, told.said
	}
	return stopped
}

// checkOpen: a person has one open conversation on a number, and it is in a queue that exists.
func (p *play) checkOpen(f *facts) {
	type key struct{ account, who string }
	open := map[key]string{}
	for i := range f.conversations {
		c := &f.conversations[i]
		if c.State == "closed" {
			continue
		}
		_, life := 0, everybodys
		if whose, ok := p.record.numbers.of(strings.TrimPrefix(c.Contact.Phone, "+")); ok {
			life = whose
		}
		for _, who := range []string{c.Contact.ID, canonical(c.Contact.Phone)} {
			if who == "" || who != c.Contact.ID && life != everybodys && p.record.numbers.count(life) > 1 {
				continue // who changes numbers may write before the change is told: nothing makes one contact of two by itself
			}
			if other, twice := open[key{c.AccountID, who}]; twice && other != c.ID {
				p.record.violate("one", life, "conversations %s and %s are both open with one person (%s, %s) on one number", other, c.ID, c.Contact.ID, c.Contact.Phone)
			}
			open[key{c.AccountID, who}] = c.ID
		}
		for _, s := range p.record.spans["queue "+c.QueueID] {
			p.record.violate("queue", life, "conversation %s is %s in a queue that was removed at %s", c.ID, c.State, s.from.UTC().Format("15:04:05"))
		}
		if channel, known := f.channels[c.ChannelID]; c.ChannelID == "" || !known || channel.DeleteAt != 0 || channel.Type != "P" {
			p.record.violate("lost", life, "the open conversation %s has no private channel that is there: %q %+v", c.ID, c.ChannelID, channel)
		}
	}
}

// checkNames: name and document of a person are none that only refused starts gave.
func (p *play) checkNames(f *facts) {
	for i := range f.conversations {
		c := &f.conversations[i]
		for _, s := range p.record.starts {
			refused := s.status >= 400 && s.status < 500
			if !refused || saidLate(s.code) || s.name == "" {
				continue
			}
			if c.Contact.Name == s.name {
				p.record.violate("name", s.life, "the person of %s is called %q, which only a refused start (%d %s) said", c.ID, s.name, s.status, s.code)
			}
			if c.Contact.CPFMasked != "" && c.Contact.CPFMasked == mask(s.cpf) && s.life == p.lifeOfPhone(c) && !p.maskedElsewhere(s) {
				p.record.violate("name", s.life, "the person of %s has the document %s of a refused start", c.ID, c.Contact.CPFMasked)
			}
		}
	}
}

// saidLate reports whether a start may be refused with a code as late as the moment when its template was to leave, because a rule changed
// meanwhile. By then the person is stored, as where Meta refuses.
func saidLate(code string) bool {
	return slices.Contains([]string{"opted_out", "consent_required", "quiet_hours", "template_not_allowed", "cooldown", "conversation_closed"}, code)
}

// maskedElsewhere reports whether a start that was not refused gave a document with the same mask.
func (p *play) maskedElsewhere(refused started) bool {
	return slices.ContainsFunc(p.record.starts, func(s started) bool {
		return (s.status < 400 || s.status >= 500) && mask(s.cpf) == mask(refused.cpf)
	})
}

// mask hides a CPF as the contract says.
func mask(cpf string) string {
	if len(cpf) != 11 {
		return ""
	}
	return "***." + cpf[3:6] + "." + cpf[6:9] + "-**"
}

func (p *play) lifeOfPhone(c *scenario.Conversation) int {
	if life, ok := p.record.numbers.of(strings.TrimPrefix(c.Contact.Phone, "+")); ok {
		return life
	}
	return everybodys
}
