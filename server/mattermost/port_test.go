package mattermost

import (
	"context"
	"net/http"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/relay"
)

// fakeAPI is a server with a few channels and posts; what a test does not need panics.
type fakeAPI struct {
	plugin.API
	version  string
	posts    map[string]*model.Post
	channels map[string]*model.Channel
	guarded  []string
	full     bool
	broken   bool // every call loses its answer
	updates  int
}

var notFound = model.NewAppError("", "not_found", nil, "", http.StatusNotFound)

func (f *fakeAPI) GetServerVersion() string { return f.version }
func (f *fakeAPI) GetPost(id string) (*model.Post, *model.AppError) {
	if f.broken {
		return nil, nil
	}
	if p := f.posts[id]; p != nil {
		return p, nil
	}
	return nil, notFound
}
func (f *fakeAPI) UpdatePost(p *model.Post) (*model.Post, *model.AppError) {
	f.updates++
	f.posts[p.Id] = p
	return p, nil
}
func (f *fakeAPI) CreatePost(p *model.Post) (*model.Post, *model.AppError) {
	if f.broken {
		return nil, nil
	}
	p.Id = model.NewId()
	f.posts[p.Id] = p
	return p, nil
}
func (f *fakeAPI) GetPostsSince(channelID string, since int64) (*model.PostList, *model.AppError) {
	list := model.NewPostList()
	for _, p := range f.posts {
		if p.ChannelId == channelID {
			list.AddPost(p)
		}
	}
	return list, nil
}
func (f *fakeAPI) CreateChannel(c *model.Channel) (*model.Channel, *model.AppError) {
	if f.full {
		return nil, model.NewAppError("", "store.sql_channel.save_channel.limit.app_error", nil, "", http.StatusBadRequest)
	}
	for _, other := range f.channels {
		if other.Name == c.Name {
			return nil, model.NewAppError("", "store.sql_channel.save_channel.exists.app_error", nil, "", http.StatusBadRequest)
		}
	}
	c.Id = model.NewId()
	f.channels[c.Id] = c
	return c, nil
}
func (f *fakeAPI) GetChannelByName(_, name string, _ bool) (*model.Channel, *model.AppError) {
	for _, c := range f.channels {
		if c.Name == name {
			return c, nil
		}
	}
	return nil, notFound
}
func (f *fakeAPI) RegisterChannelGuard(id string) *model.AppError {
	f.guarded = append(f.guarded, id)
	return nil
}

func newFake(version string) (*fakeAPI, *Port) {
	f := &fakeAPI{version: version, posts: map[string]*model.Post{}, channels: map[string]*model.Channel{}}
	return f, New(f, "bot")
}

func TestGuardsOnlyWhereTheServerHasThem(t *testing.T) {
	for version, guards := range map[string]bool{"11.4.0": false, "11.8.3": false, "11.9.0": true, "11.11.1": true, "12.0.0": true, "nonsense": false, "": false} {
		f, p := newFake(version)
		require.NoError(t, p.Guard(context.Background(), "channel"))
		require.Equal(t, guards, len(f.guarded) == 1, version)
	}
	require.True(t, CapabilitiesOf("11.10.0").Restore)
	require.False(t, CapabilitiesOf("11.9.2").Restore)
}

func TestStatusesOnAPostNeverGoBack(t *testing.T) {
	f, p := newFake("11.4.0")
	ctx := context.Background()
	f.posts["p"] = &model.Post{Id: "p", Message: "oi"}
	for _, s := range []conversation.Status{"pending", "delivered", "sent", "pending", "read", "failed", "delivered"} {
		require.NoError(t, p.ShowStatus(ctx, "p", s))
	}
	require.Equal(t, "read", f.posts["p"].GetProp(relay.PropStatus))
	require.Equal(t, 3, f.updates, "what says nothing new costs no update")
	require.NoError(t, p.ShowStatus(ctx, "gone", "sent"), "a post that was deleted is no trouble")
}

func TestALostAnswerIsAnError(t *testing.T) {
	f, p := newFake("11.4.0")
	f.broken = true
	_, err := p.CreatePost(context.Background(), relay.Post{ChannelID: "c"})
	require.Error(t, err)
	require.Error(t, p.ShowStatus(context.Background(), "p", "sent"))
}

func TestEnsureChannelFindsTheOneOfAnEarlierTry(t *testing.T) {
	f, p := newFake("11.4.0")
	ctx := context.Background()
	first, err := p.EnsureChannel(ctx, relay.Channel{TeamID: "t", Name: "wa-1"})
	require.NoError(t, err)
	second, err := p.EnsureChannel(ctx, relay.Channel{TeamID: "t", Name: "wa-1"})
	require.NoError(t, err)
	require.Equal(t, first, second)
	f.full = true
	_, err = p.EnsureChannel(ctx, relay.Channel{TeamID: "t", Name: "wa-2"})
	require.ErrorIs(t, err, relay.ErrTooManyChannels)
}

func TestPostsSinceLeavesOutWhatIsNobodysWord(t *testing.T) {
	f, p := newFake("11.4.0")
	for _, post := range []*model.Post{
		{Id: "2", ChannelId: "c", UserId: "ana", CreateAt: 20, Message: "b"},
		{Id: "1", ChannelId: "c", UserId: "ana", CreateAt: 20, Message: "a"},
		{Id: "old", ChannelId: "c", UserId: "ana", CreateAt: 5},
		{Id: "bot", ChannelId: "c", UserId: "bot", CreateAt: 20},
		{Id: "gone", ChannelId: "c", UserId: "ana", CreateAt: 20, DeleteAt: 30},
		{Id: "edited", ChannelId: "c", UserId: "ana", CreateAt: 20, OriginalId: "2"},
		{Id: "system", ChannelId: "c", UserId: "ana", CreateAt: 20, Type: model.PostTypeJoinChannel},
		{Id: "elsewhere", ChannelId: "d", UserId: "ana", CreateAt: 20},
	} {
		f.posts[post.Id] = post
	}
	posted, err := p.PostsSince(context.Background(), "c", 10)
	require.NoError(t, err)
	require.Len(t, posted, 2)
	require.Equal(t, []string{"1", "2"}, []string{posted[0].ID, posted[1].ID})
}

func TestFindPostFindsOnlyOurOwn(t *testing.T) {
	f, p := newFake("11.4.0")
	ctx := context.Background()
	f.posts["forged"] = &model.Post{Id: "forged", ChannelId: "c", UserId: "ana", Props: model.StringInterface{"waa_wamid": "w"}}
	_, err := p.FindPost(ctx, "c", 0, "waa_wamid", "w")
	require.ErrorIs(t, err, conversation.ErrNotFound)
	id, err := p.CreatePost(ctx, relay.Post{ChannelID: "c", Props: map[string]any{"waa_wamid": "w"}})
	require.NoError(t, err)
	found, err := p.FindPost(ctx, "c", 0, "waa_wamid", "w")
	require.NoError(t, err)
	require.Equal(t, id, found)
}

func TestWrap(t *testing.T) {
	require.NoError(t, wrap(nil, "x"))
	require.ErrorIs(t, wrap(notFound, "x"), conversation.ErrNotFound)
	err := wrap(model.NewAppError("", "some.id", nil, "details of a customer", http.StatusInternalServerError), "could not do")
	require.EqualError(t, err, "could not do: some.id")
	require.False(t, errors.Is(err, conversation.ErrNotFound))
}
