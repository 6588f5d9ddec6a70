package main

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/shared/driver"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postgres"
)

const (
	// maxConnections is how many connections we use at once for what is done in the background and over REST, hookConnections how many
	// for what a person with a post waits for, slowConnections for what may take long.
	maxConnections  = 16
	hookConnections = 4
	slowConnections = 2
	// silence is how long a statement may go without an answer.
	silence = time.Minute
	// pingPatience is how long the database may take to answer at all.
	pingPatience = 5 * time.Second
	// maxSpoiled is how many spoiled connections in a row are put up with.
	maxSpoiled = 64
)

// databases are our pools to the server's database. They are apart so that
// nobody waits with a post for what is done in the background.
type databases struct {
	main  *sql.DB
	hooks *sql.DB
	slow  *sql.DB // migrations and indexes
}

func (d *databases) close() {
	for _, db := range []*sql.DB{d.main, d.hooks, d.slow} {
		_ = db.Close()
	}
}

// openDatabases opens the server's database with connections of our own.
//
// The plugin API has a driver over the server's pool. But when a plugin's
// process is killed, its connections go back to that pool as they are, in the
// middle of a transaction or of an answer, and the server's own requests suffer;
// and each row read through it is a remote call. So it is only the way out where
// the server's data source cannot be used from here.
func openDatabases(api plugin.API, serverDriver plugin.Driver) (*databases, error) {
	d, err := openDirect(api.GetUnsanitizedConfig())
	if err == nil {
		return d, nil
	}
	api.LogWarn("The database cannot be opened directly, the server's connections are used", "error", err.Error())
	return openThroughServer(serverDriver)
}

// openDirect connects to where the server's settings say. Its errors never hold the data source, which has a password.
func openDirect(config *model.Config) (*databases, error) {
	if config == nil || config.SqlSettings.DataSource == nil || *config.SqlSettings.DataSource == "" {
		return nil, errors.New("the server gave no data source")
	}
	primary := &postgres.Primary{}
	d, err := pools(func(size postgres.Size) (*sql.DB, error) {
		return postgres.Open(*config.SqlSettings.DataSource, primary, size)
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := patience(pingPatience)
	defer cancel()
	if err := d.main.PingContext(ctx); err != nil {
		d.close()
		return nil, errors.New("the database does not answer")
	}
	return d, nil
}

// openThroughServer opens the database through the server's own pool of connections.
func openThroughServer(api plugin.Driver) (*databases, error) {
	primary := &postgres.Primary{}
	d, err := pools(func(size postgres.Size) (*sql.DB, error) {
		return postgres.OpenOver(cleanConnector{driver.NewConnector(api, true)}, primary, size), nil
	})
	if err != nil {
		return nil, err
	}
	if err := cleanPool(d.main); err != nil {
		d.close()
		return nil, errors.Wrap(err, "could not open the database")
	}
	return d, nil
}

func pools(open func(postgres.Size) (*sql.DB, error)) (*databases, error) {
	var d databases
	for _, p := range []struct {
		db   **sql.DB
		size postgres.Size
	}{
		{&d.main, postgres.Size{Conns: maxConnections, Silence: silence}},
		{&d.hooks, postgres.Size{Conns: hookConnections, Silence: hookPatience}},
		{&d.slow, postgres.Size{Conns: slowConnections}},
	} {
		db, err := open(p.size)
		if err != nil { // the same for all, before the first is open
			return nil, err
		}
		*p.db = db
	}
	return &d, nil
}

// cleanPool takes as many connections as we may have at once and gives them back: what a process of ours that was killed a moment ago
// left in the server's pool lies on top of it, and is thrown away before the server writes over it.
func cleanPool(db *sql.DB) error {
	ctx, cancel := patience(20 * time.Second)
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
	if err == nil {
		return tx.Rollback()
	}
	if exec, ok := conn.(sqldriver.ExecerContext); ok && postgres.TakesNoWrites(err) {
		// to what was the primary before a failover: given back as it is, it would be the next one that we get
		_, _ = exec.ExecContext(ctx, "SELECT pg_terminate_backend(pg_backend_pid())", nil)
	}
	return err
}
