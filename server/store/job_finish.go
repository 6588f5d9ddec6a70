package store

import (
	"context"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// batchPause is how long a finished job may wait under load to be stored together with others.
const batchPause = 20 * time.Millisecond

// finishedJob is a job to finish, and what came of it.
type finishedJob struct {
	id    int64
	owner string
	lease time.Duration

	finished bool
	next     *jobqueue.Job // of its lane, claimed
}

// finishSQL is the part of a WITH that ends jobs and claims the next one of each lane.
// condition can make it wait for another part, and also are more columns to set. All parts of a statement see the table as
// it was before, so the job that ends still counts as unfinished and is left out by its
// id. "claimed" needs the lanes of "done" and therefore runs after it, when the lane's
// lease is free.
func finishSQL(condition string, also ...string) string {
	return `done AS (
			UPDATE {table} d SET finished_at = {now}, payload = '', lease_owner = '', lease_until = 0, reason = ''` + strings.Join(append([]string{""}, also...), ", ") + `
			FROM unnest($1, $2, $3) t (id, owner, lease)
			WHERE d.id = t.id AND d.lease_owner = t.owner AND d.lease_until > {now} AND d.finished_at < 1 AND ` + condition + ` RETURNING d.id, d.lane, d.account_id, t.owner, t.lease
		), claimed AS (
			UPDATE {table} j SET lease_owner = d.owner, lease_until = {now} + d.lease, attempts = j.attempts + 1, {begun}{awake}
			FROM done d, LATERAL (
				SELECT n.id FROM {table} n WHERE n.lane = d.lane AND n.finished_at = 0 AND n.id <> d.id ORDER BY {order} LIMIT 1
			) n
			WHERE j.id = n.id AND j.finished_at < 1 AND j.due_at <= {now} AND j.lease_owner = ''
			RETURNING d.id AS after, j, {left_at} AS left_at
		)`
}

// finishedSQL returns each job that was finished with the next one of its lane, if there is one.
const finishedSQL = `
		SELECT d.id, c.j, c.left_at FROM done d LEFT JOIN claimed c ON c.after = d.id`

const (
	finishParams  = "bigint[], text[], bigint[]"
	finishReturns = "TABLE (id bigint, j {table}, left_at bigint)"
)

func finishFunction(table string) function {
	return function{
		name: "finish_" + table, params: params(finishParams), returns: jobSQL(table, finishReturns), query: jobSQL(table, "WITH "+finishSQL("true")+finishedSQL),
	}
}

// Finish ends a job for good, wipes its payload, and claims the next of its lane, if one is due.
func (q *Queue) Finish(ctx context.Context, owner string, id int64, lease time.Duration) (*jobqueue.Job, error) {
	f, err := q.finishing.Submit(ctx, finishedJob{id: id, owner: owner, lease: lease})
	return f.result(err)
}

func (f *finishedJob) result(err error) (*jobqueue.Job, error) {
	if err == nil && !f.finished {
		err = jobqueue.ErrLost
	}
	return f.next, err
}

func (q *Queue) finish(ctx context.Context, batch []finishedJob) ([]finishedJob, error) {
	return batch, q.s.finish(ctx, "finish_"+q.table, batch)
}

// finish calls a function that begins with finishSQL, with more arrays of its own, and fills in the batch.
func (s *Store) finish(ctx context.Context, name string, batch []finishedJob, more ...any) error {
	ids, owners, leases := make([]int64, len(batch)), make([]string, len(batch)), make([]int64, len(batch))
	byID := make(map[int64]*finishedJob, len(batch))
	for i := range batch {
		f := &batch[i]
		ids[i], owners[i], leases[i] = f.id, f.owner, f.lease.Milliseconds()
		byID[f.id] = f
	}
	var rows struct {
		Finished pq.Int64Array
		jobArrays
	}
	err := retryDeadlock(func() error {
		return s.db.GetContext(ctx, &rows, "SELECT coalesce(array_agg(f.id), '{}') AS finished, "+jobArrayColumns()+" FROM "+s.callSQL[name]+" f",
			append([]any{pq.Array(ids), pq.Array(owners), pq.Array(leases)}, more...)...)
	})
	if err != nil {
		return wrapErr(err, "could not finish jobs")
	}
	for i, id := range rows.Finished {
		byID[id].finished = true
		if rows.ID[i] != 0 {
			next := rows.job(i)
			byID[id].next = &next
		}
	}
	return nil
}

// jobArrays are jobs column by column: one row however many there are, since each row is a remote call.
type jobArrays struct {
	ID        pq.Int64Array  `db:"id"`
	Order     pq.Int64Array  `db:"ord"`
	CreatedAt pq.Int64Array  `db:"created_at"`
	Attempts  pq.Int64Array  `db:"attempts"`
	LeftAt    pq.Int64Array  `db:"left_at"`
	Lane      pq.StringArray `db:"lane"`
	Key       pq.StringArray `db:"dedupe_key"`
	AccountID pq.StringArray `db:"account_id"`
	Payload   pq.ByteaArray  `db:"payload"`
}

// jobArrayColumns reads jobArrays of the rows f of a function; a row without a job has the id 0.
func jobArrayColumns() string {
	column := func(name, value, none string) string {
		return "coalesce(array_agg(coalesce(" + value + ", " + none + ")), '{}') AS " + name
	}
	return mapColumns(jobColumns, func(c string) string {
		switch c {
		case "lane", "dedupe_key", "account_id", "payload":
			return column(c, "(f.j)."+c, "''")
		default:
			return column(c, "(f.j)."+c, "0")
		}
	}) + ", " + column("left_at", "f.left_at", "0")
}

func (a *jobArrays) job(i int) jobqueue.Job {
	return jobqueue.Job{
		ID: a.ID[i], Lane: a.Lane[i], Order: a.Order[i], Key: a.Key[i], AccountID: a.AccountID[i], Payload: a.Payload[i],
		CreatedAt: a.CreatedAt[i], Attempts: int(a.Attempts[i]), LeftAt: a.LeftAt[i],
	}
}
