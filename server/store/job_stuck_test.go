package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// A lane in which nothing moves is told of after ten minutes, whatever it waits
// for; one that moves is not, however much is behind in it.
func TestStuckLanes(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		q := f.Inbox()
		pass := func(d time.Duration) { // for all that is stored
			t.Helper()
			_, err := f.db.Exec(`UPDATE waa_inbox SET created_at = created_at - $1, begun_at = CASE WHEN begun_at = 0 THEN 0 ELSE begun_at - $1 END,
				due_at = CASE WHEN due_at = 0 THEN 0 ELSE due_at - $1 END`, d.Milliseconds())
			require.NoError(t, err)
		}
		stuck := func() []domain.Stuck {
			t.Helper()
			found, err := f.StuckLanes(ctx(), now)
			require.NoError(t, err)
			var out []domain.Stuck
			for _, s := range found {
				require.NotZero(t, s.Since)
				s.Since = 0
				out = append(out, *s)
			}
			return out
		}
		add(t, f, row("waits", 1, "w1"), row("waits", 2, "w2"), row("moves", 1, "m1"), row("moves", 2, "m2"), row("nobody", 1, "n1"))
		for _, j := range claim(t, q, "x", 9) {
			if j.Key == "w1" {
				require.NoError(t, q.Retry(ctx(), "x", j.ID, time.Hour, "no queue"))
			}
		}
		require.Empty(t, stuck())
		pass(9 * time.Minute)
		require.Empty(t, stuck())
		_, err := f.db.Exec("UPDATE waa_inbox SET lease_owner = '', lease_until = 0, begun_at = 0, attempts = 0 WHERE dedupe_key = 'n1'")
		require.NoError(t, err)
		pass(2 * time.Minute)
		_, err = q.Finish(ctx(), "x", idOf(t, f, "m1"), time.Minute)
		require.NoError(t, err)
		require.ElementsMatch(t, []domain.Stuck{
			{Queue: "inbox", AccountID: "account", Reason: "no queue", Lanes: 1}, {Queue: "inbox", AccountID: "account", Lanes: 1},
		}, stuck(), "the one that waits, and the one that nobody ever took")

		_, err = f.db.Exec("DELETE FROM waa_inbox")
		require.NoError(t, err)
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		m := f.outbound(t, c, nil)
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.Enqueue(m, []byte("x"), 60_000) }))
		job, err := f.Outbox().ClaimKey(ctx(), "x", m.ID, time.Minute)
		require.NoError(t, err)
		require.NotNil(t, job)
		_, err = f.db.Exec("UPDATE waa_outbox SET begun_at = begun_at - $1", domain.StuckAfter.Milliseconds()+1000)
		require.NoError(t, err)
		_, err = f.db.Exec("UPDATE waa_conversations SET refresh_at = $1", now-domain.StuckAfter.Milliseconds()-1)
		require.NoError(t, err)
		require.Equal(t, []domain.Stuck{{Queue: "outbox", AccountID: f.account.ID, Lanes: 1}, {Queue: "channels", Lanes: 1}}, stuck())
	})
}

func idOf(t *testing.T, f *fixture, key string) int64 {
	t.Helper()
	return f.number(t, "SELECT id FROM waa_inbox WHERE dedupe_key = $1", key)
}
