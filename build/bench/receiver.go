//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/pkg/errors"
)

// receiverRole is the argument with which the benchmark starts itself once more as a receiver of events. It is a process of its own, so that
// the benchmark's own load does not wait for it.
const receiverRole = "receiver"

// startReceiver starts the other process and returns its address, and what ends it.
func startReceiver(ctx context.Context) (url string, end func(), err error) {
	program, err := os.Executable()
	if err != nil {
		return "", nil, errors.Wrap(err, "cannot find the benchmark's own program")
	}
	receiver := exec.CommandContext(ctx, program, receiverRole) //nolint:gosec // ourselves
	alive, err := receiver.StdinPipe()
	if err != nil {
		return "", nil, errors.Wrap(err, "cannot start a receiver")
	}
	says, err := receiver.StdoutPipe()
	if err != nil {
		return "", nil, errors.Wrap(err, "cannot start a receiver")
	}
	if err := receiver.Start(); err != nil {
		return "", nil, errors.Wrap(err, "cannot start a receiver")
	}
	end = func() { _ = alive.Close(); _ = receiver.Wait() }
	url, err = bufio.NewReader(says).ReadString('\n')
	if err != nil {
		end()
		return "", nil, errors.Wrap(err, "the receiver did not say where it is")
	}
	return strings.TrimSpace(url), end, nil
}

// receive takes every event until its standard input ends, which it does with the process that started it.
func receive(in io.Reader, out io.Writer) error {
	runtime.GOMAXPROCS(1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Wrap(err, "cannot listen")
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusOK)
	})}
	go func() { _ = server.Serve(listener) }()
	if _, err := fmt.Fprintf(out, "http://%s/\n", listener.Addr()); err != nil {
		return errors.Wrap(err, "cannot say where it is")
	}
	_, _ = io.Copy(io.Discard, in)
	return errors.Wrap(server.Close(), "cannot end")
}
