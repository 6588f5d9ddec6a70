package main

import (
	"net"
	"os"
	"path/filepath"

	"github.com/pkg/errors"
)

// newDataDir creates the folder that holds everything on disk. If others is true, another user must be able to enter it, so a temporary
// folder below one that is closed to others, as root's own may be, cannot be used.
func newDataDir(others bool) (string, error) {
	parents := []string{os.TempDir()}
	if others {
		parents = append(parents, "/tmp", "/var/tmp")
	}
	for _, parent := range parents {
		if others && !enterable(parent) {
			continue
		}
		dir, err := os.MkdirTemp(parent, "waa-devserver-")
		if err != nil {
			return "", errors.Wrap(err, "cannot make the data folder")
		}
		if others {
			if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // PostgreSQL's user must pass through it
				return "", errors.Wrap(err, "cannot open the data folder")
			}
		}
		return dir, nil
	}
	return "", errors.Errorf("no temporary folder that another user can enter, tried %v", parents)
}

// enterable reports whether every user can pass through a folder and all folders above it.
func enterable(dir string) bool {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return false
	}
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}

const (
	// firstPort and lastPort limit the ports that are used. They are below those that kernels assign to outgoing connections, so that no
	// connection can take a port after it was chosen and before it is used.
	firstPort = 10000
	lastPort  = 32000
)

// freePort finds a port on the loopback interface on which nobody listens. pick returns a number below its argument.
func freePort(pick func(int) int) (int, error) {
	for range 200 {
		port := firstPort + pick(lastPort-firstPort)
		listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			continue
		}
		if err := listener.Close(); err != nil {
			return 0, errors.Wrap(err, "cannot release a port")
		}
		return port, nil
	}
	return 0, errors.New("found no free port")
}
