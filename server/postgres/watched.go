package postgres

import (
	"context"
	"database/sql/driver"
	"sync"
	"sync/atomic"

	"github.com/pkg/errors"
)

// plainConn lists what a driver's connection must be able to do.
type plainConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
}

// watchedConnector opens connections of a driver that does not support contexts.
type watchedConnector struct {
	driver.Connector
	primary *Primary
}

// Connect opens a connection and remembers which primary it leads to.
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

// watchedConn is a connection on which a caller stops waiting for a call when its
// context ends. The call itself continues in the background, later calls wait for it,
// and the connection is not used again.
type watchedConn struct {
	plainConn
	primary *Primary
	born    int64

	left atomic.Bool
	mu   sync.Mutex
	last chan struct{} // closed when the most recent call has finished
}

// after runs do in the background as soon as all earlier calls have finished. The
// returned channel is closed when do has returned.
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

// within runs a call and waits for it until ctx ends. If ctx ends first, within
// returns its error, and late receives the call's result if it succeeds after all, so
// that it can be released.
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

// QueryContext runs a query. Rows that arrive after ctx has ended are closed.
func (c *watchedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return within(ctx, c, func() (driver.Rows, error) { return c.plainConn.QueryContext(ctx, query, args) }, func(rows driver.Rows) { _ = rows.Close() })
}

// ExecContext runs a statement. The statement may still take effect after ctx has
// ended.
func (c *watchedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return within(ctx, c, func() (driver.Result, error) { return c.plainConn.ExecContext(ctx, query, args) }, func(driver.Result) {})
}

// BeginTx starts a transaction. One that starts after ctx has ended is rolled back.
func (c *watchedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := within(ctx, c, func() (driver.Tx, error) { return c.plainConn.BeginTx(ctx, opts) }, func(tx driver.Tx) { _ = tx.Rollback() })
	if err != nil {
		return nil, err
	}
	return &watchedTx{tx: tx, conn: c, ctx: ctx}, nil
}

// Ping checks that the database responds.
func (c *watchedConn) Ping(ctx context.Context) error {
	_, err := within(ctx, c, func() (struct{}, error) { return struct{}{}, c.plainConn.Ping(ctx) }, func(struct{}) {})
	return err
}

// ResetSession is called by database/sql before it reuses the connection. It returns
// driver.ErrBadConn if the connection must not be used again.
func (c *watchedConn) ResetSession(context.Context) error {
	if !c.IsValid() {
		return driver.ErrBadConn
	}
	return nil
}

// IsValid reports whether the connection may go back to the pool: no call was
// abandoned on it, and the primary is still the one to which it leads.
func (c *watchedConn) IsValid() bool { return !c.left.Load() && c.primary.changes.Load() == c.born }

// Close gives the connection back to the driver. If a call was abandoned, that happens
// in the background once the call has finished, and Close does not wait for it.
func (c *watchedConn) Close() error {
	var err error
	done := c.after(func() { err = c.plainConn.Close() })
	if c.left.Load() {
		return nil
	}
	<-done
	return err
}

// watchedTx is a transaction on a watchedConn.
type watchedTx struct {
	tx   driver.Tx
	conn *watchedConn
	ctx  context.Context
}

// Commit commits the transaction. It returns when the transaction's context ends, at
// the latest.
func (t *watchedTx) Commit() error { return t.end(t.tx.Commit) }

// Rollback undoes the transaction. It returns when the transaction's context ends, at
// the latest.
func (t *watchedTx) Rollback() error { return t.end(t.tx.Rollback) }

func (t *watchedTx) end(how func() error) error {
	_, err := within(t.ctx, t.conn, func() (struct{}, error) { return struct{}{}, how() }, func(struct{}) {})
	return err
}
