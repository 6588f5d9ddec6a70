package storetest

import (
	"crypto/rand"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"github.com/lib/pq"
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
	require.NoError(t, store.Migrate(db))
	done, err := store.BuildIndexes(t.Context(), db)
	require.NoError(t, err)
	require.True(t, done)
	_, err = db.Exec(`CREATE TABLE channels (id varchar(26) PRIMARY KEY, lastpostat bigint, teamid varchar(26), type varchar(1), deleteat bigint, name varchar(64),
			displayname varchar(64), header varchar(1024), purpose varchar(250), creatorid varchar(26), createat bigint, updateat bigint,
			totalmsgcount bigint, totalmsgcountroot bigint, lastrootpostat bigint, schemeid varchar(26));
		CREATE INDEX ON channels (updateat);
		CREATE TABLE posts (id varchar(26) PRIMARY KEY, channelid varchar(26), userid varchar(26), type varchar(26), createat bigint, deleteat bigint, props jsonb,
			updateat bigint, editat bigint, ispinned boolean, rootid varchar(26), originalid varchar(26), message varchar(65535), fileids varchar(300), hasreactions boolean);
		CREATE INDEX ON posts (channelid, updateat);
		CREATE INDEX ON posts (channelid, deleteat, createat);
		CREATE INDEX ON posts (createat, id);
		CREATE TABLE users (id varchar(26) PRIMARY KEY, username varchar(64), deleteat bigint, roles varchar(256), firstname varchar(64), lastname varchar(64));
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
		CREATE TABLE bots (userid varchar(26) PRIMARY KEY)`)
	require.NoError(t, err)
	return db
}

// Empty makes a schema of its own with nothing in it, gone when the test ends.
func Empty(t testing.TB) *sql.DB {
	t.Helper()
	to, err := connector(Source(t).String())
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
	u, err := server()
	require.NoError(t, err, "a test needs a real PostgreSQL")
	admin, err := sql.Open("postgres", u.String())
	require.NoError(t, err)
	name := "waa_test_" + strings.ToLower(rand.Text())
	_, err = admin.Exec("CREATE SCHEMA " + pq.QuoteIdentifier(name))
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec("DROP SCHEMA " + pq.QuoteIdentifier(name) + " CASCADE")
		_ = admin.Close()
		require.NoError(t, err)
	})
	return withSchema(u, name)
}
