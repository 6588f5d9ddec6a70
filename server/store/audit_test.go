package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOneThingThatManyNodesLearnOfIsOneRow(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		details := map[string]string{"settings": "cooldownhours", "hash": "1"}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { require.NoError(t, f.AuditOnce(ctx(), "", "settings_changed", "", details, time.Minute)) })
		}
		all.Wait()
		rows := func() (n int) {
			require.NoError(t, f.db.QueryRow("SELECT count(*) FROM waa_audit WHERE action = 'settings_changed'").Scan(&n))
			return n
		}
		require.Equal(t, 1, rows())
		details["hash"] = "2"
		require.NoError(t, f.AuditOnce(ctx(), "", "settings_changed", "", details, time.Minute))
		require.Equal(t, 2, rows(), "another change")
		require.NoError(t, f.AuditOnce(ctx(), "", "settings_changed", "", details, 0))
		require.Equal(t, 3, rows(), "long ago is another time")
	})
}
