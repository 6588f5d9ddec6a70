//go:build unix

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// worldLimit is long enough for building the server the first time.
const worldLimit = 10 * time.Minute

// stage is the world in which the faults are played: one for all of these tests, since a start costs ten seconds and more. Each test
// brings its own customers and leaves the simulator as it found it.
type stage struct {
	*scenario.World
	t *testing.T
}

var shared struct {
	once  sync.Once
	world *scenario.World
	err   error
}

var customers atomic.Int64

// newStage gives a test the shared world.
func newStage(t *testing.T) *stage {
	t.Helper()
	shared.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), worldLimit)
		defer cancel()
		shared.world, shared.err = scenario.Start(ctx, scenario.Options{Bundle: bundlePath(), Log: os.Stderr, Simulator: func(s *cloudapi.Settings) {
			s.RetryMax = 2 * time.Second // a plugin that comes back is not left without its webhooks for long
		}})
	})
	require.NoError(t, shared.err)
	s := &stage{World: shared.world, t: t}
	s.awake()
	t.Cleanup(func() {
		s.Sim.Faults().Clear()
		s.Sim.Webhooks().Release(cloudapi.Release{})
		s.Sim.Webhooks().Repeat(1)
	})
	return s
}

// closeShared ends the shared world, if there is one.
func closeShared() error {
	if shared.world == nil {
		return nil
	}
	return shared.world.Close()
}

// bundlePath is the plugin's bundle: WAA_BUNDLE, else what `make host-bundle` made.
func bundlePath() string {
	if path := os.Getenv("WAA_BUNDLE"); path != "" {
		return path
	}
	found, _ := filepath.Glob(filepath.Join("..", "..", ".cache", "whatsapp-ativo-*.tar.gz"))
	if len(found) == 0 {
		return filepath.Join("..", "..", ".cache", "whatsapp-ativo.tar.gz") // the error names it
	}
	return found[len(found)-1]
}

// ctx is a context of the test that ends after so long.
func (s *stage) ctx(limit time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(s.t.Context(), limit)
	s.t.Cleanup(cancel)
	return ctx
}

// within waits until a check finds nothing wrong.
func (s *stage) within(limit time.Duration, what string, check func(ctx context.Context) error) {
	s.t.Helper()
	ctx := s.ctx(limit)
	require.NoError(s.t, testenv.WaitFor(ctx, what, func() (bool, error) {
		err := check(ctx)
		return err == nil, err
	}))
}

// awake waits until the plugin answers.
func (s *stage) awake() {
	s.t.Helper()
	s.within(time.Minute, "the plugin to answer", func(ctx context.Context) error {
		_, err := s.Conversations(ctx, s.Admin(), "per_page=1")
		return err
	})
}

// newCustomer makes somebody up whom no other test knows.
func newCustomer() scenario.Customer {
	return scenario.NewCustomer(1_000_000 + int(customers.Add(1)))
}

// talk is an open conversation with everything that a test holds against each other at its end.
type talk struct {
	scenario.Conversation
	customer scenario.Customer
	phone    *cloudapi.Phone
	agent    int
}

// open begins an atendimento and lets the customer answer.
func (s *stage) open(agent int) *talk {
	s.t.Helper()
	k := &talk{customer: newCustomer(), agent: agent}
	var err error
	k.Conversation, err = s.Opened(s.ctx(time.Minute), agent, k.customer)
	require.NoError(s.t, err)
	k.phone = s.Phone(k.customer.Phone)
	return k
}

// post writes as the conversation's agent.
func (s *stage) post(k *talk, text string) *model.Post {
	s.t.Helper()
	post, err := s.PostAs(s.ctx(30*time.Second), k.agent, k.ChannelID, text)
	require.NoError(s.t, err)
	return post
}

// ticks waits until a post shows one of the statuses.
func (s *stage) ticks(limit time.Duration, postID string, wanted ...string) string {
	s.t.Helper()
	shown := ""
	s.within(limit, "the post to show "+strings.Join(wanted, " or "), func(ctx context.Context) error {
		var err error
		if shown, err = s.Tick(ctx, postID); err != nil {
			return err
		}
		return holds(slices.Contains(wanted, shown), "it shows %q", shown)
	})
	return shown
}

// notice gives the line that the plugin left in a post's thread; "" where there is none.
func (s *stage) notice(ctx context.Context, postID string) (string, error) {
	thread, _, err := s.Admin().GetPostThread(ctx, postID, "", false)
	if err != nil {
		return "", errors.Wrap(err, "cannot read the thread")
	}
	for _, id := range thread.Order {
		if post := thread.Posts[id]; post.Type == scenario.TypeEvent && post.Id != postID {
			return post.Message, nil
		}
	}
	return "", nil
}

// noticed waits for the line in a post's thread.
func (s *stage) noticed(limit time.Duration, postID string) string {
	s.t.Helper()
	text := ""
	s.within(limit, "a line in the post's thread", func(ctx context.Context) error {
		var err error
		text, err = s.notice(ctx, postID)
		if err != nil {
			return err
		}
		return holds(text != "", "there is none")
	})
	return text
}

// texts are the bodies of messages.
func texts(messages []cloudapi.Message) []string {
	out := make([]string, len(messages))
	for i := range messages {
		out[i] = messages[i].Text
	}
	return out
}

// arrived is how often the phone got a text.
func (k *talk) arrived(text string) int {
	n := 0
	for _, m := range k.phone.Messages() {
		if m.Text == text {
			n++
		}
	}
	return n
}

// count reads one number from the servers' database.
func (s *stage) count(query string, args ...any) int {
	s.t.Helper()
	n, err := s.number(s.ctx(30*time.Second), query, args...)
	require.NoError(s.t, err)
	return n
}

func (s *stage) number(ctx context.Context, query string, args ...any) (int, error) {
	var n int
	err := s.Env.DB().QueryRowContext(ctx, query, args...).Scan(&n)
	return n, errors.Wrap(err, "cannot read the database")
}

// quiet waits until the plugin has nothing left to do: every webhook was taken, no job waits, every post shows its status.
func (s *stage) quiet(limit time.Duration) time.Duration {
	s.t.Helper()
	begin := time.Now()
	s.within(limit, "everything to be done", func(ctx context.Context) error {
		if err := s.Sim.Settle(ctx); err != nil {
			return err
		}
		left, err := s.number(ctx, `SELECT (SELECT count(*) FROM waa_inbox WHERE finished_at = 0) + (SELECT count(*) FROM waa_outbox WHERE finished_at = 0)
			+ (SELECT count(*) FROM waa_messages WHERE shown_status <> status AND post_id <> '')`)
		if err != nil {
			return err
		}
		return holds(left == 0, "%d things are left to do", left)
	})
	return time.Since(begin).Round(time.Second)
}

// holds gives an error unless something does.
func holds(is bool, format string, args ...any) error {
	if is {
		return nil
	}
	return fmt.Errorf(format, args...)
}
