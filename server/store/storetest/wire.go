package storetest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Wire is a network to a PostgreSQL that can swallow everything: nothing comes
// through and nobody is told. What was on its way arrives when it is mended.
type Wire struct {
	listener net.Listener
	server   string
	// only makes it swallow nothing but the connections of this application_name; "" = all.
	only string

	mu     sync.Mutex
	mended chan struct{} // is closed when it carries again; nil while it carries
	held   map[net.Conn]struct{}
}

// NewWire lays a wire to host and port of a PostgreSQL. With only it swallows no connections but those of that application_name.
func NewWire(t testing.TB, server, only string) *Wire {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &Wire{listener: listener, server: server, only: only, held: map[net.Conn]struct{}{}}
	go w.accept()
	t.Cleanup(func() {
		_ = listener.Close()
		w.Swallow(false)
		w.mu.Lock()
		defer w.mu.Unlock()
		for conn := range w.held {
			_ = conn.Close()
		}
	})
	return w
}

// Address is host and port of this end.
func (w *Wire) Address() string { return w.listener.Addr().String() }

// Swallow begins to swallow or ends it.
func (w *Wire) Swallow(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case on && w.mended == nil:
		w.mended = make(chan struct{})
	case !on && w.mended != nil:
		close(w.mended)
		w.mended = nil
	}
}

// hole is closed when the wire carries again; nil when it does.
func (w *Wire) hole() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.mended
}

func (w *Wire) accept() {
	for {
		from, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.hold(from)
		go w.carry(from)
	}
}

func (w *Wire) hold(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held[conn] = struct{}{}
}

func (w *Wire) drop(conn net.Conn) {
	_ = conn.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.held, conn)
}

func (w *Wire) carry(from net.Conn) {
	defer w.drop(from)
	startup, err := firstPacket(from)
	if err != nil {
		return
	}
	swallowed := w.only == "" || bytes.Contains(startup, []byte("application_name\x00"+w.only+"\x00"))
	if hole := w.hole(); swallowed && hole != nil { // it never gets there
		go func() { <-hole; _ = from.Close() }()
		_, _ = io.Copy(io.Discard, from)
		return
	}
	to, err := net.Dial("tcp", w.server) //nolint:noctx // ends with the wire
	if err != nil {
		return
	}
	w.hold(to)
	defer w.drop(to)
	if _, err := to.Write(startup); err != nil {
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		both.Go(func() {
			w.copy(way[1], way[0], swallowed)
			_ = way[0].Close()
			_ = way[1].Close()
		})
	}
	both.Wait()
}

// copy carries one way, and holds what it has while the wire swallows.
func (w *Wire) copy(to io.Writer, from io.Reader, swallowed bool) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if hole := w.hole(); swallowed && hole != nil {
			<-hole
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// firstPacket reads what a client of PostgreSQL says first: its length and the rest.
func firstPacket(from io.Reader) ([]byte, error) {
	length := make([]byte, 4)
	if _, err := io.ReadFull(from, length); err != nil {
		return nil, err
	}
	packet := make([]byte, min(max(int(binary.BigEndian.Uint32(length)), 4), 10_000))
	_, err := io.ReadFull(from, packet[copy(packet, length):])
	return packet, err
}
