package store

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// Tables of jobs.
const (
	inboxTable  = "inbox"
	outboxTable = "outbox"
	mediaTable  = "media"
)

// jobTables are those whose jobs can become dead letters, in the order in which they are gone through; see deliveryTable too.
func jobTables() []string { return []string{inboxTable, outboxTable, mediaTable} }

// Queue is jobqueue.Store over one table. All its times are the database's.
type Queue struct {
	s         *Store
	table     string
	finishing batcher[finishedJob, finishedJob]
	mu        sync.Mutex
	cursor    string // the lane after which the next claim begins to look; "" = the first
}

// Inbox is the queue of webhooks that were accepted.
func (s *Store) Inbox() *Queue { return newQueue(s, inboxTable) }

// Outbox is the queue of messages to send.
func (s *Store) Outbox() *Queue { return newQueue(s, outboxTable) }

func newQueue(s *Store, table string) *Queue {
	q := &Queue{s: s, table: table}
	q.finishing.run, q.finishing.pause = q.finish, batchPause
	return q
}

// jobSQL fills in the words that differ between the tables, {order} of a lane, and {now}.
func jobSQL(table, query string) string {
	leftAt, awake := "0::bigint", ""
	if table == outboxTable {
		leftAt = "j.left_at"
	}
	order := "ord, id"
	if table == outboxTable {
		order = "ord, post_id, id" // posts of one moment leave by their ids
	}
	if table == inboxTable { // it waits for nothing while it runs
		awake = ", waits_for = ''"
	}
	after := "l.lane"
	if table == deliveryTable { // the lanes of an account stand together, and those of one of which nothing is taken may be many
		after = `CASE WHEN l.account_id = ANY($6) THEN (l.account_id || ';') COLLATE "C" ELSE l.lane END`
	}
	return strings.NewReplacer("{after}", after, "{table}", "waa_"+table, "{order}", order, "{left_at}", leftAt, "{awake}", awake, "{begun}", "begun_at = CASE WHEN j.begun_at = 0 THEN "+clock+" ELSE j.begun_at END", "{now}", clock,
		"{held}", "id = $1 AND lease_owner = $2 AND lease_until > "+clock+" AND finished_at < 1").Replace(query)
}

func (q *Queue) sql(query string) string { return jobSQL(q.table, query) }

// jobColumns are those of a jobqueue.Job that both tables have.
const jobColumns = "id, lane, ord, dedupe_key, account_id, payload, created_at, attempts"

// Retry gives a job back, due again after the delay; its lane waits for it.
func (q *Queue) Retry(ctx context.Context, owner string, id int64, delay time.Duration, reason string) error {
	return q.end(ctx, "could not put a job off", `UPDATE {table} SET due_at = {now} + $3::bigint, lease_owner = '', lease_until = 0, reason = $4 WHERE {held}`,
		id, owner, delay.Milliseconds(), truncate(reason, maxReason))
}

// Bury makes a job a dead letter with its reason; its lane goes on.
func (q *Queue) Bury(ctx context.Context, owner string, id int64, reason string) error {
	return q.end(ctx, "could not bury a job", `UPDATE {table} SET finished_at = {now}, dead_at = {now}, lease_owner = '', lease_until = 0, reason = $3 WHERE {held}`,
		id, owner, truncate(reason, maxReason))
}

// maxReason bounds what is kept of an error, in characters.
const maxReason = 1000

// Renew prolongs the leases that owner still holds, and returns the ids of their jobs.
func (q *Queue) Renew(ctx context.Context, owner string, ids []int64, lease time.Duration) ([]int64, error) {
	var held pq.Int64Array
	err := q.s.db.GetContext(ctx, &held, q.sql(`WITH renewed AS (UPDATE {table} SET lease_until = {now} + $3::bigint
		WHERE id = ANY($1) AND lease_owner = $2 AND lease_until > {now} AND finished_at < 1 RETURNING id)
		SELECT coalesce(array_agg(id), '{}') FROM renewed`), pq.Array(ids), owner, lease.Milliseconds())
	return held, wrapErr(err, "could not renew leases")
}

// GiveBack ends the leases of a process that has ended.
func (q *Queue) GiveBack(ctx context.Context, owner string) error {
	_, err := exec(ctx, q.s.db, q.sql("UPDATE {table} SET lease_until = 0 WHERE finished_at = 0 AND lease_owner <> '' AND lease_owner = $1 AND lease_until > {now}")+hot, owner)
	return wrapErr(err, "could not give back jobs")
}

// end runs a statement that only the holder of a job may run.
func (q *Queue) end(ctx context.Context, doing, query string, args ...any) error {
	n, err := exec(ctx, q.s.db, q.sql(query)+hot, args...)
	if err == nil && n == 0 {
		return jobqueue.ErrLost
	}
	return wrapErr(err, doing)
}

// ClaimKey leases the job with a key, whether it is due or not, if it is the first of
// its lane and nobody has it; else it returns nil. With it the process that enqueued a job
// with a delay takes that job itself.
func (q *Queue) ClaimKey(ctx context.Context, owner, key string, lease time.Duration) (*jobqueue.Job, error) {
	job := &jobqueue.Job{}
	err := q.s.db.GetContext(ctx, job, q.sql(`
		UPDATE {table} j SET lease_owner = $1, lease_until = {now} + $3::bigint, attempts = j.attempts + 1, {begun}
		WHERE j.dedupe_key = $2 AND j.finished_at = 0 AND j.lease_until <= {now}
			AND j.id = (SELECT n.id FROM {table} n WHERE n.lane = j.lane AND n.finished_at = 0 ORDER BY n.lease_owner = '', {order} LIMIT 1)
		RETURNING `+prefixColumns("j", jobColumns)+`, {left_at} AS left_at`), owner, key, lease.Milliseconds())
	switch {
	case errors.Is(err, sql.ErrNoRows), hasCode(err, uniqueViolation): // the latter: another job of the lane was taken at the same moment
		return nil, nil //nolint:nilnil // as jobqueue's next job
	case err != nil:
		return nil, wrapErr(err, "could not claim a job")
	}
	return job, nil
}
