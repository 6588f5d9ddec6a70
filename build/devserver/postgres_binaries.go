package main

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
	"github.com/pkg/errors"
	"golang.org/x/sys/unix"
)

// rootCache is where root keeps downloaded programs. PostgreSQL's user must be able to reach them, and nobody but root may be able to put
// files there.
const rootCache = "/var/cache/waa-devserver"

// fetchBinaries downloads PostgreSQL's programs, unless an earlier run did, and returns their folder. It does so as the user that will run
// them.
func (l *launcher) fetchBinaries(ctx context.Context, o *owner) (string, error) {
	cache := rootCache
	if o == nil {
		userCache, err := os.UserCacheDir()
		if err != nil {
			return "", errors.Wrap(err, "no PostgreSQL on this machine and no folder to keep a fetched one in")
		}
		cache = filepath.Join(userCache, "waa-devserver")
	}
	if err := makeOwnedDir(cache, o); err != nil {
		return "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", errors.Wrap(err, "cannot find the own program")
	}
	if o != nil {
		// That user may not be able to reach this program, but can reach a copy of it.
		copied := filepath.Join(l.dir, "postgres", "devserver")
		if err := copyProgram(self, copied, o); err != nil {
			return "", err
		}
		self = copied
	}
	l.log.Print("no PostgreSQL on this machine: using fetched programs")
	p, err := l.spawner.start(&processSpec{
		name:        "the fetching of PostgreSQL",
		path:        self,
		args:        []string{rolePostgresBinaries, cache},
		dir:         cache,
		output:      filepath.Join(l.dir, "fetch.log"),
		owner:       o,
		deathSignal: syscall.SIGKILL,
	})
	if err != nil {
		return "", err
	}
	return binariesIn(cache), p.waitSuccess(ctx)
}

// fetchPostgresBinaries is the role that downloads the programs into a folder. The library provides them only together with a running
// PostgreSQL, which it cannot run as root, so this function starts one and stops it at once.
func fetchPostgresBinaries(dir, repository string, output io.Writer) (err error) {
	unlock, err := lockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	if postgresVersion(binariesIn(dir)) >= oldestPostgres {
		return nil
	}
	port, err := freePort(rand.IntN)
	if err != nil {
		return err
	}
	runtimeDir, err := os.MkdirTemp(dir, "runtime-")
	if err != nil {
		return errors.Wrap(err, "cannot make a folder")
	}
	defer func() { _ = os.RemoveAll(runtimeDir) }()
	config := embeddedpostgres.DefaultConfig().
		Version(embeddedpostgres.V17).
		Port(uint32(port)).
		CachePath(filepath.Join(dir, "archives")).
		BinariesPath(filepath.Join(dir, "postgresql")).
		RuntimePath(runtimeDir).
		StartParameters(map[string]string{"unix_socket_directories": ""}). // no sockets in folders that may not be ours
		StartTimeout(time.Minute).
		Logger(output)
	if repository != "" {
		config = config.BinaryRepositoryURL(repository)
	}
	database := embeddedpostgres.NewDatabase(config)
	if err := database.Start(); err != nil {
		return errors.Wrap(err, "cannot fetch PostgreSQL")
	}
	return errors.Wrap(database.Stop(), "cannot stop the fetched PostgreSQL")
}

// binariesIn returns the folder in which the library puts the programs.
func binariesIn(dir string) string { return filepath.Join(dir, "postgresql", "bin") }

// lockFile waits until no other launcher holds the lock.
func lockFile(path string) (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errors.Wrap(err, "cannot open the lock")
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, errors.Wrap(err, "cannot take the lock")
	}
	return func() { _ = file.Close() }, nil
}

// copyProgram copies a program for an owner.
func copyProgram(from, to string, o *owner) error {
	content, err := os.ReadFile(filepath.Clean(from))
	if err != nil {
		return errors.Wrap(err, "cannot read the own program")
	}
	if err := os.WriteFile(to, content, 0o700); err != nil { //nolint:gosec // it must be executable
		return errors.Wrap(err, "cannot copy the own program")
	}
	return chown(to, o)
}
