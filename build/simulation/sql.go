package simulation

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lib/pq"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
)

// errReset is what a process sees of a connection that broke.
var errReset error = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET} //nolint:gochecknoglobals // constant

// openDatabases opens the plugin's pools over connections that pass the scheduler.
func (p *process) openDatabases(plugin.API, plugin.Driver) (*mattermost.Databases, error) {
	pool := func(name string, most int) *sql.DB {
		db := sql.OpenDB(&connector{process: p, pool: name})
		db.SetMaxOpenConns(most)
		db.SetMaxIdleConns(most)
		return db
	}
	// so many that each background loop has one while hours pass: who waits for a connection cannot be held then
	return &mattermost.Databases{Main: pool("main", 32), Hooks: pool("hooks", 4), Slow: pool("slow", 2)}, nil
}

// connector opens connections of a process.
type connector struct {
	process *process
	pool    string
}

// Driver is not used.
func (c *connector) Driver() driver.Driver { return &pq.Driver{} }

// Connect opens a connection.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	p := c.process
	made := &conn{process: p, pool: c.pool, keeps: c.pool == keepingPool}
	err := made.through(ctx, "connect", false, func() error { return nil })
	if err != nil {
		made.breakOff()
		return nil, err
	}
	p.keep(made)
	return made, nil
}

// conn is a connection of a process. Each of its statements is a call through a port.
type conn struct {
	process *process
	pool    string
	txCtx   context.Context // of the transaction, nil outside of one

	mu      sync.Mutex
	backend *backend // while a call is being made, or a transaction is open; nil = it has none
	keeps   bool     // the backend stays with it after the call
	broken  bool
	busy    bool // a call is being made
	unread  bool // a result was returned outside of a transaction, and nobody has read it
}

// keepingPool is the pool whose connections keep their backends, because they hold locks beyond a transaction.
const keepingPool = "slow"

// through passes a call through the scheduler and makes it outside of the bubble.
func (c *conn) through(ctx context.Context, what string, changes bool, do func() error) error {
	if c.txCtx != nil { // a statement ends with its transaction, because who rolls that back waits for it
		both, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(c.txCtx, cancel)()
		ctx = both
	}
	s := c.process.inside.scheduler
	v := s.pass(ctx, c.process, c.process.String()+" "+c.pool+": "+what, changes)
	switch v {
	case expired:
		if c.txCtx == nil {
			s.whileTimePasses()
		}
		return ctx.Err()
	case gone, failBefore:
		c.breakOff()
		return errReset
	case hang:
		s.hangUp(ctx, c.process, 2*time.Minute)
		c.breakOff()
		return errReset
	}
	err := c.run(ctx, do)
	if v == failAfter {
		c.process.lastThing()
		c.breakOff()
		return errReset
	}
	return err
}

// run makes a call outside; one that waits for a lock lets others go on.
func (c *conn) run(ctx context.Context, do func() error) error {
	in := c.process.inside
	if !c.begin() {
		return errReset
	}
	var err error
	now := time.Now().UnixMilli()
	j := in.out.run(func() {
		if err = c.lend(); err != nil {
			return
		}
		if err = in.database.setClock(now); err == nil {
			err = do()
		}
		c.giveBack()
	}, func() bool { return in.database.waitsForLock(c.pid()) })
	if j == nil {
		return err
	}
	stuck := &stuckCall{job: j, over: make(chan struct{}), backend: c.pid()}
	in.trace.add("%s %s waits for a lock", c.process, c.pool)
	in.scheduler.addStuck(stuck)
	// Who gives up ends the statement itself and waits in real time: database/sql holds a lock
	// meanwhile, and whoever waits for that would stop the whole bubble.
	gaveUp := error(nil)
	select {
	case <-stuck.over:
	case <-ctx.Done():
		gaveUp = ctx.Err()
		in.out.wholly(func() { in.database.cancel(c.pid()) })
	case <-c.process.died:
		gaveUp = errReset
		c.breakOff()
	}
	in.scheduler.dropStuck(stuck)
	<-j.ended
	in.out.release(j)
	if gaveUp != nil {
		c.breakOff()
		return gaveUp
	}
	return err
}

// begin notes that a call is being made; false if there is no connection any more.
func (c *conn) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken {
		return false
	}
	c.busy = true
	return true
}

// lend finds a backend for a call.
func (c *conn) lend() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.backend != nil {
		return nil
	}
	var err error
	if c.backend, err = c.process.inside.database.open(); err != nil {
		c.busy = false
	}
	return err
}

// giveBack ends a call, and gives the backend to whoever needs one next, unless it is to stay.
func (c *conn) giveBack() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy = false
	if c.broken { // its wire was cut
		c.backend = nil
	}
	if c.keeps || c.backend == nil {
		return
	}
	c.process.inside.database.giveBack(c.backend)
	c.backend = nil
}

// keep says whether the backend stays with the connection after the next call, as it does in a transaction.
func (c *conn) keep(is bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keeps = is || c.pool == keepingPool
}

// pid is that of the backend; 0 while there is none.
func (c *conn) pid() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.backend == nil {
		return 0
	}
	return c.backend.pid
}

// breakOff ends the connection as the end of its process does.
func (c *conn) breakOff() {
	c.mu.Lock()
	broken, busy, has := c.broken, c.busy, c.backend
	c.broken = true
	if !busy {
		c.backend = nil
	}
	c.mu.Unlock()
	switch {
	case broken || has == nil:
	case busy:
		has.cut()
	default:
		in := c.process.inside
		in.out.wholly(func() { in.database.release(has) })
	}
}

// QueryContext runs a query and reads all of its rows.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.usable() != nil {
		return nil, driver.ErrBadConn
	}
	var read *rows
	short, changes := summary(query)
	err := c.through(ctx, short, changes, func() error {
		raw, err := c.backend.raw.QueryContext(context.Background(), query, args)
		if err == nil {
			read, err = readRows(raw)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return read, nil
}

// ExecContext runs a statement.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if c.usable() != nil {
		return nil, driver.ErrBadConn
	}
	if strings.HasPrefix(query, "SET LOCAL idle_in_transaction_session_timeout") || strings.HasPrefix(query, "SET LOCAL statement_timeout") { // they are about real time
		return driver.RowsAffected(0), nil
	}
	var result driver.Result
	short, changes := summary(query)
	err := c.through(ctx, short, changes, func() (err error) {
		result, err = c.backend.raw.ExecContext(context.Background(), query, args)
		return err
	})
	if err != nil || c.txCtx != nil {
		return result, err
	}
	c.hasUnread(true)
	return &unreadResult{Result: result, conn: c}, nil
}

// BeginTx begins a transaction, which is no step: nobody can see it.
func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if c.process.dead.Load() || c.usable() != nil {
		return nil, driver.ErrBadConn
	}
	var raw driver.Tx
	c.keep(true)
	err := c.run(ctx, func() (err error) {
		raw, err = c.backend.raw.BeginTx(context.Background(), o)
		return err
	})
	if err != nil {
		c.keep(false)
		return nil, err
	}
	c.txCtx = ctx
	return &tx{conn: c, raw: raw}, nil
}

// tx is a transaction. A commit that fails after its effect is the case that people forget.
type tx struct {
	conn *conn
	raw  driver.Tx
}

// Commit commits.
func (t *tx) Commit() error {
	ctx := t.conn.txCtx
	t.conn.txCtx = nil
	t.conn.keep(false)
	err := t.conn.through(ctx, "COMMIT", true, t.raw.Commit)
	if err != nil {
		t.conn.breakOff() // who gives up before it was made breaks the connection, and so undoes all
	}
	return err
}

// Rollback undoes the transaction; it is no step.
func (t *tx) Rollback() error {
	t.conn.txCtx = nil
	t.conn.keep(false)
	if t.conn.process.dead.Load() || t.conn.usable() != nil {
		return driver.ErrBadConn
	}
	return t.conn.run(context.Background(), t.raw.Rollback)
}

// Prepare is refused, because the plugin prepares nothing.
func (c *conn) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("the simulation prepares no statements")
}

// Begin is not used.
func (c *conn) Begin() (driver.Tx, error) { return c.BeginTx(context.Background(), driver.TxOptions{}) }

// Close closes the connection.
func (c *conn) Close() error {
	c.breakOff()
	c.process.forget(c)
	return nil
}

// CheckNamedValue converts a parameter as lib/pq does.
func (c *conn) CheckNamedValue(value *driver.NamedValue) error {
	return c.process.inside.database.values.CheckNamedValue(value)
}

// IsValid reports whether the connection may be used again.
func (c *conn) IsValid() bool { return c.usable() == nil }

// ResetSession is called before the connection is used again.
func (c *conn) ResetSession(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken || c.unread {
		return driver.ErrBadConn
	}
	return nil
}

// Ping does nothing: what comes next finds out.
func (c *conn) Ping(context.Context) error { return c.usable() }

func (c *conn) usable() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken {
		return driver.ErrBadConn
	}
	return nil
}
