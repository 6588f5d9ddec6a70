package postgres

import (
	"context"
	"database/sql/driver"
)

// pqConn lists what a connection of lib/pq can do. ownConn has to pass all of it on.
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

// ownConn is a connection whose statements end when their contexts do.
type ownConn struct {
	pqConn
	wire    *wire
	primary *Primary
	born    int64 // how often the primary had changed when the connection was opened

	prepared preparedStatements
}

// QueryContext runs a query. Reading its rows is bounded by the same context.
func (c *ownConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.wire.begin(ctx)
	rows, err := runPrepared(ctx, c, query, func(s preparer) (driver.Rows, error) { return s.QueryContext(ctx, args) },
		func() (driver.Rows, error) { return c.pqConn.QueryContext(ctx, query, args) })
	c.primary.failed(c.born, err)
	return rows, err
}

// ExecContext runs a statement. It returns within grace after ctx has ended, at the
// latest.
func (c *ownConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.wire.begin(ctx)
	result, err := runPrepared(ctx, c, query, func(s preparer) (driver.Result, error) { return s.ExecContext(ctx, args) },
		func() (driver.Result, error) { return c.pqConn.ExecContext(ctx, query, args) })
	c.primary.failed(c.born, err)
	return result, err
}

// PrepareContext prepares a statement. It returns within grace after ctx has ended, at
// the latest.
func (c *ownConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.wire.begin(ctx)
	return c.pqConn.PrepareContext(ctx, query)
}

// BeginTx starts a transaction. Its commit and rollback are bounded by the same
// context.
func (c *ownConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.wire.begin(ctx)
	tx, err := c.pqConn.BeginTx(ctx, opts)
	if err != nil {
		c.primary.failed(c.born, err)
		return nil, err
	}
	return &ownTx{Tx: tx, conn: c, ctx: ctx}, nil
}

// Ping checks that the database responds.
func (c *ownConn) Ping(ctx context.Context) error {
	c.wire.begin(ctx)
	return c.pqConn.Ping(ctx)
}

// ResetSession is called by database/sql before it reuses the connection. It returns
// driver.ErrBadConn if the connection must not be used again.
func (c *ownConn) ResetSession(ctx context.Context) error {
	if !c.usable() {
		return driver.ErrBadConn
	}
	return c.pqConn.ResetSession(ctx)
}

// IsValid reports whether the connection may go back to the pool: it is not broken,
// and the primary is still the one to which it leads.
func (c *ownConn) IsValid() bool { return c.usable() && c.pqConn.IsValid() }

func (c *ownConn) usable() bool { return c.wire.whole() && c.primary.changes.Load() == c.born }

// Close takes leave of the database, but waits no longer than grace for it.
func (c *ownConn) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	c.wire.begin(ctx)
	return c.pqConn.Close()
}

// ownTx is a transaction. Its commit and rollback are bounded by the context of the
// transaction, and not by that of its last statement.
type ownTx struct {
	driver.Tx
	conn *ownConn
	ctx  context.Context // kept here because database/sql passes no context to commit and rollback
}

// Commit commits the transaction, and notices if the server no longer accepts writes.
func (t *ownTx) Commit() error {
	t.conn.wire.begin(t.ctx)
	err := t.Tx.Commit()
	t.conn.primary.failed(t.conn.born, err)
	return err
}

// Rollback undoes the transaction.
func (t *ownTx) Rollback() error {
	t.conn.wire.begin(t.ctx)
	return t.Tx.Rollback()
}
