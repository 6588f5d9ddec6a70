package main

import (
	"context"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

// shell starts a shell script as a child process.
func shell(t *testing.T, script string) *process {
	t.Helper()
	p, err := newSpawner().start(&processSpec{
		name: "the script", path: "/bin/sh", args: []string{"-c", script}, dir: t.TempDir(),
		output: filepath.Join(t.TempDir(), "out.log"), deathSignal: syscall.SIGKILL,
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.stop(syscall.SIGKILL, time.Minute) })
	return p
}

// said waits until the child has written something.
func said(p *process) func(context.Context) error {
	return func(context.Context) error {
		if logTail(p.output) == "" {
			return errors.New("nothing said")
		}
		return nil
	}
}

func TestProcessEndsInOrder(t *testing.T) {
	p := shell(t, "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done")
	require.NoError(t, p.waitReady(t.Context(), time.Minute, said(p)))
	require.NoError(t, p.stop(syscall.SIGTERM, time.Minute))
	require.NoError(t, p.err)
}

func TestProcessThatWillNotEndIsKilledWithItsChildren(t *testing.T) {
	p := shell(t, "trap '' TERM; sleep 1000 & echo $!; wait; sleep 1000")
	require.NoError(t, p.waitReady(t.Context(), time.Minute, said(p)))
	require.ErrorContains(t, p.stop(syscall.SIGTERM, 10*time.Millisecond), "was killed")
	require.Error(t, p.err)
	require.Eventually(t, func() bool { return errors.Is(syscall.Kill(-p.pid, 0), syscall.ESRCH) }, time.Minute, time.Millisecond)
}

func TestProcessThatFails(t *testing.T) {
	t.Run("while it starts", func(t *testing.T) {
		p := shell(t, "echo the reason >&2; exit 3")
		err := p.waitReady(t.Context(), time.Minute, func(context.Context) error { return errors.New("never") })
		require.ErrorContains(t, err, "the script ended while it was starting: exit status 3")
		require.ErrorContains(t, err, "the reason")
	})
	t.Run("in its one task", func(t *testing.T) {
		require.ErrorContains(t, shell(t, "echo the reason; exit 3").waitSuccess(t.Context()), "the reason")
		require.NoError(t, shell(t, "exit 0").waitSuccess(t.Context()))
	})
	t.Run("for good", func(t *testing.T) {
		err := shell(t, "sleep 1000").waitReady(t.Context(), time.Minute, func(context.Context) error {
			return &finalError{errors.New("no use waiting")}
		})
		require.ErrorContains(t, err, "no use waiting")
	})
	t.Run("by never being ready", func(t *testing.T) {
		p := shell(t, "echo busy; sleep 1000")
		require.NoError(t, p.waitReady(t.Context(), time.Minute, said(p)))
		err := p.waitReady(t.Context(), time.Millisecond, func(context.Context) error { return errors.New("no answer") })
		require.ErrorContains(t, err, "the script is not ready (context deadline exceeded): no answer")
		require.ErrorContains(t, err, "busy")
	})
	t.Run("because it is stopped", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, shell(t, "sleep 1000").waitSuccess(ctx), context.Canceled)
	})
}

func TestWatchdog(t *testing.T) {
	t.Run("a finished launcher is left alone", func(t *testing.T) {
		dir := t.TempDir()
		w, err := startWatchdog(dir, "")
		require.NoError(t, err)
		require.NoError(t, w.finish())
		require.DirExists(t, dir)
	})
	t.Run("after a killed launcher it cleans up", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "data folder")
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "deep"), 0o700))
		server := shell(t, "trap '' TERM; echo ready; while :; do sleep 0.05; done")
		require.NoError(t, server.waitReady(t.Context(), time.Minute, said(server)))
		postgres := shell(t, "trap 'echo stopped; exit 0' QUIT; echo ready; while :; do sleep 0.05; done")
		require.NoError(t, postgres.waitReady(t.Context(), time.Minute, said(postgres)))

		w, err := startWatchdog(dir, "")
		require.NoError(t, err)
		require.NoError(t, w.watch("server", server.pid))
		require.NoError(t, w.watch("postgres", postgres.pid))
		require.NoError(t, w.input.Close()) // this is what happens when the launcher dies
		require.NoError(t, w.cmd.Wait())
		<-server.exited
		<-postgres.exited
		require.Error(t, server.err)
		require.NoError(t, postgres.err, "PostgreSQL must end by itself")
		require.NoDirExists(t, dir)
	})
}

func TestLastLines(t *testing.T) {
	tests := []struct {
		name, text string
		want       string
	}{
		{"nothing", " \n", ""},
		{"few", "one\ntwo\n", "  one\n  two"},
		{"many", "one\ntwo\nthree\nfour\n", "  two\n  three\n  four"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, lastLines([]byte(tt.text), 3))
		})
	}
	require.Empty(t, logTail(filepath.Join(t.TempDir(), "none")))
	long := filepath.Join(t.TempDir(), "long")
	require.NoError(t, os.WriteFile(long, []byte(strings.Repeat("line\n", tailBytes)+"last\n"), 0o600))
	require.True(t, strings.HasSuffix(logTail(long), "line\n  last"))
	require.Equal(t, tailLines-1, strings.Count(logTail(long), "\n"))
}

func TestDataDir(t *testing.T) {
	open, closed := t.TempDir(), t.TempDir()
	require.NoError(t, os.Chmod(closed, 0o700))
	require.False(t, enterable(closed))
	require.False(t, enterable(filepath.Join(open, "none")))

	t.Setenv("TMPDIR", closed)
	dir, err := newDataDir(false)
	require.NoError(t, err)
	require.Equal(t, closed, filepath.Dir(dir))

	shared, err := newDataDir(true)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(shared)) })
	require.NotEqual(t, closed, filepath.Dir(shared))
	require.True(t, enterable(shared))
}

func TestFreePort(t *testing.T) {
	free, err := freePort(rand.IntN)
	require.NoError(t, err)
	var listener net.Listener
	taken := 0
	for listener == nil {
		taken = firstPort + rand.IntN(lastPort-firstPort)
		if taken != free {
			listener, _ = net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(taken))) //nolint:noctx // a test's own port
		}
	}
	defer func() { require.NoError(t, listener.Close()) }()

	picks := []int{taken, taken, free}
	port, err := freePort(func(int) int {
		pick := picks[0]
		picks = picks[1:]
		return pick - firstPort
	})
	require.NoError(t, err)
	require.Equal(t, free, port)
	_, err = freePort(func(int) int { return taken - firstPort })
	require.ErrorContains(t, err, "no free port")
}
