package simulation

import (
	"context"
	"net/http"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// makeWhole puts right what administrators and customers broke: after that, and after the
// faults have ended, nothing has a reason any more to be left undone.
func (p *play) makeWhole() {
	p.story.Note(everybodys, "everything is put right")
	p.world.Meta.Faults().Clear()
	if p.held {
		p.held = false
		p.world.Meta.Webhooks().Release(cloudapi.Release{})
	}
	p.world.Fail(FaultRates{})
	p.world.receiver.refuse(false)
	present(p, &life{n: everybodys}, nil)
	p.world.scheduler.losePosts.Store(0)
	p.world.scheduler.loseHooks.Store(0)
	for !p.world.allUp() {
		p.world.Step()
	}
	for _, l := range p.lives {
		l.phone.TurnOn()
	}
	for i := range p.numbers {
		n := &p.numbers[i]
		n.token = p.world.Meta.AddToken(cloudapi.Token{AppID: p.world.Meta.Token.AppID}).Value
		p.record.allow("account "+n.account, p.world.Now())
		if err := p.must(http.MethodPatch, "/accounts/"+n.account, map[string]any{"access_token": n.token, "enabled": true}, nil); err != nil {
			p.record.violate("stuck", everybodys, "a number cannot be put right: %v", err)
		}
		for _, id := range []string{n.utility, n.marketing} {
			p.record.allow("template "+id, p.world.Now())
			if err := p.must(http.MethodPatch, "/templates/"+id, map[string]any{"approved": true}, nil); err != nil {
				p.record.violate("stuck", everybodys, "a template cannot be put right: %v", err)
			}
		}
	}
}

// tell makes a request, goes on with the world until it is answered, and tries again where the instance is down.
func (p *play) tell(userID, method, path string, body any) (status int, answer []byte) {
	for try := range 60 {
		n, done := p.world.Nodes[try%len(p.world.Nodes)], false
		p.world.Go(method+" "+path, n, func(ctx context.Context) {
			status, answer = n.Request(ctx, userID, method, "/api/v1"+path, body)
			done = true
		})
		for !done && p.world.Step() {
		}
		if status != 0 && status != http.StatusServiceUnavailable {
			break
		}
		for again := p.world.Now().Add(time.Second); p.world.Now().Before(again); { // an activation that was held up goes on for a while
			p.world.Step()
		}
	}
	return status, answer
}

func (in *inside) calm(ctx context.Context) error {
	in.fail(FaultRates{})
	in.scheduler.strides.Store(true)
	defer in.scheduler.strides.Store(false)
	for _, n := range in.nodes {
		n.skew.Store(0)
	}
	quietSince := time.Time{}
	checked := time.Time{}
	for until := time.Now().Add(calmLimit); ; in.step() {
		if err := ctx.Err(); err != nil {
			return err
		}
		now := time.Now()
		if now.Sub(checked) < 2*time.Second {
			continue
		}
		checked = now
		moving := in.moving()
		switch {
		case moving != "":
			in.trace.add("not calm: %s", moving)
			quietSince = time.Time{}
			if now.After(until) {
				return errors.Errorf("still moving after %s: %s", calmLimit, moving)
			}
		case quietSince.IsZero():
			quietSince = now
		case now.Sub(quietSince) >= quietFor:
			return nil
		}
	}
}

// moving says what still moves; "" if nothing does. A file that did not come is tried again with pauses of hours.
func (in *inside) moving() string {
	in.scheduler.mu.Lock()
	late := len(in.scheduler.late)
	in.scheduler.mu.Unlock()
	switch {
	case in.active() > 0:
		return "an act"
	case late > 0:
		return "a late hook"
	case !in.allUp():
		return "a node is down"
	case in.meta.pendingNews():
		return "a webhook"
	}
	var jobs string
	err := in.db.QueryRow(`SELECT coalesce(string_agg(x, ', '), '') FROM (
		SELECT 'inbox ' || count(*) FROM waa_inbox WHERE `+unfinished+` HAVING count(*) > 0
		UNION ALL SELECT 'outbox ' || count(*) FROM waa_outbox WHERE `+unfinished+` HAVING count(*) > 0
		UNION ALL SELECT 'media ' || count(*) FROM waa_media WHERE `+unfinished+` AND due_at < $1::bigint + 1800000 HAVING count(*) > 0
		UNION ALL SELECT 'events ' || count(*) FROM waa_event_deliveries WHERE `+unfinished+` HAVING count(*) > 0
		UNION ALL SELECT 'drafts ' || count(*) FROM waa_drafts WHERE state = 'chosen' OR state = 'held' AND send_at BETWEEN 1 AND $1::bigint HAVING count(*) > 0
		UNION ALL SELECT 'scheduled ' || count(*) FROM waa_scheduled
			WHERE status = 'sending' OR status = 'scheduled' AND send_at <= $1::bigint OR status = 'failed' AND told_at = 0 HAVING count(*) > 0) t (x)`, time.Now().UnixMilli()).Scan(&jobs)
	if err != nil {
		panic("simulation: " + err.Error())
	}
	return jobs
}
