package postgres

import (
	"context"
	"net"
	"sync"
	"time"
)

// grace is how long a response may still take after its context has ended. PostgreSQL
// is asked to cancel the statement then, and usually confirms within that time that it
// did.
const grace = 250 * time.Millisecond

// wireKey is the context key under which Connect passes a laying to the dialer, to
// learn which wire lies under its connection.
type wireKey struct{}

// laying is a connection that is being opened: its context, and its wire once there is
// one.
type laying struct {
	ctx  context.Context
	wire *wire
}

// dialer opens network connections and wraps them in wires.
type dialer struct{ silence time.Duration }

// DialContext opens a network connection and wraps it in a wire. While the database
// connection is being set up, the wire follows the context with which it was asked
// for.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w := &wire{Conn: conn, silence: d.silence}
	if l, ok := ctx.Value(wireKey{}).(*laying); ok {
		l.wire = w
		w.follow(l.ctx)
	}
	return w, nil
}

// Dial is for drivers that do not support contexts. It gives up after connectPatience.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, connectPatience)
}

// DialTimeout is Dial with a timeout of the caller's choice.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// wire is the network connection under a database connection. It exists because the
// driver itself stops waiting only when a response arrives: when a statement's context
// ends, the driver merely asks PostgreSQL to cancel the statement, and if PostgreSQL
// does not hear that, the driver would wait for ever.
type wire struct {
	net.Conn
	silence time.Duration

	mu        sync.Mutex
	statement int         // counts the statements; 0 while the connection is being opened, for which the driver sets a deadline
	stop      func() bool // stops watching the last statement's context
	ended     bool        // the last statement's context has ended
	broken    bool        // a read or write failed, so the wire is of no use any more
}

// begin starts a new statement, to whose context all following reads and writes
// belong.
func (w *wire) begin(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.statement++
	w.follow(ctx)
}

// follow makes ctx the context whose end also ends waiting on the wire. The caller
// holds mu, or is the only one that has the wire.
func (w *wire) follow(ctx context.Context) {
	if w.stop != nil {
		w.stop()
		w.stop = nil
	}
	w.ended = false
	if ctx.Done() == nil {
		return
	}
	this := w.statement
	w.stop = context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.statement == this { // otherwise another statement is running already
			w.ended = true
			_ = w.SetDeadline(time.Now().Add(grace))
		}
	})
}

// Read reads from the network, but waits no longer than the statement's context and
// silence allow.
func (w *wire) Read(p []byte) (int, error) {
	w.bound(w.SetReadDeadline)
	n, err := w.Conn.Read(p)
	w.note(err)
	return n, err
}

// Write writes to the network, but waits no longer than the statement's context and
// silence allow.
func (w *wire) Write(p []byte) (int, error) {
	w.bound(w.SetWriteDeadline)
	n, err := w.Conn.Write(p)
	w.note(err)
	return n, err
}

func (w *wire) bound(set func(time.Time) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.ended && w.statement == 0: // the driver may have replaced the deadline in the meantime
		_ = set(time.Now().Add(grace))
	case w.ended || w.statement == 0: // the deadline that is set stays in force
	case w.silence > 0:
		_ = set(time.Now().Add(w.silence))
	default:
		_ = set(time.Time{})
	}
}

func (w *wire) note(err error) {
	if err != nil {
		w.mu.Lock()
		w.broken = true
		w.mu.Unlock()
	}
}

func (w *wire) whole() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.broken
}
