//go:build unix

package e2e

import (
	"context"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

const (
	// killRounds is how often the plugin is killed at each moment. WAA_KILL_ROUNDS lowers it for somebody who works on the test.
	killRounds = 20
	// busyTalks is how many conversations go on all the time.
	busyTalks = 12
	// quietLimit is how long the plugin may need until nothing is left to do. A conversation waits for the lease of the dead worker to
	// expire and then for another minute if the outcome of a message is unknown, one message after the other, and the machine may be slow.
	quietLimit = 4 * time.Minute
)

// TestKill kills the plugin's process with SIGKILL again and again, each time at one defined moment in the processing of a message, while
// customers and agents go on writing. Nothing may be lost, arrive twice or arrive out of order.
func TestKill(t *testing.T) {
	rounds := killRounds
	if text := os.Getenv("WAA_KILL_ROUNDS"); text != "" {
		var err error
		rounds, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	s := newStage(t)
	s.Sim.Configure(func(settings *cloudapi.Settings) { settings.PairRate = false })
	t.Cleanup(func() { s.Sim.Configure(func(settings *cloudapi.Settings) { settings.PairRate = true }) })
	k := &killer{stage: s, gates: newGates(t, s.World), dead: s.deadLetters()}
	starts := &startKiller{killer: k}
	// Each kill gets a conversation of its own, because what it left unfinished holds up the next message of the same conversation for a
	// while.
	talks := s.openMany(busyTalks + 4*rounds)
	victims := talks[busyTalks:]

	begin := time.Now()
	busy := s.startTraffic(talks[:busyTalks])
	hits := map[string]int{}
	for round := range rounds {
		for i, prepare := range []func(context.Context, *openConversation, int) (*killPoint, error){k.webhookTaken, k.stored, k.unanswered, k.posted} {
			main, rider := k.kill(starts, prepare, victims[round*4+i], round, round*4+i)
			hits[main]++
			hits[rider]++
		}
	}
	killed := time.Since(begin).Round(time.Second)
	problems := busy.end()
	starts.asked.Wait()
	took := s.waitUntilIdle(quietLimit)
	t.Logf("%d kills in %v, quiet %v later; meanwhile customers wrote %d messages, agents %d, %d were refused, %d the server could not save",
		4*rounds, killed, took, busy.wrote, busy.posted, busy.refused, busy.failed)
	for _, moment := range slices.Sorted(maps.Keys(hits)) {
		t.Logf("hit %2d times: %s", hits[moment], moment)
	}
	require.Empty(t, problems)
	require.Zero(t, busy.failed, "the server itself suffers when the plugin dies")
	for _, moment := range []string{"a", "b", "c", "d"} {
		require.GreaterOrEqual(t, hits[moment], rounds, "the moment (%s) was not hit often enough", moment)
	}
	k.settled(talks, starts)
	k.requireResultsHold()
}

// kill brings the plugin to a defined moment in a conversation, and to another one in a start at the same time. It kills the plugin there
// and starts it again. It returns the two moments at which the plugin really was.
func (k *killer) kill(starts *startKiller, prepare func(context.Context, *openConversation, int) (*killPoint, error), v *openConversation, round, nth int) (moment, rider string) {
	k.t.Helper()
	ctx := k.ctx(2 * time.Minute)
	main, err := prepare(ctx, v, round)
	require.NoError(k.t, err)
	beside, err := starts.next(ctx, nth)
	require.NoError(k.t, err)
	for _, strike := range []*killPoint{main, beside} {
		require.NoError(k.t, testenv.WaitFor(ctx, "the moment "+strike.moment, func() (bool, error) {
			err := strike.reached(ctx)
			return err == nil, err
		}))
	}
	require.NoError(k.t, k.Env.KillPlugin(ctx, 0))
	require.NoError(k.t, errors.Wrapf(main.after(ctx), "the moment (%s) of round %d was missed", main.moment, round))
	require.NoError(k.t, errors.Wrapf(beside.after(ctx), "the moment %s was missed", beside.moment))
	require.NoError(k.t, k.behind(ctx, v, main.moment, round))
	require.NoError(k.t, k.Env.ReactivatePlugin(ctx, 0))
	return main.moment, beside.moment
}

// settled compares everything that was written with everything that arrived.
func (k *killer) settled(talks []*openConversation, starts *startKiller) {
	k.t.Helper()
	ctx := k.ctx(3 * time.Minute)
	require.Eventually(k.t, func() bool {
		var unlooked int
		err := k.Env.DB().QueryRowContext(ctx, "SELECT count(*) FROM waa_standing WHERE looked_at = 0").Scan(&unlooked)
		return err == nil && unlooked == 0
	}, 2*time.Minute, time.Second, "what a process posted after another had looked is looked for")
	require.Empty(k.t, k.Sim.Duplicates(), "Meta was asked to send something twice")
	require.Equal(k.t, k.dead, k.deadLetters(), "nothing became a dead letter")
	ways := deliveriesOf(k.Sim.Webhooks().List())
	var problems []string
	var in, pairs int
	var out outcome
	for _, talk := range talks {
		posts, err := k.Posts(ctx, talk.ChannelID)
		require.NoError(k.t, err)
		n, err := k.inbound(talk, posts, ways)
		if err != nil {
			problems = append(problems, talk.customer.Name+": "+err.Error())
		}
		in, pairs = in+len(talk.phone.Sent()), pairs+n
		sum, err := k.outbound(ctx, talk, posts)
		if err != nil {
			problems = append(problems, talk.customer.Name+": "+err.Error())
		}
		out.arrived, out.unknown = out.arrived+sum.arrived, out.unknown+sum.unknown
	}
	for _, h := range starts.begun {
		if err := starts.finished(ctx, h); err != nil {
			problems = append(problems, "start ("+h.moment+") of "+h.customer.Name+": "+err.Error())
		}
	}
	k.t.Logf("customers' messages: %d, each with one post, %d pairs in order; agents' posts: %d arrived once, %d unknown and said so; starts: %d, %d of them unknown",
		in, pairs, out.arrived, out.unknown, len(starts.begun), starts.unknown)
	require.Empty(k.t, problems)
}
