package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// shared is the schema that the tests of a package use one after the other, made by the first of them: making one takes
// longer than most tests.
var shared struct { //nolint:gochecknoglobals // one for each package is the point
	once sync.Once
	*schema
	err error
}

// Shared opens the database of a package's tests, as DB makes one; each test has connections of its own. Tests that use it
// must not run at the same time. They begin with Clear, and the package's TestMain calls Run.
func Shared(t testing.TB) *sql.DB {
	t.Helper()
	shared.once.Do(func() { shared.schema, shared.err = newShared() })
	require.NoError(t, shared.err, "a test needs a real PostgreSQL")
	return open(t, shared.source)
}

func newShared() (*schema, error) {
	made, err := newSchema()
	if err != nil {
		return nil, err
	}
	to, err := connector(made.source)
	if err != nil {
		return made, err
	}
	db := sql.OpenDB(to)
	defer func() { _ = db.Close() }()
	return made, fill(context.Background(), db)
}

// Run runs a package's tests, drops the database that they shared, and returns the exit code.
func Run(m *testing.M) (code int) {
	code = m.Run()
	if shared.schema == nil {
		return code
	}
	if err := shared.drop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

// Clear empties all tables but the record of the migrations. It leaves alone those that are empty: most are, and emptying
// one costs more than looking.
func Clear(t testing.TB, db *sql.DB) {
	t.Helper()
	_, err := db.Exec(`DO $$ DECLARE name text; filled boolean; BEGIN
		FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'waa_schema_migrations' LOOP
			EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO filled;
			IF filled THEN EXECUTE format('TRUNCATE %I RESTART IDENTITY', name); END IF;
		END LOOP; END $$`)
	require.NoError(t, err)
}
