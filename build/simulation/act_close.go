package simulation

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"time"
)

// closingReason is a reason of a queue's for which its conversations may be closed. It asks for an amount.
type closingReason struct {
	id, queue, label string
	retired          bool // and somebody was told so
}

// closedFor is a close whose reason was accepted.
type closedFor struct {
	life      int
	about     string // the conversation's id
	reason    *closingReason
	gone      bool // the reason was retired before this was asked
	amount    int
	note      string
	asked, at time.Time
}

// newReason adds a closing reason to a queue.
func newReason(p *play, l *life, r *rand.Rand) {
	reason := &closingReason{queue: pick(r, p.numbers[l.number].queues...), label: "Motivo " + letters(r.IntN(1_000_000))}
	body := map[string]any{"queue_id": reason.queue, "label": reason.label, "fields": []map[string]any{{"name": "valor", "label": "Valor", "type": "number", "required": true}}}
	p.ask(l, r, p.admin, "adds the closing reason "+reason.label, http.MethodPost, "/closing-reasons", body, func(status int, answer []byte) {
		var made struct{ ID string }
		if status == http.StatusCreated && json.Unmarshal(answer, &made) == nil {
			reason.id = made.ID
			p.record.addReason(reason)
		}
	})
}

// retireReason retires a closing reason, whoever closes with it at the moment.
func retireReason(p *play, l *life, r *rand.Rand) {
	reason, _ := p.record.reason(r)
	if reason == nil {
		return
	}
	p.ask(l, r, p.admin, "retires the closing reason "+reason.label, http.MethodDelete, "/closing-reasons/"+reason.id, nil, func(status int, _ []byte) {
		if status == http.StatusOK {
			p.record.retireReason(reason)
		}
	})
}

// closeFor closes for one of the reasons there are, which may be another queue's or retired.
func closeFor(p *play, l *life, r *rand.Rand) {
	reason, gone := p.record.reason(r)
	if reason == nil {
		return
	}
	c := closedFor{life: l.n, reason: reason, gone: gone, amount: r.IntN(1000), note: "resolvido " + letters(r.IntN(1_000_000)), asked: p.world.Now()}
	p.act(l, r, "closes for "+reason.label, "close", map[string]any{"reason_id": reason.id, "fields": map[string]any{"valor": c.amount}, "reason": c.note}, func(id string, status int) {
		if status == http.StatusOK {
			c.about, c.at = id, p.world.Now()
			p.record.closed(c)
			p.record.forbid("conversation "+id, c.asked, c.at)
		}
	})
}

func (r *record) addReason(reason *closingReason) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reasons = append(r.reasons, reason)
}

// reason picks one of the reasons there are, or were; nil where there is none. gone says that it is retired.
func (r *record) reason(by *rand.Rand) (reason *closingReason, gone bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.reasons) == 0 {
		return nil, false
	}
	reason = pick(by, r.reasons...)
	return reason, reason.retired
}

func (r *record) retireReason(reason *closingReason) {
	r.mu.Lock()
	defer r.mu.Unlock()
	reason.retired = true
}

func (r *record) closed(c closedFor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closings = append(r.closings, c)
}
