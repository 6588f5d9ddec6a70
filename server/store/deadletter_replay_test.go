package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// What an outage or a filter left behind is handled again in the order in which
// each customer wrote, whatever the order in which it died.
func TestDeadLettersAreReplayedTogetherAndInOrder(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		q := f.Inbox()
		other := row("other", 1, "other")
		other.AccountID = "another"
		add(t, f, row("a", 3, "a3"), row("a", 1, "a1"), row("b", 1, "b1"), row("a", 2, "a2"), other)
		for range 4 {
			for _, j := range claim(t, q, "x", 9) {
				reason := "withheld"
				if j.Key == "b1" {
					reason = "no webhook"
				}
				require.NoError(t, q.Bury(ctx(), "x", j.ID, reason))
			}
		}
		drain := func() (keys []string) {
			for jobs := claim(t, q, "x", 9); len(jobs) > 0; jobs = claim(t, q, "x", 9) {
				for _, j := range jobs {
					keys = append(keys, j.Key)
					require.NoError(t, q.Bury(ctx(), "x", j.ID, "again"))
				}
			}
			return keys
		}
		n, err := f.ReplayAll(ctx(), domain.DeadLetterFilter{AccountID: "account", Reason: "withheld", Queues: []string{"inbox"}})
		require.NoError(t, err)
		require.Equal(t, 3, n)
		require.Equal(t, []string{"a1", "a2", "a3"}, drain())

		n, err = f.ReplayAll(ctx(), domain.DeadLetterFilter{Queues: []string{"outbox"}})
		require.NoError(t, err)
		require.Zero(t, n)
		now := time.Now().UnixMilli()
		n, err = f.ReplayAll(ctx(), domain.DeadLetterFilter{From: now + hour})
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = f.ReplayAll(ctx(), domain.DeadLetterFilter{From: now - hour, Until: now + hour})
		require.NoError(t, err)
		require.Equal(t, 5, n)
		keys := drain()
		slices.Sort(keys)
		require.Equal(t, []string{"a1", "a2", "a3", "b1", "other"}, keys)
	})
}
