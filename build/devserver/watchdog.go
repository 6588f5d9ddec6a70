package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"github.com/pkg/errors"
)

// watchdogScript waits for the launcher to end. It learns of every child from its input. If the input ends without the word "finished", the
// launcher was killed, and the script cleans up instead: servers with their plugins first, then PostgreSQL, then the files ($1), then a
// database in somebody else's PostgreSQL ($3, dropped by the program $2).
const watchdogScript = `
while read -r kind pid; do
	case "$kind" in
	server) servers="$servers $pid" ;;
	postgres) postgres="$pid" ;;
	finished) exit 0 ;;
	esac
done
for pid in $servers; do
	kill -KILL "-$pid" 2>/dev/null
done
if [ -n "$postgres" ] && kill -QUIT "$postgres" 2>/dev/null; then
	tries=0
	while kill -0 "$postgres" 2>/dev/null && [ "$tries" -lt 50 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	kill -KILL "-$postgres" 2>/dev/null
fi
rm -rf -- "$1"
if [ -n "$3" ]; then
	"$2" ` + roleDropDatabase + ` "$3"
fi
`

// watchdog is a small shell process that outlives a launcher that was killed for as long as it needs to clean up after it.
type watchdog struct {
	cmd   *exec.Cmd
	input io.WriteCloser
}

// startWatchdog starts the watchdog for a data folder and, if the name is not "", for a database to drop.
func startWatchdog(dir, database string) (*watchdog, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, errors.Wrap(err, "cannot find the own program")
	}
	cmd := exec.Command("/bin/sh", "-c", watchdogScript, "devserver-watchdog", dir, self, database) //nolint:gosec // a fixed script
	cmd.Dir = "/"
	// The watchdog gets a session of its own, so that no signal for the launcher's group or terminal reaches it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, errors.Wrap(err, "cannot make the watchdog's input")
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Wrap(err, "cannot start the watchdog")
	}
	return &watchdog{cmd: cmd, input: input}, nil
}

// watch tells the watchdog about a child. kind is "server" or "postgres".
func (w *watchdog) watch(kind string, pid int) error {
	_, err := fmt.Fprintf(w.input, "%s %d\n", kind, pid)
	return errors.Wrap(err, "cannot tell the watchdog")
}

// finish tells the watchdog that the launcher has cleaned up itself.
func (w *watchdog) finish() error {
	_, err := io.WriteString(w.input, "finished 0\n")
	_ = w.input.Close()
	if waitErr := w.cmd.Wait(); err == nil {
		err = waitErr
	}
	return errors.Wrap(err, "the watchdog failed")
}
