//go:build unix

package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

const (
	// ruledTalks × ruledRounds sequences of ruledSteps steps each are played.
	ruledTalks  = 50
	ruledRounds = 20
	ruledSteps  = 8
	// ruledHands is how many of them run at a time.
	ruledHands = 4
	// seedVariable sets the random seed, to repeat a run.
	seedVariable = "WAA_SEED"
)

// TestRulesOverRandomSequences has agents post, write notes, reply in threads, transfer and close in every state and at any time. The
// customer must get what the rules allow and nothing else, once and in order. A simple model defines the rules; see ruleWalk.
func TestRulesOverRandomSequences(t *testing.T) {
	s := &stage{World: startWorld(t, scenario.Options{Nodes: 2}), t: t}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv(seedVariable); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
	}
	t.Logf("%s=%d plays the same again", seedVariable, seed)

	talks := make([]*ruleWalk, ruledTalks)
	s.all(talks, func(ctx context.Context, i int) error {
		talk, err := s.begin(i % 3)
		talks[i] = &ruleWalk{stage: s, openConversation: talk, random: rand.New(rand.NewPCG(seed, uint64(i)))}
		if err != nil {
			return err
		}
		return talks[i].meet(ctx)
	})
	check := func(ctx context.Context, i int) error { return talks[i].check(ctx) }
	clock := rand.New(rand.NewPCG(seed, ruledTalks))
	for range ruledRounds {
		for range ruledSteps {
			if clock.IntN(5) == 0 {
				s.all(talks, check) // what was accepted must be sent before its window ends
				hours := []int{1, 7, 25}[clock.IntN(3)]
				require.NoError(t, s.Advance(s.ctx(oneMinute), time.Duration(hours)*time.Hour))
			}
			s.all(talks, func(ctx context.Context, i int) error { return talks[i].step(ctx) })
		}
		s.all(talks, check)
		s.all(talks, func(ctx context.Context, i int) error { return talks[i].reopen(ctx) }) // before the channel is archived
	}
	s.waitUntilIdle(oneMinute)
	s.all(talks, check)
	sum := map[string]int{}
	for _, talk := range talks {
		for what, n := range talk.played {
			sum[what] += n
		}
	}
	t.Logf("%d sequences of %d steps: %v", ruledTalks*ruledRounds, ruledSteps, sum)
}

// all calls do for every conversation, several at a time.
func (s *stage) all(talks []*ruleWalk, do func(ctx context.Context, i int) error) {
	s.t.Helper()
	problems := make([]error, len(talks))
	var hands sync.WaitGroup
	for hand := range ruledHands {
		hands.Go(func() {
			for i := hand; i < len(talks); i += ruledHands {
				ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
				problems[i] = do(ctx, i)
				cancel()
			}
		})
	}
	hands.Wait()
	for i, err := range problems {
		if err != nil {
			require.NoError(s.t, err, "talk %d: %v", i, talks[i].history)
		}
	}
}

// ruleWalk is a conversation together with a model of its rules: each step is done in both, and then they are compared.
type ruleWalk struct {
	*stage
	*openConversation
	random  *rand.Rand
	played  map[string]int
	history []string

	closed      bool
	windowUntil int64 // milliseconds since epoch
	templateAt  int64
	attendant   string
	members     []int    // agents in the channel
	wanted      []string // the texts that the phone must have, in order
	notes       []string // posts that are notes
	customers   []string // posts of the customer
	serial      int
}

// meet copies the conversation's initial state into the model.
func (r *ruleWalk) meet(ctx context.Context) error {
	c, err := r.World.Conversation(ctx, r.Admin(), r.ID)
	r.windowUntil, r.attendant, r.members, r.played = c.WindowUntil, c.AttendantID, []int{r.agent}, map[string]int{}
	r.templateAt = r.Now()
	return err
}

// state returns the model's state, which takes four lines instead of the plugin's code.
func (r *ruleWalk) state() string {
	switch now := r.Now(); {
	case r.closed:
		return "closed"
	case now < r.windowUntil:
		return "open"
	case r.templateAt > r.windowUntil:
		return "waiting"
	default:
		return "expired"
	}
}

// text returns a different text each time, so that it can be found.
func (r *ruleWalk) text(what string) string {
	r.serial++
	return fmt.Sprintf("%s %s %d", what, r.ID[:6], r.serial)
}

// someone picks a random member of the channel.
func (r *ruleWalk) someone() int { return r.members[r.random.IntN(len(r.members))] }

// check compares the phone with the model.
func (r *ruleWalk) check(ctx context.Context) error {
	got := func() (bodies []string) {
		for _, m := range r.phone.Messages() {
			if m.Type == "text" {
				bodies = append(bodies, m.Text)
			}
		}
		return bodies
	}
	for {
		bodies := got()
		for i, text := range bodies {
			if i >= len(r.wanted) || text != r.wanted[i] {
				return errors.Errorf("the phone has %q as number %d of %d, and should have %q", text, i, len(bodies), r.wanted)
			}
		}
		if len(bodies) == len(r.wanted) {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Errorf("the phone has %d of %d texts", len(bodies), len(r.wanted))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// answer sends the customer's next message.
func (r *ruleWalk) answer(ctx context.Context) error {
	if r.closed {
		return nil // other tests check whether an answer reopens it
	}
	text := r.text("resposta")
	if _, err := r.phone.Reply(text); err != nil {
		return err
	}
	sent := r.phone.Sent()
	at := sent[len(sent)-1].AcceptedAt // Meta's timestamp is this time cut to the second
	posts, err := r.WaitPosts(ctx, r.ChannelID, 1, "the customer's post", func(p *model.Post) bool { return p.Message == text })
	if err != nil {
		return err
	}
	r.customers = append(r.customers, posts[0].Id)
	r.windowUntil = at.Truncate(time.Second).Add(24 * time.Hour).UnixMilli()
	return nil
}

func holdsText(p *model.Post, text string) bool { return strings.Contains(p.Message, text) }
