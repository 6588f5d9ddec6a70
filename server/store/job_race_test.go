package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// A row with an earlier timestamp comes in while another worker is just taking
// what was the first of the lane: neither sees what the other does, and still
// only one of them gets a job of the lane.
func TestALaneIsNotSharedWithAClaimThatNobodySeesYet(t *testing.T) {
	f := direct(t)
	add(t, f, row("a", 1, "a1"))
	taking, err := f.db.Begin()
	require.NoError(t, err)
	defer func() { _ = taking.Rollback() }() // does nothing after the commit
	_, err = taking.Exec("UPDATE waa_inbox SET lease_owner = 'x', lease_until = 9223372036854775807 WHERE dedupe_key = 'a1'")
	require.NoError(t, err)
	add(t, f, row("a", 0, "a0"), row("b", 0, "b0"))

	type answer struct {
		jobs []jobqueue.Job
		err  error
	}
	claimed := make(chan answer, 1)
	go func() {
		jobs, err := f.Inbox().Claim(ctx(), "y", time.Minute, 10, jobqueue.ClaimLimit{})
		claimed <- answer{jobs, err}
	}()
	require.Eventually(t, func() bool {
		return f.number(t, "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.query LIKE '%waa_claim_inbox%' AND a.datname = current_database()") > 0
	}, 30*time.Second, 5*time.Millisecond, "the second waits for what the first will have done")
	require.NoError(t, taking.Commit())
	got := <-claimed
	require.NoError(t, got.err)
	require.Equal(t, []string{"b0"}, keysOf(got.jobs), "the other lane goes on")
}
