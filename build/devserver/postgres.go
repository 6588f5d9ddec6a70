package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/pkg/errors"
)

const (
	postgresStartLimit = 60 * time.Second
	postgresStopLimit  = 20 * time.Second
	// maxConnections is PostgreSQL's limit. The servers' pools together stay below it.
	maxConnections = 300
	// databaseName is the name of the servers' database and of its owner in a PostgreSQL of our own.
	databaseName = "mattermost"
)

// startDatabase starts PostgreSQL or uses the one that was given, creates the servers' database and returns its URL.
func (l *launcher) startDatabase(ctx context.Context, plan *postgresPlan) (string, error) {
	if plan.externalDatabase != "" {
		l.undo = append(l.undo, func() error {
			ctx, cancel := context.WithTimeout(context.Background(), cleanUpLimit)
			defer cancel()
			return dropDatabase(ctx, l.opts.databaseURL, plan.externalDatabase)
		})
		return createDatabase(ctx, l.opts.databaseURL, plan.externalDatabase)
	}
	dir := filepath.Join(l.dir, "postgres")
	if err := makeOwnedDir(dir, plan.owner); err != nil {
		return "", err
	}
	binaries := plan.binaries
	if binaries == "" {
		var err error
		if binaries, err = l.fetchBinaries(ctx, plan.owner); err != nil {
			return "", err
		}
	}
	password := randomName("")
	if err := l.initPostgres(ctx, binaries, dir, password, plan.owner); err != nil {
		return "", err
	}
	return l.startPostgres(ctx, binaries, dir, password, plan.owner)
}

// initPostgres creates the data folder of a new PostgreSQL.
func (l *launcher) initPostgres(ctx context.Context, binaries, dir, password string, o *owner) error {
	passwordFile := filepath.Join(dir, "password")
	if err := os.WriteFile(passwordFile, []byte(password), 0o600); err != nil {
		return errors.Wrap(err, "cannot write PostgreSQL's password")
	}
	if err := chown(passwordFile, o); err != nil {
		return err
	}
	p, err := l.spawner.start(&processSpec{
		name: "initdb",
		path: filepath.Join(binaries, "initdb"),
		args: []string{
			"--pgdata", filepath.Join(dir, "data"),
			"--username", databaseName,
			"--pwfile", passwordFile,
			"--auth", "scram-sha-256",
			"--encoding", "UTF8",
			"--locale", postgresLocale(runtime.GOOS),
			"--no-sync",
		},
		dir:         dir,
		output:      filepath.Join(l.dir, "initdb.log"),
		owner:       o,
		deathSignal: syscall.SIGKILL,
	})
	if err != nil {
		return err
	}
	return p.waitSuccess(ctx)
}

// startPostgres starts PostgreSQL on its data folder and creates the servers' database.
func (l *launcher) startPostgres(ctx context.Context, binaries, dir, password string, o *owner) (string, error) {
	port, err := freePort(rand.IntN)
	if err != nil {
		return "", err
	}
	p, err := l.spawner.start(&processSpec{
		name:        "PostgreSQL",
		path:        filepath.Join(binaries, "postgres"),
		args:        postgresArgs(dir, port, l.opts.durable),
		dir:         dir,
		output:      filepath.Join(l.dir, "postgres.log"),
		owner:       o,
		deathSignal: syscall.SIGINT,
	})
	if err != nil {
		return "", err
	}
	// SIGINT is PostgreSQL's fast shutdown, which closes all connections.
	if err := l.keep("postgres", p, func() error { return p.stop(syscall.SIGINT, postgresStopLimit) }); err != nil {
		return "", err
	}
	server := &url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(databaseName, password),
		Host:     fmt.Sprintf("127.0.0.1:%d", port),
		Path:     "/postgres",
		RawQuery: "sslmode=disable",
	}
	err = p.waitReady(ctx, postgresStartLimit, func(ctx context.Context) error { return pingDatabase(ctx, server.String()) })
	if err != nil {
		return "", err
	}
	return createDatabase(ctx, server.String(), databaseName)
}

// postgresArgs returns PostgreSQL's arguments. Without durable, PostgreSQL relies on the machine not losing power. That is several times as
// fast, and right for data that will be thrown away.
func postgresArgs(dir string, port int, durable bool) []string {
	settings := []string{
		"listen_addresses=127.0.0.1",
		"port=" + strconv.Itoa(port),
		"unix_socket_directories=" + dir,
		"max_connections=" + strconv.Itoa(maxConnections),
		"shared_buffers=256MB",
		"max_wal_size=2GB",
		"timezone=UTC",
	}
	if !durable {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	args := []string{"-D", filepath.Join(dir, "data")}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return args
}

// postgresLocale returns a locale that supports Unicode and sorts by code point, if the system has one.
func postgresLocale(system string) string {
	if system == "linux" {
		return "C.UTF-8"
	}
	return "en_US.UTF-8"
}

// makeOwnedDir creates a folder that only its owner can enter.
func makeOwnedDir(dir string, o *owner) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return errors.Wrap(err, "cannot make PostgreSQL's folder")
	}
	return chown(dir, o)
}

// chown gives a file to an owner. nil leaves it as it is.
func chown(path string, o *owner) error {
	if o == nil {
		return nil
	}
	return errors.Wrap(os.Chown(path, int(o.uid), int(o.gid)), "cannot give PostgreSQL its files")
}
