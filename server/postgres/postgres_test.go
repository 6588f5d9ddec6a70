package postgres_test

import (
	"context"
	"database/sql"
	"net/url"
	"testing"
	"time"

	mmdriver "github.com/mattermost/mattermost/server/public/shared/driver"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postgres"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// short is the patience of what is to end; a test that hangs is ended by the test's own time.
const short = 200 * time.Millisecond

// open gives a pool of one connection over a wire.
func open(t *testing.T, size postgres.Size) (*sql.DB, *storetest.Wire) {
	t.Helper()
	source := *storetest.Source(t)
	wire := storetest.NewWire(t, source.Host, "")
	source.Host = wire.Address()
	size.Conns = 1
	db, err := postgres.Open(source.String(), &postgres.Primary{}, size)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	require.NoError(t, db.PingContext(t.Context()))
	return db, wire
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), short)
	t.Cleanup(cancel)
	return ctx
}

func TestWhatIsSwallowedEndsWithItsContext(t *testing.T) {
	for name, do := range map[string]func(*testing.T, *sql.DB, *storetest.Wire) error{
		"a query": func(t *testing.T, db *sql.DB, w *storetest.Wire) error {
			w.Swallow(true)
			return db.QueryRowContext(within(t), "SELECT 1").Scan(new(int))
		},
		"a statement": func(t *testing.T, db *sql.DB, w *storetest.Wire) error {
			w.Swallow(true)
			_, err := db.ExecContext(within(t), "SELECT $1::int", 1)
			return err
		},
		"a beginning": func(t *testing.T, db *sql.DB, w *storetest.Wire) error {
			w.Swallow(true)
			_, err := db.BeginTx(within(t), nil)
			return err
		},
		"a commit": func(t *testing.T, db *sql.DB, w *storetest.Wire) error {
			tx, err := db.BeginTx(within(t), nil)
			require.NoError(t, err)
			w.Swallow(true)
			return tx.Commit()
		},
		"rows": func(t *testing.T, db *sql.DB, w *storetest.Wire) error {
			rows, err := db.QueryContext(within(t), "SELECT n, pg_sleep(CASE WHEN n > 1 THEN 60 ELSE 0 END), repeat('x', 100000) FROM generate_series(1, 3) n")
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			w.Swallow(true)
			for rows.Next() {
			}
			return rows.Err()
		},
		"a new connection": func(t *testing.T, db *sql.DB, w *storetest.Wire) error {
			db.SetMaxIdleConns(0)
			w.Swallow(true)
			return db.PingContext(within(t))
		},
	} {
		t.Run(name, func(t *testing.T) {
			db, wire := open(t, postgres.Size{})
			require.Error(t, do(t, db, wire))
			wire.Swallow(false)
			require.NoError(t, db.PingContext(t.Context()), "it works on as soon as the network does")
		})
	}
}

func TestSilenceIsBoundedWithoutAContextToo(t *testing.T) {
	db, wire := open(t, postgres.Size{Silence: short})
	wire.Swallow(true)
	_, err := db.Exec("SELECT 1")
	require.Error(t, err)
	wire.Swallow(false)
	require.NoError(t, db.PingContext(t.Context()))
}

func TestAContextThatEndsLaterHarmsNoConnection(t *testing.T) {
	db, _ := open(t, postgres.Size{})
	pid := func(ctx context.Context) (n int) {
		require.NoError(t, db.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&n))
		return n
	}
	ctx, cancel := context.WithCancel(t.Context())
	first := pid(ctx)
	cancel()
	<-time.After(2 * short) // what ends with the context has ended
	require.Equal(t, first, pid(t.Context()))
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	inner, cancel := context.WithCancel(t.Context())
	_, err = tx.ExecContext(inner, "SELECT 1")
	require.NoError(t, err)
	cancel()
	<-time.After(2 * short)
	require.NoError(t, tx.Commit(), "a transaction ends with its own context, not with that of a statement")
	require.Equal(t, first, pid(t.Context()))
}

func TestPostgresStopsWhatNobodyWaitsFor(t *testing.T) {
	db, _ := open(t, postgres.Size{})
	_, err := db.ExecContext(within(t), "SELECT pg_sleep(600)")
	require.Error(t, err)
	require.Eventually(t, func() bool {
		var n int
		require.NoError(t, db.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'whatsapp-ativo' AND query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'").Scan(&n))
		return n == 0
	}, 30*time.Second, 10*time.Millisecond)
}

// pools are two pools to one database, over both drivers.
func pools(t *testing.T, source *url.URL) map[string][2]*sql.DB {
	t.Helper()
	made := map[string][2]*sql.DB{}
	own, through := &postgres.Primary{}, &postgres.Primary{}
	server, err := sql.Open("postgres", source.String())
	require.NoError(t, err)
	bridge := storetest.PluginDriver(server)
	var direct, over [2]*sql.DB
	for i := range 2 {
		direct[i], err = postgres.Open(source.String(), own, postgres.Size{Conns: 1})
		require.NoError(t, err)
		over[i] = postgres.OpenOver(mmdriver.NewConnector(bridge, true), through, postgres.Size{Conns: 1})
	}
	made["own connections"], made["the plugin's driver"] = direct, over
	t.Cleanup(func() {
		for _, both := range made {
			for _, db := range both {
				_ = db.Close()
			}
		}
		_ = server.Close()
	})
	return made
}

func TestAFailoverEmptiesAllPools(t *testing.T) {
	source := storetest.Source(t)
	for name, both := range pools(t, source) {
		t.Run(name, func(t *testing.T) {
			writes, reads := both[0], both[1]
			_, err := writes.Exec("CREATE TABLE IF NOT EXISTS waa_written (n int)")
			require.NoError(t, err)
			for _, db := range both {
				_, err := db.Exec("SET default_transaction_read_only = on") // as on a primary that is one no more
				require.NoError(t, err)
			}
			readOnly := func(db *sql.DB) (on string) {
				require.NoError(t, db.QueryRow("SHOW default_transaction_read_only").Scan(&on))
				return on
			}
			require.Equal(t, "on", readOnly(reads))
			_, err = writes.Exec("INSERT INTO waa_written VALUES (1)")
			require.ErrorContains(t, err, "read-only")
			if name == "own connections" { // the server's pool is the server's: see the clean connections of the plugin
				_, err = writes.Exec("INSERT INTO waa_written VALUES (1)")
				require.NoError(t, err, "the next connection is to the new primary")
				require.Equal(t, "off", readOnly(reads), "who only reads has a new connection too")
			}
		})
	}
}

func TestTheServersDriverEndsWithTheContextToo(t *testing.T) {
	both := pools(t, storetest.Source(t))["the plugin's driver"]
	db := both[0]
	_, err := db.ExecContext(within(t), "SELECT pg_sleep(2)")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	ctx := within(t)
	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(ctx, "SELECT pg_sleep(2)")
	require.Error(t, err)
	_ = tx.Rollback()
	require.NoError(t, db.PingContext(t.Context()), "another connection is there")
	require.Eventually(t, func() bool { // what was left is over, and nothing stays in a transaction
		var n int
		require.NoError(t, both[1].QueryRow("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'").Scan(&n))
		return n == 0
	}, 30*time.Second, 50*time.Millisecond)
}
