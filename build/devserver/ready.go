package main

import (
	"encoding/json"
	"io"
	"os"

	"github.com/pkg/errors"
)

// ready is the line of JSON which says that everything runs, and where.
type ready struct {
	Nodes        []nodeInfo  `json:"nodes"`
	DatabaseURL  string      `json:"database_url"` // the servers' own database, for lib/pq
	DataDir      string      `json:"data_dir"`     // everything on disk, gone when the launcher ends
	Admin        userInfo    `json:"admin"`        // a system administrator who is in no queue
	Agents       []userInfo  `json:"agents"`
	Team         namedInfo   `json:"team"`
	QueueChannel namedInfo   `json:"queue_channel"`
	Plugin       *pluginInfo `json:"plugin,omitempty"` // only with -bundle
}

// nodeInfo is one running server.
type nodeInfo struct {
	URL        string `json:"url"`         // SiteURL, without a slash at the end
	MetricsURL string `json:"metrics_url"` // below it /plugins/<id>/metrics and /debug/pprof/
	PID        int    `json:"pid"`
	LogFile    string `json:"log_file"` // the server's log as JSON lines, and what it and its plugins wrote to stderr
	Dir        string `json:"dir"`      // the server's working folder
}

// userInfo is a user who can log in.
type userInfo struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Password string `json:"password"`
	Email    string `json:"email"`
	InQueue  bool   `json:"in_queue"` // member of the queue channel
}

// namedInfo is a team or a channel.
type namedInfo struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// pluginInfo is the plugin of the bundle.
type pluginInfo struct {
	ID      string `json:"id"`
	Version string `json:"version"`
}

// announce writes the line to out. If a file is named, it also writes the line there, in such a way that the file is never visible
// half-written.
func announce(out io.Writer, file string, r *ready) error {
	line, err := json.Marshal(r)
	if err != nil {
		return errors.Wrap(err, "cannot encode the ready line")
	}
	line = append(line, '\n')
	if file != "" {
		// The file contains the passwords of a test server. They are not secret, but other users have no need to read them.
		if err = os.WriteFile(file+".new", line, 0o600); err == nil {
			err = os.Rename(file+".new", file)
		}
		if err != nil {
			return errors.Wrap(err, "cannot write the ready file")
		}
	}
	_, err = out.Write(line)
	return errors.Wrap(err, "cannot write the ready line")
}
