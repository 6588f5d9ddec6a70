//go:build unix

package testenv

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/pkg/errors"
)

// reviveLimit is how long a killed server may take until it responds again.
const reviveLimit = 90 * time.Second

// ServerPID returns the process of a server, which is a different one after the server was killed and restarted.
func (e *Env) ServerPID(node int) (int, error) {
	content, err := os.ReadFile(filepath.Join(e.Nodes[node].Dir, "server.pid"))
	if err != nil {
		return 0, errors.Wrap(err, "cannot read the server's process")
	}
	pid, err := strconv.Atoi(string(content))
	return pid, errors.Wrap(err, "cannot read the server's process")
}

// KillServer kills a server as kill -9 does, in an environment with Options.Revive, and waits until it responds again and runs the plugin.
// The plugin's old process outlives its server for as long as it chooses, as it would in production.
func (e *Env) KillServer(ctx context.Context, node int) error {
	killed, err := e.ServerPID(node)
	if err != nil {
		return err
	}
	if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
		return errors.Wrap(err, "cannot kill the server")
	}
	ctx, cancel := context.WithTimeout(ctx, reviveLimit)
	defer cancel()
	return WaitFor(ctx, describe(node)+" to be back", func() (bool, error) {
		if pid, err := e.ServerPID(node); err != nil || pid == killed {
			return false, err
		}
		if _, _, err := e.AdminClient(node).GetPing(ctx); err != nil {
			return false, errors.Wrap(err, "it does not answer")
		}
		plugins, err := e.PluginPIDs(node)
		return len(plugins) > 0, err
	})
}

// Freeze stops processes without ending them, as happens on a machine that is suspended or overloaded, and lets them continue after a
// while.
func Freeze(ctx context.Context, pids []int, pause time.Duration) error {
	var problem error
	signal := func(s syscall.Signal) {
		for _, pid := range pids {
			if err := syscall.Kill(pid, s); err != nil && problem == nil && !errors.Is(err, syscall.ESRCH) {
				problem = errors.Wrap(err, "cannot signal a process")
			}
		}
	}
	signal(syscall.SIGSTOP)
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
	signal(syscall.SIGCONT)
	return problem
}

// CrashDatabase kills one of PostgreSQL's own processes. PostgreSQL then closes all connections and recovers from its log.
func (e *Env) CrashDatabase(ctx context.Context) error {
	var pid int
	if err := WaitFor(ctx, "a process of PostgreSQL", func() (bool, error) {
		// The pool may still hold connections that an earlier crash has closed.
		err := e.db.QueryRowContext(ctx, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1").Scan(&pid)
		return err == nil, errors.Wrap(err, "cannot find one")
	}); err != nil {
		return err
	}
	return errors.Wrap(syscall.Kill(pid, syscall.SIGKILL), "cannot kill a process of PostgreSQL")
}

// SwitchPlugin enables or disables the plugin on one server only.
func (e *Env) SwitchPlugin(ctx context.Context, node int, on bool) error {
	return e.setPlugin(ctx, node, on)
}
