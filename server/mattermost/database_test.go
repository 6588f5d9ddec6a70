package mattermost

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"strings"
	"sync"
	"testing"

	"github.com/lib/pq"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

// fakePool is the server's: connections that lie on top of each other, some spoiled by a process that was killed.
type fakePool struct {
	mu      sync.Mutex
	spoiled int // the uppermost ones
	old     int // the uppermost ones lead to what was the primary before a failover, and stay until they are ended
	gone    bool
	opened  int
	closed  int
}

func (p *fakePool) Driver() sqldriver.Driver { return nil }

func (p *fakePool) Connect(context.Context) (sqldriver.Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return nil, errors.New("the server does not respond")
	}
	p.opened++
	conn := &fakeConn{pool: p, spoiled: p.spoiled > 0, old: p.old > 0}
	p.spoiled = max(0, p.spoiled-1)
	return conn, nil
}

// fakeConn is one connection.
type fakeConn struct {
	sqldriver.Conn
	pool    *fakePool
	spoiled bool
	old     bool
	open    int // transactions
}

func (c *fakeConn) ExecContext(_ context.Context, query string, _ []sqldriver.NamedValue) (sqldriver.Result, error) {
	if strings.Contains(query, "pg_terminate_backend(pg_backend_pid())") {
		c.pool.mu.Lock()
		defer c.pool.mu.Unlock()
		c.pool.old--
	}
	return nil, errors.New("terminating connection due to administrator command")
}

func (c *fakeConn) BeginTx(context.Context, sqldriver.TxOptions) (sqldriver.Tx, error) {
	if c.spoiled {
		return nil, errors.New("unexpected transaction status idle in transaction")
	}
	if c.old {
		return nil, &pq.Error{Code: "0A000", Message: "cannot set transaction read-write mode during recovery"}
	}
	c.open++
	return c, nil
}
func (c *fakeConn) Commit() error   { c.open--; return nil }
func (c *fakeConn) Rollback() error { c.open--; return nil }
func (c *fakeConn) Close() error {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	c.pool.closed++
	return nil
}

func TestOnlyCleanConnectionsAreUsed(t *testing.T) {
	p := &fakePool{spoiled: 5}
	conn, err := cleanConnector{p}.Connect(t.Context())
	require.NoError(t, err)
	require.False(t, conn.(*fakeConn).spoiled)
	require.Zero(t, conn.(*fakeConn).open, "the trial is taken back")
	require.Equal(t, 6, p.opened)
	require.Equal(t, 5, p.closed, "the spoiled ones go back to the server, which throws them away")
}

func TestConnectionsOfTheServerToAnOldPrimaryAreEnded(t *testing.T) {
	p := &fakePool{old: 3}
	conn, err := cleanConnector{p}.Connect(t.Context())
	require.NoError(t, err)
	require.False(t, conn.(*fakeConn).old)
	require.Zero(t, p.old)
	require.Equal(t, 4, p.opened)
}

func TestACleanPoolHoldsNothingSpoiled(t *testing.T) {
	p := &fakePool{spoiled: mainConnections}
	db := sql.OpenDB(cleanConnector{p})
	db.SetMaxOpenConns(mainConnections)
	require.NoError(t, cleanPool(db))
	require.Zero(t, p.spoiled)
	require.NoError(t, db.Close())
}

func TestNoConnectionIsAnError(t *testing.T) {
	p := &fakePool{gone: true}
	require.ErrorContains(t, cleanPool(sql.OpenDB(cleanConnector{p})), "does not respond")
	p = &fakePool{spoiled: 10 * maxSpoiled}
	_, err := cleanConnector{p}.Connect(t.Context())
	require.ErrorContains(t, err, "idle in transaction")
	require.Equal(t, maxSpoiled, p.opened, "it gives up some time")
}
