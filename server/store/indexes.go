package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"
	"github.com/pkg/errors"
)

// index is one that is built beside the running plugin and not by a migration:
// neither writers of the table nor a node that starts wait for it.
type index struct {
	name string // a changed index gets another name
	on   string // table, columns, condition; as CREATE INDEX has them
}

// lateIndexes are those of tables that may be large. The statements that use them also work without them, slowly.
func lateIndexes() []index {
	return []index{
		{name: "waa_charges_conversation", on: "waa_charges (conversation_id)"},
		// of the lists and their counts, which need nothing of the rows themselves
		{name: "waa_conversations_listed", on: "waa_conversations (updated_at DESC, id) INCLUDE (queue_id, owner_id, attendant_id, window_until, last_template_at) WHERE closed_at = 0 AND aborted_at = 0"},
		{name: "waa_conversations_created", on: "waa_conversations (created_at, id) WHERE aborted_at = 0"}, // of the export of a list
		{name: "waa_conversations_changed", on: "waa_conversations (changed_at) WHERE changed_at > 0"},
		{name: "waa_conversations_absence", on: "waa_conversations (id) WHERE absence <> '' AND closed_at = 0 AND aborted_at = 0"},
		{name: "waa_contacts_consent", on: "waa_contacts (consent_at DESC, id) WHERE consent_status <> ''"},
		// of results, which need nothing of the rows themselves
		{name: "waa_conversations_started", on: "waa_conversations (created_at) INCLUDE (account_id, owner_id, began_queue_id, began_template_id) WHERE aborted_at = 0"},
		{name: "waa_conversations_closed", on: "waa_conversations (closed_at) INCLUDE (account_id, closed_by, queue_id, began_template_id) WHERE closed_at > 0 AND aborted_at = 0"},
		{name: "waa_contacts_alike", on: "waa_contacts (lower(name)) WHERE erased_at = 0 AND name <> ''"},
		{name: "waa_contacts_kept", on: "waa_contacts (updated_at) WHERE erased_at = 0"},
		{name: "waa_messages_to_show", on: "waa_messages (conversation_id, created_at, id) WHERE (kind = 'template' OR automatic) AND direction = 'out' AND post_id = ''"},
		{name: "waa_notices_told", on: "waa_notices (created_at) WHERE told_at > 0"},
		{name: "waa_notices_conversation", on: "waa_notices (conversation_id) WHERE conversation_id <> ''"},
		{name: "waa_notices_customer", on: "waa_notices ((data ->> 'Customer'))"},
		{name: "waa_notices_blocked", on: "waa_notices (account_id) WHERE text_key = 'admin.account_blocked'"},
		{name: "waa_drafts_due", on: "waa_drafts (send_at) WHERE state = 'held' AND send_at > 0"},
		{name: "waa_draft_offers_shown", on: "waa_draft_offers (created_at) WHERE shown >= version"},
	}
}

// searchIndexes serve the search for a part of a name or a number, where the
// database has the extension that they need, or lets us make it; schema is
// where it is. Without them that search reads the contacts one by one.
func searchIndexes(schema string) []index {
	ops := pq.QuoteIdentifier(schema) + ".gin_trgm_ops"
	return []index{
		{name: "waa_contacts_name_part", on: "waa_contacts USING gin (name " + ops + ")"},
		{name: "waa_contacts_phone_part", on: "waa_contacts USING gin (phone " + ops + ")"},
	}
}

// wantedIndexes are all that this database can have.
func wantedIndexes(ctx context.Context, db *sql.DB) ([]index, error) {
	const where = "SELECT coalesce(max(n.nspname), '') FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'"
	schema := ""
	if err := db.QueryRowContext(ctx, where).Scan(&schema); err != nil {
		return nil, errors.Wrap(err, "could not look for pg_trgm")
	}
	if schema == "" { // it may not be installed, or not be ours to make: then it is done without
		if _, err := db.ExecContext(ctx, "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public"); err != nil {
			return lateIndexes(), nil //nolint:nilerr // see above
		}
		schema = "public"
	}
	return append(lateIndexes(), searchIndexes(schema)...), nil
}

const (
	// BuildPatience is how long one run of BuildIndexes may take.
	BuildPatience = 2 * time.Hour
	// indexLock is held by the session that builds: one in the cluster. It is taken without waiting,
	// because a build waits for every statement that began before it, also for one that waits for this lock.
	indexLock = "hashtext(current_schema() || '/waa_indexes')"
)

// BuildIndexes builds what is missing and builds anew what an earlier try left invalid. It returns false
// where another node is at it.
func BuildIndexes(ctx context.Context, db *sql.DB) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, BuildPatience)
	defer cancel()
	all, err := wantedIndexes(ctx, db)
	if err != nil {
		return false, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return false, errors.Wrap(err, "could not get a connection for the indexes")
	}
	defer func() { _ = conn.Close() }()
	missing, err := missingIndexes(ctx, conn, all)
	if err != nil || len(missing) == 0 {
		return err == nil, err
	}
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
	if missing, err = missingIndexes(ctx, conn, all); err != nil { // another node may have been faster
		return false, err
	}
	for _, wanted := range all {
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

// Indexes returns a function that runs BuildIndexes until all indexes are there, for a loop.
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
func missingIndexes(ctx context.Context, conn *sql.Conn, all []index) (map[string]bool, error) {
	var wanted, names pq.StringArray
	for _, i := range all {
		wanted = append(wanted, i.name)
	}
	err := conn.QueryRowContext(ctx, `SELECT coalesce(array_agg(n.name), '{}') FROM unnest(CAST($1 AS text[])) n (name)
		WHERE NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indexrelid = to_regclass(n.name) AND i.indisvalid)`, wanted).Scan(&names)
	missing := make(map[string]bool, len(names))
	for _, name := range names {
		missing[name] = true
	}
	return missing, errors.Wrap(err, "could not look for the indexes")
}
