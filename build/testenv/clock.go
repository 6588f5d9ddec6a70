//go:build unix

package testenv

import (
	"context"
	"time"

	"github.com/pkg/errors"
)

// ClockSchema is where MoveDatabaseClock keeps what it needs. Tests may keep things of their own there.
const ClockSchema = "moved_clock"

// clockSQL gives the servers' database a clock_timestamp that comes before PostgreSQL's own in the search path of its owner. How far it is
// ahead is kept in a sequence, because a sequence is the same for all transactions at once. public stays first: new tables belong there.
const clockSQL = `
	CREATE SCHEMA ` + ClockSchema + `;
	CREATE SEQUENCE ` + ClockSchema + `.ahead MINVALUE -9223372036854775808;
	SELECT setval('` + ClockSchema + `.ahead', 0);
	CREATE FUNCTION ` + ClockSchema + `.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
		'SELECT pg_catalog.clock_timestamp() + pg_catalog.pg_sequence_last_value(''` + ClockSchema + `.ahead''::regclass) * interval ''1 millisecond''';
	DO $$ BEGIN
		EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = public, ` + ClockSchema + `, pg_catalog', current_user, current_database());
	END $$;
	SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'whatsapp-ativo'`

// ShadowDatabaseClock makes the clock of the servers' database one that MoveDatabaseClock can move. It closes the plugin's connections,
// because only new ones see it.
func (e *Env) ShadowDatabaseClock(ctx context.Context) error {
	_, err := e.db.ExecContext(ctx, clockSQL)
	return errors.Wrap(err, "cannot shadow the database's clock")
}

// MoveDatabaseClock sets how far the database's clock is ahead of the real one, which may be negative. Every process sees it at once.
func (e *Env) MoveDatabaseClock(ctx context.Context, ahead time.Duration) error {
	_, err := e.db.ExecContext(ctx, "SELECT setval($1::regclass, $2)", ClockSchema+".ahead", ahead.Milliseconds())
	return errors.Wrap(err, "cannot move the database's clock")
}
