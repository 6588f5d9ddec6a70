//go:build unix

package testenv

import (
	"cmp"
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
	if err := signal([]int{killed}, syscall.SIGKILL); err != nil {
		return err
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
	stopped := signal(pids, syscall.SIGSTOP)
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
	return cmp.Or(stopped, signal(pids, syscall.SIGCONT))
}

// signal sends a signal to processes. One that has ended since they were listed is no error.
func signal(pids []int, s syscall.Signal) error {
	var first error
	for _, pid := range pids {
		if err := syscall.Kill(pid, s); !errors.Is(err, syscall.ESRCH) {
			first = cmp.Or(first, errors.Wrap(err, "cannot signal a process"))
		}
	}
	return first
}

// CrashDatabase kills one of PostgreSQL's own processes. PostgreSQL then closes all connections and recovers from its log.
func (e *Env) CrashDatabase(ctx context.Context) error {
	return WaitFor(ctx, "a process of PostgreSQL to be killed", func() (bool, error) {
		var pid int
		// The pool may still hold connections that an earlier crash has closed.
		if err := e.db.QueryRowContext(ctx, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1").Scan(&pid); err != nil {
			return false, errors.Wrap(err, "cannot find one")
		}
		err := syscall.Kill(pid, syscall.SIGKILL) // if it has ended since, PostgreSQL does not crash, and another one is tried
		return err == nil, errors.Wrap(err, "cannot kill it")
	})
}

// SwitchPlugin enables or disables the plugin on one server only.
func (e *Env) SwitchPlugin(ctx context.Context, node int, on bool) error {
	return e.setPlugin(ctx, node, on)
}
