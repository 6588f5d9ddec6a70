package store_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// watch makes what a process watches others with, and returns what it heard of.
func watch(db *sql.DB, id string, onEnded func(id string) error) (*store.Processes, *[]string) {
	heard := []string{}
	return store.NewProcesses(db, id, func(_ context.Context, ended string) error {
		heard = append(heard, ended)
		return onEnded(ended)
	}), &heard
}

func nothing(string) error { return nil }

func look(t *testing.T, all ...*store.Processes) {
	t.Helper()
	for _, p := range all {
		_, err := p.Look(ctx())
		require.NoError(t, err)
	}
}

// lookOn looks for so long that a process without its lock would count as ended.
func lookOn(t *testing.T, all ...*store.Processes) {
	t.Helper()
	for end := time.Now().Add(800 * time.Millisecond); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		look(t, all...)
	}
}

func TestWhatAProcessLeavesThatEndedIsTakenAtOnce(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		f.subscribe(t, nil)
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Maria").ID, nil)
		queue := f.EventQueue()
		claimAll := func(owner string) []string {
			jobs, err := queue.Claim(ctx(), owner, time.Hour, 10, jobqueue.ClaimLimit{})
			require.NoError(t, err)
			return keysOf(jobs)
		}
		f.inbound(t, conv, "wamid.1")

		ofA := storetest.Again(t, f.db)
		a, _ := watch(ofA, "a", nothing)
		b, heard := watch(storetest.Again(t, f.db), "b", func(ended string) error {
			return queue.GiveBack(ctx(), ended)
		})
		look(t, a, b)
		left := claimAll("a")
		require.NotEmpty(t, left)
		lookOn(t, b)
		require.Empty(t, *heard, "a lives, though it does not look")
		require.Empty(t, claimAll("b"))

		require.NoError(t, ofA.Close())
		lookOn(t, b)
		require.Equal(t, []string{"a"}, *heard)
		require.Equal(t, left, claimAll("b"), "long before its lease is over")
		lookOn(t, b)
		require.Equal(t, []string{"a"}, *heard, "it is forgotten")
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_processes"))
	})
}

func TestAProcessWhoseConnectionsBreakHasNotEnded(t *testing.T) {
	f := direct(t)
	a, _ := watch(storetest.Again(t, f.db), "a", nothing)
	b, heard := watch(storetest.Again(t, f.db), "b", nothing)
	look(t, a, b)
	broken := f.number(t, `SELECT count(pg_terminate_backend(l.pid)) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = hashtext('waa_processes')::oid AND l.objid = hashtext('a')::oid
		AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	require.EqualValues(t, 1, broken)
	for end := time.Now().Add(800 * time.Millisecond); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		look(t, b)
		_, _ = a.Look(ctx()) // one of them finds that its connection is gone
	}
	require.Empty(t, *heard)
}

func TestAnEndIsToldUntilItIsHeard(t *testing.T) {
	f := direct(t)
	ofA, fails := storetest.Again(t, f.db), true
	a, _ := watch(ofA, "a", nothing)
	b, heard := watch(storetest.Again(t, f.db), "b", func(string) error {
		if fails {
			return errors.New("the database is away")
		}
		return nil
	})
	look(t, a, b)
	require.NoError(t, ofA.Close())
	for len(*heard) == 0 {
		_, _ = b.Look(ctx())
	}
	_, err := b.Look(ctx())
	require.Error(t, err)
	require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_processes"))
	fails = false
	look(t, b)
	require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_processes"))
	require.Equal(t, []string{"a", "a", "a"}, *heard)
}

// Behind a pooler sessions are shared: a process that lives is never without its lock there, and one that ended may seem to live on.
func TestProcessesThatShareASession(t *testing.T) {
	f := direct(t)
	shared := storetest.Again(t, f.db)
	shared.SetMaxOpenConns(1)
	a, _ := watch(shared, "a", nothing)
	b, heard := watch(shared, "b", nothing)
	look(t, a, b)
	lookOn(t, b)
	require.Empty(t, *heard)
}

func TestProcessesOverThePluginsDriver(t *testing.T) {
	f := direct(t)
	over, _ := storetest.PluginDB(t, storetest.Again(t, f.db))
	ofA := storetest.Again(t, f.db)
	a, _ := watch(ofA, "a", nothing)
	b, heard := watch(over, "b", nothing)
	look(t, a, b)
	require.NoError(t, ofA.Close())
	lookOn(t, b)
	require.Equal(t, []string{"a"}, *heard)
}
