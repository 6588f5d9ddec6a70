package simulation

import (
	"context"
	"database/sql"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulation/host"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// clockSchema comes before PostgreSQL's own in the search path, so that its
// clock_timestamp is what the plugin's statements and functions call: the simulated time,
// which is kept in a sequence because a sequence is the same for all transactions at once.
const clockSchema = "simulated"

const clockSQL = `
	CREATE SCHEMA ` + clockSchema + `;
	CREATE SEQUENCE ` + clockSchema + `.clock MINVALUE 0 START 0;
	CREATE FUNCTION ` + clockSchema + `.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
		'SELECT pg_catalog.to_timestamp(last_value / 1000.0::double precision) FROM ` + clockSchema + `.clock'`

// witnessSQL keeps what the checker must know to the moment and nothing outside tells: when conversations
// were opened again, and whether the conversation of a message was closed when the message was let go.
const witnessSQL = `
	CREATE TABLE ` + clockSchema + `.departures (message_id text NOT NULL, at timestamptz NOT NULL, closed boolean NOT NULL);
	CREATE FUNCTION ` + clockSchema + `.note_departure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		INSERT INTO ` + clockSchema + `.departures SELECT m.id, ` + clockSchema + `.clock_timestamp(), c.closed_at <> 0
			FROM waa_messages m JOIN waa_conversations c ON c.id = m.conversation_id WHERE m.id = NEW.dedupe_key;
		RETURN NULL;
	END $$;
	CREATE TRIGGER note_departure AFTER UPDATE ON waa_outbox FOR EACH ROW
		WHEN (OLD.left_at = 0 AND NEW.left_at <> 0) EXECUTE FUNCTION ` + clockSchema + `.note_departure();
	CREATE TABLE ` + clockSchema + `.reopenings (conversation_id text NOT NULL, at timestamptz NOT NULL);
	CREATE FUNCTION ` + clockSchema + `.note_reopening() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		INSERT INTO ` + clockSchema + `.reopenings VALUES (NEW.id, ` + clockSchema + `.clock_timestamp());
		RETURN NULL;
	END $$;
	CREATE TRIGGER note_reopening AFTER UPDATE ON waa_conversations FOR EACH ROW
		WHEN (OLD.closed_at <> 0 AND NEW.closed_at = 0) EXECUTE FUNCTION ` + clockSchema + `.note_reopening()`

// options of every connection. A deadlock is found soon, because it stops the whole world.
const connectionOptions = "-c synchronous_commit=off -c deadlock_timeout=50ms"

// templateDatabase is the database that each world copies; it is made once in a process.
var templateDatabase struct { //nolint:gochecknoglobals // one a process is the point
	sync.Mutex
	made  bool
	count int
}

const templateName = "simulation_template"

// newDatabase makes a database with all tables and returns its data source. It is gone when the test ends.
func newDatabase(t *testing.T) string {
	t.Helper()
	server := storetest.Source(t)
	server.RawQuery = "sslmode=disable"
	admin, err := sql.Open("postgres", server.String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = admin.Close() })
	templateDatabase.Lock()
	defer templateDatabase.Unlock()
	if !templateDatabase.made {
		makeTemplate(t, admin, server)
		templateDatabase.made = true
	}
	templateDatabase.count++
	name := "simulation_" + strconv.Itoa(templateDatabase.count)
	_, err = admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
	require.NoError(t, err)
	_, err = admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + templateName)
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	return source(server, name)
}

func makeTemplate(t *testing.T, admin *sql.DB, server *url.URL) {
	t.Helper()
	_, err := admin.Exec("DROP DATABASE IF EXISTS " + templateName + " WITH (FORCE)")
	require.NoError(t, err)
	_, err = admin.Exec("CREATE DATABASE " + templateName)
	require.NoError(t, err)
	db, err := sql.Open("postgres", source(server, templateName))
	require.NoError(t, err)
	defer func() { _ = db.Close() }()
	_, err = db.Exec(clockSQL)
	require.NoError(t, err)
	require.NoError(t, store.Migrate(db))
	_, err = db.Exec(witnessSQL)
	require.NoError(t, err)
	_, err = db.Exec(host.Tables)
	require.NoError(t, err)
	_, err = store.BuildIndexes(context.Background(), db)
	require.NoError(t, err)
}

func source(server *url.URL, database string) string {
	u := *server
	u.Path = "/" + database
	query := url.Values{"sslmode": {"disable"}, "options": {connectionOptions + " -c search_path=" + clockSchema + ",public,pg_catalog"}}
	u.RawQuery = query.Encode()
	return u.String()
}

// database is what is shared by all connections to a world's database.
type database struct {
	source string
	pool   *sql.DB // of the simulation itself, outside of the bubble

	mu  sync.Mutex
	now int64 // what the database's clock says
}

func newDatabaseOf(source string) (*database, error) {
	pool, err := sql.Open("postgres", source)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(4)
	pool.SetMaxIdleConns(4)
	return &database{source: source, pool: pool}, nil
}

// setClock makes the database's clock say a time in milliseconds. It is called outside of the bubble.
func (d *database) setClock(now int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == now {
		return nil
	}
	d.now = now
	_, err := d.pool.Exec("SELECT pg_catalog.setval('" + clockSchema + ".clock', " + strconv.FormatInt(now, 10) + ")") //nolint:gosec // a number
	return err
}

// cancel asks PostgreSQL to give up what a backend does.
func (d *database) cancel(backend int64) { _, _ = d.pool.Exec("SELECT pg_cancel_backend($1)", backend) }

// waitsForLock reports whether a backend waits for a lock of another.
func (d *database) waitsForLock(backend int64) bool {
	var waits bool
	err := d.pool.QueryRow("SELECT coalesce(wait_event_type, '') = 'Lock' FROM pg_stat_get_activity($1)", backend).Scan(&waits)
	return err == nil && waits
}

// summaries keeps the summaries of statements: there are a few hundred, which are run again and again.
var summaries sync.Map //nolint:gochecknoglobals // a cache of constants

// summary is a statement in a few words, for the trace.
func summary(query string) string {
	if short, known := summaries.Load(query); known {
		return short.(string)
	}
	short := summarize(query)
	summaries.Store(query, short)
	return short
}

func summarize(query string) string {
	words := strings.Fields(query)
	short := strings.Join(words, " ")
	if at := strings.Index(short, "waa_"); at > 40 {
		short = words[0] + " … " + short[at:]
	}
	if len(short) > 90 {
		short = short[:90]
	}
	return short
}

var _ = pq.Driver{}
