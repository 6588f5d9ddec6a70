package main

import (
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"

	"github.com/pkg/errors"
)

// These environment variables are read by the launcher.
const (
	// databaseVariable holds the URL of a PostgreSQL server to use instead of starting one.
	databaseVariable = "DATABASE_URL"
	// clientVariable holds the default value of -client-dir.
	clientVariable = "MM_CLIENT_DIR"
	// repositoryVariable holds the Maven repository from which PostgreSQL's programs are downloaded if the machine has none.
	repositoryVariable = "POSTGRES_BINARIES_REPOSITORY"
)

const (
	defaultAgents      = 4
	defaultMaxChannels = 100000
	mostAgents         = 1000
	mostNodes          = 5
)

// options are the launcher's flags.
type options struct {
	agents       int            // how many agents to create, the last one outside the queue
	nodes        int            // how many servers to start on the one database
	maxChannels  int64          // TeamSettings.MaxChannelsPerTeam
	locale       string         // the servers' and the users' locale
	serverDir    string         // folder of a Mattermost release to run, absolute; "" for the server inside this program
	clientDir    string         // folder of the web client's files, absolute; "" for the release's, or none
	bundle       string         // plugin bundle to install, absolute; "" for none
	pluginConfig map[string]any // settings of the plugin
	durable      bool           // PostgreSQL syncs to disk
	stopOnEOF    bool           // everything stops at the end of the input
	revive       bool           // a server that dies is restarted; its plugins outlive it
	readyFile    string         // file that gets the JSON line too; "" for none
	databaseURL  string         // PostgreSQL server to use; "" to start one
}

// parseOptions reads the flags and the environment; usage texts go to output.
func parseOptions(args []string, getenv func(string) string, output io.Writer) (options, error) {
	opts := options{databaseURL: getenv(databaseVariable)}
	flags := flag.NewFlagSet("devserver", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.IntVar(&opts.agents, "agents", defaultAgents, "how many `agents` to create; the last one stays outside the queue")
	flags.IntVar(&opts.nodes, "nodes", 1, "how many `servers` to start on one database")
	flags.Int64Var(&opts.maxChannels, "max-channels", defaultMaxChannels, "how many `channels` a team may have")
	flags.StringVar(&opts.locale, "locale", "pt-BR", "`locale` of the server and its users")
	flags.StringVar(&opts.serverDir, "server-dir", "", "`folder` of a Mattermost release to run instead of the server inside this program")
	flags.StringVar(&opts.clientDir, "client-dir", getenv(clientVariable), "`folder` with the web client's files (default $"+clientVariable+")")
	flags.StringVar(&opts.bundle, "bundle", "", "plugin bundle `file` to install and enable")
	pluginConfig := flags.String("plugin-config", "", "the plugin's settings, a `JSON` object")
	flags.BoolVar(&opts.durable, "durable", false, "PostgreSQL syncs to disk, as in production")
	flags.BoolVar(&opts.revive, "revive", false, "start a server again that dies, instead of ending everything")
	flags.BoolVar(&opts.stopOnEOF, "stop-on-eof", false, "stop when the standard input ends")
	flags.StringVar(&opts.readyFile, "ready-file", "", "`file` that gets the line of JSON too")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, errors.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if opts.agents < 1 || opts.agents > mostAgents {
		return options{}, errors.Errorf("-agents must be from 1 to %d", mostAgents)
	}
	if opts.nodes < 1 || opts.nodes > mostNodes {
		return options{}, errors.Errorf("-nodes must be from 1 to %d", mostNodes)
	}
	if opts.maxChannels < 1 {
		return options{}, errors.New("-max-channels must be positive")
	}
	if *pluginConfig != "" {
		if err := json.Unmarshal([]byte(*pluginConfig), &opts.pluginConfig); err != nil {
			return options{}, errors.Wrap(err, "-plugin-config must be a JSON object")
		}
	}
	return opts, opts.resolvePaths()
}

// resolvePaths makes the paths absolute, since the servers run in folders of their own, and fails if a file or folder does not exist.
func (o *options) resolvePaths() error {
	for _, path := range []*string{&o.bundle, &o.serverDir, &o.clientDir, &o.readyFile} {
		if *path == "" {
			continue
		}
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return errors.Wrapf(err, "cannot resolve %s", *path)
		}
		*path = absolute
	}
	if o.bundle != "" {
		if _, err := os.Stat(o.bundle); err != nil {
			return errors.Wrap(err, "cannot use -bundle")
		}
	}
	if o.serverDir == "" && !hasServer {
		return errors.New("this program was built without the server, and -server-dir names no release to run")
	}
	if o.serverDir != "" && o.clientDir == "" {
		o.clientDir = filepath.Join(o.serverDir, "client")
	}
	if o.clientDir != "" {
		if _, err := os.Stat(filepath.Join(o.clientDir, "root.html")); err != nil {
			return errors.Wrap(err, "-client-dir holds no web client")
		}
	}
	return nil
}
