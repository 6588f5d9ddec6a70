package simulation

import (
	"math/rand/v2"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// refuse makes Meta refuse the next message to the customer for good.
func refuse(p *play, l *life, r *rand.Rand) {
	code := pick(r, 131049, 131026, 131047, 132001, 131051)
	p.world.Meta.FailNext(cloudapi.Match{To: l.phone.Customer().Number}, code, 1)
	p.story.Note(l.n, "Meta will refuse the next message with %d", code)
}

// refuseSlowly is refuse by a Meta that takes its time, in which other things happen.
func refuseSlowly(p *play, l *life, r *rand.Rand) {
	delay := time.Duration(2+r.IntN(8)) * time.Second
	p.world.Meta.Faults().Next(1, cloudapi.Fault{Match: cloudapi.Match{Edge: "messages", To: l.phone.Customer().Number}, Kind: cloudapi.FaultDelay, Delay: delay})
	p.story.Note(l.n, "Meta will take %s for the next message", delay)
	refuse(p, l, r)
}

// refuseForNow makes Meta refuse the next messages for the moment.
func refuseForNow(p *play, l *life, r *rand.Rand) {
	code, times := pick(r, 131056, 130429, 131016, 131000), 1+r.IntN(3)
	p.world.Meta.FailNext(cloudapi.Match{To: l.phone.Customer().Number}, code, times)
	p.story.Note(l.n, "Meta will refuse the next %d messages with %d", times, code)
}

// refuseForLong makes Meta refuse for the moment whatever goes to the customer, until acceptAgain.
func refuseForLong(p *play, l *life, _ *rand.Rand) {
	p.world.Meta.FailNext(cloudapi.Match{To: l.phone.Customer().Number}, 131056, 1000)
	p.story.Note(l.n, "Meta will refuse every message with 131056")
}

// acceptAgain ends everything that was set for the next messages, to whomever they go.
func acceptAgain(p *play, l *life, _ *rand.Rand) {
	p.world.Meta.Faults().Clear()
	p.story.Note(l.n, "Meta accepts everything again")
}

// failLater makes Meta take the next message and tell of its failure afterwards.
func failLater(p *play, l *life, r *rand.Rand) {
	code := pick(r, 131049, 131026, 131047, 131050)
	p.world.Meta.FailNextLater(cloudapi.Match{To: l.phone.Customer().Number}, code, 1)
	p.story.Note(l.n, "Meta will take the next message and fail it with %d", code)
}

// cut makes the connection to Meta break at the next message, before or after its effect.
func cut(p *play, l *life, r *rand.Rand) {
	f := cloudapi.Fault{Match: cloudapi.Match{Edge: "messages", To: l.phone.Customer().Number}, Kind: pick(r, cloudapi.FaultCutBefore, cloudapi.FaultCutAfter, cloudapi.FaultHTTPAfter, cloudapi.FaultLate, cloudapi.FaultHTTP)}
	// what Meta itself refuses it has not taken: only what stands between says so of a message that was
	f.HTML, f.Status, f.Delay = r.IntN(2) == 0 || f.Kind == cloudapi.FaultHTTPAfter, pick(r, 500, 502, 503), time.Duration(1+r.IntN(40))*time.Second
	p.world.Meta.Faults().Next(1, f)
	p.story.Note(l.n, "the connection to Meta will have the fault %s %d html=%t %s", f.Kind, f.Status, f.HTML, f.Delay)
}

// statusAgain sends an old status once more, or one that was left out.
func statusAgain(p *play, l *life, r *rand.Rand) {
	var mine []cloudapi.Message
	for _, m := range l.phone.Messages() {
		if m.Status != cloudapi.StatusFailed {
			mine = append(mine, m)
		}
	}
	if len(mine) == 0 {
		return
	}
	m, status := mine[r.IntN(len(mine))], pick(r, cloudapi.StatusSent, cloudapi.StatusDelivered, cloudapi.StatusRead)
	if p.world.Meta.SendStatus(m.ID, status) == nil {
		p.story.Note(l.n, "Meta says again that %s is %s", m.ID, status)
	}
}

func holdWebhooks(p *play, _ *life, _ *rand.Rand) {
	p.world.Meta.Webhooks().Hold()
	p.held = true
	p.story.Note(everybodys, "webhooks are held back")
}

func releaseWebhooks(p *play, _ *life, r *rand.Rand) {
	if !p.held {
		return
	}
	p.held = false
	how := cloudapi.Release{
		Order: pick(r, cloudapi.InOrder, cloudapi.Reversed, cloudapi.Shuffled), Batch: pick(r, 1, 1, 3, 50), Shape: pick(r, cloudapi.EntryPerUpdate, cloudapi.ChangePerUpdate, cloudapi.Merged), Times: 1 + r.IntN(2),
	}
	p.story.Note(everybodys, "webhooks come: %+v, %d updates", how, p.world.Meta.Webhooks().Held())
	p.world.Meta.Webhooks().Release(how)
}

// moment lets a little time pass in any case; the others end when nothing is under way any more.
func moment(p *play, _ *life, r *rand.Rand) {
	for until := p.world.Now().Add(time.Duration(300+r.IntN(700)) * time.Millisecond); p.world.Now().Before(until); {
		p.world.Step()
	}
}

// someSteps lets what was just begun get half-way.
func someSteps(p *play, _ *life, r *rand.Rand) { p.steps(20 + r.IntN(400)) }

// aMinute lets more than a minute pass in any case, in which everybody is as busy as they are.
func aMinute(p *play, _ *life, r *rand.Rand) {
	p.world.scheduler.strides.Store(true)
	defer p.world.scheduler.strides.Store(false)
	for until := p.world.Now().Add(time.Duration(70+r.IntN(30)) * time.Second); p.world.Now().Before(until); {
		p.world.Step()
	}
}

func seconds(p *play, _ *life, r *rand.Rand) { p.settleFor(time.Duration(1+r.IntN(6)) * time.Second) }
func minutes(p *play, _ *life, r *rand.Rand) { p.settleFor(time.Duration(20+r.IntN(60)) * time.Second) }
func aWhile(p *play, _ *life, r *rand.Rand)  { p.pass(time.Duration(2+r.IntN(9)) * time.Minute) }
func hours(p *play, _ *life, r *rand.Rand)   { p.pass(time.Duration(1+r.IntN(8)) * time.Hour) }
func days(p *play, _ *life, r *rand.Rand)    { p.pass(time.Duration(24+r.IntN(8)) * time.Hour) }

// pass lets hours pass, in which nothing else happens.
func (p *play) pass(d time.Duration) {
	p.settleFor(2 * time.Second)
	p.story.Note(everybodys, "%s pass", d)
	p.record.leaps = append(p.record.leaps, leap{from: p.world.Now(), d: d})
	p.world.Advance(d)
}
