// Command devserver starts a real Mattermost server with a real PostgreSQL for tests, the demo and development. It fills the server with a
// small contact center (an administrator, agents, a team, a queue channel), installs a plugin bundle if one is given, and prints one line
// of JSON that says where everything is. When it ends, it removes everything again.
//
// It is one binary with several roles. Without a role it is the launcher; the launcher starts itself again in the other roles:
//
//	devserver [flags]                    the launcher
//	devserver mattermost ...             the Mattermost server's own command line; not in a program built with the tag "release"
//	devserver postgres-binaries <dir>    fetches PostgreSQL's programs into a folder
//	devserver drop-database <name>       drops a database inside DATABASE_URL
package main

import (
	"context"
	"flag"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/pkg/errors"
)

// The roles the launcher starts itself in.
const (
	roleMattermost       = "mattermost"
	rolePostgresBinaries = "postgres-binaries"
	roleDropDatabase     = "drop-database"
)

func main() {
	if err := runRole(os.Args[1:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			os.Exit(2)
		}
		log.New(os.Stderr, "devserver: ", 0).Print("failed: ", err)
		os.Exit(1)
	}
}

// runRole does what the first argument asks for.
func runRole(args []string) error {
	role := ""
	if len(args) > 0 {
		role = args[0]
	}
	switch role {
	case roleMattermost:
		return runServer(args[1:])
	case rolePostgresBinaries:
		if len(args) != 2 {
			return errors.Errorf("%s needs a folder", rolePostgresBinaries)
		}
		return fetchPostgresBinaries(args[1], os.Getenv(repositoryVariable), os.Stderr)
	case roleDropDatabase:
		if len(args) != 2 {
			return errors.Errorf("%s needs a name", roleDropDatabase)
		}
		return dropDatabase(context.Background(), os.Getenv(databaseVariable), args[1])
	default:
		return runLauncher(args)
	}
}

// runLauncher starts everything and waits for a signal, for the end of the input if that was requested, or for the death of a child.
func runLauncher(args []string) error {
	opts, err := parseOptions(args, os.Getenv, os.Stderr)
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer cancel()
	if opts.stopOnEOF {
		go func() {
			// The contents of the input do not matter, only its end does.
			_, _ = io.Copy(io.Discard, os.Stdin)
			cancel()
		}()
	}
	l := newLauncher(opts, log.New(os.Stderr, "devserver: ", log.Ltime|log.Lmicroseconds))
	return l.run(ctx, os.Stdout)
}
