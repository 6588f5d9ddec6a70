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
	// mainConnections is how many connections we use at once in the background and for REST, hookConnections how many for the hooks
	// that a person with a post waits for, slowConnections how many for migrations and indexes.
	mainConnections = 16
	hookConnections = 4
	slowConnections = 2
	// mainSilence is how long a statement may go without a response before its connection is given up, hookSilence the same in a hook.
	mainSilence = time.Minute
	hookSilence = 1500 * time.Millisecond
	// pingTimeout is how long the database may take to respond at all.
	pingTimeout = 5 * time.Second
	// cleanTimeout is how long making the server's pool clean may take.
	cleanTimeout = 20 * time.Second
	// maxSpoiled is how many spoiled connections in a row we throw away before we give up.
	maxSpoiled = 64
)

// Databases are our pools of connections to the server's database. They are
// separate so that nobody waits with a post for what is done in the background.
type Databases struct {
	Main  *sql.DB
	Hooks *sql.DB
	Slow  *sql.DB // migrations and indexes; its statements have no time limit
}

// Close closes all pools; what still runs fails.
func (d *Databases) Close() {
	for _, db := range []*sql.DB{d.Main, d.Hooks, d.Slow} {
		_ = db.Close()
	}
}

// OpenDatabases opens the server's database with connections of our own.
//
// The plugin API has a driver over the server's pool. But when a plugin's
// process is killed, its connections go back to that pool as they are, in the
// middle of a transaction or of an answer, and the server's own requests suffer;
// and each row read through it is a remote call. So we use it
// only where the server's data source cannot be used from here.
func OpenDatabases(api plugin.API, serverDriver plugin.Driver) (*Databases, error) {
	d, err := openDirect(api.GetUnsanitizedConfig())
	if err == nil {
		return d, nil
	}
	api.LogWarn("The database cannot be opened directly, the server's connections are used", "error", err.Error())
	return openThroughServer(serverDriver)
}

// openDirect connects to where the server's settings say. Its errors never hold the data source, which has a password.
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
		return nil, errors.New("the database does not respond")
	}
	return d, nil
}

// openThroughServer opens the database through the server's own pool of connections.
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
		return nil, errors.Wrap(err, "could not open the database")
	}
	return d, nil
}

// pools opens the three pools. Where open fails it does so for the first one, before any is open.
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

// cleanPool takes as many connections as we may have at once and gives them back. What a process of ours that was killed a moment ago
// left in the server's pool lies on top of it: this way it is thrown away before the server uses it.
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
	return nil // fewer than we may have will do
}

// cleanConnector gives only connections on which a transaction can be begun.
//
// The server's pool outlives our process. When that is killed, the server puts its connections back as they are: some in the middle of
// a transaction, some with an answer half read. What is written over the one is lost without an error, the other gives wrong answers.
// To begin a transaction is what fails on both, and makes the server throw the connection away instead of using it again.
type cleanConnector struct{ sqldriver.Connector }

// Connect gives a connection on which a transaction was begun and rolled back.
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

// tryTransaction begins a transaction and rolls it back.
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
		// The connection leads to what was the primary before a failover. Given back as it is, it would be the next one that we get.
		_, _ = exec.ExecContext(ctx, "SELECT pg_terminate_backend(pg_backend_pid())", nil)
	}
	return err
}
