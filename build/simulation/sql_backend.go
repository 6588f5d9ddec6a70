package simulation

import (
	"context"
	"database/sql/driver"
	"net"
	"time"

	"github.com/lib/pq"
)

// backend is a connection to PostgreSQL. The plugin's connections share them: each has one while it makes a call or has a
// transaction open, because to begin a new one, and to plan all statements anew in it, takes much longer than anything
// else. Where a connection breaks, what it was at is undone, as PostgreSQL does it.
type backend struct {
	raw  *preparing
	wire net.Conn
	pid  int64
}

// forget is what the end of a connection does in PostgreSQL.
const forget = "ROLLBACK; SELECT pg_advisory_unlock_all(); RESET ALL"

// open takes a backend that is free, the one that was used last, or makes one. It is called outside of the bubble, as all of these are.
func (d *database) open() (*backend, error) {
	d.mu.Lock()
	if n := len(d.free); n > 0 {
		b := d.free[n-1]
		d.free = d.free[:n-1]
		d.mu.Unlock()
		return b, nil
	}
	d.mu.Unlock()
	opener, err := pq.NewConnector(d.source)
	if err != nil {
		return nil, err
	}
	dialer := &wireDialer{}
	opener.Dialer(dialer)
	raw, err := opener.Connect(context.Background())
	if err != nil {
		return nil, err
	}
	b := &backend{raw: newPreparing(raw), wire: dialer.wire}
	rows, err := b.raw.QueryContext(context.Background(), "SELECT pg_backend_pid()", nil)
	if err != nil {
		return nil, err
	}
	value := make([]driver.Value, 1)
	if err := rows.Next(value); err != nil {
		return nil, err
	}
	b.pid, _ = value[0].(int64)
	return b, rows.Close()
}

// release undoes what a backend was at and keeps it for another connection.
func (d *database) release(b *backend) {
	if _, err := b.raw.ExecContext(context.Background(), forget, nil); err != nil {
		b.cut()
		return
	}
	d.giveBack(b)
}

// giveBack keeps a backend that is at nothing for whoever needs one next.
func (d *database) giveBack(b *backend) {
	if !b.raw.valid() {
		b.cut()
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.free = append(d.free, b)
}

// close ends all that nobody has.
func (d *database) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, b := range d.free {
		b.cut()
	}
	_ = d.pool.Close()
}

// cut closes the connection, whatever it does.
func (b *backend) cut() { _ = b.wire.Close() }

// wireDialer remembers the connection that it made.
type wireDialer struct{ wire net.Conn }

// Dial connects.
func (d *wireDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, 10*time.Second)
}

// DialTimeout connects.
func (d *wireDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	wire, err := net.DialTimeout(network, address, timeout)
	d.wire = wire
	return wire, err
}
