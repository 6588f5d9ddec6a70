package store

import (
	"context"
	"slices"
	"time"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const (
	// claimWindow is how many lanes that are ready one claim looks at, for each
	// job it wants. With more of them, claims take turns over all lanes, so that
	// each gets its share.
	claimWindow = 8
	// filesWindow is how many files that wait one claim looks at, at least.
	filesWindow = 256
	// claimTries is how often a claim begins again because another worker took
	// a job of one of its lanes at the same moment.
	claimTries = 5
)

// claimFunction goes from lane to lane by the index: it reads one entry of each lane,
// however many jobs wait in it, and stops at the window's end. A lane whose lease ran
// out goes on with the job that was begun, any other with its first; it has one at the most, and LIMIT 1
// says so to the planner, which would compare all lanes with all that are leased. A job that
// somebody else has locked is left out. Of an account in $6 it takes nothing, of any
// other at most $7 (0 = all). It is no lease (see there): the order within a lane and
// the accounts' shares must be decided before a row is locked.
func claimFunction(table string) function {
	return function{
		name: "claim_" + table, params: params("text, bigint, bigint, text, bigint, text[], bigint"),
		returns: jobSQL(table, "TABLE (j {table}, left_at bigint, ready bigint, last_lane text)"),
		query: jobSQL(table, `
		WITH RECURSIVE clock AS MATERIALIZED (
			SELECT {now} AS now
		), lanes AS (
			(SELECT lane, id, due_at, account_id FROM {table} WHERE finished_at = 0 AND lane > $4 ORDER BY lane, {order} LIMIT 1)
			UNION ALL
			SELECT n.lane, n.id, n.due_at, n.account_id FROM lanes l, LATERAL (
				SELECT lane, id, due_at, account_id FROM {table} WHERE finished_at = 0 AND lane > {after} ORDER BY lane, {order} LIMIT 1
			) n
		), ready AS MATERIALIZED (
			SELECT l.lane, coalesce(h.id, l.id) AS id, l.account_id
			FROM lanes l LEFT JOIN LATERAL (
				SELECT id, lease_until FROM {table} WHERE lane = l.lane AND finished_at = 0 AND lease_owner <> '' LIMIT 1
			) h ON true
			WHERE l.account_id <> ALL($6) AND CASE WHEN h.id IS NULL THEN l.due_at <= (SELECT now FROM clock) ELSE h.lease_until <= (SELECT now FROM clock) END
			LIMIT $5
		), fair AS MATERIALIZED (
			SELECT id, row_number() OVER (PARTITION BY account_id) AS nth FROM ready
		), mine AS MATERIALIZED (
			SELECT j.id FROM fair r JOIN {table} j ON j.id = r.id
			WHERE ($7 = 0 OR r.nth <= $7) AND j.finished_at < 1 AND (j.due_at <= (SELECT now FROM clock) OR j.lease_owner <> '') AND j.lease_until <= (SELECT now FROM clock)
			ORDER BY j.due_at, j.ord, j.id LIMIT $2 FOR UPDATE OF j SKIP LOCKED
		), claimed AS (
			UPDATE {table} j SET lease_owner = $1, lease_until = (SELECT now FROM clock) + $3, attempts = j.attempts + 1, {begun}{awake}
			FROM mine WHERE j.id = mine.id RETURNING j, {left_at} AS left_at, j.ord, j.id
		)
		SELECT c.j, c.left_at, (SELECT count(*) FROM ready), (SELECT max(lane) FROM ready) FROM claimed c ORDER BY c.ord, c.id`),
	}
}

// window is how many ready lanes a claim of n jobs looks at. Messages wait for their files one after
// the other, so a heap of files goes by time and not by turns.
func (q *Queue) window(n int) int {
	if q.table == mediaTable {
		return max(claimWindow*n, filesWindow)
	}
	return claimWindow * n
}

// claimedJobs are jobs and what their claim saw.
type claimedJobs struct {
	jobArrays
	Ready    int    `db:"ready"`
	LastLane string `db:"last_lane"`
}

// Claim takes up to n jobs that are due and first in their lane, each for the lease.
func (q *Queue) Claim(ctx context.Context, owner string, lease time.Duration, n int, limit jobqueue.ClaimLimit) ([]jobqueue.Job, error) {
	q.mu.Lock()
	cursor := q.cursor
	q.mu.Unlock()
	jobs, err := q.claim(ctx, owner, lease, n, limit, cursor)
	if err == nil && len(jobs) < n && cursor != "" { // the last lanes were done: once more from the first
		var more []jobqueue.Job
		more, err = q.claim(ctx, owner, lease, n-len(jobs), remainingLimit(limit, jobs), "")
		jobs = append(jobs, more...)
	}
	if len(jobs) > 0 {
		return jobs, nil // an error comes again with the next claim
	}
	return nil, wrapErr(err, "could not claim jobs")
}

// remainingLimit is what a claim leaves of a limit.
func remainingLimit(limit jobqueue.ClaimLimit, claimed []jobqueue.Job) jobqueue.ClaimLimit {
	if limit.MaxPerAccount == 0 {
		return limit
	}
	of, most := map[string]int{}, 0
	for _, job := range claimed {
		if of[job.AccountID]++; of[job.AccountID] == limit.MaxPerAccount {
			limit.FullAccounts = append(slices.Clip(limit.FullAccounts), job.AccountID)
		} else {
			most = max(most, of[job.AccountID])
		}
	}
	limit.MaxPerAccount = max(limit.MaxPerAccount-most, 1)
	return limit
}

func (q *Queue) claim(ctx context.Context, owner string, lease time.Duration, n int, limit jobqueue.ClaimLimit, cursor string) ([]jobqueue.Job, error) {
	var claimed claimedJobs
	var err error
	window := q.window(n)
	for range claimTries {
		err = q.s.db.GetContext(ctx, &claimed, "SELECT "+jobArrayColumns()+", coalesce(max(f.ready), 0) AS ready, coalesce(max(f.last_lane), '') AS last_lane FROM "+
			q.s.callSQL["claim_"+q.table]+" f", owner, n, lease.Milliseconds(), cursor, window, pq.Array(append([]string{}, limit.FullAccounts...)), limit.MaxPerAccount)
		if !hasCode(err, uniqueViolation) && !hasCode(err, deadlockDetected) {
			break
		}
	}
	if hasCode(err, uniqueViolation) {
		return nil, nil // others are taking these lanes
	} else if err != nil {
		return nil, err
	}
	next := ""
	if claimed.Ready == window {
		next = claimed.LastLane
	}
	q.mu.Lock()
	q.cursor = next
	q.mu.Unlock()
	jobs := make([]jobqueue.Job, len(claimed.ID))
	for i := range jobs {
		jobs[i] = claimed.job(i)
	}
	return jobs, nil
}
