package mattermost

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
	// mainConnections, hookConnections and slowConnections limit how many connections
	// are open at once: for background work and REST, for the hooks that make a person
	// wait while a post is sent, and for migrations, indexes and the process's lock.
	mainConnections = 16
	hookConnections = 4
	slowConnections = 2
	// mainSilence is how long a statement may go without a response before its
	// connection is given up. hookSilence is the same limit for hooks.
	mainSilence = time.Minute
	hookSilence = 1500 * time.Millisecond
	// pingTimeout limits the first check of whether the database responds at all.
	pingTimeout = 5 * time.Second
	// cleanTimeout limits the clean-up of the server's connection pool.
	cleanTimeout = 20 * time.Second
	// maxSpoiled is how many unusable connections in a row are thrown away before
	// giving up.
	maxSpoiled = 64
)

// Databases are the plugin's connection pools to the server's database. They are
// separate so that background work can never make a person wait for a post to be sent.
type Databases struct {
	Main  *sql.DB
	Hooks *sql.DB
	Slow  *sql.DB // for migrations, indexes and the process's lock; its statements have no time limit
}

// Close closes all pools. Statements that are still running fail.
func (d *Databases) Close() {
	for _, db := range []*sql.DB{d.Main, d.Hooks, d.Slow} {
		_ = db.Close()
	}
}

// OpenDatabases opens the server's database, preferably with connections of the
// plugin's own.
//
// The plugin API also offers a driver that uses the server's connection pool. When a
// plugin process is killed, however, its connections go back to that pool as they are,
// in the middle of a transaction or of a response, and the server's own requests then
// suffer. Besides, every row that is read through that driver costs a remote call. It
// is therefore used only if the server's data source cannot be used from here.
func OpenDatabases(api plugin.API, serverDriver plugin.Driver) (*Databases, error) {
	d, err := openDirect(api.GetUnsanitizedConfig())
	if err == nil {
		return d, nil
	}
	api.LogWarn("The database cannot be opened directly, the server's connections are used", "error", err.Error())
	over, overErr := openThroughServer(serverDriver)
	if overErr != nil {
		// The first error is returned, because a caller can tell an outage by it. The
		// server's driver returns nothing but texts.
		return nil, errors.Wrap(err, "could not open the database")
	}
	return over, nil
}

// openDirect connects to the database that the server's settings name. Its errors
// never contain the data source, because that includes a password.
func openDirect(config *model.Config) (*Databases, error) {
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
	ctx, cancel := context.WithTimeout(context.Background(), pingTimeout)
	defer cancel()
	if err := d.Main.PingContext(ctx); err != nil {
		d.Close()
		return nil, errors.Wrap(err, "the database does not respond")
	}
	return d, nil
}

// openThroughServer opens the database through the server's own connection pool.
func openThroughServer(api plugin.Driver) (*Databases, error) {
	primary := &postgres.Primary{}
	d, err := pools(func(size postgres.Size) (*sql.DB, error) {
		return postgres.OpenOver(cleanConnector{driver.NewConnector(api, true)}, primary, size), nil
	})
	if err != nil {
		return nil, err
	}
	if err := cleanPool(d.Main); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// pools opens the three pools. If open fails, it fails for the first pool, before any
// of them is open, so nothing has to be closed.
func pools(open func(postgres.Size) (*sql.DB, error)) (*Databases, error) {
	var d Databases
	for _, p := range []struct {
		db   **sql.DB
		size postgres.Size
	}{
		{&d.Main, postgres.Size{Conns: mainConnections, Silence: mainSilence}},
		{&d.Hooks, postgres.Size{Conns: hookConnections, Silence: hookSilence}},
		{&d.Slow, postgres.Size{Conns: slowConnections}},
	} {
		db, err := open(p.size)
		if err != nil {
			return nil, err
		}
		*p.db = db
	}
	return &d, nil
}

// cleanPool takes as many connections as the plugin may use at once and returns them.
// A plugin process that was killed a moment ago may have left broken connections in
// the server's pool, and those are handed out first. Taking them here throws them away
// before the server itself uses them.
func cleanPool(db *sql.DB) error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanTimeout)
	defer cancel()
	var all sync.WaitGroup
	var taken [mainConnections]*sql.Conn
	var failed [mainConnections]error
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
	return nil // fewer connections than the limit are enough
}

// cleanConnector returns only connections on which a transaction can be started.
//
// The server's pool outlives the plugin's process. When that process is killed, the
// server takes its connections back as they are: some in the middle of a transaction,
// some with a response half read. A write on the former is lost without an error, and
// a query on the latter returns wrong results. Starting a transaction fails on both,
// and makes the server discard the connection instead of reusing it.
type cleanConnector struct{ sqldriver.Connector }

// Connect returns a connection on which a transaction was started and rolled back. It
// returns the last error if maxSpoiled connections in a row are unusable or ctx ends.
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

// tryTransaction starts a transaction and rolls it back. It returns an error if the
// connection is unusable.
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
		// After a failover this connection still leads to the former primary. It has
		// to be closed there, because the server's pool would otherwise hand it out
		// again next.
		_, _ = exec.ExecContext(ctx, "SELECT pg_terminate_backend(pg_backend_pid())", nil)
	}
	return err
}
