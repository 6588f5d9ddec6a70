package simulation

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"os"
	"slices"
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
	SELECT setval('` + clockSchema + `.clock', 0);
	CREATE FUNCTION ` + clockSchema + `.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
		'SELECT pg_catalog.to_timestamp(pg_catalog.pg_sequence_last_value(''` + clockSchema + `.clock''::regclass) / 1000.0::double precision)'`

// witnessSQL keeps what the checker must know to the moment and nothing outside tells, or not for as long: when conversations
// were opened again, whether the conversation of a message was closed, or its person had opted out, when the message was let go, and of which
// messages a receiver was not told for a day.
const witnessSQL = `
	CREATE TABLE ` + clockSchema + `.departures (message_id text NOT NULL, at timestamptz NOT NULL, closed boolean NOT NULL, opted_out boolean NOT NULL);
	CREATE FUNCTION ` + clockSchema + `.note_departure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		INSERT INTO ` + clockSchema + `.departures SELECT m.id, ` + clockSchema + `.clock_timestamp(), c.closed_at <> 0, m.kind = 'template' AND ct.consent_status = 'revoked'
			FROM waa_messages m JOIN waa_conversations c ON c.id = m.conversation_id JOIN waa_contacts ct ON ct.id = c.contact_id WHERE m.id = NEW.dedupe_key;
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
		WHEN (OLD.closed_at <> 0 AND NEW.closed_at = 0) EXECUTE FUNCTION ` + clockSchema + `.note_reopening();
	CREATE TABLE ` + clockSchema + `.showings (channel_id text NOT NULL, at timestamptz NOT NULL, shown text NOT NULL, instead_of text NOT NULL, row text NOT NULL);
	CREATE FUNCTION ` + clockSchema + `.note_showing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		INSERT INTO ` + clockSchema + `.showings VALUES (NEW.channel_id, ` + clockSchema + `.clock_timestamp(), NEW.shown_state, OLD.shown_state,
			concat_ws(' ', OLD.channel_id, OLD.refresh_at, OLD.refresh_lease, NEW.refresh_at, NEW.window_from, NEW.window_until, NEW.last_template_at, NEW.closed_at));
		RETURN NULL;
	END $$;
	CREATE TRIGGER note_showing AFTER UPDATE ON waa_conversations FOR EACH ROW
		WHEN (OLD.shown_state IS DISTINCT FROM NEW.shown_state) EXECUTE FUNCTION ` + clockSchema + `.note_showing();
	CREATE TABLE ` + clockSchema + `.untold (message_id text NOT NULL);
	CREATE FUNCTION ` + clockSchema + `.note_untold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		INSERT INTO ` + clockSchema + `.untold SELECT e.message_id FROM waa_events e WHERE e.id = NEW.event_id;
		RETURN NULL;
	END $$;
	CREATE TRIGGER note_untold AFTER UPDATE ON waa_event_deliveries FOR EACH ROW
		WHEN (OLD.finished_at = 0 AND NEW.finished_at <> 0 AND NEW.error <> '' AND NEW.finished_at - NEW.created_at >= 86400000) EXECUTE FUNCTION ` + clockSchema + `.note_untold()`

// options of every connection. A deadlock is found soon, because it stops the whole world; a statement is planned once in a session.
const connectionOptions = "-c synchronous_commit=off -c jit=off -c plan_cache_mode=force_generic_plan -c deadlock_timeout=20ms"

// templateDatabase is the database that each world copies; it is made once in a process.
var templateDatabase struct { //nolint:gochecknoglobals // one a process is the point
	sync.Mutex
	made  bool
	count int
}

// templateName is the process's own, because several may share a server.
func templateName() string { return "simulation_" + strconv.Itoa(os.Getpid()) }

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
	name := templateName() + "_" + strconv.Itoa(templateDatabase.count)
	_, err = admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
	require.NoError(t, err)
	_, err = admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + templateName())
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	return source(server, name)
}

func makeTemplate(t *testing.T, admin *sql.DB, server *url.URL) {
	t.Helper()
	_, err := admin.Exec("DROP DATABASE IF EXISTS " + templateName() + " WITH (FORCE)")
	require.NoError(t, err)
	_, err = admin.Exec("CREATE DATABASE " + templateName())
	require.NoError(t, err)
	db, err := sql.Open("postgres", source(server, templateName()))
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

	mu   sync.Mutex
	now  int64      // what the database's clock says
	free []*backend // that no connection has

	values driver.NamedValueChecker // converts parameters as lib/pq does
}

func newDatabaseOf(source string) (*database, error) {
	pool, err := sql.Open("postgres", source)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(4)
	pool.SetMaxIdleConns(4)
	d := &database{source: source, pool: pool}
	first, err := d.open()
	if err != nil {
		return nil, err
	}
	d.values = first.raw
	d.giveBack(first)
	return d, nil
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

// allWait reports whether all of some backends wait for locks of others.
func (d *database) allWait(backends []int64) bool {
	var all bool
	err := d.pool.QueryRow("SELECT bool_and(coalesce(a.wait_event_type, '') = 'Lock') FROM unnest($1::int[]) b, pg_stat_get_activity(b) a", pq.Array(backends)).Scan(&all)
	return err == nil && all
}

// deadlocked reports whether some of the backends, which all wait, wait for each other. PostgreSQL ends that soon.
func (d *database) deadlocked(backends []int64) bool {
	blockers := map[int64]pq.Int64Array{}
	for _, b := range backends {
		var by pq.Int64Array
		if d.pool.QueryRow("SELECT pg_blocking_pids($1)", b).Scan(&by) != nil {
			return true // look again
		}
		blockers[b] = by
	}
	for found := true; found; { // who waits for none of the others is in no circle
		found = false
		for b, by := range blockers {
			if !slices.ContainsFunc(by, func(other int64) bool { _, waits := blockers[other]; return waits }) {
				delete(blockers, b)
				found = true
			}
		}
	}
	return len(blockers) > 0
}

// summaries keeps the summaries of statements: there are a few hundred, which are run again and again.
var summaries sync.Map //nolint:gochecknoglobals // a cache of constants

type summarized struct {
	short   string
	changes bool
}

// summary is a statement in a few words, for the trace, and whether it changes something.
func summary(query string) (short string, changes bool) {
	known, found := summaries.Load(query)
	if !found {
		known = summarized{short: summarize(query), changes: changesRows(query)}
		summaries.Store(query, known)
	}
	s := known.(summarized)
	return s.short, s.changes
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
