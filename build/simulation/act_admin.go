package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// merge makes one contact of two lives' contacts, when both are known.
func merge(p *play, l *life, r *rand.Rand) {
	other := p.lives[r.IntN(len(p.lives))]
	p.where(l)
	p.where(other)
	into, from := l.contact, other.contact
	if r.IntN(2) == 0 {
		into, from = from, into
	}
	if other == l || into == "" || from == "" || into == from || l.erased || other.erased {
		return
	}
	p.record.merge(l.n, other.n) // it may be done before the answer is here, or without one
	p.ask(l, r, p.admin, fmt.Sprintf("merges the contacts of lives %d and %d", l.n, other.n), http.MethodPost, "/contacts/"+into+"/merge", map[string]string{"contact_id": from}, nil)
}

// erase erases the life's person; what comes of them afterwards is a new person's.
func erase(p *play, l *life, r *rand.Rand) {
	if r.IntN(3) != 0 {
		return
	}
	p.where(l)
	if l.contact == "" || l.hidesNumber { // who hides it may be two people to us, of whom one would be left
		return
	}
	l.erased = true
	p.record.erased(l.n, p.world.Now())
	p.ask(l, r, p.admin, "erases the person", http.MethodDelete, "/contacts/"+l.contact, nil, nil)
}

// ownQueue gives a life a queue of its own, and its conversation to that queue.
func ownQueue(p *play, l *life, r *rand.Rand) {
	id, _, ok := p.where(l)
	if !ok || l.queue != "" {
		return
	}
	n := p.node(r)
	p.world.Go("own queue", n, func(ctx context.Context) {
		name := fmt.Sprintf("fila-propria-%d-%s", l.n, letters(r.IntN(100000)))
		channel := p.world.Host.AddChannel(ctx, p.team, name, model.ChannelTypePrivate, p.agents...)
		status, answer := n.Request(ctx, p.admin, http.MethodPost, "/api/v1/queues", map[string]any{"name": name, "team_id": p.team, "channel_id": channel, "account_id": p.numbers[l.number].account})
		var made struct{ ID string }
		if status != http.StatusCreated || json.Unmarshal(answer, &made) != nil {
			return
		}
		l.queue = made.ID
		path, began := "/conversations/"+id+"/transfer", p.world.Now()
		status, _ = n.Request(ctx, p.agents[0], http.MethodPost, "/api/v1"+path, map[string]string{"queue_id": made.ID})
		p.record.asked(asked{life: l.n, user: p.agents[0], method: http.MethodPost, path: path, began: began, at: p.world.Now(), status: status})
		p.story.Note(l.n, "admin makes the queue %s (%s), ana transfers %s to it: %d", name, made.ID, id, status)
	})
}

func removeQueue(p *play, l *life, r *rand.Rand) {
	if l.queue == "" {
		return
	}
	queue, asked := l.queue, p.world.Now()
	l.queue = ""
	p.ask(l, r, p.admin, "removes the queue "+queue, http.MethodDelete, "/queues/"+queue, nil, func(status int, _ []byte) {
		if status == http.StatusOK {
			p.record.forbid("queue "+queue, asked, p.world.Now())
		}
	})
}

// pickNumber is the number of a life, or any for the whole world.
func (p *play) pickNumber(l *life, r *rand.Rand) *number {
	i := r.IntN(len(p.numbers))
	if l.n != everybodys {
		i = l.number
	}
	return &p.numbers[i]
}

func disableNumber(p *play, l *life, r *rand.Rand) {
	n := p.pickNumber(l, r)
	asked := p.world.Now()
	p.ask(l, r, p.admin, "disables the number "+n.account, http.MethodPatch, "/accounts/"+n.account, map[string]any{"enabled": false}, func(status int, _ []byte) {
		if status == http.StatusOK {
			p.record.forbid("account "+n.account, asked, p.world.Now())
		}
	})
}

// numbersOf are the number of a life, or all for the whole world: what is mended is whichever was broken.
func (p *play) numbersOf(l *life) []*number {
	if l.n != everybodys {
		return []*number{&p.numbers[l.number]}
	}
	var all []*number
	for i := range p.numbers {
		all = append(all, &p.numbers[i])
	}
	return all
}

func enableNumber(p *play, l *life, r *rand.Rand) {
	for _, n := range p.numbersOf(l) {
		p.record.allow("account "+n.account, p.world.Now())
		p.ask(l, r, p.admin, "enables the number "+n.account, http.MethodPatch, "/accounts/"+n.account, map[string]any{"enabled": true}, nil)
	}
}

func revokeToken(p *play, l *life, r *rand.Rand) {
	n := p.pickNumber(l, r)
	p.world.Meta.RevokeToken(n.token)
	p.story.Note(l.n, "Meta revokes the token of number %s", n.account)
}

func newToken(p *play, l *life, r *rand.Rand) {
	for _, n := range p.numbersOf(l) {
		n.token = p.world.Meta.AddToken(cloudapi.Token{}).Value
		p.ask(l, r, p.admin, "sets a new token of number "+n.account, http.MethodPatch, "/accounts/"+n.account, map[string]any{"access_token": n.token}, nil)
	}
}

func withdrawTemplate(p *play, l *life, r *rand.Rand) {
	n := p.pickNumber(l, r)
	id, asked := pick(r, n.utility, n.marketing), p.world.Now()
	p.ask(l, r, p.admin, "withdraws the template "+id, http.MethodPatch, "/templates/"+id, map[string]any{"approved": false}, func(status int, _ []byte) {
		if status == http.StatusOK {
			p.record.forbid("template "+id, asked, p.world.Now())
		}
	})
}

func approveTemplate(p *play, l *life, r *rand.Rand) {
	for _, n := range p.numbersOf(l) {
		for _, id := range []string{n.utility, n.marketing} {
			p.record.allow("template "+id, p.world.Now())
			p.ask(l, r, p.admin, "approves the template "+id, http.MethodPatch, "/templates/"+id, map[string]any{"approved": true}, nil)
		}
	}
}

func changePlan(p *play, l *life, r *rand.Rand) {
	n := p.pickNumber(l, r)
	p.ask(l, r, p.admin, "changes the plan "+n.plan, http.MethodPatch, "/plans/"+n.plan, map[string]any{"monthly_limit": 500 + r.IntN(1000)}, nil)
}

// loseAPost lets the answer to the plugin's next post be lost.
func loseAPost(p *play, l *life, _ *rand.Rand) {
	p.world.scheduler.losePosts.Add(1)
	p.story.Note(l.n, "the answer to the plugin's next post will be lost")
}

// loseAHook keeps the plugin from being told of the next post of a person's.
func loseAHook(p *play, l *life, _ *rand.Rand) {
	p.world.scheduler.loseHooks.Add(1)
	p.story.Note(l.n, "the plugin will not be told of somebody's next post")
}

// refuseEvents makes the other software refuse much of what it is told; takeEvents ends that.
func refuseEvents(p *play, _ *life, _ *rand.Rand) { p.world.receiver.refuse(true) }
func takeEvents(p *play, _ *life, _ *rand.Rand)   { p.world.receiver.refuse(false) }
