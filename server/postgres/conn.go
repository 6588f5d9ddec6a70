package postgres

import (
	"context"
	"database/sql/driver"
)

// pqConn is what a connection of lib/pq can do.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

// ownConn is a connection whose statements end with their contexts.
type ownConn struct {
	pqConn
	wire    *wire
	primary *Primary
	born    int64 // how often the primary had changed
}

// QueryContext does a query. What reads its rows is bounded by the same context.
func (c *ownConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.wire.begin(ctx)
	rows, err := c.pqConn.QueryContext(ctx, query, args)
	c.primary.failed(c.born, err)
	return rows, err
}

// ExecContext does a statement.
func (c *ownConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.wire.begin(ctx)
	result, err := c.pqConn.ExecContext(ctx, query, args)
	c.primary.failed(c.born, err)
	return result, err
}

// PrepareContext prepares a statement.
func (c *ownConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.wire.begin(ctx)
	return c.pqConn.PrepareContext(ctx, query)
}

// BeginTx begins a transaction.
func (c *ownConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.wire.begin(ctx)
	tx, err := c.pqConn.BeginTx(ctx, opts)
	if err != nil {
		c.primary.failed(c.born, err)
		return nil, err
	}
	return &ownTx{Tx: tx, conn: c, ctx: ctx}, nil
}

// Ping asks whether the database is there.
func (c *ownConn) Ping(ctx context.Context) error {
	c.wire.begin(ctx)
	return c.pqConn.Ping(ctx)
}

// ResetSession is asked before the connection is used again at once.
func (c *ownConn) ResetSession(ctx context.Context) error {
	if !c.usable() {
		return driver.ErrBadConn
	}
	return c.pqConn.ResetSession(ctx)
}

// IsValid tells whether the connection may go back to the pool.
func (c *ownConn) IsValid() bool { return c.usable() && c.pqConn.IsValid() }

func (c *ownConn) usable() bool { return c.wire.whole() && c.primary.changes.Load() == c.born }

// Close says good-bye; nobody waits for that.
func (c *ownConn) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	c.wire.begin(ctx)
	return c.pqConn.Close()
}

// ownTx is a transaction. Its end belongs to its context and not to that of its last statement.
type ownTx struct {
	driver.Tx
	conn *ownConn
	ctx  context.Context // database/sql ends a transaction without one
}

// Commit ends the transaction.
func (t *ownTx) Commit() error {
	t.conn.wire.begin(t.ctx)
	err := t.Tx.Commit()
	t.conn.primary.failed(t.conn.born, err)
	return err
}

// Rollback takes it back.
func (t *ownTx) Rollback() error {
	t.conn.wire.begin(t.ctx)
	return t.Tx.Rollback()
}
