package simulation

import (
	"context"
	"database/sql/driver"

	"github.com/lib/pq"
	"github.com/pkg/errors"
)

// rawConn is what a connection of lib/pq can do.
type rawConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
}

// statement is what a prepared statement of lib/pq can do.
type statement interface {
	driver.Stmt
	driver.StmtQueryContext
	driver.StmtExecContext
}

// preparing is a connection that prepares each statement with parameters, so that PostgreSQL parses and
// plans it once and not at each call. The product does so with its hot ones; here it is all of
// them, because most of a world's time is that of statements.
type preparing struct {
	rawConn

	made map[string]statement // by text
}

func newPreparing(raw driver.Conn) *preparing {
	return &preparing{rawConn: raw.(rawConn), made: map[string]statement{}}
}

func (p *preparing) find(query string) (statement, error) {
	if known := p.made[query]; known != nil {
		return known, nil
	}
	raw, err := p.Prepare(query)
	if err != nil {
		return nil, err
	}
	made, ok := raw.(statement)
	if !ok {
		return nil, errors.New("the driver's statement is another one than expected")
	}
	p.made[query] = made
	return made, nil
}

// valid reports whether the connection is whole.
func (p *preparing) valid() bool { return p.rawConn.(driver.Validator).IsValid() }

// QueryContext runs a query.
func (p *preparing) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 {
		return p.rawConn.QueryContext(ctx, query, nil)
	}
	prepared, err := p.find(query)
	if err != nil {
		return nil, err
	}
	return prepared.QueryContext(ctx, args)
}

// ExecContext runs a statement.
func (p *preparing) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return p.rawConn.ExecContext(ctx, query, nil)
	}
	prepared, err := p.find(query)
	if err != nil {
		return nil, err
	}
	return prepared.ExecContext(ctx, args)
}

// plainConnector opens connections that pass no scheduler, for the host and the checker.
type plainConnector struct{ source string }

// Connect opens a connection.
func (c plainConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opener, err := pq.NewConnector(c.source)
	if err != nil {
		return nil, err
	}
	raw, err := opener.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return newPreparing(raw), nil
}

// Driver is not used.
func (plainConnector) Driver() driver.Driver { return &pq.Driver{} }
