package simulation

import (
	"math/rand/v2"
	"time"
)

// departed is somebody who no longer serves, or need not be waited for: they left a channel, or are absent.
type departed struct {
	user string
	at   time.Time
}

// absent makes the attendant of a life's conversation absent, or anybody.
func absent(p *play, l *life, r *rand.Rand) {
	who := pick(r, p.agents...)
	if l.n != everybodys {
		id, _, _ := p.where(l)
		var attendant string
		if p.world.DB.QueryRowContext(p.ctx, "SELECT attendant_id FROM waa_conversations WHERE id = $1", id).Scan(&attendant) == nil && attendant != "" {
			who = attendant
		}
	}
	status := pick(r, "ooo", "dnd")
	p.record.departs(who, p.world.Now())
	p.world.Host.SetStatus(p.ctx, who, status)
	p.story.Note(l.n, "%s is %s", p.names[who], status)
}

// present brings everybody back who is absent.
func present(p *play, l *life, _ *rand.Rand) {
	for _, who := range p.agents {
		p.world.Host.SetStatus(p.ctx, who, "online")
	}
	p.story.Note(l.n, "nobody is absent")
}

func (r *record) departs(user string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.departures = append(r.departures, departed{user, at})
}
