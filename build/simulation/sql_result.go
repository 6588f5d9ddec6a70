package simulation

import (
	"database/sql/driver"
	"io"
	"slices"
)

// unreadResult is the result of a statement outside of a transaction. database/sql reads it after it has given the connection back, and takes the
// connection's lock for that. Whoever uses the connection by then holds that lock until the scheduler gives them their turn, which the bubble
// does not take for waiting: no time would pass any more. So a connection whose result nobody has read is not used again.
type unreadResult struct {
	driver.Result
	conn *conn
}

// RowsAffected returns how many rows were changed.
func (o *unreadResult) RowsAffected() (int64, error) {
	o.conn.hasUnread(false)
	return o.Result.RowsAffected()
}

func (c *conn) hasUnread(has bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unread = has
}

// rows are the rows of a query, read to the end.
type rows struct {
	columns []string
	values  [][]driver.Value
}

func readRows(raw driver.Rows) (*rows, error) {
	read := &rows{columns: raw.Columns()}
	for {
		value := make([]driver.Value, len(read.columns))
		err := raw.Next(value)
		if err == io.EOF {
			return read, raw.Close()
		}
		if err != nil {
			_ = raw.Close()
			return nil, err
		}
		for i := range value {
			if bytes, ok := value[i].([]byte); ok {
				value[i] = slices.Clone(bytes)
			}
		}
		read.values = append(read.values, value)
	}
}

// Columns are the names of the columns.
func (r *rows) Columns() []string { return r.columns }

// Close has nothing to do.
func (r *rows) Close() error { return nil }

// Next gives the next row.
func (r *rows) Next(into []driver.Value) error {
	if len(r.values) == 0 {
		return io.EOF
	}
	copy(into, r.values[0])
	r.values = r.values[1:]
	return nil
}
