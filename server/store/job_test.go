package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
)

// row is an inbox row that names itself.
func row(lane string, order int64, key string) domain.InboxRow {
	return domain.InboxRow{Lane: lane, Order: order, Key: key, AccountID: "account", Payload: []byte(key)}
}

func add(t testing.TB, f *fixture, rows ...domain.InboxRow) {
	t.Helper()
	_, err := f.AddInbox(ctx(), rows)
	require.NoError(t, err)
}

func keysOf(jobs []jobqueue.Job) []string {
	keys := []string{}
	for _, j := range jobs {
		keys = append(keys, j.Key)
	}
	return keys
}

func claim(t testing.TB, q *store.Queue, owner string, n int) []jobqueue.Job {
	t.Helper()
	jobs, err := q.Claim(ctx(), owner, time.Minute, n, jobqueue.ClaimLimit{})
	require.NoError(t, err)
	return jobs
}

// expire lets all leases run out.
func expire(t testing.TB, f *fixture) {
	t.Helper()
	_, err := f.db.Exec("UPDATE waa_inbox SET lease_until = 1 WHERE lease_until > 0")
	require.NoError(t, err)
}

func TestClaimTakesTheHeadsOfLanes(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		q := f.Inbox()
		add(t, f, row("a", 2, "a2"), row("a", 1, "a1"), row("b", 9, "b1"), row("b", 9, "b2"), row("c", 5, "c1"))
		jobs := claim(t, q, "x", 10)
		require.Equal(t, []string{"a1", "c1", "b1"}, keysOf(jobs), "the first of each lane, by order, then by id")
		require.Equal(t, 1, jobs[0].Attempts)
		require.Empty(t, claim(t, q, "y", 10))

		// a late one with an earlier timestamp does not run beside the one that was begun
		add(t, f, row("a", 0, "a0"))
		require.Empty(t, claim(t, q, "y", 10))
		next, err := q.Finish(ctx(), "x", jobs[0].ID, time.Minute)
		require.NoError(t, err)
		require.Equal(t, "a0", next.Key)
		require.Equal(t, 1, next.Attempts)
		require.NotZero(t, next.CreatedAt)

		// a retry holds its lane, others go on
		require.NoError(t, q.Retry(ctx(), "x", next.ID, time.Hour, "later"))
		require.Empty(t, claim(t, q, "y", 10))
		add(t, f, row("d", 1, "d1"))
		require.Equal(t, []string{"d1"}, keysOf(claim(t, q, "y", 10)))
		_, err = f.db.Exec("UPDATE waa_inbox SET due_at = 1 WHERE dedupe_key = 'a0'")
		require.NoError(t, err)
		jobs = claim(t, q, "y", 10)
		require.Equal(t, []string{"a0"}, keysOf(jobs))
		require.Equal(t, 2, jobs[0].Attempts)

		// a dead letter lets its lane go on
		require.NoError(t, q.Bury(ctx(), "y", jobs[0].ID, "hopeless"))
		require.Equal(t, []string{"a2"}, keysOf(claim(t, q, "y", 10)))
	})
}

func TestFinishClaimsOnlyWhatIsDue(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		q := f.Inbox()
		add(t, f, row("a", 1, "a1"), row("a", 2, "a2"), row("a", 3, "a3"))
		_, err := f.db.Exec("UPDATE waa_inbox SET due_at = 9223372036854775807 WHERE dedupe_key = 'a2'")
		require.NoError(t, err)
		jobs := claim(t, q, "x", 1)
		next, err := q.Finish(ctx(), "x", jobs[0].ID, time.Minute)
		require.NoError(t, err)
		require.Nil(t, next, "the next waits, and what is behind it too")
		require.Empty(t, claim(t, q, "x", 10))
	})
}

func TestALostLeaseFencesItsOwner(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		q := f.Inbox()
		add(t, f, row("a", 1, "a1"), row("a", 2, "a2"))
		id := claim(t, q, "x", 1)[0].ID
		held, err := q.Renew(ctx(), "x", []int64{id, 999}, time.Hour)
		require.NoError(t, err)
		require.Equal(t, []int64{id}, held)
		require.Empty(t, claim(t, q, "y", 10))
		expire(t, f)
		lost := func(when string) {
			t.Helper()
			_, err := q.Finish(ctx(), "x", id, time.Minute)
			require.ErrorIs(t, err, jobqueue.ErrLost, when)
			require.ErrorIs(t, q.Retry(ctx(), "x", id, 0, "r"), jobqueue.ErrLost, when)
			require.ErrorIs(t, q.Bury(ctx(), "x", id, "r"), jobqueue.ErrLost, when)
			held, err := q.Renew(ctx(), "x", []int64{id}, time.Hour)
			require.NoError(t, err, when)
			require.Empty(t, held, when)
		}
		lost("it ran out")
		jobs := claim(t, q, "y", 10)
		require.Equal(t, []string{"a1"}, keysOf(jobs))
		require.Equal(t, 2, jobs[0].Attempts)
		lost("another has it")
		require.Empty(t, claim(t, q, "z", 10), "the loser's Renew did nothing, the winner holds it")
		next, err := q.Finish(ctx(), "y", id, time.Minute)
		require.NoError(t, err)
		require.Equal(t, "a2", next.Key)
		lost("it is finished")
		_, err = q.Finish(ctx(), "y", id, time.Minute)
		require.ErrorIs(t, err, jobqueue.ErrLost)

		// after a crash the one that was begun goes on, even before an earlier one
		expire(t, f)
		add(t, f, row("a", 0, "a0"))
		require.Equal(t, []string{"a2"}, keysOf(claim(t, q, "z", 10)))
	})
}

func TestAHeldJobIsItsHoldersAtOnceAndTheWorkersLater(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		q := f.Outbox()
		first, second := f.outbound(t, conv, nil), f.outbound(t, conv, func(m *domain.Message) { m.CreatedAt++ })
		for _, m := range []*domain.Message{first, second} {
			require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.Enqueue(m, []byte("x"), 60_000) }))
		}
		require.Empty(t, claim(t, q, "worker", 10))
		job, err := q.ClaimKey(ctx(), "holder", second.ID, time.Minute)
		require.NoError(t, err)
		require.Nil(t, job, "not the first of its lane")
		job, err = q.ClaimKey(ctx(), "holder", first.ID, time.Minute)
		require.NoError(t, err)
		require.Equal(t, first.ID, job.Key)
		again, err := q.ClaimKey(ctx(), "other", first.ID, time.Minute)
		require.NoError(t, err)
		require.Nil(t, again)
		next, err := q.Finish(ctx(), "holder", job.ID, time.Minute)
		require.NoError(t, err)
		require.Nil(t, next, "the next is held by another")
		for _, key := range []string{first.ID, "no"} {
			job, err = q.ClaimKey(ctx(), "holder", key, time.Minute)
			require.NoError(t, err)
			require.Nil(t, job)
		}
		// a holder that died: its lease ends before the hold does
		job, err = q.ClaimKey(ctx(), "holder", second.ID, time.Minute)
		require.NoError(t, err)
		require.NotNil(t, job)
		_, err = f.db.Exec("UPDATE waa_outbox SET lease_until = 1 WHERE lease_until > 0")
		require.NoError(t, err)
		require.Equal(t, []string{second.ID}, keysOf(claim(t, q, "worker", 10)))
	})
}

// TestWhatWaitsIsFoundByItsLane: an index of all that waits which does not begin with the lane would do for the next of a lane as well, in a
// plan that was made while the table was empty, and then each job that ends would go through all that wait.
func TestWhatWaitsIsFoundByItsLane(t *testing.T) {
	f := direct(t)
	require.Equal(t, "", f.text(t, `SELECT coalesce(string_agg(indexname, ', '), '') FROM pg_indexes
		WHERE schemaname = current_schema() AND tablename IN ('waa_inbox', 'waa_outbox', 'waa_media', 'waa_event_deliveries')
			AND indexdef LIKE '%WHERE (finished_at = 0)' AND indexdef NOT LIKE '%btree (lane,%'`))
	require.EqualValues(t, 4, f.number(t, `SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE '%btree (lane, %WHERE (finished_at = 0)'`), "one for each table")
}
