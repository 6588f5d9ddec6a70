package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"
)

// endedAfter is for how long a process must be seen without its lock before it counts as ended: a connection that breaks takes the
// lock with it, and the process takes it again with its next look.
const endedAfter = 500 * time.Millisecond

// locked is a condition: a process, of which an expression is the id, holds its lock. Two processes of one lock, which
// a hash allows, are each taken for alive while one of them is.
func locked(id string) string {
	return `EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND l.classid = hashtext('waa_processes')::oid AND l.objid = hashtext(` + id + `)::oid)`
}

// Processes is how a process of the plugin learns at once that another one has ended, however that came. A process holds an advisory lock in its
// sessions with the database, and PostgreSQL lets go of that when their connections are closed, as the system does when it ends a process.
// Who is cut off from the database without a word keeps the lock until PostgreSQL notices, and behind a pooler somebody else's session keeps
// it: then the leases end what is left here.
type Processes struct {
	db      *sqlx.DB
	id      string
	onEnded func(ctx context.Context, id string) error
	missing map[string]time.Time // since when a process has been without its lock
}

// NewProcesses makes what a process watches others with; id is its own name as the owner of jobs. Its lock is held by the connections of
// the pool. onEnded hears of each process that has ended, until it returns no error.
func NewProcesses(db *sql.DB, id string, onEnded func(ctx context.Context, id string) error) *Processes {
	return &Processes{db: sqlx.NewDb(db, "postgres"), id: id, onEnded: onEnded, missing: map[string]time.Time{}}
}

// Look takes this process's lock, in case that the connection which held it is gone, and looks for processes that have ended. One call
// runs at a time.
func (p *Processes) Look(ctx context.Context) (more bool, err error) {
	var seen struct {
		Lock     string         `db:"lock"` // empty: the function returns nothing
		Unlocked pq.StringArray `db:"unlocked"`
	}
	if err := p.db.GetContext(ctx, &seen, `
		WITH listed AS (
			INSERT INTO waa_processes (id) SELECT $1 WHERE NOT EXISTS (SELECT FROM waa_processes WHERE id = $1) ON CONFLICT DO NOTHING
		)
		SELECT pg_advisory_lock_shared(hashtext('waa_processes'), hashtext($1)) AS lock, ARRAY(SELECT id FROM waa_processes p WHERE id <> $1 AND NOT `+locked("p.id")+`) AS unlocked`+hot, p.id); err != nil {
		clear(p.missing) // others may be without the database too
		return false, errors.Wrap(err, "could not look for processes that have ended")
	}
	since := map[string]time.Time{}
	for _, id := range seen.Unlocked {
		if since[id] = time.Now(); !p.missing[id].IsZero() {
			since[id] = p.missing[id]
		}
	}
	p.missing = since
	for id, at := range since {
		if time.Since(at) < endedAfter {
			continue
		}
		if err := p.onEnded(ctx, id); err != nil {
			return false, err
		}
		if _, err := exec(ctx, p.db, "DELETE FROM waa_processes WHERE id = $1 AND NOT "+locked("id")+hot, id); err != nil {
			return false, errors.Wrap(err, "could not forget a process that has ended")
		}
		delete(p.missing, id)
	}
	return false, nil
}
