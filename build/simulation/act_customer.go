package simulation

import (
	"fmt"
	"math/rand/v2"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// to is the customer's phone as it writes to the number of its life, and at times to another.
func (p *play) to(l *life, r *rand.Rand) (*cloudapi.Phone, cloudapi.Number) {
	n := p.numbers[l.number].meta
	if r.IntN(12) == 0 {
		n = p.numbers[r.IntN(len(p.numbers))].meta
	}
	return l.phone.On(n.ID), n
}

// sent notes what a customer did.
func (p *play) sent(l *life, number string, what, wamid string, err error) {
	if err != nil {
		return // it is not possible now: there is no message to answer, for example
	}
	p.story.Note(l.n, "the customer %s (%s)", what, wamid)
	p.record.opens(number, l.phone.Customer().Number, p.world.Now())
}

func write(p *play, l *life, r *rand.Rand) {
	phone, n := p.to(l, r)
	text := l.token("c") + " " + pick(r, "oi", "pode ser amanhã?", "ok", "e o preço?")
	wamid, err := phone.Reply(text)
	p.sent(l, n.ID, "writes "+text, wamid, err)
}

// last is the newest message on the phone that a number sent, or that the customer sent.
func last(phone *cloudapi.Phone, inbound bool) (m cloudapi.Message, ok bool) {
	for _, message := range phone.Chat() {
		if message.Inbound == inbound && message.Type != "reaction" && message.Type != "edit" && message.Type != "revoke" && !message.Revoked {
			m, ok = message, true
		}
	}
	return m, ok
}

func quote(p *play, l *life, r *rand.Rand) {
	m, ok := last(l.phone, r.IntN(4) == 0)
	if !ok {
		return
	}
	text := l.token("c") + " sobre isso"
	wamid, err := l.phone.Quote(m.ID, text)
	p.sent(l, m.PhoneNumberID, "answers "+m.ID+" with "+text, wamid, err)
}

func tap(p *play, l *life, r *rand.Rand) {
	for _, m := range l.phone.Messages() {
		if len(m.Buttons) > 0 && r.IntN(2) == 0 {
			wamid, err := l.phone.TapOn(m.ID, r.IntN(len(m.Buttons)))
			p.sent(l, m.PhoneNumberID, "taps a button of "+m.ID, wamid, err)
			return
		}
	}
}

func react(p *play, l *life, r *rand.Rand) {
	m, ok := last(l.phone, r.IntN(3) == 0)
	if !ok {
		return
	}
	emoji := pick(r, "👍", "❤️", "😂")
	wamid, err := l.phone.React(m.ID, emoji)
	p.sent(l, m.PhoneNumberID, "reacts with "+emoji+" to "+m.ID, wamid, err)
}

func edit(p *play, l *life, _ *rand.Rand) {
	m, ok := last(l.phone, true)
	if !ok {
		return
	}
	if wamid, err := l.phone.Edit(m.ID, m.Text+" (corrigido)"); err == nil {
		p.story.Note(l.n, "the customer edits %s (%s)", m.ID, wamid)
	}
}

func revoke(p *play, l *life, _ *rand.Rand) {
	m, ok := last(l.phone, true)
	if !ok {
		return
	}
	if wamid, err := l.phone.Revoke(m.ID); err == nil {
		p.story.Note(l.n, "the customer revokes %s (%s)", m.ID, wamid)
	}
}

func picture(p *play, l *life, r *rand.Rand) {
	phone, n := p.to(l, r)
	caption := l.token("c") + " foto"
	wamid, err := phone.SendMedia("image", cloudapi.Media{MIMEType: "image/jpeg", Data: []byte(caption)}, caption)
	p.sent(l, n.ID, "sends a picture "+caption, wamid, err)
}

func changeNumber(p *play, l *life, r *rand.Rand) {
	number := fmt.Sprintf("55119%08d", 60_000_000+1000*l.n+1+r.IntN(999))
	before := l.phone.Customer().Number
	if _, err := l.phone.ChangeNumber(number); err != nil {
		return
	}
	p.record.numbers.add(l.n, l.phone.Customer())
	p.story.Note(l.n, "the customer changes the number from %s to %s", before, number)
}

func stopMarketing(p *play, l *life, _ *rand.Rand) {
	if l.phone.On(p.numbers[l.number].meta.ID).StopMarketing() == nil {
		p.story.Note(l.n, "the customer stops marketing")
	}
}

func resumeMarketing(p *play, l *life, _ *rand.Rand) {
	if l.phone.On(p.numbers[l.number].meta.ID).ResumeMarketing() == nil {
		p.story.Note(l.n, "the customer takes marketing again")
	}
}

func read(p *play, l *life, _ *rand.Rand) {
	if wamids := l.phone.Read(); len(wamids) > 0 {
		p.story.Note(l.n, "the customer reads %d messages", len(wamids))
	}
}

func phoneOff(p *play, l *life, _ *rand.Rand) {
	l.phone.TurnOff()
	p.story.Note(l.n, "the phone is off")
}

func phoneOn(p *play, l *life, _ *rand.Rand) {
	l.phone.TurnOn()
	p.story.Note(l.n, "the phone is on")
}
