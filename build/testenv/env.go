//go:build unix

// Package testenv provides tests, the demo and development with a real Mattermost server and a real PostgreSQL. It builds and runs the
// command in build/devserver and adds what tests do with servers, users and the plugin.
//
// Servers of one environment share a database and the uploaded files, but without a license they do not know of each other: what is
// sent over a web socket, cached or configured on one stays on that one.
package testenv

import (
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/pkg/errors"
)

// closeLimit is how long an environment may take to end by itself before it is killed.
const closeLimit = 90 * time.Second

// Env is a running environment.
type Env struct {
	Nodes        []Node  `json:"nodes"`
	DatabaseURL  string  `json:"database_url"` // the servers' own database
	DataDir      string  `json:"data_dir"`     // everything on disk
	Admin        User    `json:"admin"`        // a system administrator who is in no queue
	Agents       []User  `json:"agents"`       // the first one is the supervisor of the queue, the last one is outside of it
	Team         Named   `json:"team"`
	QueueChannel Named   `json:"queue_channel"`
	Plugin       *Plugin `json:"plugin"` // nil without a bundle

	release  bool              // the servers are an official release's, not the one inside the launcher
	clients  map[string]string // user name -> token of a session
	db       *sql.DB
	launcher *exec.Cmd
	input    io.Closer // closing it stops the launcher
	said     *tail
	exited   chan struct{} // closed when the launcher has ended
	exitErr  error         // how it ended; read only after exited is closed
	once     sync.Once
	closeErr error
}

// Node is one running server.
type Node struct {
	URL        string `json:"url"`         // SiteURL, without a slash at the end
	MetricsURL string `json:"metrics_url"` // below it /plugins/<id>/metrics
	PID        int    `json:"pid"`         // the process that was started first; ServerPID returns the current one
	LogFile    string `json:"log_file"`    // the server's log as JSON lines, and what it and its plugins wrote to stderr
	Dir        string `json:"dir"`         // its working folder
}

// User is a user who can log in.
type User struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Password string `json:"password"`
	Email    string `json:"email"`
	InQueue  bool   `json:"in_queue"` // member of the queue channel
}

// Named is a team or a channel.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Plugin is the installed plugin.
type Plugin struct {
	ID      string `json:"id"`
	Version string `json:"version"`
}

// Close stops everything, waits until nothing is left of it and reports whether that went well. Further calls return the same result.
func (e *Env) Close() error {
	e.once.Do(func() {
		if e.db != nil {
			_ = e.db.Close()
		}
		_ = e.input.Close()
		select {
		case <-e.exited:
		case <-time.After(closeLimit):
			_ = e.launcher.Process.Kill() // its watchdog cleans up
			<-e.exited
		}
		if e.exitErr != nil {
			e.closeErr = errors.Wrapf(e.exitErr, "the launcher failed and said:\n%s", e.said)
		}
	})
	return e.closeErr
}

// Exited returns a channel that is closed when the environment has ended, by Close or because a server died.
func (e *Env) Exited() <-chan struct{} { return e.exited }

// DB returns the servers' own database, for tests that look into it. Close closes it.
func (e *Env) DB() *sql.DB { return e.db }

// ServerLog reads the whole log of a server.
func (e *Env) ServerLog(node int) (string, error) {
	content, err := os.ReadFile(e.Nodes[node].LogFile)
	return string(content), errors.Wrap(err, "cannot read the server's log")
}

// describe returns the name of a node in messages, as the log uses it.
func describe(node int) string { return fmt.Sprintf("server %d", node+1) }
