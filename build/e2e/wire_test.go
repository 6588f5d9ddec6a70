//go:build unix

package e2e

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// cuttableNetwork is a network between a browser and a server that a test can cut. Open connections then end at once, and no new one
// succeeds until the network is mended.
type cuttableNetwork struct {
	address  string // URL of the server through this network
	listener net.Listener
	server   string // host and port behind this network

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]struct{}
}

// newCuttableNetwork creates a network to the server at an address such as http://127.0.0.1:8065.
func newCuttableNetwork(t *testing.T, address string) *cuttableNetwork {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &cuttableNetwork{
		address: "http://" + listener.Addr().String(), listener: listener, server: strings.TrimPrefix(address, "http://"), conns: map[net.Conn]struct{}{},
	}
	go w.accept()
	t.Cleanup(func() { _ = listener.Close(); w.setCut(true) })
	return w
}

func (w *cuttableNetwork) accept() {
	for {
		from, err := w.listener.Accept()
		if err != nil {
			return
		}
		go w.carry(from)
	}
}

// carry copies data in both directions until one side ends or the network is cut.
func (w *cuttableNetwork) carry(from net.Conn) {
	to, err := net.Dial("tcp", w.server) //nolint:noctx // ends with the wire
	if err != nil {
		_ = from.Close()
		return
	}
	if !w.hold(from, to) {
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		both.Go(func() {
			_, _ = io.Copy(way[1], way[0])
			_ = way[0].Close()
			_ = way[1].Close()
		})
	}
	both.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, from)
	delete(w.conns, to)
}

// hold remembers connections, to close them when the network is cut. If it is cut already, hold closes them at once.
func (w *cuttableNetwork) hold(conns ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, conn := range conns {
		if w.cut {
			_ = conn.Close()
		} else {
			w.conns[conn] = struct{}{}
		}
	}
	return !w.cut
}

// setCut cuts the network or mends it.
func (w *cuttableNetwork) setCut(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	for conn := range w.conns {
		if cut {
			_ = conn.Close()
		}
	}
}
