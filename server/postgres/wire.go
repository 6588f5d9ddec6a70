package postgres

import (
	"context"
	"net"
	"sync"
	"time"
)

// grace is what an answer may still take when the context has ended: PostgreSQL is told to stop, and mostly says that it did.
const grace = 250 * time.Millisecond

// wireKey is where Connect waits for the wire under its connection.
type wireKey struct{}

// laying is a connection that comes up: its context, and its wire once there is one.
type laying struct {
	ctx  context.Context
	wire *wire
}

// dialer lays wires.
type dialer struct{ silence time.Duration }

// DialContext connects.
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

// Dial is for drivers that know no contexts.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, connectPatience)
}

// DialTimeout is Dial with a bound.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// wire is the network under a connection. The driver waits on it for an answer,
// and knows no other end of waiting than the answer: PostgreSQL is asked to
// cancel a statement whose context ended, and where it does not hear that the
// driver would wait for ever.
type wire struct {
	net.Conn
	silence time.Duration

	mu        sync.Mutex
	statement int         // counts them; 0 while the connection comes up, for which the driver sets a deadline
	stop      func() bool // stops to look at the context of the last one
	ended     bool        // that context has
	broken    bool        // nothing more can be expected of this wire
}

// begin says whose context what follows has.
func (w *wire) begin(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.statement++
	w.follow(ctx)
}

// follow makes the context the one that ends what waits on the wire.
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
		if w.statement == this { // else another one is under way
			w.ended = true
			_ = w.SetDeadline(time.Now().Add(grace))
		}
	})
}

// Read waits no longer than is allowed.
func (w *wire) Read(p []byte) (int, error) {
	w.bound(w.SetReadDeadline)
	n, err := w.Conn.Read(p)
	w.note(err)
	return n, err
}

// Write waits no longer than is allowed.
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
	case w.ended && w.statement == 0: // the driver may have set its own meanwhile
		_ = set(time.Now().Add(grace))
	case w.ended || w.statement == 0: // the deadline stands
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
