package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// plannedTemplate is a template message as it is to go; times are milliseconds since epoch, 0 = never.
type plannedTemplate struct {
	id, agent, template string
	queue               int
	at                  int64 // when it is stored
	accepted, refused   int64
	delivered, read     int64
	failed              int64
	told                bool // its acceptance is known by its statuses alone
	amount              domain.Money
	free                bool
}

// plannedConversation is one that the plan wants, with everything that happens in it.
type plannedConversation struct {
	id, owner, closedBy string
	queue, closedIn     int // by number; a transfer comes between the two
	created, closed     int64
	byCustomer          bool
	templates           []*plannedTemplate
	answers, texts      []int64 // the customer's messages, and when WhatsApp accepted the agents'
}

// resultsPlan is a month and a half of conversations around the end of a month.
type resultsPlan struct {
	zones         []string // of the queues, by number
	conversations []*plannedConversation
}

func planResults(n int, seed uint64) *resultsPlan {
	r := rand.New(rand.NewPCG(seed, 1))
	p := &resultsPlan{zones: []string{"America/Sao_Paulo", "Asia/Tokyo", ""}}
	for i := range n {
		c := &plannedConversation{id: newID(), queue: r.IntN(3), owner: fmt.Sprintf("agent%d", r.IntN(5))}
		c.closedIn = c.queue
		// most near the end of November, down to the last hours of it in one zone or another
		c.created = monthEnd + (r.Int64N(36)-18)*hour + r.Int64N(hour)
		if i%3 == 0 {
			c.created = monthEnd - r.Int64N(40)*day + r.Int64N(day)
		}
		c.byCustomer = i%9 == 4
		at := c.created
		if c.byCustomer {
			c.owner = ""
			at = second(at)
			c.answers = append(c.answers, at)
			at += 20_000
		}
		for turn := range 1 + r.IntN(3) {
			t := p.template(r, c, turn, at)
			if t.accepted == 0 {
				break
			}
			at = t.accepted
			if t.failed == 0 && r.IntN(3) > 0 {
				at = p.talk(r, c, at)
			}
			at += 7*hour + r.Int64N(day)
		}
		if r.IntN(2) == 0 {
			c.closed, c.closedBy = at+r.Int64N(day), fmt.Sprintf("agent%d", r.IntN(5))
			if r.IntN(3) == 0 {
				c.closedIn = (c.queue + 1) % 3
			}
		}
		p.conversations = append(p.conversations, c)
	}
	return p
}

func (p *resultsPlan) template(r *rand.Rand, c *plannedConversation, turn int, at int64) *plannedTemplate {
	t := &plannedTemplate{
		id: newID(), agent: c.owner, template: fmt.Sprintf("template%d", r.IntN(4)), queue: c.queue, at: at + 1, amount: domain.Money(300_000 + r.Int64N(50_000)), free: r.IntN(12) == 0,
	}
	if t.agent == "" || turn > 0 {
		t.agent = fmt.Sprintf("agent%d", r.IntN(5))
	}
	c.templates = append(c.templates, t)
	if r.IntN(15) == 0 {
		t.refused = t.at + 500
		return t
	}
	t.accepted = t.at + 100 + r.Int64N(3000)
	if t.told = r.IntN(10) == 0; t.told {
		t.accepted = second(t.accepted) + 1000
	}
	switch r.IntN(10) {
	case 0:
		t.failed = second(t.accepted) + r.Int64N(40)*3_600_000 + 1000 // late, in the next month perhaps
	case 1: // nothing more is ever heard
	case 2, 3, 4:
		t.delivered = second(t.accepted) + r.Int64N(50)*3_600_000 + 1000
	default:
		t.delivered = second(t.accepted) + 2000
		t.read = t.delivered + r.Int64N(30)*3_600_000
	}
	return t
}

// talk is what customer and agents write after a template that was accepted at a time; it returns when they end.
func (p *resultsPlan) talk(r *rand.Rand, c *plannedConversation, at int64) int64 {
	answer := second(at) // an answering machine's
	if r.IntN(8) > 0 {
		answer += 1000 * (1 + r.Int64N(30*3600))
	}
	for range 1 + r.IntN(4) {
		c.answers = append(c.answers, answer)
		if r.IntN(3) > 0 {
			c.texts = append(c.texts, answer+1+r.Int64N(3*hour))
		}
		answer += 4*hour + second(r.Int64N(hour))
	}
	return answer
}

func second(at int64) int64 { return at - at%1000 }

// count adds the plan up as the contract says it, by one of the groupings.
func (p *resultsPlan) count(by string, from, to int64, queues []string, only int, fallback string) map[string]*domain.ResultsGroup {
	counted, answers, replies := map[string]*domain.ResultsGroup{}, map[string][]float64{}, map[string][]float64{}
	group := func(key string) *domain.ResultsGroup {
		if counted[key] == nil {
			counted[key] = &domain.ResultsGroup{}
		}
		return counted[key]
	}
	key := func(queue int, at int64, agent, template string) string {
		switch by {
		case domain.ResultsByQueue:
			return queues[queue]
		case domain.ResultsByAgent:
			return agent
		case domain.ResultsByTemplate:
			return template
		}
		zone := p.zones[queue]
		if zone == "" {
			zone = fallback
		}
		location, err := time.LoadLocation(zone)
		if err != nil {
			panic(err)
		}
		if by == domain.ResultsByHour {
			return time.UnixMilli(at).In(location).Format("15")
		}
		return time.UnixMilli(at).In(location).Format(time.DateOnly)
	}
	is := func(queue int, at int64) bool { return at >= from && at < to && (only < 0 || queue == only) }
	for _, c := range p.conversations {
		began := ""
		if !c.byCustomer {
			began = c.templates[0].template
		}
		aborted := !c.byCustomer && c.templates[0].refused > 0
		if is(c.queue, c.created) && !aborted {
			group(key(c.queue, c.created, c.owner, began)).Started++
		}
		if c.closed > 0 && is(c.closedIn, c.closed) && !aborted {
			group(key(c.closedIn, c.closed, c.closedBy, began)).Closed++
		}
		for i, t := range c.templates {
			if t.refused > 0 && is(t.queue, t.refused) {
				group(key(t.queue, t.refused, t.agent, t.template)).Refused++
			}
			if t.accepted == 0 || !is(t.queue, t.accepted) {
				continue
			}
			k := key(t.queue, t.accepted, t.agent, t.template)
			g := group(k)
			g.Sent++
			if t.failed > 0 {
				g.Failed++
			}
			if t.delivered > 0 {
				g.Delivered++
				if g.Currency = "BRL"; !t.free {
					g.Cost += t.amount
				}
			}
			if t.read > 0 {
				g.Read++
			}
			next := int64(1) << 60
			if i+1 < len(c.templates) && c.templates[i+1].accepted > 0 {
				next = second(c.templates[i+1].accepted) // an answer of that second came after it
			}
			for _, answer := range c.answers { // in the order of time
				if answer < second(t.accepted) || answer >= next {
					continue
				}
				g.Answered++
				answers[k] = append(answers[k], float64(max(answer-t.accepted, 0)))
				sort.Slice(c.texts, func(a, b int) bool { return c.texts[a] < c.texts[b] })
				if n := slices.IndexFunc(c.texts, func(text int64) bool { return text >= answer }); n >= 0 {
					replies[k] = append(replies[k], float64(c.texts[n]-answer))
				}
				break
			}
		}
	}
	for k, g := range counted {
		g.MedianAnswer, g.MedianFirstReply = medianOf(answers[k]), medianOf(replies[k])
	}
	return counted
}

func medianOf(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	sort.Float64s(values)
	middle := (values[(len(values)-1)/2] + values[len(values)/2]) / 2
	return &middle
}
