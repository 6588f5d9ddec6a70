package postgres

import (
	"context"
	"database/sql/driver"
	"sync"
	"sync/atomic"

	"github.com/pkg/errors"
)

// plainConn is what every driver of ours can do.
type plainConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
}

// watchedConnector makes connections of a driver that knows no contexts.
type watchedConnector struct {
	driver.Connector
	primary *Primary
}

// Connect opens a connection.
func (c *watchedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	born := c.primary.changes.Load()
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(plainConn)
	if !ok {
		_ = opened.Close()
		return nil, errors.New("the driver's connection is another one than expected")
	}
	return &watchedConn{plainConn: conn, primary: c.primary, born: born}, nil
}

// watchedConn is a connection whose calls are left when their context ends. What
// was begun goes on behind, and what comes after it waits for it; the connection
// is not used again.
type watchedConn struct {
	plainConn
	primary *Primary
	born    int64

	left atomic.Bool
	mu   sync.Mutex
	last chan struct{} // closed when the last call is over
}

// after does something when the calls before it are over; the channel is closed when it is done.
func (c *watchedConn) after(do func()) <-chan struct{} {
	done := make(chan struct{})
	c.mu.Lock()
	before := c.last
	c.last = done
	c.mu.Unlock()
	go func() {
		defer close(done)
		if before != nil {
			<-before
		}
		do()
	}()
	return done
}

// within makes a call that is left when the context ends; late gets a result that nobody waits for any more.
func within[T any](ctx context.Context, c *watchedConn, call func() (T, error), late func(T)) (T, error) {
	var (
		result T
		err    error
		mu     sync.Mutex
		gone   bool
	)
	done := c.after(func() {
		made, failed := call()
		mu.Lock()
		defer mu.Unlock()
		if result, err = made, failed; gone && failed == nil {
			late(made)
		}
	})
	select {
	case <-done:
		c.primary.failed(c.born, err)
		return result, err
	case <-ctx.Done():
		c.left.Store(true)
		mu.Lock()
		defer mu.Unlock()
		gone = true
		var none T
		return none, ctx.Err()
	}
}

// QueryContext does a query.
func (c *watchedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return within(ctx, c, func() (driver.Rows, error) { return c.plainConn.QueryContext(ctx, query, args) }, func(rows driver.Rows) { _ = rows.Close() })
}

// ExecContext does a statement.
func (c *watchedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return within(ctx, c, func() (driver.Result, error) { return c.plainConn.ExecContext(ctx, query, args) }, func(driver.Result) {})
}

// BeginTx begins a transaction.
func (c *watchedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := within(ctx, c, func() (driver.Tx, error) { return c.plainConn.BeginTx(ctx, opts) }, func(tx driver.Tx) { _ = tx.Rollback() })
	if err != nil {
		return nil, err
	}
	return &watchedTx{tx: tx, conn: c, ctx: ctx}, nil
}

// Ping asks whether the database is there.
func (c *watchedConn) Ping(ctx context.Context) error {
	_, err := within(ctx, c, func() (struct{}, error) { return struct{}{}, c.plainConn.Ping(ctx) }, func(struct{}) {})
	return err
}

// ResetSession is asked before the connection is used again at once.
func (c *watchedConn) ResetSession(context.Context) error {
	if !c.IsValid() {
		return driver.ErrBadConn
	}
	return nil
}

// IsValid tells whether the connection may go back to the pool.
func (c *watchedConn) IsValid() bool { return !c.left.Load() && c.primary.changes.Load() == c.born }

// Close gives the connection back, when what was left is over.
func (c *watchedConn) Close() error {
	var err error
	done := c.after(func() { err = c.plainConn.Close() })
	if c.left.Load() {
		return nil
	}
	<-done
	return err
}

// watchedTx is a transaction of such a connection.
type watchedTx struct {
	tx   driver.Tx
	conn *watchedConn
	ctx  context.Context
}

// Commit ends the transaction.
func (t *watchedTx) Commit() error { return t.end(t.tx.Commit) }

// Rollback takes it back.
func (t *watchedTx) Rollback() error { return t.end(t.tx.Rollback) }

func (t *watchedTx) end(how func() error) error {
	_, err := within(t.ctx, t.conn, func() (struct{}, error) { return struct{}{}, how() }, func(struct{}) {})
	return err
}
