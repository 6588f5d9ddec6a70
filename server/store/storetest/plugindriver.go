package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/gob"
	"strconv"
	"sync"
	"testing"

	"github.com/mattermost/mattermost/server/public/plugin"
	mmdriver "github.com/mattermost/mattermost/server/public/shared/driver"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

// PluginDB gives the same database through Mattermost's plugin driver, as the
// plugin has it: contexts are ignored, every value goes through gob, prepared
// statements are refused. It closes when the test ends; calls counts its remote calls.
func PluginDB(t testing.TB, db *sql.DB) (viaPlugin *sql.DB, calls func() int) {
	t.Helper()
	b := newBridge(db)
	viaPlugin = sql.OpenDB(mmdriver.NewConnector(b, true))
	viaPlugin.SetMaxOpenConns(10)
	viaPlugin.SetMaxIdleConns(5)
	t.Cleanup(func() {
		require.NoError(t, viaPlugin.Close())
		b.mu.Lock()
		defer b.mu.Unlock()
		require.Empty(t, b.rows, "rows that nobody closed")
		require.Empty(t, b.txs, "transactions that nobody ended")
	})
	return viaPlugin, func() int {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.calls
	}
}

// PluginDriver is the server's side of the plugin driver over a pool. Its user must close what it opened.
func PluginDriver(db *sql.DB) plugin.Driver { return newBridge(db) }

func newBridge(db *sql.DB) *bridge {
	return &bridge{db: db, conns: map[string]*sql.Conn{}, rows: map[string]driver.Rows{}, txs: map[string]driver.Tx{}}
}

// bridge is the server's side of the plugin driver, over a pool of its own.
type bridge struct {
	db *sql.DB

	mu    sync.Mutex
	calls int
	last  int
	conns map[string]*sql.Conn
	rows  map[string]driver.Rows
	txs   map[string]driver.Tx
}

var _ plugin.Driver = (*bridge)(nil)

var errPrepared = errors.New("a prepared statement costs three remote calls")

// overWire is what encoding and decoding makes of values; net/rpc uses gob.
func overWire[T any](in T) (out T, err error) {
	var buffer bytes.Buffer
	if err = gob.NewEncoder(&buffer).Encode(in); err != nil {
		return out, errors.Wrap(err, "the value cannot go to the server")
	}
	err = gob.NewDecoder(&buffer).Decode(&out)
	return out, err
}

// put keeps what a call made; get and take find what a call is about, and count it.
func put[T any](b *bridge, m map[string]T, v T) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	id := strconv.Itoa(b.last)
	m[id] = v
	return id
}

func get[T any](b *bridge, m map[string]T, id string) T {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	return m[id]
}

func take[T any](b *bridge, m map[string]T, id string) T {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	v := m[id]
	delete(m, id)
	return v
}

func (b *bridge) Conn(bool) (string, error) {
	c, err := b.db.Conn(context.Background())
	if err != nil {
		return "", err
	}
	return put(b, b.conns, c), nil
}

// raw runs fn on the connection of lib/pq.
func (b *bridge) raw(connID string, fn func(any) error) error {
	return get(b, b.conns, connID).Raw(fn)
}

func (b *bridge) ConnPing(id string) error {
	return b.raw(id, func(c any) error { return c.(driver.Pinger).Ping(context.Background()) })
}

func (b *bridge) ConnClose(id string) error { return take(b, b.conns, id).Close() }

func (b *bridge) ConnQuery(id, query string, args []driver.NamedValue) (string, error) {
	args, err := overWire(args)
	if err != nil {
		return "", err
	}
	var rows driver.Rows
	err = b.raw(id, func(c any) error {
		rows, err = c.(driver.QueryerContext).QueryContext(context.Background(), query, args)
		return err
	})
	if err != nil {
		return "", err
	}
	return put(b, b.rows, rows), nil
}

func (b *bridge) ConnExec(id, query string, args []driver.NamedValue) (plugin.ResultContainer, error) {
	args, err := overWire(args)
	if err != nil {
		return plugin.ResultContainer{}, err
	}
	var out plugin.ResultContainer
	err = b.raw(id, func(c any) error {
		result, err := c.(driver.ExecerContext).ExecContext(context.Background(), query, args)
		if err == nil {
			out.RowsAffected, out.RowsAffectedError = result.RowsAffected()
		}
		return err
	})
	return out, err
}

func (b *bridge) Tx(connID string, opts driver.TxOptions) (string, error) {
	var t driver.Tx
	err := b.raw(connID, func(c any) error {
		var err error
		t, err = c.(driver.ConnBeginTx).BeginTx(context.Background(), opts)
		return err
	})
	if err != nil {
		return "", err
	}
	return put(b, b.txs, t), nil
}

func (b *bridge) TxCommit(id string) error   { return take(b, b.txs, id).Commit() }
func (b *bridge) TxRollback(id string) error { return take(b, b.txs, id).Rollback() }

func (b *bridge) Stmt(string, string) (string, error) { return "", errPrepared }
func (b *bridge) StmtClose(string) error              { return errPrepared }
func (b *bridge) StmtNumInput(string) int             { return 0 }

func (b *bridge) StmtQuery(string, []driver.NamedValue) (string, error) { return "", errPrepared }

func (b *bridge) StmtExec(string, []driver.NamedValue) (plugin.ResultContainer, error) {
	return plugin.ResultContainer{}, errPrepared
}

func (b *bridge) RowsColumns(id string) []string { return get(b, b.rows, id).Columns() }
func (b *bridge) RowsClose(id string) error      { return take(b, b.rows, id).Close() }

func (b *bridge) RowsNext(id string, dest []driver.Value) error {
	values := make([]driver.Value, len(dest))
	if err := get(b, b.rows, id).Next(values); err != nil {
		return err
	}
	values, err := overWire(values)
	copy(dest, values)
	return err
}

func (b *bridge) RowsHasNextResultSet(id string) bool {
	next, ok := get(b, b.rows, id).(driver.RowsNextResultSet)
	return ok && next.HasNextResultSet()
}

func (b *bridge) RowsNextResultSet(id string) error {
	return get(b, b.rows, id).(driver.RowsNextResultSet).NextResultSet()
}

func (b *bridge) RowsColumnTypeDatabaseTypeName(string, int) string { return "" }

func (b *bridge) RowsColumnTypePrecisionScale(string, int) (int64, int64, bool) { return 0, 0, false }
