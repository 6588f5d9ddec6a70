package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

func TestMigrateUpDownAndAgain(t *testing.T) {
	db := storetest.Empty(t)
	viaPlugin, _ := storetest.PluginDB(t, db)
	tables := func() (n int) {
		require.NoError(t, db.QueryRow("SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name LIKE 'waa_%' AND table_name <> 'waa_schema_migrations'").Scan(&n))
		return n
	}
	require.NoError(t, store.Migrate(viaPlugin))
	made := tables()
	require.Greater(t, made, 20)
	require.NoError(t, store.Migrate(viaPlugin), "a second time changes nothing")
	require.NoError(t, store.Unmigrate(viaPlugin))
	require.Zero(t, tables())
	require.NoError(t, store.Migrate(viaPlugin))
	require.Equal(t, made, tables())
}

// An installation that an earlier version's tool migrated goes on from there:
// what it applied is not applied again, what is missing is, in whatever order it came.
func TestMigrateGoesOnWhereAnEarlierVersionStopped(t *testing.T) {
	db := storetest.Empty(t)
	require.NoError(t, store.Migrate(db))
	var n int
	require.NoError(t, db.QueryRow("SELECT count(*) FROM waa_schema_migrations WHERE version = 1 AND name = 'init'").Scan(&n))
	require.Equal(t, 1, n, "as that tool names them")
	_, err := db.Exec(`ALTER TABLE waa_inbox DROP COLUMN begun_at; ALTER TABLE waa_outbox DROP COLUMN begun_at; ALTER TABLE waa_media DROP COLUMN begun_at;
		DELETE FROM waa_schema_migrations WHERE version = 19`)
	require.NoError(t, err)
	require.NoError(t, store.Migrate(db))
	_, err = db.Exec("SELECT begun_at FROM waa_inbox")
	require.NoError(t, err)
	require.NoError(t, store.Migrate(db))
}

// What fails leaves nothing behind, neither half of a migration nor the word that it was done.
func TestAMigrationIsWholeOrNotThere(t *testing.T) {
	db := storetest.Empty(t)
	_, err := db.Exec("CREATE TABLE waa_audit (id text)") // the first migration makes it, after others
	require.NoError(t, err)
	require.Error(t, store.Migrate(db))
	var there bool
	require.NoError(t, db.QueryRow("SELECT to_regclass('waa_accounts') IS NOT NULL OR EXISTS (SELECT 1 FROM waa_schema_migrations)").Scan(&there))
	require.False(t, there)
	_, err = db.Exec("DROP TABLE waa_audit")
	require.NoError(t, err)
	require.NoError(t, store.Migrate(db))
}

// The plugin's own connections never compile statements; those through a pooler or the server do.
func TestFunctionsAreNeverCompiled(t *testing.T) {
	db := storetest.Empty(t)
	require.NoError(t, store.Migrate(db))
	var all, compiled int
	require.NoError(t, db.QueryRow(`SELECT count(*), count(*) FILTER (WHERE 'jit=off' <> ALL (proconfig)) FROM pg_proc
		WHERE pronamespace = current_schema()::regnamespace AND 'enable_seqscan=off' = ANY (proconfig)`).Scan(&all, &compiled))
	require.Greater(t, all, 20)
	require.Zero(t, compiled, "a sequential scan that is switched off looks dear enough to be compiled")
}
