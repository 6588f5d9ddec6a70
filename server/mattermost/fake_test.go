package mattermost

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// fakeAPI is one node of a server over real tables. What it is asked it answers
// from a cache that is never cleared; what it is told to change it changes in
// the tables. What a test does not need panics.
type fakeAPI struct {
	plugin.API
	t        *testing.T
	db       *sql.DB
	version  string
	posts    map[string]*model.Post    // the cache
	cached   map[string]*model.Channel // the cache
	guarded  []string
	full     bool
	broken   bool // every call loses its answer: the client then gives nothing, and no error
	whispers []*model.Post
	updates  int
	hurries  func() // comes once, right after a channel was updated
	clock    int64  // of posts
}

var notFound = model.NewAppError("", "not_found", nil, "", http.StatusNotFound)

// newFake makes a node of a version with our port beside it; they share the tables.
func newFake(t *testing.T, version string) (*fakeAPI, *Port) {
	db := storetest.DB(t)
	f := &fakeAPI{t: t, db: db, version: version, posts: map[string]*model.Post{}, cached: map[string]*model.Channel{}, clock: 100}
	_, err := db.Exec("INSERT INTO bots VALUES ('bot')")
	require.NoError(t, err)
	return f, New(f, Bots{Plugin: "bot", Customer: "customer"}, store.New(db, nil, model.NewId), testSeals)
}

func (f *fakeAPI) exec(query string, args ...any) {
	f.t.Helper()
	_, err := f.db.Exec(query, args...)
	require.NoError(f.t, err)
}

// post stores a post as another node would.
func (f *fakeAPI) post(p *model.Post) *model.Post {
	f.t.Helper()
	if p.Id == "" {
		p.Id = model.NewId()
	}
	if p.CreateAt == 0 {
		f.clock++
		p.CreateAt = f.clock
	}
	f.exec("INSERT INTO posts (id, channelid, userid, rootid, originalid, type, message, createat, updateat, deleteat, props) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)",
		p.Id, p.ChannelId, p.UserId, p.RootId, p.OriginalId, p.Type, p.Message, p.CreateAt, p.DeleteAt, asJSON(f.t, p.GetProps()))
	return p
}

// channel stores a channel as another node would.
func (f *fakeAPI) channel(c *model.Channel) *model.Channel {
	f.t.Helper()
	if c.Id == "" {
		c.Id = model.NewId()
	}
	f.exec("INSERT INTO channels (id, teamid, type, name, displayname, header, creatorid, deleteat, updateat) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
		c.Id, c.TeamId, string(c.Type), c.Name, c.DisplayName, c.Header, c.CreatorId, c.DeleteAt)
	return c
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

// stored reads a post as it is.
func (f *fakeAPI) stored(id string) *model.Post {
	f.t.Helper()
	post, err := store.New(f.db, nil, model.NewId).ServerPost(f.t.Context(), id)
	require.NoError(f.t, err)
	return post
}

// storedChannel reads a channel as it is.
func (f *fakeAPI) storedChannel(id string) *model.Channel {
	f.t.Helper()
	channel, err := store.New(f.db, nil, model.NewId).ServerChannel(f.t.Context(), id)
	require.NoError(f.t, err)
	return channel
}

func (f *fakeAPI) GetServerVersion() string { return f.version }

func (f *fakeAPI) GetPost(id string) (*model.Post, *model.AppError) {
	if p := f.posts[id]; p != nil {
		return p, nil
	}
	return nil, notFound
}

func (f *fakeAPI) GetPostsSince(string, int64) (*model.PostList, *model.AppError) {
	return model.NewPostList(), nil // what a node says that did not hear of a post
}

func (f *fakeAPI) GetChannel(id string) (*model.Channel, *model.AppError) {
	switch {
	case f.broken:
		return nil, nil
	case f.cached[id] != nil:
		return f.cached[id], nil
	}
	channel, err := store.New(f.db, nil, model.NewId).ServerChannel(f.t.Context(), id)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, notFound
	}
	require.NoError(f.t, err)
	return channel, nil
}

func (f *fakeAPI) UpdatePost(p *model.Post) (*model.Post, *model.AppError) {
	f.updates++
	if f.broken {
		return nil, nil
	}
	require.True(f.t, testSeals.HoldsChange(p.Id, p.GetProps()))
	p.DelProp(posting.PropSeal) // as our own hook does, before the post is stored
	f.exec("UPDATE posts SET message = $2, props = $3 WHERE id = $1", p.Id, p.Message, asJSON(f.t, p.GetProps()))
	return f.stored(p.Id), nil
}

func (f *fakeAPI) SendEphemeralPost(_ string, p *model.Post) *model.Post {
	f.whispers = append(f.whispers, p)
	return p
}

func (f *fakeAPI) CreatePost(p *model.Post) (*model.Post, *model.AppError) {
	if f.broken {
		return nil, nil
	}
	return f.post(p), nil
}

func (f *fakeAPI) DeletePost(id string) *model.AppError {
	if !f.broken {
		f.exec("UPDATE posts SET deleteat = 5 WHERE id = $1", id)
	}
	return nil
}

func (f *fakeAPI) CreateChannel(c *model.Channel) (*model.Channel, *model.AppError) {
	switch {
	case f.broken:
		return nil, nil
	case f.full:
		return nil, model.NewAppError("", "store.sql_channel.save_channel.limit.app_error", nil, "", http.StatusBadRequest)
	}
	var there bool
	require.NoError(f.t, f.db.QueryRow("SELECT EXISTS (SELECT 1 FROM channels WHERE teamid = $1 AND name = $2)", c.TeamId, c.Name).Scan(&there))
	if there {
		return nil, model.NewAppError("", "store.sql_channel.save_channel.exists.app_error", nil, "", http.StatusBadRequest)
	}
	return f.channel(c), nil
}

func (f *fakeAPI) UpdateChannel(c *model.Channel) (*model.Channel, *model.AppError) {
	if f.broken {
		return nil, nil
	}
	var taken bool
	require.NoError(f.t, f.db.QueryRow("SELECT EXISTS (SELECT 1 FROM channels WHERE teamid = $1 AND name = $2 AND id <> $3)", c.TeamId, c.Name, c.Id).Scan(&taken))
	if taken {
		return nil, model.NewAppError("", "store.sql_channel.save_channel.exists.app_error", nil, "", http.StatusBadRequest)
	}
	f.exec("UPDATE channels SET teamid = $2, type = $3, name = $4, displayname = $5, header = $6, deleteat = $7, lastpostat = $8 WHERE id = $1",
		c.Id, c.TeamId, string(c.Type), c.Name, c.DisplayName, c.Header, c.DeleteAt, c.LastPostAt)
	if hurries := f.hurries; hurries != nil {
		f.hurries = nil
		hurries()
	}
	return c, nil
}

func (f *fakeAPI) DeleteChannel(id string) *model.AppError { return f.setDeleted(id, 5) }

func (f *fakeAPI) RestoreChannel(id string) *model.AppError { return f.setDeleted(id, 0) }

func (f *fakeAPI) setDeleted(id string, at int64) *model.AppError {
	if !f.broken {
		f.exec("UPDATE channels SET deleteat = $2 WHERE id = $1", id, at)
	}
	return nil
}

func (f *fakeAPI) CreateTeamMember(string, string) (*model.TeamMember, *model.AppError) {
	if f.broken {
		return nil, nil
	}
	return &model.TeamMember{}, nil
}

func (f *fakeAPI) AddChannelMember(channelID, userID string) (*model.ChannelMember, *model.AppError) {
	return f.AddUserToChannel(channelID, userID, "")
}

func (f *fakeAPI) AddUserToChannel(channelID, userID, _ string) (*model.ChannelMember, *model.AppError) {
	if f.broken {
		return nil, nil
	}
	f.exec("INSERT INTO channelmembers (channelid, userid) VALUES ($1, $2) ON CONFLICT DO NOTHING", channelID, userID)
	return &model.ChannelMember{ChannelId: channelID, UserId: userID}, nil
}

func (f *fakeAPI) UpdateChannelMemberNotifications(channelID, userID string, _ map[string]string) (*model.ChannelMember, *model.AppError) {
	if f.broken {
		return nil, nil
	}
	return &model.ChannelMember{ChannelId: channelID, UserId: userID}, nil
}

func (f *fakeAPI) UpdateChannelSidebarCategories(_, _ string, categories []*model.SidebarCategoryWithChannels) ([]*model.SidebarCategoryWithChannels, *model.AppError) {
	if f.broken {
		return nil, nil
	}
	return categories, nil
}

func (f *fakeAPI) GetUsers(*model.UserGetOptions) ([]*model.User, *model.AppError) {
	if f.broken {
		return nil, nil
	}
	return []*model.User{{Id: "root"}}, nil
}

func (f *fakeAPI) GetFileInfo(id string) (*model.FileInfo, *model.AppError) {
	if f.broken {
		return nil, nil
	}
	return &model.FileInfo{Id: id, CreatorId: "ana"}, nil
}

func (f *fakeAPI) RegisterChannelGuard(id string) *model.AppError {
	f.guarded = append(f.guarded, id)
	return nil
}

func (f *fakeAPI) AddReaction(r *model.Reaction) (*model.Reaction, *model.AppError) {
	if f.broken {
		return nil, nil
	}
	f.exec("INSERT INTO reactions (postid, userid, emojiname, createat, deleteat) VALUES ($1, $2, $3, 1, 0)", r.PostId, r.UserId, r.EmojiName)
	return r, nil
}

func (f *fakeAPI) RemoveReaction(r *model.Reaction) *model.AppError {
	if f.broken {
		return nil
	}
	f.exec("DELETE FROM reactions WHERE postid = $1 AND userid = $2 AND emojiname = $3", r.PostId, r.UserId, r.EmojiName)
	return nil
}
