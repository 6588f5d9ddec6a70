package store_test

import (
	"database/sql"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

const someIndex = "waa_charges_conversation"

// valid tells how an index stands: there and to be used, or not.
func valid(t *testing.T, db *sql.DB) bool {
	t.Helper()
	var is sql.NullBool
	require.NoError(t, db.QueryRow("SELECT (SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1))", someIndex).Scan(&is))
	return is.Bool
}

func TestIndexesAreBuiltBesideTheRunningPlugin(t *testing.T) {
	db := storetest.Empty(t)
	require.NoError(t, store.Migrate(db))
	require.False(t, valid(t, db))

	// somebody writes, and a build waits for them: whoever comes later must not wait for the build
	writing, err := db.Begin()
	require.NoError(t, err)
	_, err = writing.Exec("LOCK TABLE waa_charges IN ROW EXCLUSIVE MODE")
	require.NoError(t, err)
	var built sync.WaitGroup
	built.Go(func() {
		done, err := store.BuildIndexes(t.Context(), db)
		if err != nil || !done {
			t.Errorf("not built: %v", err)
		}
	})
	waits := func() bool {
		var n int
		require.NoError(t, db.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY "+someIndex+"%' AND wait_event_type = 'Lock'").Scan(&n))
		return n > 0
	}
	require.Eventually(t, waits, 30*time.Second, 10*time.Millisecond)
	later, err := db.Begin()
	require.NoError(t, err)
	_, err = later.Exec("SET LOCAL lock_timeout = '10s'; LOCK TABLE waa_charges IN ROW EXCLUSIVE MODE")
	require.NoError(t, err, "nobody who writes waits for the build")
	require.NoError(t, later.Rollback())
	done, err := store.BuildIndexes(t.Context(), db)
	require.NoError(t, err)
	require.False(t, done, "another node is at it")
	require.NoError(t, writing.Rollback())
	built.Wait()
	require.True(t, valid(t, db))
}

func TestAnInvalidIndexIsBuiltAnew(t *testing.T) {
	for name, over := range map[string]func(*sql.DB) *sql.DB{
		"own connections": func(db *sql.DB) *sql.DB { return db },
		"the plugin's driver": func(db *sql.DB) *sql.DB {
			viaPlugin, _ := storetest.PluginDB(t, db)
			return viaPlugin
		},
	} {
		t.Run(name, func(t *testing.T) {
			plain := storetest.DB(t)
			require.True(t, valid(t, plain), "a test's database has all indexes")
			_, err := plain.Exec("UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass($1)", someIndex) // as a build leaves it whose node died
			require.NoError(t, err)
			require.False(t, valid(t, plain))
			done, err := store.BuildIndexes(t.Context(), over(plain))
			require.NoError(t, err)
			require.True(t, done)
			require.True(t, valid(t, plain))
		})
	}
}
