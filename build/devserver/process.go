package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/pkg/errors"
)

// readyPoll is how often a starting child is asked whether it is ready.
const readyPoll = 30 * time.Millisecond

// owner is the user a child runs as.
type owner struct {
	uid, gid uint32
}

// processSpec says how to start a child.
type processSpec struct {
	name        string         // what it is called in messages
	path        string         // program
	args        []string       // its arguments, without the program
	dir         string         // working folder
	output      string         // file that its stdout and stderr are appended to
	owner       *owner         // nil: the launcher's own user
	deathSignal syscall.Signal // the kernel sends it to the child when the launcher dies, if the kernel supports that
}

// process is a running child. It leads a process group of its own, so that Ctrl-C in a terminal reaches only the launcher, which can then
// stop its children in order.
type process struct {
	name   string
	pid    int
	output string
	exited chan struct{} // closed when it has ended
	err    error         // how it ended; read only after exited is closed
	// revive restarts the child after it died. It is nil if the child's death ends everything.
	revive func() (*process, error)
}

// spawner starts children from one operating system thread that lives as long as the launcher. This is necessary because the kernel sends a
// child its death signal when the THREAD that started it ends, which in a Go program may be long before the process does.
type spawner struct {
	starts chan func()
}

func newSpawner() *spawner {
	s := &spawner{starts: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for start := range s.starts {
			start()
		}
	}()
	return s
}

// start starts a child.
func (s *spawner) start(spec *processSpec) (*process, error) {
	output, err := os.OpenFile(filepath.Clean(spec.output), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot open the log of %s", spec.name)
	}
	defer func() { _ = output.Close() }() // the child has its own handle

	cmd := exec.Command(spec.path, spec.args...) //nolint:gosec // the launcher chooses the program
	cmd.Dir = spec.dir
	cmd.Stdout = output
	cmd.Stderr = output
	cmd.SysProcAttr = childAttributes(spec.owner, spec.deathSignal)

	started := make(chan error)
	s.starts <- func() { started <- cmd.Start() }
	if err = <-started; err != nil {
		return nil, errors.Wrapf(err, "cannot start %s", spec.name)
	}
	p := &process{name: spec.name, pid: cmd.Process.Pid, output: spec.output, exited: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// finalError is the error of a check that would not succeed if it were repeated.
type finalError struct{ error }

// waitReady repeats check until it succeeds, its error is final, the child ends, or the time is up.
func (p *process) waitReady(ctx context.Context, limit time.Duration, check func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ticker := time.NewTicker(readyPoll)
	defer ticker.Stop()
	for {
		err := check(ctx)
		var final *finalError
		if err == nil {
			return nil
		} else if errors.As(err, &final) {
			return explain(err, p.output)
		}
		select {
		case <-p.exited:
			return p.failure("ended while it was starting")
		case <-ctx.Done():
			return explain(errors.Wrapf(err, "%s is not ready (%v)", p.name, context.Cause(ctx)), p.output)
		case <-ticker.C:
		}
	}
}

// waitSuccess waits until a child with a single task has finished it. If ctx is done, the child is killed.
func (p *process) waitSuccess(ctx context.Context) error {
	select {
	case <-p.exited:
	case <-ctx.Done():
		_ = p.stop(syscall.SIGKILL, 0)
		return errors.Wrapf(context.Cause(ctx), "%s was stopped", p.name)
	}
	if p.err != nil {
		return p.failure("failed")
	}
	return nil
}

// failure returns the error for a child that ended by itself. It shows the end of the child's log.
func (p *process) failure(what string) error {
	status := "without an error"
	if p.err != nil {
		status = p.err.Error()
	}
	return explain(errors.Errorf("%s %s: %s", p.name, what, status), p.output)
}

// stop asks the child to end by sending the signal, kills it after the grace period, and removes whatever is left of its process group.
func (p *process) stop(signal syscall.Signal, grace time.Duration) error {
	var err error
	select {
	case <-p.exited: // its id may belong to another process by now
	default:
		err = p.end(signal, grace)
	}
	// A server that crashed leaves its plugins behind, which are in its process group.
	_ = syscall.Kill(-p.pid, syscall.SIGKILL)
	<-p.exited
	return err
}

// end asks a running child to end and waits for it.
func (p *process) end(signal syscall.Signal, grace time.Duration) error {
	var err error
	if killErr := syscall.Kill(p.pid, signal); killErr != nil && !errors.Is(killErr, syscall.ESRCH) {
		err = errors.Wrapf(killErr, "cannot signal %s", p.name)
	}
	select {
	case <-p.exited:
	case <-time.After(grace):
		err = errors.Errorf("%s did not end within %v and was killed", p.name, grace)
	}
	return err
}
