package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"
	"github.com/pkg/errors"
)

// index is one that is built beside the running plugin and not by a migration:
// nobody waits for it, neither who writes into the table nor a node that starts.
type index struct {
	name string // a changed index gets another name
	on   string // table, columns, condition; as CREATE INDEX has them
}

// lateIndexes are those of tables that may be large. What they serve also works without them, slowly.
func lateIndexes() []index {
	return []index{
		{name: "waa_charges_conversation", on: "waa_charges (conversation_id)"},
		{name: "waa_conversations_changed", on: "waa_conversations (changed_at) WHERE changed_at > 0"},
		{name: "waa_contacts_kept", on: "waa_contacts (updated_at) WHERE erased_at = 0"},
	}
}

const (
	// BuildPatience is how long a round may take that builds indexes.
	BuildPatience = 2 * time.Hour
	// indexLock is held by the session that builds: one in the cluster. It is taken without waiting,
	// since a build waits for every statement that began before it, also for one that waits for the lock.
	indexLock = "hashtext(current_schema() || '/waa_indexes')"
)

// BuildIndexes builds what is missing and builds anew what an earlier try left invalid. It returns false
// where another node is at it.
func BuildIndexes(ctx context.Context, db *sql.DB) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, BuildPatience)
	defer cancel()
	missing, err := missingIndexes(ctx, db)
	if err != nil || len(missing) == 0 {
		return err == nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return false, errors.Wrap(err, "could not get a connection for the indexes")
	}
	defer func() { _ = conn.Close() }()
	var locked bool
	if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock("+indexLock+")").Scan(&locked); err != nil || !locked {
		return false, errors.Wrap(err, "could not lock the indexes")
	}
	defer func() { // a connection that broke has given both back
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_, _ = conn.ExecContext(end, "RESET statement_timeout")
		_, _ = conn.ExecContext(end, "SELECT pg_advisory_unlock("+indexLock+")")
	}()
	if _, err := conn.ExecContext(ctx, "SET statement_timeout = 0"); err != nil {
		return false, errors.Wrap(err, "could not prepare for the indexes")
	}
	if missing, err = missingIndexes(ctx, conn); err != nil { // another node may have been faster
		return false, err
	}
	for _, wanted := range lateIndexes() {
		if !missing[wanted.name] {
			continue
		}
		if _, err := conn.ExecContext(ctx, "DROP INDEX CONCURRENTLY IF EXISTS "+wanted.name); err != nil {
			return false, errors.Wrap(err, "could not drop an invalid index")
		}
		if _, err := conn.ExecContext(ctx, "CREATE INDEX CONCURRENTLY "+wanted.name+" ON "+wanted.on); err != nil {
			return false, errors.Wrap(err, "could not build the index "+wanted.name)
		}
	}
	return true, nil
}

// Indexes gives rounds of BuildIndexes, which do nothing once all are there.
func Indexes(db *sql.DB) func(context.Context) (more bool, err error) {
	done := false
	return func(ctx context.Context) (bool, error) {
		var err error
		if !done {
			done, err = BuildIndexes(ctx, db)
		}
		return false, err
	}
}

// missingIndexes are those that are not there or not valid.
func missingIndexes(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (map[string]bool, error) {
	var wanted, names pq.StringArray
	for _, i := range lateIndexes() {
		wanted = append(wanted, i.name)
	}
	err := db.QueryRowContext(ctx, `SELECT coalesce(array_agg(n.name), '{}') FROM unnest(CAST($1 AS text[])) n (name)
		WHERE NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indexrelid = to_regclass(n.name) AND i.indisvalid)`, wanted).Scan(&names)
	missing := make(map[string]bool, len(names))
	for _, name := range names {
		missing[name] = true
	}
	return missing, errors.Wrap(err, "could not look for the indexes")
}
