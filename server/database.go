package main

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"sync"
	"time"

	"github.com/lib/pq"
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/shared/driver"
	"github.com/pkg/errors"
)

const (
	// maxConnections is how many connections we use at once, and idleConnection how long we keep one that we do not use.
	maxConnections = 16
	idleConnection = time.Minute
	// pingPatience is how long the database may take to answer at all.
	pingPatience = 5 * time.Second
	// maxSpoiled is how many spoiled connections in a row are put up with.
	maxSpoiled = 64
)

// openDatabase opens the server's database with connections of our own.
//
// The plugin API has a driver over the server's pool. But when a plugin's
// process is killed, its connections go back to that pool as they are, in the
// middle of a transaction or of an answer, and the server's own requests suffer;
// and each row read through it is a remote call. So it is only the way out where
// the server's data source cannot be used from here.
func openDatabase(api plugin.API, serverDriver plugin.Driver) (*sql.DB, error) {
	db, err := openDirect(api.GetUnsanitizedConfig())
	if err == nil {
		return db, nil
	}
	api.LogWarn("The database cannot be opened directly, the server's connections are used", "error", err.Error())
	return openThroughServer(serverDriver)
}

// openDirect connects to where the server's settings say. Its errors never hold the data source, which has a password.
func openDirect(config *model.Config) (*sql.DB, error) {
	if config == nil || config.SqlSettings.DataSource == nil || *config.SqlSettings.DataSource == "" {
		return nil, errors.New("the server gave no data source")
	}
	connector, err := pq.NewConnector(*config.SqlSettings.DataSource)
	if err != nil {
		return nil, errors.New("the data source cannot be read")
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	db.SetConnMaxIdleTime(idleConnection)
	ctx, cancel := context.WithTimeout(context.Background(), pingPatience)
	defer cancel()
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, errors.New("the database does not answer")
	}
	return db, nil
}

// openThroughServer opens the database through the server's own pool of connections.
func openThroughServer(api plugin.Driver) (*sql.DB, error) {
	db := sql.OpenDB(cleanConnector{driver.NewConnector(api, true)})
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	db.SetConnMaxIdleTime(idleConnection)
	if err := cleanPool(db); err != nil {
		return nil, errors.Wrap(err, "could not open the database")
	}
	return db, nil
}

// cleanPool takes as many connections as we may have at once and gives them back: what a process of ours that was killed a moment ago
// left in the server's pool lies on top of it, and is thrown away before the server writes over it.
func cleanPool(db *sql.DB) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var all sync.WaitGroup
	var taken [maxConnections]*sql.Conn
	var failed [maxConnections]error
	for i := range taken {
		all.Go(func() { taken[i], failed[i] = db.Conn(ctx) })
	}
	all.Wait()
	got := 0
	for _, conn := range taken {
		if conn != nil {
			got++
			_ = conn.Close()
		}
	}
	if got == 0 {
		return failed[0]
	}
	return nil // fewer than we may have will do
}

// cleanConnector gives only connections that are as they should be.
//
// The server's pool outlives our process. When that is killed, the server puts its connections back as they are: some in the middle of
// a transaction, some with an answer half read. What is written over the one is lost without an error, the other gives wrong answers.
// To begin a transaction is what fails on both, and makes the server throw the connection away instead of using it again.
type cleanConnector struct{ sqldriver.Connector }

// Connect gives a connection that begins a transaction and takes it back.
func (c cleanConnector) Connect(ctx context.Context) (sqldriver.Conn, error) {
	var spoiled error
	for range maxSpoiled {
		conn, err := c.Connector.Connect(ctx)
		if err != nil {
			return nil, err
		}
		if spoiled = tryTransaction(ctx, conn); spoiled == nil {
			return conn, nil
		}
		_ = conn.Close()
		if ctx.Err() != nil {
			break
		}
	}
	return nil, spoiled
}

func tryTransaction(ctx context.Context, conn sqldriver.Conn) error {
	beginner, ok := conn.(sqldriver.ConnBeginTx)
	if !ok {
		return errors.New("the driver cannot begin transactions")
	}
	tx, err := beginner.BeginTx(ctx, sqldriver.TxOptions{})
	if err != nil {
		return err
	}
	return tx.Rollback()
}
