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
	// applicationName is what PostgreSQL's administrators see of our connections.
	applicationName = "whatsapp-ativo"
	// connectPatience is how long a connection may take to come up.
	connectPatience = 5 * time.Second
	// idleConnection is how long we keep a connection that we do not use.
	idleConnection = time.Minute
	// oldConnection is how long we keep one that we use: what a host's name means may have changed.
	oldConnection = 10 * time.Minute
	// readOnly and notSupported are PostgreSQL's codes for a write, and for a transaction that may write, on a server that takes
	// none, such as a primary that is one no more.
	readOnly     = "25006"
	notSupported = "0A000"
)

// TakesNoWrites tells of an error that the server behind a connection takes no writes.
func TakesNoWrites(err error) bool {
	var pqErr *pq.Error
	return errors.As(err, &pqErr) && (string(pqErr.Code) == readOnly || string(pqErr.Code) == notSupported)
}

// Primary is what the pools to one database know together: that what they are
// connected to no longer takes writes. Pools that only read would not notice.
type Primary struct{ changes atomic.Int64 }

// failed looks at the error of a statement.
func (p *Primary) failed(born int64, err error) {
	if TakesNoWrites(err) {
		p.changes.CompareAndSwap(born, born+1) // once, however many connections notice
	}
}

// Size bounds a pool.
type Size struct {
	Conns int
	// Silence is how long a statement may go without an answer whatever its context says; 0 is without a bound.
	Silence time.Duration
}

// Open makes a pool of connections of our own. Its errors never hold the data
// source, which has a password.
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

// OpenOver makes a pool over another driver's connections, which know no contexts.
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

// ownConnector makes connections that end with their contexts.
type ownConnector struct {
	*pq.Connector
	primary *Primary
}

// Connect opens a connection.
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
	l.wire.begin(context.Background()) // from here on each statement has its own
	return &ownConn{pqConn: conn, wire: l.wire, primary: c.primary, born: born}, nil
}

// Driver is what database/sql asks for.
func (c *ownConnector) Driver() driver.Driver { return c.Connector.Driver() }
