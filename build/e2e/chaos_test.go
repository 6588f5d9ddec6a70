//go:build unix

package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

const (
	// chaosTalks conversations are open and busy; chaosLocked ones still wait for the customer's first answer.
	chaosTalks  = 14
	chaosLocked = 4
	// frozenFor is longer than a lease lasts and longer than an HTTP request may take.
	frozenFor = 25 * time.Second
	// offFor is longer than the two minutes that a reconciliation looks back.
	offFor = 150 * time.Second
	// caughtUp is how long the plugin may need after the last fault until everything is done, apart from what waits for an unknown outcome.
	caughtUp = time.Minute
	// chaosVariable overrides offFor with a duration such as 1m30s, for somebody who works on the test.
	chaosVariable = "WAA_CHAOS_OFF"
)

// chaos is a world of two servers on one database that do not know about each other.
type chaos struct {
	*stage
	random *rand.Rand
	talks  []*openConversation
	locked []*openConversation
	later  []*chaosLater
	told   []string // the faults so far, in order
	hears  *recorder
}

// TestKillOnTwoServers keeps customers, agents and starts busy on two servers. Meanwhile plugins and servers are killed, frozen for longer
// than a lease and switched off for minutes, and PostgreSQL crashes. No message may be lost or arrive twice, what agents write must reach
// the customer in the order of the posts without exception, every tick must be right, nothing that was posted in a locked channel may
// ever be sent, each start that was put off leaves once or fails with a message to its owner, and other software is told of all of it in
// the order of each conversation.
func TestKillOnTwoServers(t *testing.T) {
	off := offFor
	if text := os.Getenv(chaosVariable); text != "" {
		var err error
		off, err = time.ParseDuration(text)
		require.NoError(t, err)
	}
	world := startWorld(t, scenario.Options{
		Nodes: 2, Revive: true, Durable: true, // durable: a crash of PostgreSQL must lose nothing that it has confirmed
		Simulator: func(s *cloudapi.Settings) { s.PairRate, s.RetryMax = false, 2*time.Second },
	})
	seed := uint64(time.Now().UnixNano())
	c := &chaos{stage: &stage{World: world, t: t}, random: rand.New(rand.NewPCG(seed, 1))}
	c.eitherServer()
	c.hears = newRecorder()
	defer c.hears.Close()
	require.NoError(t, c.hears.listen(c.ctx(time.Minute), c.World))
	c.talks = c.openMany(chaosTalks)
	for i := range chaosLocked {
		customer := newCustomer()
		conversation, err := c.Start(c.ctx(time.Minute), i%3, customer)
		require.NoError(t, err)
		c.locked = append(c.locked, &openConversation{Conversation: conversation, customer: customer, phone: c.Phone(customer.Phone), agent: i % 3})
	}

	c.schedule(off)
	busy := c.startWriting()
	c.misfortunes(off)
	begin := time.Now()
	busy.end()
	problems := append(c.settle(begin), c.leftOnce()...)
	c.waitUntilIdle(quietLimit) // the last of what was scheduled may have left after everything else was settled
	t.Logf("faults: %v", c.told)
	t.Logf("customers wrote %d messages, agents %d, %d posts were refused, %d requests failed, %d starts", busy.wrote, busy.posted, busy.refused, busy.failed, len(busy.starts))
	require.Empty(t, busy.problems)
	c.compare(busy, problems)
	c.toldEverything()
	c.requireResultsHold()
}

// eitherServer makes Meta deliver its webhooks to either server, as a load balancer does.
func (c *chaos) eitherServer() {
	var nodes []*url.URL
	for node := range c.Env.Nodes {
		address, err := url.Parse(c.Env.Nodes[node].URL)
		require.NoError(c.t, err)
		nodes = append(nodes, address)
	}
	balancer := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(nodes[rand.IntN(len(nodes))]) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.WriteHeader(http.StatusBadGateway)
		},
	})
	c.t.Cleanup(balancer.Close)
	require.NoError(c.t, c.Sim.Subscribe(c.Number.WABAID, balancer.URL+"/plugins/whatsapp-ativo/webhook/"+c.Account.ID, scenario.VerifyToken))
}

// fault is something that goes wrong on a server, together with what repairs it.
type fault struct {
	name string
	do   func(ctx context.Context, node int) error
}

func (c *chaos) faults() []fault {
	faults := []fault{
		{"plugin killed", func(ctx context.Context, node int) error {
			pids, err := c.Env.PluginPIDs(node)
			if err != nil {
				return err
			}
			if len(pids) > 0 { // the fault before this one may have stopped it already
				if err := c.Env.KillPlugin(ctx, node); err != nil {
					return err
				}
			}
			c.pause(ctx, 5*time.Second) // no plugin is running to refuse what is posted meanwhile
			return c.Env.ReactivatePlugin(ctx, node)
		}},
		{"plugin frozen", func(ctx context.Context, node int) error {
			pids, err := c.Env.PluginPIDs(node)
			if err != nil {
				return err
			}
			return testenv.Freeze(ctx, pids, frozenFor)
		}},
		{"server killed", func(ctx context.Context, node int) error { return c.Env.KillServer(ctx, node) }},
		{"server frozen", func(ctx context.Context, node int) error {
			pid, err := c.Env.ServerPID(node)
			if err != nil {
				return err
			}
			return testenv.Freeze(ctx, []int{pid}, frozenFor)
		}},
	}
	if os.Getenv("DATABASE_URL") == "" { // a PostgreSQL that was only lent to us must not be crashed
		faults = append(faults, fault{"PostgreSQL crashed", func(ctx context.Context, _ int) error { return c.Env.CrashDatabase(ctx) }})
	}
	return faults
}

// misfortunes plays every fault on the first server while the plugin of the second one is switched off, then every fault on the second one.
func (c *chaos) misfortunes(off time.Duration) {
	c.t.Helper()
	var switched sync.WaitGroup
	var switchErr error
	offUntil := time.Now().Add(off)
	switched.Go(func() {
		ctx := context.WithoutCancel(c.t.Context())
		if switchErr = c.Env.SwitchPlugin(ctx, 1, false); switchErr == nil {
			c.pause(ctx, time.Until(offUntil))
			switchErr = c.Env.SwitchPlugin(ctx, 1, true)
		}
	})
	for round := 0; round == 0 || time.Until(offUntil) > frozenFor; round++ {
		c.each(0)
	}
	switched.Wait()
	require.NoError(c.t, switchErr)
	c.told = append(c.told, fmt.Sprintf("plugin of 2 switched off for %v", off))
	c.each(1)
	for node := range c.Env.Nodes { // the server may have given up on the plugin: switch it on again, as an administrator would
		pids, err := c.Env.PluginPIDs(node)
		require.NoError(c.t, err)
		if len(pids) == 0 {
			require.NoError(c.t, c.Env.ReactivatePlugin(c.ctx(2*time.Minute), node))
		}
	}
}

// each plays every fault once on a server, in random order.
func (c *chaos) each(node int) {
	c.t.Helper()
	faults := c.faults()
	c.random.Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
	for _, f := range faults {
		ctx := c.ctx(3 * time.Minute)
		c.pause(ctx, time.Duration(2+c.random.IntN(4))*time.Second) // long enough for messages to be on their way
		c.told = append(c.told, f.name+" on "+strconv.Itoa(node+1))
		require.NoError(c.t, errors.Wrap(f.do(ctx, node), f.name))
	}
}

// pause waits for a while, during which everybody goes on writing.
func (c *chaos) pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
