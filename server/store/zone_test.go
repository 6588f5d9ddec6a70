package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAnotherZoneOfTheQueueChangesItsHeaders(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		_, err := f.db.Exec("UPDATE waa_conversations SET refresh_at = 0")
		require.NoError(t, err)
		due := func(at int64) (zones []string) {
			claimed, err := f.ClaimRefresh(ctx(), "", at, time.Minute, 10)
			require.NoError(t, err)
			for _, r := range claimed {
				zones = append(zones, r.Zone)
				require.NoError(t, f.Refreshed(ctx(), r.Conversation.ID, r.DueAt, "", 0, at))
			}
			return zones
		}
		f.queue.InactivityMinutes = 5
		require.NoError(t, f.UpdateQueue(ctx(), f.queue, now))
		require.Empty(t, due(now+day), "nothing that is shown changed")

		f.queue.TimeZone = "America/Manaus"
		require.NoError(t, f.UpdateQueue(ctx(), f.queue, now))
		read, err := f.Queue(ctx(), f.queue.ID)
		require.NoError(t, err)
		require.Equal(t, "America/Manaus", read.TimeZone)
		require.Equal(t, []string{"America/Manaus"}, due(now))
		require.NoError(t, f.UpdateQueue(ctx(), f.queue, now+1))
		require.Empty(t, due(now+day))

		_, err = f.db.Exec("UPDATE waa_conversations SET closed_at = $2 WHERE id = $1", conv.ID, now)
		require.NoError(t, err)
		f.queue.TimeZone = ""
		require.NoError(t, f.UpdateQueue(ctx(), f.queue, now+2))
		require.Empty(t, due(now+day), "what is closed keeps its header")
	})
}
