package host

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"
	"github.com/mattermost/mattermost/server/public/model"
)

// Options of a Server.
type Options struct {
	// DB is the database with the server's tables; see Tables. What a node does to them is never
	// interrupted, as a statement of the server's is not.
	DB *sql.DB
	// Version is the server's version. Newer ones guard and restore channels and ask before a channel is changed.
	Version string
	// ListenAddress is where REST answers; see REST.
	ListenAddress string
	// Settings are the plugin's, as the server keeps them.
	Settings map[string]any
	NewID    func() string
}

// Server is what all nodes share: the tables, and what the server keeps in others that
// nobody reads with SQL.
type Server struct {
	Options

	mu         sync.Mutex                // held for a moment only, never while a port is called
	sessions   map[string]*model.Session // by id
	keys       map[string]value
	uploads    map[string]*upload
	files      map[string][]byte
	categories map[string][]*model.SidebarCategoryWithChannels
	shown      map[string][]*model.Post // ephemeral, by user
	events     int
	guarded    map[string]bool
	roles      map[string]*model.Role
	nodes      []*Node
}

// value of the plugin's key-value store.
type value struct {
	data  []byte
	until time.Time // zero = for ever
}

type upload struct {
	session model.UploadSession
	data    []byte
}

// New makes a server over a database that has its tables.
func New(o Options) *Server {
	return &Server{
		Options: o, sessions: map[string]*model.Session{}, keys: map[string]value{}, uploads: map[string]*upload{}, files: map[string][]byte{},
		categories: map[string][]*model.SidebarCategoryWithChannels{}, shown: map[string][]*model.Post{}, guarded: map[string]bool{}, roles: model.MakeDefaultRoles(),
	}
}

// Tables are those of the server that the plugin reads, with the columns that it knows.
const Tables = `
	CREATE TABLE channels (id varchar(26) PRIMARY KEY, lastpostat bigint DEFAULT 0, teamid varchar(26), type varchar(1), deleteat bigint DEFAULT 0, name varchar(64),
		displayname varchar(64) DEFAULT '', header varchar(1024) DEFAULT '', purpose varchar(250) DEFAULT '', creatorid varchar(26) DEFAULT '', createat bigint, updateat bigint,
		totalmsgcount bigint DEFAULT 0, totalmsgcountroot bigint DEFAULT 0, lastrootpostat bigint DEFAULT 0, schemeid varchar(26));
	CREATE UNIQUE INDEX ON channels (teamid, name) WHERE teamid <> '';
	CREATE INDEX ON channels (updateat);
	CREATE TABLE posts (id varchar(26) PRIMARY KEY, channelid varchar(26), userid varchar(26), type varchar(26) DEFAULT '', createat bigint, deleteat bigint DEFAULT 0, props jsonb DEFAULT '{}',
		updateat bigint, editat bigint DEFAULT 0, ispinned boolean DEFAULT false, rootid varchar(26) DEFAULT '', originalid varchar(26) DEFAULT '', message varchar(65535) DEFAULT '',
		fileids varchar(300) DEFAULT '[]', hasreactions boolean DEFAULT false);
	CREATE INDEX ON posts (channelid, updateat);
	CREATE INDEX ON posts (channelid, deleteat, createat);
	CREATE INDEX ON posts (createat, id);
	CREATE INDEX ON posts (rootid) WHERE rootid <> '';
	CREATE TABLE users (id varchar(26) PRIMARY KEY, username varchar(64), deleteat bigint DEFAULT 0, roles varchar(256), firstname varchar(64) DEFAULT '', lastname varchar(64) DEFAULT '');
	CREATE TABLE status (userid varchar(26) PRIMARY KEY, status varchar(32), dndendtime bigint DEFAULT 0);
	CREATE INDEX ON status (status, dndendtime);
	CREATE TABLE channelmembers (channelid varchar(26), userid varchar(26), roles varchar(256) DEFAULT '', schemeadmin boolean DEFAULT false, schemeuser boolean DEFAULT true,
		schemeguest boolean DEFAULT false, PRIMARY KEY (channelid, userid));
	CREATE INDEX ON channelmembers (userid);
	CREATE TABLE reactions (userid varchar(26), postid varchar(26), emojiname varchar(64), createat bigint, deleteat bigint DEFAULT 0, PRIMARY KEY (postid, userid, emojiname));
	CREATE TABLE teams (id varchar(26) PRIMARY KEY, schemeid varchar(26), name varchar(64), displayname varchar(64));
	CREATE TABLE teammembers (teamid varchar(26), userid varchar(26), deleteat bigint DEFAULT 0, roles varchar(256) DEFAULT '', schemeadmin boolean DEFAULT false, schemeuser boolean DEFAULT true,
		schemeguest boolean DEFAULT false, PRIMARY KEY (teamid, userid));
	CREATE TABLE schemes (id varchar(26) PRIMARY KEY, defaultteamadminrole varchar(64), defaultteamuserrole varchar(64), defaultteamguestrole varchar(64),
		defaultchanneladminrole varchar(64), defaultchanneluserrole varchar(64), defaultchannelguestrole varchar(64));
	CREATE TABLE fileinfo (id varchar(26) PRIMARY KEY, creatorid varchar(26), postid varchar(26) DEFAULT '', channelid varchar(26), deleteat bigint DEFAULT 0,
		createat bigint, name varchar(256), size bigint, mimetype varchar(256) DEFAULT '');
	CREATE INDEX ON fileinfo (postid);
	CREATE INDEX ON fileinfo (channelid);
	CREATE TABLE drafts (userid varchar(26), channelid varchar(26), rootid varchar(26), message varchar(65535), PRIMARY KEY (userid, channelid, rootid));
	CREATE TABLE bots (userid varchar(26) PRIMARY KEY)`

// exec runs a statement of the server's own. What fails here is a mistake of the simulation.
func (s *Server) exec(query string, args ...any) int {
	result, err := s.DB.ExecContext(context.Background(), query, args...)
	if err != nil {
		panic("simulation: " + err.Error())
	}
	n, _ := result.RowsAffected()
	return int(n)
}

// one reads one row; false if there is none.
func (s *Server) one(query string, args []any, into ...any) bool {
	err := s.DB.QueryRowContext(context.Background(), query, args...).Scan(into...)
	if err == sql.ErrNoRows {
		return false
	}
	if err != nil {
		panic("simulation: " + err.Error())
	}
	return true
}

func (s *Server) strings(query string, args ...any) []string {
	var list pq.StringArray
	s.one("SELECT coalesce(array_agg(x), '{}') FROM ("+query+") t (x)", args, &list)
	return list
}

func millis() int64 { return time.Now().UnixMilli() }

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("simulation: " + err.Error())
	}
	return string(text)
}

func refused(where, id string, status int) *model.AppError {
	return model.NewAppError(where, id, nil, "", status)
}

func notFound(where string) *model.AppError {
	return refused(where, "store.not_found", http.StatusNotFound)
}

// newer reports whether the server is at least of 11.minor.
func (s *Server) newer(minor int) bool {
	parts := strings.Split(s.Version, ".")
	n := 0
	for _, r := range parts[1] {
		n = n*10 + int(r-'0')
	}
	return n >= minor
}

// Config is the server's configuration, as far as the plugin reads it.
func (s *Server) config() *model.Config {
	c := &model.Config{}
	c.LocalizationSettings.DefaultServerLocale = model.NewPointer("pt-BR")
	c.ServiceSettings.SiteURL = model.NewPointer("https://mattermost.example")
	c.ServiceSettings.ListenAddress = model.NewPointer(s.ListenAddress)
	c.ServiceSettings.AllowedUntrustedInternalConnections = model.NewPointer("127.0.0.1")
	c.ServiceSettings.EnableAPIPostDeletion, c.ServiceSettings.EnableAPIChannelDeletion = model.NewPointer(true), model.NewPointer(true)
	c.TeamSettings.MaxChannelsPerTeam = model.NewPointer(int64(100000))
	c.FileSettings.EnableFileAttachments, c.FileSettings.MaxFileSize = model.NewPointer(true), model.NewPointer(int64(100<<20))
	c.PluginSettings.Plugins = map[string]map[string]any{}
	return c
}

func (s *Server) ephemeral(userID string) []*model.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*model.Post{}, s.shown[userID]...)
}
