package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Leases and pauses that were taken while the database's clock was ahead end when they should, once it is set right.
func TestWhatWaitsFollowsTheClockBack(t *testing.T) {
	both(t, whatWaitsFollowsTheClockBack)
}

func whatWaitsFollowsTheClockBack(t *testing.T, f *fixture) {
	exec := func(query string) {
		_, err := f.db.Exec(query)
		require.NoError(t, err)
	}
	follow := func() time.Duration {
		back, err := f.FollowClock(ctx(), 5*time.Second)
		assert.NoError(t, err)
		return back
	}
	require.Zero(t, follow(), "it was not looked at before")
	require.Zero(t, follow())

	const soon, past = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) + 3630000", "5"
	exec(`INSERT INTO waa_outbox (lane, ord, dedupe_key, account_id, payload, created_at, due_at, lease_owner, lease_until) VALUES
		('held', 1, 'held', 'a', '', 0, ` + past + `, 'me', ` + soon + `), ('later', 1, 'later', 'a', '', 0, ` + soon + `, '', 0), ('now', 1, 'now', 'a', '', 0, ` + past + `, '', 0)`)
	exec(`INSERT INTO waa_scheduled (id, owner_id, queue_id, account_id, template_id, template_name, template_language, name, phone, phone_key, cpf_masked, asked, send_at, status, lease_until, created_at) VALUES
		('sending', '', '', '', '', '', '', '', '', '', '', '', ` + past + `, 'sending', ` + soon + `, 0), ('scheduled', '', '', '', '', '', '', '', '', '', '', '', ` + soon + `, 'scheduled', 0, 0)`)
	exec("UPDATE waa_facts SET value = value + 3600000 WHERE name = 'clock'") // as it would be if the clock had been an hour ahead until now
	taken, err := f.TryInterval(ctx(), "turn", time.Minute)
	require.NoError(t, err)
	require.True(t, taken)
	exec("UPDATE waa_facts SET value = value + 3600000 WHERE name = 'turn'")

	var all sync.WaitGroup
	back := make([]time.Duration, 8)
	for i := range back {
		all.Go(func() { back[i] = follow() })
	}
	all.Wait()
	var sum time.Duration
	for _, b := range back {
		sum += b
	}
	require.InDelta(t, time.Hour, sum, float64(10*time.Second), "one process moves them")
	within := func(column, table, key string) bool {
		return f.number(t, "SELECT "+column+" - CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) FROM "+table+" WHERE "+key) <= 40_000
	}
	require.True(t, within("lease_until", "waa_outbox", "dedupe_key = 'held'"))
	require.True(t, within("due_at", "waa_outbox", "dedupe_key = 'later'"))
	require.True(t, within("lease_until", "waa_scheduled", "id = 'sending'"))
	require.EqualValues(t, 5, f.number(t, "SELECT due_at FROM waa_outbox WHERE dedupe_key = 'now'"), "what is due stays as it is")
	require.False(t, within("send_at", "waa_scheduled", "id = 'scheduled'"), "what somebody asked for at a moment is not moved")
	require.Zero(t, follow())
	taken, err = f.TryInterval(ctx(), "turn", time.Minute)
	require.NoError(t, err)
	require.True(t, taken, "a turn that is yet to come was taken before the clock went back")
}
