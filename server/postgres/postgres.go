package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
	"github.com/pkg/errors"
)

const (
	// applicationName is the name under which PostgreSQL's administrators see the
	// plugin's connections.
	applicationName = "whatsapp-ativo"
	// connectPatience is how long opening a connection may take, unless the data
	// source says otherwise.
	connectPatience = 5 * time.Second
	// idleConnection is how long an unused connection is kept.
	idleConnection = time.Minute
	// oldConnection is how long a connection in use is kept. It is limited because the
	// address behind the database's host name may have changed.
	oldConnection = 10 * time.Minute
	// readOnly and notSupported are the codes with which PostgreSQL refuses a write,
	// or a transaction that may write, on a server that accepts none. A former primary
	// is such a server.
	readOnly     = "25006"
	notSupported = "0A000"
)

// TakesNoWrites reports whether an error means that the server behind a connection
// accepts no writes.
func TakesNoWrites(err error) bool {
	var pqErr *pq.Error
	return errors.As(err, &pqErr) && (string(pqErr.Code) == readOnly || string(pqErr.Code) == notSupported)
}

// Primary is shared by all pools that lead to the same database. One pool tells the
// others through it that the server to which they are connected no longer accepts
// writes, which a pool that only reads would not notice.
type Primary struct{ changes atomic.Int64 }

// failed looks at a statement's error, and notes a failover if the server no longer
// accepts writes. born is how often the primary had changed when the statement's
// connection was opened.
func (p *Primary) failed(born int64, err error) {
	if TakesNoWrites(err) {
		p.changes.CompareAndSwap(born, born+1) // counted once, however many connections notice
	}
}

// Size limits a pool.
type Size struct {
	// Conns is how many connections may be open at once, in use or idle.
	Conns int
	// Silence is how long a statement may go without a response, whatever its context
	// allows. Zero means no limit.
	Silence time.Duration
}

// Open returns a pool of the plugin's own connections. It connects only when the pool
// is used. Its errors never contain the data source, because that includes a password.
func Open(dataSource string, primary *Primary, size Size) (*sql.DB, error) {
	config, err := pq.NewConfig(dataSource)
	if err != nil {
		return nil, errors.New("the data source cannot be read")
	}
	config.ApplicationName = applicationName
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectPatience
	}
	connector, err := pq.NewConnectorConfig(config)
	if err != nil {
		return nil, errors.New("the data source cannot be used")
	}
	connector.Dialer(dialer{silence: size.Silence})
	return pool(&ownConnector{Connector: connector, primary: primary}, size), nil
}

// OpenOver returns a pool that uses another driver's connections. That driver does not
// have to support contexts.
func OpenOver(connector driver.Connector, primary *Primary, size Size) *sql.DB {
	return pool(&watchedConnector{Connector: connector, primary: primary}, size)
}

func pool(connector driver.Connector, size Size) *sql.DB {
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(size.Conns)
	db.SetMaxIdleConns(size.Conns)
	db.SetConnMaxIdleTime(idleConnection)
	db.SetConnMaxLifetime(oldConnection)
	return db
}

// quickPlans keeps PostgreSQL from compiling statements (jit), which for most of ours takes
// a hundred times as long as they run. Behind a pooler it would be the setting of
// somebody else's connection.
const quickPlans = "SET jit = off"

// ownConnector opens connections whose statements end when their contexts do.
type ownConnector struct {
	*pq.Connector
	primary *Primary
}

// Connect opens a connection and remembers which primary it leads to.
func (c *ownConnector) Connect(ctx context.Context) (driver.Conn, error) {
	born := c.primary.changes.Load()
	l := &laying{ctx: ctx}
	opened, err := c.Connector.Connect(context.WithValue(ctx, wireKey{}, l))
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(pqConn)
	if !ok || l.wire == nil {
		_ = opened.Close()
		return nil, errors.New("the driver's connection is another one than expected")
	}
	l.wire.begin(ctx) // from here on, each statement sets its own context
	prepared, err := newPreparedStatements(ctx, conn, l.wire)
	if err == nil && prepared != nil {
		_, err = conn.ExecContext(ctx, quickPlans, nil)
	}
	if err != nil {
		_ = opened.Close()
		return nil, err
	}
	l.wire.begin(context.Background())
	return &ownConn{pqConn: conn, wire: l.wire, primary: c.primary, born: born, prepared: prepared}, nil
}

// Driver returns the underlying driver, as database/sql requires.
func (c *ownConnector) Driver() driver.Driver { return c.Connector.Driver() }
