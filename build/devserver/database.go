package main

import (
	"context"
	"database/sql"
	"net"
	"net/url"

	"github.com/lib/pq"
	"github.com/pkg/errors"
)

// createDatabase creates a database on the PostgreSQL at serverURL and returns its URL.
func createDatabase(ctx context.Context, serverURL, name string) (string, error) {
	databaseURL, err := withDatabase(serverURL, name)
	if err != nil {
		return "", err
	}
	statement := "CREATE DATABASE " + pq.QuoteIdentifier(name) + " ENCODING 'UTF8' TEMPLATE template0"
	if err := execute(ctx, serverURL, statement); err != nil {
		return "", errors.Wrap(err, "cannot create the database")
	}
	return databaseURL, nil
}

// dropDatabase drops a database on the PostgreSQL at serverURL, even if somebody is connected to it.
func dropDatabase(ctx context.Context, serverURL, name string) error {
	err := execute(ctx, serverURL, "DROP DATABASE IF EXISTS "+pq.QuoteIdentifier(name)+" WITH (FORCE)")
	return errors.Wrap(err, "cannot drop the database")
}

// pingDatabase checks whether PostgreSQL accepts connections.
func pingDatabase(ctx context.Context, serverURL string) error {
	return execute(ctx, serverURL, "SELECT 1")
}

// execute runs one statement on a connection of its own.
func execute(ctx context.Context, serverURL, statement string) error {
	serverURL, err := withDefaults(serverURL)
	if err != nil {
		return err
	}
	db, err := sql.Open("postgres", serverURL)
	if err != nil {
		return errors.Wrap(err, "cannot open PostgreSQL")
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, statement)
	return errors.Wrap(err, "PostgreSQL refused")
}

// withDatabase returns the URL of another database on the same PostgreSQL.
func withDatabase(serverURL, name string) (string, error) {
	serverURL, err := withDefaults(serverURL)
	if err != nil {
		return "", err
	}
	return edit(serverURL, func(u *url.URL) { u.Path = "/" + name })
}

// withDefaults adds the parameter that lib/pq requires and libpq does not: a server on the loopback interface without encryption must be
// declared as such explicitly.
func withDefaults(serverURL string) (string, error) {
	return edit(serverURL, func(u *url.URL) {
		u.Scheme = "postgres"
		query := u.Query()
		host := net.ParseIP(u.Hostname())
		local := u.Hostname() == "" || u.Hostname() == "localhost" || (host != nil && host.IsLoopback())
		if local && !query.Has("sslmode") {
			query.Set("sslmode", "disable")
			u.RawQuery = query.Encode()
		}
	})
}

// serverDataSource returns a database's URL with the parameters that a Mattermost installation has by default.
func serverDataSource(databaseURL string) (string, error) {
	return edit(databaseURL, func(u *url.URL) {
		query := u.Query()
		query.Set("connect_timeout", "10")
		query.Set("binary_parameters", "yes")
		u.RawQuery = query.Encode()
	})
}

// edit changes a PostgreSQL URL. Its errors do not contain the URL, because that holds a password.
func edit(serverURL string, change func(*url.URL)) (string, error) {
	u, err := url.Parse(serverURL)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.Errorf("%s must be a URL that begins with postgres://", databaseVariable)
	}
	change(u)
	return u.String(), nil
}
