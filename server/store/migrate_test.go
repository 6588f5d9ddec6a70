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
