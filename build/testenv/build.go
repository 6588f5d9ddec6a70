//go:build unix

package testenv

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/pkg/errors"
	"golang.org/x/sys/unix"
)

const (
	// devserverDir is the folder of the launcher's own module, below the repository's root.
	devserverDir = "build/devserver"
	// lockPoll is how often a lock that another process holds is tried again.
	lockPoll = 100 * time.Millisecond
)

// buildDevserver builds the launcher and returns its path. It contains the server, which takes minutes to compile the first time, unless a
// release is to be run. Go's build cache decides what is outdated. A lock ensures that test packages that run at the same time build it only
// once.
func buildDevserver(ctx context.Context, withServer bool) (string, error) {
	root, err := repositoryRoot()
	if err != nil {
		return "", err
	}
	cache := filepath.Join(root, ".cache")
	if err = os.MkdirAll(cache, 0o750); err != nil {
		return "", errors.Wrap(err, "cannot make the folder of the built server")
	}
	name, tags := "devserver", ""
	if !withServer {
		name, tags = "devserver-release", "release"
	}
	program := filepath.Join(cache, name)
	unlock, err := lock(ctx, program+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()

	// The server finds its translations and templates through the paths of its source files, so these paths must not be trimmed.
	build := exec.CommandContext(ctx, "go", "build", "-mod=readonly", "-trimpath=false", "-ldflags=-s -w", "-tags", tags, "-o", program, ".") //nolint:gosec // our own module
	build.Dir = filepath.Join(root, devserverDir)
	build.Env = append(os.Environ(), "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		return "", errors.Wrapf(err, "cannot build %s:\n%s", devserverDir, out)
	}
	return program, nil
}

// repositoryRoot returns the folder that holds the launcher's module: the working folder or one above it.
func repositoryRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", errors.Wrap(err, "cannot find the working folder")
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, devserverDir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.Errorf("no %s at or above %s", devserverDir, start)
		}
	}
}

// lock takes a lock between processes. The lock is released when the process that holds it ends.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errors.Wrap(err, "cannot open the lock of the build")
	}
	for {
		err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { _ = file.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			_ = file.Close()
			return nil, errors.Wrap(err, "cannot take the lock of the build")
		}
		select {
		case <-ctx.Done():
			_ = file.Close()
			return nil, errors.Wrap(context.Cause(ctx), "somebody else is building the server")
		case <-time.After(lockPoll):
		}
	}
}
