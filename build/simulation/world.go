package simulation

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulation/host"
)

// Options say what a world is like. The zero value of a field is usable unless its
// comment says otherwise.
type Options struct {
	Seed   uint64
	Nodes  int        // default 2
	Faults FaultRates // default: nothing fails
}

// FaultRates are probabilities between 0 and 1 with which a call through a port fails, or a
// hook, an answer or a delivery goes wrong. The zero value is a world without faults.
type FaultRates struct {
	Before     float64 // a call fails and has no effect
	After      float64 // a call has its effect and fails
	LostPost   float64 // a post is made and its maker is not told, beside After
	Hang       float64 // a call takes as long as its caller lets it
	Hold       float64 // a call that changes something waits before its turn, while others go on
	Drop       float64 // a call is the last thing that its instance does: before or after its effect
	Stale      float64 // a read of the plugin API is answered from the node's cache, which others do not tell of changes
	LateHook   float64 // a hook that reports what has happened comes later than what happens next
	LostHook   float64 // such a hook never comes
	OtherHook  float64 // another plugin refuses a post
	LateNews   float64 // a webhook comes late, and so after later ones
	TwiceNews  float64 // a webhook comes again
	ClockJumps float64 // per step of the clock: the clock of one node jumps
}

// Ordinary returns the rates of an ordinary bad day: about one call in a hundred goes wrong.
func Ordinary() FaultRates {
	return FaultRates{
		Before: 0.004, After: 0.004, LostPost: 0.02, Hang: 0.001, Drop: 0.0005, Stale: 0.3, LateHook: 0.05, LostHook: 0.02, OtherHook: 0.01,
		LateNews: 0.1, TwiceNews: 0.05, ClockJumps: 0.0005,
	}
}

// World is everything that is simulated. Its methods must be called by the goroutine that
// Run calls play in; acts may only use Rand before their first call through a port.
type World struct {
	Seed  uint64
	Rand  *rand.Rand // the one source of decisions
	Host  *host.Server
	Meta  *Meta
	Nodes []*Node
	DB    *sql.DB // the database as a checker sees it: it never fails, and does not yield
	Trace *Trace

	*inside
}

// Run makes a world in a bubble of simulated time, calls play with it, and closes it. It
// must not be called within another bubble. ctx ends when the test does.
func Run(t *testing.T, o Options, play func(ctx context.Context, w *World)) {
	t.Helper()
	run(t, o, play)
}

// Now returns the simulated time: that of the database, and of a node whose clock is right.
func (w *World) Now() time.Time { return w.now() }

// Go starts an act as a task of its own. Its calls through ports are scheduled with all
// others. n is the node that the act happens on, for the trace; nil if on none. If that node
// is dropped meanwhile, the calls of the act fail as a browser's would.
func (w *World) Go(label string, n *Node, act func(ctx context.Context)) { w.start(label, n, act) }

// Step lets one waiting task go on, or, if the seed says so or none is waiting, lets a
// little time pass. It returns false if nothing happened: no task was waiting, no act is
// unfinished, and no time passed.
func (w *World) Step() bool { return w.step() }

// Fail sets the rates of faults from now on; Calm sets all to zero.
func (w *World) Fail(rates FaultRates) { w.fail(rates) }

// Panics are the panics that the plugin stopped and logged, which it should not have had.
func (w *World) Panics() []string { return w.panicsSoFar() }

// Active returns how many acts that Go started have not ended yet.
func (w *World) Active() int { return w.active() }

// Steps returns how many steps were made so far.
func (w *World) Steps() int { return w.steps() }

// Settle makes steps until no act is unfinished and nothing waits, with the faults as they
// are, or until limit of simulated time has passed.
func (w *World) Settle(ctx context.Context, limit time.Duration) error { return w.settle(ctx, limit) }

// Advance makes d pass for the domain's rules (windows, cooldowns, months) on all nodes, for
// Meta and for the posts, at once: nothing happens in between. Leases and time-outs do not
// notice. It is how days pass.
func (w *World) Advance(d time.Duration) { w.advance(d) }

// Calm ends all faults, starts what is down, lets late webhooks and hooks come, and makes
// steps until nothing moves any more: no act, no due job, no delivery. It returns an error
// if something still moves after an hour of simulated time.
func (w *World) Calm(ctx context.Context) error { return w.calm(ctx) }
