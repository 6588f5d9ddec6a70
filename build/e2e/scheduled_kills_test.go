//go:build unix

package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

const (
	// scheduledVariable asks for the test and says how many starts it schedules.
	scheduledVariable = "WAA_SCHEDULED"
	// wholeRun is how many starts make it play every fault on either server; fewer get each fault once.
	wholeRun = 100
	// jump is how far the clock jumps.
	jump = time.Hour
	// calmFor is the time over which those come due that nothing disturbs.
	calmFor = time.Minute
)

// overKills is a world of two servers on which starts come due while everything goes wrong, and the clock that decides about it jumps.
type overKills struct {
	*chaos
	many    int
	started []*dueStart
	texts   []*dueText

	mu      sync.Mutex
	trouble []span
	jumps   []jumped
}

// span is how long something was out of order.
type span struct {
	what     string
	from, to time.Time
}

// jumped is a moment at which the database's clock was set, and how far it is ahead from then on.
type jumped struct {
	at    time.Time
	ahead time.Duration
}

// TestScheduledOverKills schedules starts, and some texts, on two servers and lets them come due while plugins, servers and PostgreSQL are
// killed and frozen, while a token is revoked for a time, while the plan is spent, while the database's clock, which decides what is due, is
// an hour behind and an hour ahead, and at last while nothing happens. Each leaves once or fails with its reason and one message to its
// owner, none before it was due by the clock, and none later than a minute from when everything ran.
func TestScheduledOverKills(t *testing.T) {
	many, _ := strconv.Atoi(os.Getenv(scheduledVariable))
	if many == 0 {
		t.Skip("it takes minutes: " + scheduledVariable + " says how many starts to schedule, 500 in a whole run and 30 in a short one")
	}
	world := startWorld(t, scenario.Options{
		Nodes: 2, Revive: true, Durable: true,
		Simulator: func(s *cloudapi.Settings) { s.PairRate, s.RetryMax = false, 2*time.Second },
	})
	o := &overKills{many: many, chaos: &chaos{stage: &stage{World: world, t: t}, random: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))}}
	o.eitherServer()
	o.watchDepartures()
	require.NoError(t, o.setClock(o.ctx(time.Minute), 0))

	spread := 2 * time.Minute
	if many >= wholeRun {
		spread = 4 * time.Minute
	}
	first := o.inDialogs(max(2, many/50), scheduleAhead)
	o.putOff(many/2-first, time.Now().Add(scheduleAhead), spread)
	o.scheduleTexts(max(2, many/50))
	o.overFaults(spread)
	o.overJumps()
	o.calm()
	o.check()
}

// during notes that something is out of order while it is done.
func (o *overKills) during(what string, do func() error) error {
	from := time.Now()
	err := do()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.trouble = append(o.trouble, span{what, from, time.Now()})
	return errors.Wrap(err, what)
}

// setClock sets how far the database's clock is ahead.
func (o *overKills) setClock(ctx context.Context, ahead time.Duration) error {
	err := o.Env.MoveDatabaseClock(ctx, ahead)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.jumps = append(o.jumps, jumped{time.Now(), ahead})
	return err
}

// overFaults plays the faults, with a revoked token and a spent plan among them, until everything that was scheduled before is due.
func (o *overKills) overFaults(spread time.Duration) {
	o.t.Helper()
	begin := time.Now()
	ctx := o.ctx(scheduleAhead + spread + 10*time.Minute)
	var others errgroup.Group
	others.Go(func() error {
		o.pause(ctx, scheduleAhead+spread/4-time.Since(begin))
		err := o.during("token revoked", func() error { return o.withoutToken(ctx, 30*time.Second) })
		o.pause(ctx, scheduleAhead+spread*6/10-time.Since(begin))
		return firstError(err, o.withPlanSpent(ctx, 20*time.Second))
	})
	o.pause(ctx, scheduleAhead-5*time.Second)
	for node := range o.Env.Nodes {
		faults := o.faults()
		o.random.Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
		for i, f := range faults {
			if o.many < wholeRun && i%len(o.Env.Nodes) != node {
				continue
			}
			o.pause(ctx, time.Duration(2+o.random.IntN(4))*time.Second)
			require.NoError(o.t, o.during(f.name+" on "+strconv.Itoa(node+1), func() error { return f.do(ctx, node) }))
		}
		o.revive(node)
	}
	require.NoError(o.t, others.Wait())
	o.pause(ctx, scheduleAhead+spread-time.Since(begin))
}

// overJumps lets starts come due while the clock is an hour behind, which holds them up, and others while it is an hour ahead. While it is
// ahead one plugin is killed and the other is frozen, and still is when the clock goes back.
func (o *overKills) overJumps() {
	o.t.Helper()
	ctx := o.ctx(10 * time.Minute)
	due := time.Now().Add(scheduleAhead)
	o.putOff(o.many/10, due, 20*time.Second)
	o.putOff(o.many/5, due.Add(jump+25*time.Second), time.Minute)
	o.pause(ctx, time.Until(due.Add(3*time.Second)))
	require.NoError(o.t, o.setClock(ctx, -jump))
	o.pause(ctx, time.Until(due.Add(25*time.Second)))
	require.NoError(o.t, o.setClock(ctx, 0))
	o.pause(ctx, 10*time.Second)
	require.NoError(o.t, o.setClock(ctx, jump))
	kill := o.faults()[0]
	require.NoError(o.t, o.during(kill.name+" on 1, clock ahead", func() error { return kill.do(ctx, 0) }))
	pids, err := o.Env.PluginPIDs(1)
	require.NoError(o.t, err)
	var back errgroup.Group
	back.Go(func() error {
		o.pause(ctx, frozenFor/2)
		return o.setClock(ctx, 0)
	})
	require.NoError(o.t, o.during("plugin frozen on 2, clock ahead and back", func() error { return testenv.Freeze(ctx, pids, frozenFor) }))
	require.NoError(o.t, back.Wait())
}

// revive switches the plugin on again where the server has given up on it, as an administrator would.
func (o *overKills) revive(node int) {
	o.t.Helper()
	pids, err := o.Env.PluginPIDs(node)
	require.NoError(o.t, err)
	if len(pids) == 0 {
		require.NoError(o.t, o.Env.ReactivatePlugin(o.ctx(2*time.Minute), node))
	}
}

// calm lets the rest come due while nothing happens, and at last what was due in the hour that the clock had gone back.
func (o *overKills) calm() {
	o.t.Helper()
	due := time.Now().Add(scheduleAhead)
	o.putOff(o.many-len(o.started), due, calmFor)
	o.pause(o.ctx(5*time.Minute), time.Until(due.Add(calmFor)))
	require.NoError(o.t, o.setClock(o.ctx(time.Minute), jump))
	o.within(quietLimit, "everything that was scheduled to end", func(ctx context.Context) error {
		left, err := o.number(ctx, "SELECT count(*) FROM waa_scheduled WHERE status IN ('scheduled', 'sending') OR status = 'failed' AND told_at = 0")
		return firstError(err, errorUnless(left == 0, "%d are left", left))
	})
	o.waitUntilIdle(quietLimit)
}

// withoutToken revokes the number's token, and saves a new one after a while, as an administrator does.
func (o *overKills) withoutToken(ctx context.Context, pause time.Duration) error {
	o.Sim.RevokeToken(o.Number.Token)
	o.pause(ctx, pause)
	token := o.Sim.AddToken(cloudapi.Token{WABAs: []string{o.Number.WABAID}})
	return o.insist(ctx, http.MethodPatch, "/accounts/"+o.Account.ID, map[string]any{"access_token": token.Value}, nil)
}

// withPlanSpent lowers the queue's plan to what a few more starts use up, and raises it after a while.
func (o *overKills) withPlanSpent(ctx context.Context, pause time.Duration) error {
	var plans struct{ Items []struct{ Spent float64 } }
	err := o.insist(ctx, http.MethodGet, "/plans", nil, &plans)
	limit := func(amount float64) error {
		return firstError(
			o.insist(ctx, http.MethodPatch, "/plans/"+o.Plan.ID, map[string]any{"monthly_limit": amount}, nil), o.insist(ctx, http.MethodPost, "/plans/"+o.Plan.ID+"/approve", nil, nil))
	}
	if err == nil {
		err = limit(plans.Items[0].Spent + 3*scenario.Prices()[cloudapi.CategoryUtility])
	}
	o.pause(ctx, pause)
	return firstError(err, limit(scenario.MonthlyLimit))
}

// insist asks either server until one answers, because a fault may be in the way.
func (o *overKills) insist(ctx context.Context, method, path string, body, into any) error {
	return testenv.WaitFor(ctx, method+" "+path, func() (bool, error) {
		once, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		err := o.Ask(once, o.Env.AdminClient(rand.IntN(len(o.Env.Nodes))), method, path, body, http.StatusOK, into)
		return err == nil, err
	})
}

// putOff puts starts off over REST, through both servers, to moments that are spread over a time.
func (o *overKills) putOff(n int, from time.Time, over time.Duration) {
	o.t.Helper()
	ctx := o.ctx(2 * time.Minute)
	made, problems := make([]*dueStart, n), make([]error, n)
	var hands sync.WaitGroup
	for hand := range 4 {
		hands.Go(func() {
			for i := hand; i < n; i += 4 {
				made[i] = &dueStart{chaosLater: chaosLater{customer: newCustomer()}, sendAt: from.Add(over * time.Duration(i) / time.Duration(n)).UnixMilli()}
				request := o.StartRequest(made[i].customer)
				request["send_at"] = made[i].sendAt
				var scheduled struct{ ID string }
				problems[i] = o.Ask(ctx, o.Env.Client(i%len(o.Env.Nodes), i%3), http.MethodPost, "/conversations", request, http.StatusAccepted, &scheduled)
				made[i].id = scheduled.ID
			}
		})
	}
	hands.Wait()
	require.NoError(o.t, firstError(problems...))
	o.started = append(o.started, made...)
}

// inDialogs puts starts off in the form that the phone app shows, and returns how many.
func (o *overKills) inDialogs(n int, ahead time.Duration) int {
	o.t.Helper()
	for i := range n {
		ctx := o.ctx(time.Minute)
		later := &dueStart{chaosLater: chaosLater{customer: newCustomer()}, sendAt: time.Now().Add(ahead + time.Duration(i)*time.Second).Truncate(time.Second).Add(30 * time.Second).UnixMilli()}
		d, err := o.OpenDialog(ctx, i%3, o.Queue.ChannelID, "/whatsapp novo")
		require.NoError(o.t, err)
		require.NoError(o.t, d.Next(ctx, map[string]any{"template": o.Positional.ID}))
		values := map[string]any{"customer_name": later.customer.Name, "cpf": later.customer.CPF, "phone": later.customer.Phone, "send_at": time.UnixMilli(later.sendAt).UTC().Format(time.RFC3339)}
		for name, text := range scenario.Variables() {
			values[name] = text
		}
		require.NoError(o.t, d.Finish(ctx, values))
		require.NoError(o.t, o.Env.DB().QueryRowContext(ctx, "SELECT id FROM waa_scheduled WHERE phone = $1 AND send_at = $2", later.customer.Phone, later.sendAt).Scan(&later.id))
		o.started = append(o.started, later)
	}
	return n
}

// scheduleTexts puts a text off in each of several open conversations.
func (o *overKills) scheduleTexts(n int) {
	o.t.Helper()
	for i, k := range o.openMany(n) {
		text := fmt.Sprintf("Bom dia %d!", i)
		said, err := o.Env.ExecuteSlash(o.ctx(time.Minute), o.Env.Client(i%len(o.Env.Nodes), k.agent), k.ChannelID, fmt.Sprintf("/whatsapp agendar em %d minutos %s", 2+i%2, text))
		require.NoError(o.t, err)
		require.Contains(o.t, said.Text, "Agendado para")
		o.texts = append(o.texts, &dueText{k, text})
	}
}
