package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
)

// row is an inbox row that names itself.
func row(lane string, order int64, key string) store.InboxRow {
	return store.InboxRow{Lane: lane, Order: order, Key: key, AccountID: "account", Payload: []byte(key)}
}

func add(t testing.TB, f *fixture, rows ...store.InboxRow) {
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
	jobs, err := q.Claim(ctx(), owner, time.Minute, n)
	require.NoError(t, err)
	return jobs
}

// expire lets all leases run out.
func expire(t testing.TB, f *fixture) {
	t.Helper()
	_, err := f.db.Exec("UPDATE waa_inbox SET lease_until = 1 WHERE lease_until > 0")
	require.NoError(t, err)
}

func TestAddInboxStoresAThousandRowsOnceInTheirOrder(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		rows := make([]store.InboxRow, 1000)
		for i := range rows {
			rows[i] = row("lane", 7, fmt.Sprintf("key %d", (i*7)%1000)) // in the order of the body, not of the keys
		}
		rows[999].Dead = "nothing we can read"
		rows = append(rows, rows[5]) // twice in one delivery
		before := f.calls()
		added, err := f.AddInbox(ctx(), rows)
		require.NoError(t, err)
		require.Equal(t, 1000, added)
		require.LessOrEqual(t, f.calls()-before, 1)
		added, err = f.AddInbox(ctx(), rows)
		require.NoError(t, err)
		require.Zero(t, added)
		added, err = f.AddInbox(ctx(), nil)
		require.NoError(t, err)
		require.Zero(t, added)

		q := f.Inbox()
		jobs := claim(t, q, "a", 3)
		require.Len(t, jobs, 1)
		for i, job := 0, &jobs[0]; job != nil; i++ {
			require.Equal(t, rows[i].Key, job.Key)
			require.Equal(t, rows[i].Payload, job.Payload)
			job, err = q.Finish(ctx(), "a", job.ID, time.Minute)
			require.NoError(t, err)
		}
		require.EqualValues(t, 999, f.number(t, "SELECT count(*) FROM waa_inbox WHERE finished_at > 0 AND dead_at = 0 AND payload = '' AND lease_owner = ''"))
		dead, total, err := f.DeadLetters(ctx(), 0, 60)
		require.NoError(t, err)
		require.Equal(t, 1, total)
		require.Equal(t, "nothing we can read", dead[0].Reason)
		require.Equal(t, []byte(rows[999].Key), dead[0].Payload)
	})
}

func TestAddInboxTakesAnything(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		long := strings.Repeat("é\x00\xff", 300)
		payload := []byte{0, 1, 255, '\'', '"', '\\', '{', ','}
		added, err := f.AddInbox(ctx(), []store.InboxRow{
			{Lane: long, Key: long + "1", AccountID: "a", Payload: payload},
			{Lane: long, Key: long + "2", AccountID: "a", Payload: nil},
			{Lane: "", Key: "", AccountID: "", Payload: []byte{}},
		})
		require.NoError(t, err)
		require.Equal(t, 3, added, "long keys stay different")
		q := f.Inbox()
		jobs := claim(t, q, "a", 10)
		require.Len(t, jobs, 2, "a long lane stays one")
		found := 0
		for _, j := range jobs {
			if string(j.Payload) == string(payload) {
				found++
			}
		}
		require.Equal(t, 1, found)
	})
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
		require.NoError(t, q.Renew(ctx(), "x", []int64{id, 999}, time.Hour))
		require.Empty(t, claim(t, q, "y", 10))
		expire(t, f)
		lost := func(when string) {
			t.Helper()
			_, err := q.Finish(ctx(), "x", id, time.Minute)
			require.ErrorIs(t, err, jobqueue.ErrLost, when)
			require.ErrorIs(t, q.Retry(ctx(), "x", id, 0, "r"), jobqueue.ErrLost, when)
			require.ErrorIs(t, q.Bury(ctx(), "x", id, "r"), jobqueue.ErrLost, when)
			require.NoError(t, q.Renew(ctx(), "x", []int64{id}, time.Hour), when)
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
		first, second := f.outbound(t, conv, nil), f.outbound(t, conv, func(m *conversation.Message) { m.CreatedAt++ })
		for _, m := range []*conversation.Message{first, second} {
			require.NoError(t, f.InTx(ctx(), func(tx conversation.Tx) error { return tx.Enqueue(m, []byte("x"), 60_000) }))
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

// Workers of several processes never share a job or a lane, and keep the order,
// while rows come in, late ones too, and leases run out.
func TestManyOwnersShareNothingAndKeepTheOrder(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		const lanes, each, owners = 7, 30, 4
		type done struct {
			order int64
			key   string
		}
		var mu sync.Mutex
		busy := map[string]string{}
		finished := map[string][]done{}
		work, stop := context.WithTimeout(ctx(), time.Minute)
		defer stop()
		var all sync.WaitGroup
		for o := range owners {
			all.Go(func() {
				q, owner := f.Inbox(), fmt.Sprint("owner ", o)
				for work.Err() == nil {
					jobs, err := q.Claim(ctx(), owner, time.Minute, 3)
					if err != nil {
						t.Error(err)
						return
					}
					for _, job := range jobs {
						for next := &job; next != nil; {
							mu.Lock()
							if other := busy[next.Lane]; other != "" {
								t.Errorf("%s has lane %s beside %s", owner, next.Lane, other)
							}
							busy[next.Lane] = owner
							mu.Unlock()
							mu.Lock()
							delete(busy, next.Lane)
							finished[next.Lane] = append(finished[next.Lane], done{next.Order, next.Key})
							if n := len(finished[next.Lane]); n == each && len(finished) == lanes {
								total := 0
								for _, l := range finished {
									total += len(l)
								}
								if total == lanes*each {
									stop()
								}
							}
							mu.Unlock()
							if next, err = q.Finish(ctx(), owner, next.ID, time.Minute); err != nil {
								t.Error(err)
								return
							}
						}
					}
				}
			})
		}
		for l := range lanes {
			all.Go(func() {
				for n := 0; n < each; n += 3 {
					rows := []store.InboxRow{}
					for i := n; i < n+3; i++ {
						rows = append(rows, row(fmt.Sprint("lane ", l), int64(i), fmt.Sprint(l, "/", i)))
					}
					rand.Shuffle(3, func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
					if _, err := f.AddInbox(ctx(), rows); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		require.ErrorIs(t, work.Err(), context.Canceled, "all was done before the time was over")
		for lane, jobs := range finished {
			require.Len(t, jobs, each, lane)
			require.True(t, slices.IsSortedFunc(jobs, func(a, b done) int { return int(a.order - b.order) }), lane)
		}
	})
}

// A model of a queue: whatever happens, claims are heads, leases exclude, and nothing is lost.
func TestQueueAsAModel(t *testing.T) {
	f := direct(t)
	type job struct {
		id          int64
		lane, key   string
		order       int64
		owner       string
		later, dead bool
	}
	rapid.Check(t, func(rt *rapid.T) {
		_, err := f.db.Exec("TRUNCATE waa_inbox")
		require.NoError(rt, err)
		q := f.Inbox()
		var waiting []*job
		owners := []string{"x", "y"}
		head := func(lane string) *job {
			var first *job
			for _, j := range waiting {
				if j.lane == lane && (first == nil || j.owner != "" || first.owner == "" && (j.order < first.order || j.order == first.order && j.id < first.id)) {
					first = j
				}
			}
			return first
		}
		find := func(id int64) *job {
			for _, j := range waiting {
				if j.id == id {
					return j
				}
			}
			return nil
		}
		took := func(rt *rapid.T, got jobqueue.Job, owner string) {
			j := find(got.ID)
			require.NotNil(rt, j)
			require.Same(rt, head(j.lane), j)
			require.Empty(rt, j.owner)
			require.False(rt, j.later)
			j.owner = owner
		}
		held := func(rt *rapid.T) *job {
			var mine []*job
			for _, j := range waiting {
				if j.owner != "" {
					mine = append(mine, j)
				}
			}
			if len(mine) == 0 {
				rt.Skip("nobody has a job")
			}
			return rapid.SampledFrom(mine).Draw(rt, "job")
		}
		drop := func(j *job) { waiting = slices.DeleteFunc(waiting, func(w *job) bool { return w == j }) }
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(rt *rapid.T) {
				j := &job{lane: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "lane"), key: newID(), order: rapid.Int64Range(0, 3).Draw(rt, "order")}
				_, err := f.AddInbox(ctx(), []store.InboxRow{row(j.lane, j.order, j.key)})
				require.NoError(rt, err)
				require.NoError(rt, f.db.QueryRow("SELECT id FROM waa_inbox WHERE dedupe_key = $1", j.key).Scan(&j.id))
				waiting = append(waiting, j)
			},
			"claim": func(rt *rapid.T) {
				n, owner := rapid.IntRange(1, 3).Draw(rt, "n"), rapid.SampledFrom(owners).Draw(rt, "owner")
				free := 0
				for _, lane := range []string{"a", "b", "c"} {
					if h := head(lane); h != nil && h.owner == "" && !h.later {
						free++
					}
				}
				jobs, err := q.Claim(ctx(), owner, time.Hour, n)
				require.NoError(rt, err)
				require.Len(rt, jobs, min(n, free))
				for _, j := range jobs {
					took(rt, j, owner)
				}
			},
			"finish": func(rt *rapid.T) {
				j := held(rt)
				next, err := q.Finish(ctx(), j.owner, j.id, time.Hour)
				require.NoError(rt, err)
				drop(j)
				h := head(j.lane)
				if h == nil || h.later {
					require.Nil(rt, next)
					return
				}
				require.NotNil(rt, next)
				took(rt, *next, j.owner)
			},
			"retry": func(rt *rapid.T) {
				j := held(rt)
				j.later = rapid.Bool().Draw(rt, "later")
				delay := time.Duration(0)
				if j.later {
					delay = time.Hour
				}
				require.NoError(rt, q.Retry(ctx(), j.owner, j.id, delay, "r"))
				j.owner = ""
			},
			"time passes": func(rt *rapid.T) {
				_, err := f.db.Exec("UPDATE waa_inbox SET due_at = 0 WHERE due_at > 0")
				require.NoError(rt, err)
				for _, j := range waiting {
					j.later = false
				}
			},
			"bury": func(rt *rapid.T) {
				j := held(rt)
				require.NoError(rt, q.Bury(ctx(), j.owner, j.id, "r"))
				drop(j)
			},
			"a stranger ends nothing": func(rt *rapid.T) {
				j := held(rt)
				_, err := q.Finish(ctx(), "stranger", j.id, time.Hour)
				require.ErrorIs(rt, err, jobqueue.ErrLost)
			},
		})
	})
}

func TestABacklogOfManyLanesIsWorkedInTurns(t *testing.T) {
	f := direct(t)
	_, err := f.db.Exec(`INSERT INTO waa_inbox (lane, ord, dedupe_key, account_id, payload, created_at)
		SELECT 'lane ' || l, n, l || '/' || n, 'a', 'x', 0 FROM generate_series(1, 1300) l, generate_series(1, 2) n`)
	require.NoError(t, err)
	q := f.Inbox()
	seen := map[string]bool{}
	for range 3 * 1300 / 100 {
		for _, j := range claim(t, q, "x", 100) {
			require.False(t, seen[j.Lane], "each lane once: its first job is held")
			seen[j.Lane] = true
		}
	}
	require.Len(t, seen, 1300)
}

func TestDeadLettersAreListedReplayedAndPurged(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		q := f.Inbox()
		add(t, f, row("a", 1, "a1"), row("b", 1, "b1"), row("c", 1, "c1"))
		jobs := claim(t, q, "x", 3)
		require.NoError(t, q.Bury(ctx(), "x", jobs[0].ID, strings.Repeat("r", 5000)+"\x00"))
		_, err := q.Finish(ctx(), "x", jobs[1].ID, time.Minute)
		require.NoError(t, err)
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		m := f.outbound(t, conv, nil)
		require.NoError(t, f.InTx(ctx(), func(tx conversation.Tx) error { return tx.Enqueue(m, []byte("x"), 0) }))
		require.NoError(t, f.Outbox().Bury(ctx(), "x", claim(t, f.Outbox(), "x", 1)[0].ID, "no"))

		b, err := f.Backlog(ctx())
		require.NoError(t, err)
		require.Equal(t, []int{1, 0, 2}, []int{b.Inbox, b.Outbox, b.Dead})
		require.NotZero(t, b.OldestInbox)
		require.Zero(t, b.OldestOutbox)
		require.NotZero(t, b.OldestDead)

		dead, total, err := f.DeadLetters(ctx(), 0, 1)
		require.NoError(t, err)
		require.Equal(t, 2, total)
		require.Len(t, dead, 1)
		all, _, err := f.DeadLetters(ctx(), 0, 60)
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.NotZero(t, all[1].ReceivedAt)
		require.Equal(t, []byte("a1"), all[1].Payload)

		purged, err := f.PurgeFinished(ctx(), 60_000, 100)
		require.NoError(t, err)
		require.Zero(t, purged, "it is too young")
		purged, err = f.PurgeFinished(ctx(), -1000, 100)
		require.NoError(t, err)
		require.Equal(t, 1, purged, "dead letters stay")

		require.NoError(t, f.Replay(ctx(), all[1].ID))
		require.ErrorIs(t, f.Replay(ctx(), all[1].ID), conversation.ErrNotFound)
		for _, id := range []string{"", "inbox", "inbox-", "inbox-0", "other-1", "inbox-x", "1"} {
			require.ErrorIs(t, f.Replay(ctx(), id), conversation.ErrNotFound, id)
		}
		again := claim(t, q, "x", 9)
		require.Equal(t, []string{"a1"}, keysOf(again))
		require.Equal(t, 1, again[0].Attempts)
		require.NoError(t, f.Replay(ctx(), all[0].ID))
		require.Equal(t, []string{m.ID}, keysOf(claim(t, f.Outbox(), "x", 9)))
	})
}
