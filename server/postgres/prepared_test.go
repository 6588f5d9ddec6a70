package postgres_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postgres"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// direct gives a pool of one connection that leads straight to PostgreSQL.
func direct(t *testing.T) *sql.DB {
	t.Helper()
	db, err := postgres.Open(storetest.Source(t).String(), &postgres.Primary{}, postgres.Size{Conns: 1})
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

const double = "SELECT $1::int * 2 " + postgres.Prepared

func doubled(t *testing.T, db *sql.DB) {
	t.Helper()
	var n int
	require.NoError(t, db.QueryRowContext(t.Context(), double, 21).Scan(&n))
	require.Equal(t, 42, n)
	_, err := db.ExecContext(t.Context(), double, 21)
	require.NoError(t, err)
}

func prepared(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_prepared_statements").Scan(&n))
	return n
}

func TestAMarkedStatementIsPreparedOncePerConnection(t *testing.T) {
	db := direct(t)
	for range 3 {
		doubled(t, db)
	}
	_, err := db.ExecContext(t.Context(), "SELECT $1::int", 1)
	require.NoError(t, err)
	require.Equal(t, 1, prepared(t, db), "what is not marked is not prepared")
}

func TestNothingIsPreparedBehindAPooler(t *testing.T) {
	db, _ := open(t, postgres.Size{}) // PostgreSQL sees the port of the proxy
	doubled(t, db)
	require.Zero(t, prepared(t, db))
}

func TestAPreparedStatementThatIsGoneRunsAsItIs(t *testing.T) {
	for name, lose := range map[string]string{
		"gone":          "DEALLOCATE ALL",
		"another's now": `DEALLOCATE ALL; PREPARE "1" AS SELECT 1; PREPARE "2" AS SELECT 1`,
	} {
		t.Run(name, func(t *testing.T) {
			db := direct(t)
			if name == "gone" {
				doubled(t, db)
			}
			_, err := db.ExecContext(t.Context(), lose)
			require.NoError(t, err)
			for range 2 {
				doubled(t, db)
			}
		})
	}
}

func TestAnErrorOfAPreparedStatementIsTheStatements(t *testing.T) {
	db := direct(t)
	const divide = "SELECT 1 / $1::int " + postgres.Prepared
	_, err := db.ExecContext(t.Context(), divide, 0)
	require.ErrorContains(t, err, "division by zero")
	_, err = db.ExecContext(t.Context(), divide, 1)
	require.NoError(t, err)
	require.Equal(t, 1, prepared(t, db))
}

// A node of an older version goes on while a newer one changes the tables.
func TestAPreparedStatementWhoseColumnsChangedRunsAsItIs(t *testing.T) {
	db := direct(t)
	_, err := db.ExecContext(t.Context(), "CREATE TEMPORARY TABLE growing (a int)")
	require.NoError(t, err)
	for _, change := range []string{"SELECT 1", "ALTER TABLE growing ADD COLUMN b int"} {
		_, err := db.ExecContext(t.Context(), change)
		require.NoError(t, err)
		rows, err := db.QueryContext(t.Context(), "SELECT * FROM growing WHERE a = $1 "+postgres.Prepared, 1)
		require.NoError(t, err)
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
}

func TestNothingIsCompiled(t *testing.T) {
	var jit string
	require.NoError(t, direct(t).QueryRowContext(t.Context(), "SHOW jit").Scan(&jit))
	require.Equal(t, "off", jit)
}
