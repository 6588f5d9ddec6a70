package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"github.com/lib/pq"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
)

// maxConnections of one test; several tests may run at once.
const maxConnections = 50

// DB makes a schema of its own with the plugin's tables, and what the store
// reads of the server's. It is gone when the test ends. Without a PostgreSQL
// the test fails and says what to do.
func DB(t testing.TB) *sql.DB {
	t.Helper()
	db := Empty(t)
	require.NoError(t, fill(t.Context(), db))
	return db
}

// fill makes the tables: the plugin's, and the server's with what the store reads of them.
func fill(ctx context.Context, db *sql.DB) error {
	if err := store.Migrate(db); err != nil {
		return err
	}
	if done, err := store.BuildIndexes(ctx, db); err != nil {
		return err
	} else if !done {
		return errors.New("the indexes were not built")
	}
	_, err := db.ExecContext(ctx, serverTables)
	return errors.Wrap(err, "could not make the server's tables")
}

const serverTables = `CREATE TABLE channels (id varchar(26) PRIMARY KEY, lastpostat bigint, teamid varchar(26), type varchar(1), deleteat bigint, name varchar(64),
		displayname varchar(64), header varchar(1024), purpose varchar(250), creatorid varchar(26), createat bigint, updateat bigint,
		totalmsgcount bigint, totalmsgcountroot bigint, lastrootpostat bigint, schemeid varchar(26));
	CREATE INDEX ON channels (updateat);
	CREATE TABLE posts (id varchar(26) PRIMARY KEY, channelid varchar(26), userid varchar(26), type varchar(26), createat bigint, deleteat bigint, props jsonb,
		updateat bigint, editat bigint, ispinned boolean, rootid varchar(26), originalid varchar(26), message varchar(65535), fileids varchar(300), hasreactions boolean);
	CREATE INDEX ON posts (channelid, updateat);
	CREATE INDEX ON posts (channelid, deleteat, createat);
	CREATE INDEX ON posts (createat, id);
	CREATE TABLE users (id varchar(26) PRIMARY KEY, username varchar(64), deleteat bigint, roles varchar(256), firstname varchar(64), lastname varchar(64));
	CREATE TABLE status (userid varchar(26) PRIMARY KEY, status varchar(32), dndendtime bigint);
	CREATE INDEX ON status (status, dndendtime);
	CREATE TABLE channelmembers (channelid varchar(26), userid varchar(26), roles varchar(256), schemeadmin boolean, schemeuser boolean, schemeguest boolean, PRIMARY KEY (channelid, userid));
	CREATE TABLE reactions (userid varchar(26), postid varchar(26), emojiname varchar(64), createat bigint, deleteat bigint, PRIMARY KEY (postid, userid, emojiname));
	CREATE TABLE teams (id varchar(26) PRIMARY KEY, schemeid varchar(26));
	CREATE TABLE teammembers (teamid varchar(26), userid varchar(26), deleteat bigint, roles varchar(256), schemeadmin boolean, schemeuser boolean, schemeguest boolean,
		PRIMARY KEY (teamid, userid));
	CREATE TABLE schemes (id varchar(26) PRIMARY KEY, defaultteamadminrole varchar(64), defaultteamuserrole varchar(64), defaultteamguestrole varchar(64),
		defaultchanneladminrole varchar(64), defaultchanneluserrole varchar(64), defaultchannelguestrole varchar(64));
	CREATE TABLE fileinfo (id varchar(26) PRIMARY KEY, creatorid varchar(26), postid varchar(26), channelid varchar(26), deleteat bigint,
		createat bigint, name varchar(256), size bigint);
	CREATE INDEX ON fileinfo (postid);
	CREATE TABLE drafts (userid varchar(26), channelid varchar(26), rootid varchar(26), message varchar(65535), PRIMARY KEY (userid, channelid, rootid));
	CREATE TABLE bots (userid varchar(26) PRIMARY KEY)`

// Empty makes a schema of its own with nothing in it, gone when the test ends.
func Empty(t testing.TB) *sql.DB {
	t.Helper()
	return open(t, Source(t))
}

// open opens a schema for as long as a test lasts.
func open(t testing.TB, source *url.URL) *sql.DB {
	t.Helper()
	to, err := connector(source)
	require.NoError(t, err)
	db := sql.OpenDB(to)
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Source is the data source of a schema of its own with nothing in it, gone when the test ends.
func Source(t testing.TB) *url.URL {
	t.Helper()
	s, err := newSchema()
	require.NoError(t, err, "a test needs a real PostgreSQL")
	t.Cleanup(func() { require.NoError(t, s.drop()) })
	return s.source
}

// schema is a part of the server's database in which tests work.
type schema struct {
	source *url.URL
	drop   func() error
}

func newSchema() (*schema, error) {
	u, err := server()
	if err != nil {
		return nil, err
	}
	admin, err := sql.Open("postgres", u.String())
	if err != nil {
		return nil, errors.Wrap(err, "could not open the database")
	}
	name := "waa_test_" + strings.ToLower(rand.Text())
	if _, err := admin.Exec("CREATE SCHEMA " + pq.QuoteIdentifier(name)); err != nil {
		_ = admin.Close()
		return nil, errors.Wrap(err, "could not make a schema")
	}
	return &schema{source: withSchema(u, name), drop: func() error {
		defer func() { _ = admin.Close() }()
		_, err := admin.Exec("DROP SCHEMA " + pq.QuoteIdentifier(name) + " CASCADE")
		return errors.Wrap(err, "could not drop a schema")
	}}, nil
}

// Again opens the database of a test once more, with connections of their own, as another process does.
func Again(t testing.TB, db *sql.DB) *sql.DB {
	t.Helper()
	var name string
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT current_schema()").Scan(&name))
	u, err := server()
	require.NoError(t, err)
	return open(t, withSchema(u, name))
}
