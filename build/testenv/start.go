//go:build unix

package testenv

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	_ "github.com/lib/pq" // the driver of DB
	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

// Options say what to start. The zero value is one server with four agents and no plugin.
type Options struct {
	Bundle       string         // plugin bundle to install and enable on every server
	PluginConfig map[string]any // the plugin's settings, set before it is enabled
	Nodes        int            // servers on one database; 0 is 1
	Agents       int            // agents to create; 0 is 4; the last one is outside the queue
	ServerDir    string         // folder of a Mattermost release to run; "" is MM_SERVER_DIR or MM_RELEASE, or a server compiled from source
	ClientDir    string         // folder of the web client's files; "" is MM_CLIENT_DIR, or the release's own
	Locale       string         // locale of servers and users; "" is pt-BR
	MaxChannels  int64          // channels a team may have; 0 is 100000
	Durable      bool           // PostgreSQL syncs to disk, as in production
	Revive       bool           // a server that a test kills is started again, on the same address
	Env          []string       // more environment of the servers: "MM_SECTION_SETTING=value" overrides their configuration
	Log          io.Writer      // gets what the launcher writes while it works; nil discards it
}

// Start starts an environment and logs every user in. ctx only limits the start: afterwards the environment runs until Close, or until this
// process ends in any way. Building the server the first time takes minutes. There is no fallback: if something is missing, the error says
// what.
func Start(ctx context.Context, opts Options) (*Env, error) {
	release, err := releaseFolder(ctx, opts.ServerDir, os.Getenv)
	if err != nil {
		return nil, err
	}
	opts.ServerDir = release
	args, err := launcherArgs(&opts)
	if err != nil {
		return nil, err
	}
	program, err := buildDevserver(ctx, release == "")
	if err != nil {
		return nil, err
	}
	env, err := launch(ctx, program, args, &opts)
	if err != nil {
		return nil, err
	}
	if err := env.connect(ctx); err != nil {
		_ = env.Close()
		return nil, err
	}
	return env, nil
}

// launch starts the launcher and waits until it reports that it is ready.
func launch(ctx context.Context, program string, args []string, opts *Options) (*Env, error) {
	env := &Env{release: opts.ServerDir != "", clients: map[string]string{}, said: newTail(opts.Log), exited: make(chan struct{})}
	env.launcher = exec.Command(program, args...)
	env.launcher.Env = append(withoutServerSettings(os.Environ()), opts.Env...)
	env.launcher.Stderr = env.said
	// Ctrl-C in a terminal must not stop the servers under a test that is still cleaning up. They stop when the launcher's input is closed.
	env.launcher.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	input, err := env.launcher.StdinPipe()
	if err != nil {
		return nil, errors.Wrap(err, "cannot make the launcher's input")
	}
	env.input = input
	output, err := env.launcher.StdoutPipe()
	if err != nil {
		return nil, errors.Wrap(err, "cannot make the launcher's output")
	}
	if err := env.launcher.Start(); err != nil {
		return nil, errors.Wrap(err, "cannot start the launcher")
	}

	ready := make(chan error, 1)
	go func() {
		line, readErr := bufio.NewReader(output).ReadBytes('\n')
		if readErr == nil {
			readErr = json.Unmarshal(line, env)
		}
		ready <- readErr
		env.exitErr = env.launcher.Wait()
		close(env.exited)
	}()
	select {
	case err = <-ready:
		if err == nil {
			return env, nil
		}
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	_ = env.Close()
	return nil, errors.Wrapf(err, "the test servers did not start; the launcher said:\n%s", env.said)
}

// connect opens the database and logs every user in.
func (e *Env) connect(ctx context.Context) error {
	db, err := sql.Open("postgres", e.DatabaseURL)
	if err != nil {
		return errors.Wrap(err, "cannot open the database")
	}
	e.db = db
	for _, user := range append([]User{e.Admin}, e.Agents...) {
		client := model.NewAPIv4Client(e.Nodes[0].URL)
		if _, _, err := client.Login(ctx, user.Username, user.Password); err != nil {
			return errors.Wrapf(err, "cannot log in as %s", user.Username)
		}
		e.clients[user.Username] = client.AuthToken
	}
	return nil
}

// launcherArgs turns options into the launcher's flags.
func launcherArgs(opts *Options) ([]string, error) {
	args := []string{"-stop-on-eof"}
	text := func(flag, value string) {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	number := func(flag string, value int64) {
		if value != 0 {
			args = append(args, flag, strconv.FormatInt(value, 10))
		}
	}
	text("-bundle", opts.Bundle)
	text("-server-dir", opts.ServerDir)
	text("-client-dir", opts.ClientDir)
	text("-locale", opts.Locale)
	number("-nodes", int64(opts.Nodes))
	number("-agents", int64(opts.Agents))
	number("-max-channels", opts.MaxChannels)
	if opts.Durable {
		args = append(args, "-durable")
	}
	if opts.Revive {
		args = append(args, "-revive")
	}
	if len(opts.PluginConfig) > 0 {
		config, err := json.Marshal(opts.PluginConfig)
		if err != nil {
			return nil, errors.Wrap(err, "cannot encode the plugin's settings")
		}
		text("-plugin-config", string(config))
	}
	return args, nil
}

// withoutServerSettings removes variables that would silently change the servers' configuration, except the web client's folder.
func withoutServerSettings(environment []string) []string {
	var kept []string
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "MM_") || name == clientVariable {
			kept = append(kept, variable)
		}
	}
	return kept
}
