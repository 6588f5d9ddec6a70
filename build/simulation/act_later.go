package simulation

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// putOff is a start that was put off and accepted.
type putOff struct {
	life      int
	id, token string
	due       time.Time
	cancelled bool // somebody was told that it was
}

// schedule puts a start off for minutes or hours.
func schedule(p *play, l *life, r *rand.Rand) {
	token, n, agent := l.token("t"), p.numbers[l.number], pick(r, p.agents...)
	due := p.world.Now().Add(time.Duration(pick(r, 2, 3, 10, 60, 300, 900)) * time.Minute)
	name := pick(r, "confirmar_visita", "confirmar_visita", "ofertas")
	body := map[string]any{
		"account_id": n.account, "queue_id": pick(r, n.queues...), "template": map[string]string{"name": name, "language": "pt_BR"}, "send_at": due.UnixMilli(), "variables": map[string]string{"body_1": token},
		"customer": map[string]string{"name": "Nome " + letters(l.n), "cpf": scenario.NewCustomer(1000*l.n + l.said).CPF, "phone": "+" + l.phone.Customer().Number},
		"confirm":  true, "reason": "combinado com o cliente",
	}
	p.ask(l, r, agent, fmt.Sprintf("puts a start with %s %s off to %s", name, token, due.UTC().Format("02 15:04:05")), http.MethodPost, "/conversations", body, func(status int, answer []byte) {
		var made struct{ ID string }
		if status != http.StatusAccepted || json.Unmarshal(answer, &made) != nil {
			return
		}
		p.record.putOff(&putOff{life: l.n, id: made.ID, token: token, due: due})
		l.learnPutOff(made.ID)
	})
}

// cancelScheduled cancels the last start of a life's that was put off.
func cancelScheduled(p *play, l *life, r *rand.Rand) {
	id := l.lastPutOff()
	if id == "" {
		return
	}
	p.ask(l, r, p.agents[0], "cancels the start "+id, http.MethodDelete, "/scheduled/"+id, nil, func(status int, answer []byte) {
		var now struct{ Status string }
		if status == http.StatusOK && json.Unmarshal(answer, &now) == nil && now.Status == "cancelled" {
			p.record.cancelled(id)
		}
	})
}

func (l *life) learnPutOff(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.putOff = id
}

func (l *life) lastPutOff() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.putOff
}

func (r *record) putOff(s *putOff) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.later = append(r.later, s)
}

func (r *record) cancelled(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.later {
		s.cancelled = s.cancelled || s.id == id
	}
}
