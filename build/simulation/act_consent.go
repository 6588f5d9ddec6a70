package simulation

import (
	"math/rand/v2"
	"net/http"
	"time"
)

// wordOnConsent is what a customer, or an agent for them, said about being written to with templates.
type wordOnConsent struct {
	life    int
	revokes bool
	wamid   string // of the customer's message; "" = an agent said it
	at      time.Time
}

func optOut(p *play, l *life, r *rand.Rand) {
	p.sayConsent(l, r, true, pick(r, "SAIR", "sair", "Parar!", " stop. ", "descadastrar"))
}

func optIn(p *play, l *life, r *rand.Rand) {
	p.sayConsent(l, r, false, pick(r, "VOLTAR", "voltar", "Start!"))
}

// sayConsent lets the customer write a word that opts out or in, and nothing else.
func (p *play) sayConsent(l *life, r *rand.Rand, revokes bool, word string) {
	phone, n := p.to(l, r)
	wamid, err := phone.Reply(word)
	p.sent(l, n.ID, "writes "+word, wamid, err)
	if err == nil {
		p.record.saidConsent(wordOnConsent{life: l.n, revokes: revokes, wamid: wamid, at: p.world.Now()})
	}
}

// grant records that the customer consented, as an agent does who was told so.
func grant(p *play, l *life, r *rand.Rand) {
	p.where(l)
	if l.contact == "" {
		return
	}
	p.record.saidConsent(wordOnConsent{life: l.n, at: p.world.Now()}) // it may hold before the answer is here
	p.ask(l, r, pick(r, p.agents...), "notes the customer's consent", http.MethodPut, "/contacts/"+l.contact+"/consent", map[string]string{"status": "granted", "origin": "telefone"}, nil)
}

func (r *record) saidConsent(w wordOnConsent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.consents = append(r.consents, w)
}
