package simulation

import (
	"context"
	"database/sql"
	"encoding/json"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulation/host"
)

// beginning is when every world begins.
var beginning = time.Date(2026, time.November, 9, 12, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // constant

const (
	// outsiders is how many statements may be in the database at once: those that wait for a lock, and one more.
	outsiders = 80
	// calmLimit is how long calm may take, of simulated time; quietFor is how long nothing may move.
	calmLimit = time.Hour
	quietFor  = 70 * time.Second // longer than the pauses of the background loops
	// unfinished is the condition of a job that is not over.
	unfinished = "finished_at = 0 AND dead_at = 0"
)

// inside is what the parts of a world share.
type inside struct {
	scheduler *scheduler
	trace     *Trace
	out       *outside
	database  *database
	db        *sql.DB // in the bubble
	host      *host.Server
	meta      *Meta
	receiver  *receiver
	nodes     []*Node
	seed      uint64

	ctx      context.Context // of acts
	cancel   context.CancelFunc
	all      sync.WaitGroup // everything that must end before the bubble does
	closing  atomic.Bool
	mu       sync.Mutex
	panics   []string
	accounts map[string]string // by phone number id
	refused  map[string]string // the words of the customers' messages that another plugin refuses, by wamid
}

func run(t *testing.T, o Options, play func(ctx context.Context, w *World)) {
	t.Helper()
	if o.Nodes == 0 {
		o.Nodes = 2
	}
	data, err := newDatabaseOf(newDatabase(t))
	require.NoError(t, err)
	t.Cleanup(data.close)
	cryptotest.SetGlobalRandom(t, o.Seed)
	out := newOutside(outsiders)
	t.Cleanup(out.close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	truth := host.New(host.Options{
		Version: []string{"11.4.0", "11.10.0"}[o.Seed%2], ListenAddress: listener.Addr().String(), NewID: model.NewId,
		Settings: map[string]any{"encryptionkey": "a key that is long enough for the simulation", "graphbaseurl": metaURL},
	})
	rest := &http.Server{Handler: truth.REST(data.pool), ReadHeaderTimeout: time.Minute}
	go func() { _ = rest.Serve(listener) }()
	t.Cleanup(func() { _ = rest.Close() })
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(beginning))
		w := newWorld(o, data, out, truth)
		defer w.close()
		play(w.ctx, w)
	})
}

func newWorld(o Options, data *database, out *outside, truth *host.Server) *World {
	in := &inside{trace: &Trace{}, out: out, database: data, host: truth, seed: o.Seed, accounts: map[string]string{}, refused: map[string]string{}}
	in.ctx, in.cancel = context.WithCancel(context.Background())
	in.scheduler = newScheduler(o.Seed, o.Faults, in.trace, out)
	in.scheduler.drops, in.scheduler.locks = in.drop, data
	db := sql.OpenDB(plainConnector{data.source})
	in.db, truth.DB = db, db
	in.meta, in.receiver = newMeta(in, o.Seed), newReceiver(in)
	w := &World{
		Seed: o.Seed, Rand: rand.New(rand.NewPCG(o.Seed, 3)), Host: truth, Meta: in.meta, DB: db, Trace: in.trace, inside: in, //nolint:gosec // to be repeatable
	}
	for i := range o.Nodes {
		n := &Node{Name: string(rune('a' + i))}
		n.instance = &instance{inside: in, node: n}
		n.Host = truth.AddNode(n.Name, in, n.hooks)
		w.Nodes, in.nodes = append(w.Nodes, n), append(in.nodes, n)
	}
	for _, n := range w.Nodes {
		n.launch()
	}
	for !w.allUp() {
		w.Step()
	}
	return w
}

func (in *inside) close() {
	in.closing.Store(true)
	in.cancel()
	in.meta.Close()
	for _, n := range in.nodes {
		n.drop("the end of the world", 0)
	}
	done := make(chan struct{})
	go func() { in.all.Wait(); close(done) }()
	for {
		synctest.Wait()
		select {
		case <-done:
			_ = in.db.Close()
			return
		default:
		}
		in.scheduler.mu.Lock()
		waiting := in.scheduler.waiting
		in.scheduler.waiting = nil
		in.scheduler.mu.Unlock()
		for _, c := range waiting {
			c.turn <- gone
		}
		if !in.scheduler.unstick() {
			in.out.wholly(func() { time.Sleep(100 * time.Microsecond) })
			time.Sleep(time.Second)
		}
	}
}

func (in *inside) now() time.Time { return time.Now() }

func (in *inside) start(label string, n *Node, act func(ctx context.Context)) {
	if n != nil {
		label += " on " + n.Name
	}
	in.scheduler.acts.Add(1)
	in.all.Go(func() {
		defer in.scheduler.acts.Add(-1)
		if in.scheduler.pass(in.ctx, nil, "act: "+label, false) == proceed {
			act(in.ctx)
		}
	})
}

func (in *inside) step() bool {
	if in.scheduler.chance(in.scheduler.rates().ClockJumps) {
		in.jumpClock()
	}
	return in.scheduler.step()
}

// jumpClock sets a node's clock off by up to half a minute, or right again.
func (in *inside) jumpClock() {
	s := in.scheduler
	s.mu.Lock()
	n := in.nodes[s.rand.IntN(len(in.nodes))]
	skew := s.rand.Int64N(60_000) - 30_000
	if s.rand.IntN(3) == 0 {
		skew = 0
	}
	s.mu.Unlock()
	n.skew.Store(skew)
	in.trace.add("%s: the clock is off by %d ms", n.Name, skew)
}

func (in *inside) active() int { return int(in.scheduler.acts.Load()) }

func (in *inside) steps() int { return int(in.scheduler.made.Load()) }

func (in *inside) allUp() bool {
	for _, n := range in.nodes {
		if !n.Up() {
			return false
		}
	}
	return true
}

func (in *inside) settle(ctx context.Context, limit time.Duration) error {
	for until := time.Now().Add(limit); in.active() > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !time.Now().Before(until) {
			return errors.Errorf("%d acts are unfinished after %s", in.active(), limit)
		}
		in.step()
	}
	return nil
}

// advance lets d pass at once, when nobody waits for anything but time.
func (in *inside) advance(d time.Duration) {
	defer in.fail(in.scheduler.endHangs())
	for range 10_000 {
		synctest.Wait()
		in.scheduler.endHolds(true)
		in.scheduler.mu.Lock()
		none := len(in.scheduler.waiting) == 0 && len(in.scheduler.stuck) == 0 && len(in.scheduler.held) == 0
		in.scheduler.mu.Unlock()
		if none && in.active() == 0 {
			break
		}
		in.step()
	}
	in.trace.add("%s pass", d)
	in.scheduler.leap(d)
}

// fail sets the rates of faults.
func (in *inside) fail(rates FaultRates) {
	in.scheduler.mu.Lock()
	defer in.scheduler.mu.Unlock()
	in.scheduler.faults = rates
}

func (in *inside) panicked(what string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.panics = append(in.panics, what)
}

func (in *inside) panicsSoFar() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return append([]string{}, in.panics...)
}

// anyProcess is a process that is active, by the seed; nil if none is.
func (in *inside) anyProcess() *process {
	s := in.scheduler
	s.mu.Lock()
	first := s.rand.IntN(len(in.nodes))
	s.mu.Unlock()
	for i := range in.nodes {
		if p := in.nodes[(first+i)%len(in.nodes)].alive(); p != nil {
			return p
		}
	}
	return nil
}

// accountOf is the plugin's account that a webhook is for, or any of them.
func (in *inside) accountOf(body []byte) string {
	var delivered struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Metadata struct {
						ID string `json:"phone_number_id"`
					} `json:"metadata"`
				} `json:"value"`
			} `json:"changes"`
		} `json:"entry"`
	}
	_ = json.Unmarshal(body, &delivered)
	number := ""
	for _, e := range delivered.Entry {
		for _, c := range e.Changes {
			number = c.Value.Metadata.ID
		}
	}
	in.mu.Lock()
	known := in.accounts[number]
	in.mu.Unlock()
	if known != "" {
		return known
	}
	var id string
	if err := in.db.QueryRow("SELECT id FROM waa_accounts ORDER BY phone_number_id <> $1, id LIMIT 1", number).Scan(&id); err != nil {
		return ""
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.accounts[number] = id
	return id
}

// The rules of the host.

// Stale reports whether a read is answered from a cache.
func (in *inside) Stale(string, string) bool { return in.scheduler.chance(in.scheduler.rates().Stale) }

// AwaitHours returns when no hours are passing at once.
func (in *inside) AwaitHours() { in.scheduler.whileTimePasses() }

// Refuses reports whether another plugin, such as a filter of words, refuses a post. It
// judges the text alone: it refuses the same words of a message each time, and never the
// line that says in their place that they were refused.
func (in *inside) Refuses(node string, post *model.Post) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	about, _ := post.GetProp(propWAMID).(string)
	words, before := in.refused[about]
	refuses := about != "" && before && words == post.Message
	if about == "" || !before {
		refuses = in.scheduler.chance(in.scheduler.rates().OtherHook)
	}
	if refuses {
		if about != "" {
			in.refused[about] = post.Message
		}
		in.trace.add("%s: another plugin refuses a post", node)
	}
	return refuses
}

// After runs a hook at once, late, or never.
func (in *inside) After(node, name string, hook func()) {
	what, f := node+" hook: "+name, in.scheduler.rates()
	switch {
	case name == host.PostedByPerson && in.scheduler.losesHook(), in.scheduler.chance(f.LostHook):
		in.trace.add("%s never comes", what)
	case in.scheduler.chance(f.LateHook):
		in.scheduler.holdHook(what, func() { in.hook(what, hook) })
	default:
		in.hook(what, hook)
	}
}

func (in *inside) hook(what string, hook func()) {
	in.all.Go(func() {
		if in.scheduler.pass(in.ctx, nil, what, false) == proceed {
			hook()
		}
	})
}
