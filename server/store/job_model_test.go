package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

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
					jobs, err := q.Claim(ctx(), owner, time.Minute, 3, jobqueue.ClaimLimit{})
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
					rows := []domain.InboxRow{}
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
		id        int64
		lane, key string
		order     int64
		owner     string
		later     bool
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
				_, err := f.AddInbox(ctx(), []domain.InboxRow{row(j.lane, j.order, j.key)})
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
				jobs, err := q.Claim(ctx(), owner, time.Hour, n, jobqueue.ClaimLimit{})
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
