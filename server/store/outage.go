package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"net"

	"github.com/lib/pq"
	"github.com/pkg/errors"
)

// Outage tells that an error says nothing of the data: the database does not
// answer, restarts, is full or too busy. Whoever meets it tries again later.
func Outage(err error) bool {
	var pqErr *pq.Error
	if errors.As(err, &pqErr) {
		switch pqErr.Code.Class() {
		case "08", "25", "40", "53", "55", "57", "58": // connection, transaction, serialization, resources, locks, operator, system
			return true
		}
		return false
	}
	var network net.Error
	for _, known := range []error{context.DeadlineExceeded, context.Canceled, driver.ErrBadConn, sql.ErrConnDone, sql.ErrTxDone, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, known) {
			return true
		}
	}
	return errors.As(err, &network)
}
