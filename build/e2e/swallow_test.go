//go:build unix

package e2e

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// swallowVariable sets for how many minutes the database gets and sends nothing; the default is half a minute.
const swallowVariable = "WAA_SWALLOW_MINUTES"

// maxGrowth is by how many MiB the plugin's memory may grow while its database does not respond, however long that takes.
const maxGrowth = 48

// TestADatabaseThatSwallowsEverything simulates a network that silently drops everything between the plugin and PostgreSQL while customers
// and agents write. The server itself can still reach its database.
func TestADatabaseThatSwallowsEverything(t *testing.T) {
	source := *storetest.Source(t)
	wire := storetest.NewWire(t, source.Host, "whatsapp-ativo") // only the plugin's connections
	source.Host, source.RawQuery = wire.Address(), "sslmode=disable"
	long := 30 * time.Second
	if minutes, err := strconv.ParseFloat(os.Getenv(swallowVariable), 64); err == nil {
		long = time.Duration(minutes * float64(time.Minute))
	}
	s := &stage{t: t, World: startWorld(t, scenario.Options{
		Env:       []string{"DATABASE_URL=" + source.String()},
		Simulator: func(set *cloudapi.Settings) { set.RetryMax = 2 * time.Second }, // short, so that webhooks keep coming
	})}
	talks := s.openMany(10)
	before := s.memory()
	traffic := s.startTraffic(talks)
	elsewhere := s.postElsewhere()
	wire.Swallow(true)
	highest, begin := 0, time.Now()
	for time.Since(begin) < long {
		s.sleep(time.Second)
		highest = max(highest, s.memory())
	}
	wire.Swallow(false)
	took := elsewhere()
	problems := traffic.end()
	caught := s.waitUntilIdle(long + 5*time.Minute)
	t.Logf("swallowed for %s: memory %d MiB before, %d at the most, %d after; %d posts elsewhere, the slowest in %s, half of them in %s; "+
		"customers wrote %d, agents %d and %d were refused; all caught up after %s",
		long, before, highest, s.memory(), len(took), took[len(took)-1], took[len(took)/2], traffic.wrote, traffic.posted, traffic.refused, caught)
	require.Empty(t, problems)
	require.Zero(t, traffic.failed)
	require.NotZero(t, traffic.refused, "nothing goes into a conversation that cannot be judged")
	require.Less(t, highest, before+maxGrowth, "the plugin's memory stays flat")
	require.Zero(t, s.deadLetters())
	require.Empty(t, s.Sim.Duplicates())
	ways := deliveriesOf(s.Sim.Webhooks().List())
	for _, k := range talks {
		posts, err := s.Posts(s.ctx(oneMinute), k.ChannelID)
		require.NoError(t, err)
		_, err = s.inbound(k, posts, ways)
		require.NoError(t, err)
		_, err = s.outbound(s.ctx(oneMinute), k, posts)
		require.NoError(t, err)
	}
}

// postElsewhere writes in channels without a conversation, also in new ones, until end is called. end returns how long each post took,
// sorted. A post without a response after ten seconds fails the test.
func (s *stage) postElsewhere() (end func() []time.Duration) {
	ctx, stop := context.WithCancel(s.t.Context())
	var all sync.WaitGroup
	var took []time.Duration
	team := s.Env.Team.ID
	all.Go(func() {
		var channel *model.Channel
		for n := 0; ctx.Err() == nil; n++ {
			within, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			var err error
			if n%20 == 0 {
				channel, _, err = s.Admin().CreateChannel(within, &model.Channel{TeamId: team, Type: model.ChannelTypeOpen, Name: fmt.Sprintf("outro-%d", n), DisplayName: "Outro"})
			}
			begin := time.Now()
			if err == nil {
				_, _, err = s.Admin().CreatePost(within, &model.Post{ChannelId: channel.Id, Message: fmt.Sprintf("assunto %d", n)})
			}
			cancel()
			if err != nil {
				s.t.Errorf("a post elsewhere: %v", err)
				return
			}
			took = append(took, time.Since(begin).Round(time.Millisecond))
			s.sleep(200 * time.Millisecond)
		}
	})
	return func() []time.Duration {
		stop()
		all.Wait()
		slices.Sort(took)
		return took
	}
}

// sleep waits between two actions in the background, unless the test ends before.
func (s *stage) sleep(long time.Duration) {
	select {
	case <-time.After(long):
	case <-s.t.Context().Done():
	}
}

// resident matches the line in which Linux reports how much memory a process uses, in kB.
var resident = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// memory returns how much memory the plugin's process uses in MiB, or 0 if the machine does not report it.
func (s *stage) memory() int {
	pids, err := s.Env.PluginPIDs(0)
	if err != nil || len(pids) == 0 {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pids[0]))
	if err != nil {
		return 0
	}
	found := resident.FindSubmatch(status)
	if found == nil {
		return 0
	}
	kb, _ := strconv.Atoi(string(found[1]))
	return kb >> 10
}
