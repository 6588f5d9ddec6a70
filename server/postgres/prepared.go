package postgres

import (
	"context"
	"database/sql/driver"
	"net"
	"strings"

	"github.com/lib/pq"
	"github.com/pkg/errors"
)

// Prepared marks a statement, anywhere in its text, that runs often enough to be
// parsed and planned only once for each connection. Prepared statements need a
// connection that leads straight to PostgreSQL. On any other one, the mark is a comment
// like any other.
const Prepared = "/* prepared */"

// PostgreSQL's codes for a prepared statement that is not there, that is there already,
// or whose columns are others since a table was changed.
const (
	noStatement        = "26000"
	duplicateStatement = "42P05"
	otherColumns       = "0A000"
)

// preparer is what both kinds of statement that are prepared can do.
type preparer interface {
	driver.Stmt
	driver.StmtQueryContext
	driver.StmtExecContext
}

// preparedStatements are the statements that are prepared on one connection, by their
// text; nil where none may be.
type preparedStatements map[string]preparer

// newPreparedStatements finds out whether statements may be prepared on a connection.
// A pooler such as PgBouncer may give each transaction another connection of its own to
// PostgreSQL, where the statement is not prepared, or another one has its name. Behind
// a pooler PostgreSQL sees another port than the one from which we call.
func newPreparedStatements(ctx context.Context, conn pqConn, w *wire) (preparedStatements, error) {
	ours, ok := w.LocalAddr().(*net.TCPAddr)
	if !ok {
		return nil, nil // a Unix socket, at whose other end could be either
	}
	rows, err := conn.QueryContext(ctx, "SELECT coalesce(inet_client_port(), 0)", nil)
	if err != nil {
		return nil, errors.Wrap(err, "could not ask for the port")
	}
	row := make([]driver.Value, 1)
	err = rows.Next(row)
	if closeErr := rows.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, errors.Wrap(err, "could not read the port")
	}
	if row[0] != int64(ours.Port) {
		return nil, nil
	}
	return preparedStatements{}, nil
}

// find returns the prepared form of a statement, prepared now if this is the first
// time; nil for one that is not to be prepared.
func (p preparedStatements) find(ctx context.Context, conn pqConn, query string) (preparer, error) {
	if p == nil || !strings.Contains(query, Prepared) {
		return nil, nil
	}
	if statement := p[query]; statement != nil {
		return statement, nil
	}
	made, err := conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	statement, ok := made.(preparer)
	if !ok {
		return nil, errors.New("the driver's statement is another one than expected")
	}
	p[query] = statement
	return statement, nil
}

// runPrepared runs a statement in its prepared form if it is to have one, else as it is.
func runPrepared[T any](ctx context.Context, c *ownConn, query string, run func(preparer) (T, error), plain func() (T, error)) (T, error) {
	statement, err := c.prepared.find(ctx, c.pqConn, query)
	if err == nil && statement != nil {
		var result T
		if result, err = run(statement); err == nil {
			return result, nil
		}
	}
	if err != nil && !notPrepared(err) {
		var none T
		return none, err
	}
	if err != nil {
		c.prepared = nil // the statement did not run, so it can run without being prepared
	}
	return plain()
}

// notPrepared reports whether a statement did not run because its prepared form was
// lost, or could not be made, because there is a pooler after all, or because another
// version of the plugin has changed a table.
func notPrepared(err error) bool {
	var pqErr *pq.Error
	return errors.As(err, &pqErr) && (string(pqErr.Code) == noStatement || string(pqErr.Code) == duplicateStatement || string(pqErr.Code) == otherColumns)
}
