// Package storetest gives tests a real PostgreSQL: the server of DATABASE_URL,
// else one of its own, started from the binaries of the machine for the life of
// the test process. Tests never fake the database.
package storetest

import (
	"database/sql"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"sync"
	"time"

	"github.com/pkg/errors"
)

// startTimeout is how long a server of our own may take to answer.
const startTimeout = 60 * time.Second

// server is the PostgreSQL of this test process, started by the first test that wants a database.
var server = sync.OnceValues(findServer) //nolint:gochecknoglobals // one server a process is the point

// findServer answers the URL of a database in which schemas can be made.
func findServer() (*url.URL, error) {
	if given := os.Getenv("DATABASE_URL"); given != "" {
		u, err := url.Parse(given)
		if err != nil || u.Host == "" {
			return nil, errors.New("DATABASE_URL must be a URL: postgres://user:password@host/database?sslmode=disable")
		}
		return u, nil
	}
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	return start(bin)
}

// binaries finds the folder of initdb and postgres, the newest version first.
func binaries() (string, error) {
	var folders []string
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"} {
		found, _ := filepath.Glob(pattern) // the patterns are right
		sort.Sort(sort.Reverse(sort.StringSlice(found)))
		folders = append(folders, found...)
	}
	for _, folder := range folders {
		_, noInitdb := os.Stat(filepath.Join(folder, "initdb"))
		_, noServer := os.Stat(filepath.Join(folder, "postgres"))
		if noInitdb == nil && noServer == nil {
			return folder, nil
		}
	}
	return "", errors.New("no PostgreSQL: set DATABASE_URL, or install its server (Debian: apt-get install postgresql)")
}

// start makes a cluster in a temporary folder and runs a server on it. A shell
// watches over the server: it stops it when this process ends in whatever way,
// and then removes the folder.
func start(bin string) (*url.URL, error) {
	dir, err := os.MkdirTemp("", "waa-postgres-")
	if err != nil {
		return nil, errors.Wrap(err, "could not make a folder for PostgreSQL")
	}
	user, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync") //nolint:gosec // its path is found above
	runAs(initdb, user)
	initdb.Dir = dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, errors.Wrapf(err, "initdb failed: %s", out)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	const script = `dir=$1; shift
		trap 'kill -QUIT $pid 2>/dev/null' TERM INT HUP
		"$@" >"$dir/log" 2>&1 & pid=$!
		wait $pid; wait $pid
		rm -rf "$dir"`
	// without autovacuum: what it finds in a table of one row, at a moment of its own, changes the plans that tests judge
	run := exec.Command("sh", "-c", script, "sh", dir, filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(port), //nolint:gosec // as above
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=300",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=64MB", "-c", "autovacuum=off")
	runAs(run, user)
	run.Dir = dir
	stopWithUs(run)
	if err := startForLife(run); err != nil {
		return nil, err
	}
	u := &url.URL{Scheme: "postgres", User: url.User("postgres"), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/postgres", RawQuery: "sslmode=disable"}
	if err := waitFor(u); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log")) //nolint:gosec // our own file
		return nil, errors.Wrapf(err, "PostgreSQL did not start: %s", log)
	}
	return u, nil
}

// startForLife starts a command from a thread that lives as long as the
// process: the kernel tells the command when its parent thread ends.
func startForLife(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // for ever, or until somebody stops the server
		}
	}()
	return errors.Wrap(<-started, "could not start PostgreSQL")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, errors.Wrap(err, "could not find a free port")
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func waitFor(u *url.URL) error {
	db, err := sql.Open("postgres", u.String())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for deadline := time.Now().Add(startTimeout); ; time.Sleep(50 * time.Millisecond) {
		if err = db.Ping(); err == nil || time.Now().After(deadline) {
			return err
		}
	}
}

// withSchema is a URL whose connections work in a schema.
func withSchema(u *url.URL, name string) *url.URL {
	c := *u
	query := c.Query()
	query.Set("search_path", name)
	c.RawQuery = query.Encode()
	return &c
}
