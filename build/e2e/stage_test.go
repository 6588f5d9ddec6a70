//go:build unix

package e2e

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// stage is the world for the tests of faults. All these tests share one world, since starting one takes ten seconds and more. Each test
// brings its own customers and leaves the simulator as it found it.
type stage struct {
	*scenario.World
	t *testing.T
}

var shared struct {
	once   sync.Once
	world  *scenario.World
	events *recorder // of everything that happens in it
	err    error
}

var customers atomic.Int64

// newStage gives a test the shared world.
func newStage(t *testing.T) *stage {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a Mattermost server, which -short leaves out")
	}
	path := bundle(t)
	shared.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), startLimit)
		defer cancel()
		shared.world, shared.err = scenario.Start(ctx, scenario.Options{Bundle: path, Log: os.Stderr, Simulator: func(s *cloudapi.Settings) {
			s.RetryMax = 2 * time.Second // so that a plugin that comes back soon gets its webhooks again
		}})
		if shared.err == nil {
			shared.events = newRecorder()
			shared.err = shared.events.listen(ctx, shared.world)
		}
	})
	require.NoError(t, shared.err)
	s := &stage{World: shared.world, t: t}
	s.waitForPlugin()
	t.Cleanup(func() {
		if t.Failed() {
			logPlugin(t, s.World)
			keepLog(t, s.World)
		}
		s.Sim.Faults().Clear()
		s.Sim.Webhooks().Release(cloudapi.Release{})
		s.Sim.Webhooks().Repeat(1)
	})
	return s
}

// keepLog copies the server's log of a failed test to the place that WAA_KEEP_LOG names.
func keepLog(t *testing.T, w *scenario.World) {
	path := os.Getenv("WAA_KEEP_LOG")
	if path == "" {
		return
	}
	log, err := w.Env.ServerLog(0)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte(log), 0o600))
}

// closeShared compares what was told of the shared world with what happened in it, and closes it, if it was started.
func closeShared() error {
	if shared.world == nil {
		return nil
	}
	if shared.events == nil {
		return shared.world.Close()
	}
	defer shared.events.Close()
	ctx, cancel := context.WithTimeout(context.Background(), compareLimit)
	defer cancel()
	return firstError(shared.events.compare(ctx, shared.world), shared.world.Close())
}

// ctx returns a context of the test that ends after limit.
func (s *stage) ctx(limit time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(s.t.Context(), limit)
	s.t.Cleanup(cancel)
	return ctx
}

// within waits until a check returns no error.
func (s *stage) within(limit time.Duration, what string, check func(ctx context.Context) error) {
	s.t.Helper()
	ctx := s.ctx(limit)
	var last error // the last error of the check itself, not the one of the expired context
	err := testenv.WaitFor(ctx, what, func() (bool, error) {
		err := check(ctx)
		if err != nil && ctx.Err() == nil {
			last = err
		}
		return err == nil, err
	})
	require.NoError(s.t, err, "%v", last)
}

// waitForPlugin waits until the plugin responds to REST requests.
func (s *stage) waitForPlugin() {
	s.t.Helper()
	s.within(time.Minute, "the plugin to answer", func(ctx context.Context) error {
		_, err := s.Conversations(ctx, s.Admin(), "per_page=1")
		return err
	})
}

// newCustomer makes up a customer that no other test uses.
func newCustomer() scenario.Customer {
	return scenario.NewCustomer(1_000_000 + int(customers.Add(1)))
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

// waitUntilIdle waits until the plugin has nothing left to do: it has accepted every webhook, no job is waiting, and every post shows its
// status. It returns how long that took.
func (s *stage) waitUntilIdle(limit time.Duration) time.Duration {
	s.t.Helper()
	begin := time.Now()
	s.within(limit, "everything to be done", func(ctx context.Context) error {
		settling, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		if err := s.Sim.Settle(settling); err != nil {
			return errors.Wrap(err, "webhooks wait to be taken")
		}
		var left string
		err := s.Env.DB().QueryRowContext(ctx, `SELECT coalesce(string_agg(what, '; '), '') FROM (
			SELECT 'inbox ' || dedupe_key || ' ' || attempts || ' ' || reason AS what FROM waa_inbox WHERE finished_at = 0
			UNION ALL SELECT 'outbox ' || dedupe_key || ' ' || attempts || ' ' || reason FROM waa_outbox WHERE finished_at = 0
			UNION ALL SELECT 'media ' || dedupe_key || ' ' || attempts || ' ' || reason FROM waa_media WHERE finished_at = 0
			UNION ALL SELECT 'shows ' || id || ' ' || shown_status || ' instead of ' || status FROM waa_messages WHERE shown_status <> status AND post_id <> ''
		) remaining`).Scan(&left)
		if err != nil {
			return errors.Wrap(err, "cannot read the database")
		}
		return errorUnless(left == "", "left to do: %s", left)
	})
	return time.Since(begin).Round(time.Second)
}

// requireResultsHold fails unless the results that are kept are what messages and charges say.
func (s *stage) requireResultsHold() {
	s.t.Helper()
	var found struct{ Templates, Differed int }
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodPost, "/results/rebuild", nil, http.StatusOK, &found))
	require.Positive(s.t, found.Templates)
	require.Zero(s.t, found.Differed, "results differ from messages and charges")
}

// storedKey returns an item's key as the inbox stores it. The id in the key is hidden there, because it contains the customer's number.
func storedKey(key string) string {
	kind, id, named := strings.Cut(key, ":")
	if !named || !slices.Contains([]string{"m", "u", "s", "e"}, kind) {
		return key
	}
	return fmt.Sprintf("%s:%x", kind, sha256.Sum256([]byte(id)))
}

// deadLetters returns the number of dead letters.
func (s *stage) deadLetters() int {
	s.t.Helper()
	return s.count("SELECT (SELECT count(*) FROM waa_inbox WHERE dead_at > 0) + (SELECT count(*) FROM waa_outbox WHERE dead_at > 0) + (SELECT count(*) FROM waa_media WHERE dead_at > 0)")
}

// errorUnless returns nil if a condition holds, and otherwise an error with the text.
func errorUnless(is bool, format string, args ...any) error {
	if is {
		return nil
	}
	return fmt.Errorf(format, args...)
}
