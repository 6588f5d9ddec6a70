package mattermost

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// testSeals prove what the port changes.
var testSeals = &posting.Seals{Keys: func() [][]byte { return [][]byte{[]byte("key")} }, Now: time.Now}

func TestGuardsOnlyWhereTheServerHasThem(t *testing.T) {
	for version, guards := range map[string]bool{"11.4.0": false, "11.8.3": false, "11.9.0": true, "11.11.1": true, "12.0.0": true, "nonsense": false, "": false} {
		t.Run(version, func(t *testing.T) {
			f, p := newFake(t, version)
			require.NoError(t, p.Guard(context.Background(), "channel"))
			require.Equal(t, guards, len(f.guarded) == 1)
		})
	}
	require.True(t, CapabilitiesOf("11.10.0").Restore)
	require.False(t, CapabilitiesOf("11.9.2").Restore)
}

func TestStatusesOnAPostNeverGoBack(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	ctx := context.Background()
	f.post(&model.Post{Id: "p", Message: "oi"})
	for _, s := range []domain.Status{"pending", "delivered", "sent", "pending", "read", "failed", "delivered"} {
		require.NoError(t, p.ShowStatus(ctx, "p", s, false))
	}
	require.Equal(t, "read", f.stored("p").GetProp(posting.PropStatus))
	require.Equal(t, 3, f.updates, "what says nothing new costs no update")
	require.NoError(t, p.ShowStatus(ctx, "gone", "sent", false), "a post that was deleted is no trouble")
}

// A call that breaks gives nothing and no error: that is never success.
func TestALostAnswerIsAnError(t *testing.T) {
	f, p := newFake(t, "11.10.0")
	ctx := context.Background()
	open := f.channel(&model.Channel{Name: "open"}).Id
	f.post(&model.Post{Id: "p", ChannelId: open, Message: "oi"})
	f.post(&model.Post{Id: "q", ChannelId: open, Message: "oi"})
	closed := f.channel(&model.Channel{Name: "closed"}).Id
	archived := f.channel(&model.Channel{Name: "archived", DeleteAt: 5}).Id
	f.exec("INSERT INTO users (id, username, deleteat) VALUES ('ana', 'ana', 0)")
	f.exec("INSERT INTO teammembers (teamid, userid, deleteat) VALUES ('team', 'ana', 0)")
	calls := map[string]func() error{
		"CreatePost": func() error { _, err := p.CreatePost(ctx, posting.Post{ChannelID: "c"}); return err },
		"ShowStatus": func() error { return p.ShowStatus(ctx, "p", "sent", false) },
		"EditPost":   func() error { return p.EditPost(ctx, "p", "olá", nil) },
		"ShowMedia":  func() error { return p.ShowMedia(ctx, "p", posting.MediaStatus{State: "waiting"}) },
		"React":      func() error { _, err := p.React(ctx, "p", "👍"); return err },
		"React off": func() error {
			f.exec("INSERT INTO reactions (postid, userid, emojiname, createat, deleteat) VALUES ('q', 'bot', 'heart', 1, 0) ON CONFLICT DO NOTHING")
			_, err := p.React(ctx, "q", "")
			return err
		},
		"SetHeader":   func() error { return p.SetHeader(ctx, open, "Janela aberta") },
		"Join":        func() error { return p.Join(ctx, "team", open) },
		"AddMember":   func() error { return p.AddMember(ctx, "team", open, "ana") },
		"NotifyAll":   func() error { return p.NotifyAll(ctx, open, "ana") },
		"Archive":     func() error { return p.Archive(ctx, closed) },
		"Restore":     func() error { return p.Restore(ctx, archived) },
		"OwnFiles":    func() error { _, err := p.OwnFiles(ctx, "ana", []string{"file"}); return err },
		"SystemAdmin": func() error { _, err := p.SystemAdmins(ctx); return err },
		"EnsureChannel": func() error {
			_, _, err := p.EnsureChannel(ctx, posting.Channel{TeamID: "team", Name: "wa-1"})
			return err
		},
		"UpdateCategories": func() error {
			return p.UpdateCategories(ctx, "ana", "team", []*model.SidebarCategoryWithChannels{{}})
		},
	}
	for name, call := range calls {
		f.broken = true
		require.Error(t, call(), name)
		f.broken = false
		require.NoError(t, call(), name)
	}
}

// A node without a licence does not hear of what another changed: the cache of
// the first is old, the tables are not.
func TestWhatDecidesIsReadFromTheTables(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	ctx := context.Background()
	f.post(&model.Post{Id: "p", Message: "de agora", ChannelId: "c", UserId: "ana", Props: model.StringInterface{"waa_status": "delivered", "other": "kept"}})
	f.posts["p"] = &model.Post{Id: "p", Message: "de antes", Props: model.StringInterface{"waa_status": "sent"}}
	require.NoError(t, p.ShowStatus(ctx, "p", "sent", false))
	require.Zero(t, f.updates, "it says more already")
	require.NoError(t, p.ShowStatus(ctx, "p", "read", false))
	post := f.stored("p")
	require.Equal(t, "de agora", post.Message, "no update is built on what a cache remembers")
	require.Equal(t, model.StringInterface{"waa_status": "read", "other": "kept"}, post.GetProps())

	channel := f.channel(&model.Channel{Name: "wa-1", TeamId: "team", Type: model.ChannelTypePrivate, DisplayName: "Ana", CreatorId: "bot"}).Id
	old := *f.storedChannel(channel)
	old.Name, old.DeleteAt, old.Header = "renamed", 7, "Aguardando"
	f.cached[channel] = &old
	f.exec("UPDATE channels SET lastpostat = 77 WHERE id = $1", channel)
	require.NoError(t, p.SetHeader(ctx, channel, "Aguardando"))
	now := f.storedChannel(channel)
	require.Equal(t, []any{"Aguardando", "wa-1", int64(0), int64(77)}, []any{now.Header, now.Name, now.DeleteAt, now.LastPostAt})
	team, err := p.ChannelTeam(ctx, channel)
	require.NoError(t, err, "the cache says that it is archived")
	require.Equal(t, "team", team)
	require.NoError(t, p.Archive(ctx, channel))
	_, err = p.ChannelTeam(ctx, channel)
	require.ErrorIs(t, err, domain.ErrNotFound)
}

func TestEnsureChannelFindsTheOneOfAnEarlierTry(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	ctx := context.Background()
	first, found, err := p.EnsureChannel(ctx, posting.Channel{TeamID: "t", Name: "wa-1"})
	require.NoError(t, err)
	require.False(t, found)
	second, found, err := p.EnsureChannel(ctx, posting.Channel{TeamID: "t", Name: "wa-1"})
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, first, second)
	f.full = true
	_, _, err = p.EnsureChannel(ctx, posting.Channel{TeamID: "t", Name: "wa-2"})
	require.ErrorIs(t, err, posting.ErrTooManyChannels)
}

// The name of a conversation's channel is no secret: somebody may have it before us.
func TestAChannelOfAnotherIsNotAdopted(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	ctx := context.Background()
	taken := map[string]*model.Channel{
		"public":          {Type: model.ChannelTypeOpen, CreatorId: "eva"},
		"public, ours":    {Type: model.ChannelTypeOpen, CreatorId: "bot"},
		"private, theirs": {Type: model.ChannelTypePrivate, CreatorId: "eva"},
		"archived":        {Type: model.ChannelTypePrivate, CreatorId: "bot", DeleteAt: 5},
	}
	for what, theirs := range taken {
		theirs.TeamId, theirs.Name = "t", "wa-"+model.NewId()
		f.channel(theirs)
		wanted := posting.Channel{TeamID: "t", Name: theirs.Name, DisplayName: "Ana"}
		id, _, err := p.EnsureChannel(ctx, wanted)
		require.NoError(t, err, what)
		require.NotEqual(t, theirs.Id, id, what)
		made := f.storedChannel(id)
		require.Equal(t, []any{theirs.Name + "-2", "bot", model.ChannelTypePrivate}, []any{made.Name, made.CreatorId, made.Type}, what)
		again, found, err := p.EnsureChannel(ctx, wanted)
		require.NoError(t, err, what)
		require.True(t, found, what)
		require.Equal(t, id, again, "a second try finds the first one's: %s", what)
	}
}

// Whatever somebody did to the channel of an open conversation is undone, on servers with and without a call that restores channels.
func TestAChannelIsPutRight(t *testing.T) {
	for _, version := range []string{"11.4.0", "11.10.0"} {
		f, p := newFake(t, version)
		ctx := context.Background()
		wanted := posting.Channel{TeamID: "team", Name: "wa-1", DisplayName: "Ana", Header: "Janela aberta"}
		id, _, err := p.EnsureChannel(ctx, wanted)
		require.NoError(t, err)
		for _, change := range []string{"deleteat = 5", "type = 'O'", "teamid = 'other'", "name = 'maria-pedido'", "name = 'wa-12'", "displayname = 'Maria'", "header = 'Encerrado'",
			"deleteat = 5, type = 'O', teamid = 'other', name = 'x', displayname = 'y', header = 'z'"} {
			f.exec("UPDATE channels SET updateat = 77, "+change+" WHERE id = $1", id)
			at, err := p.PutRight(ctx, id, wanted)
			require.NoError(t, err, change)
			require.EqualValues(t, 77, at, change)
			is := f.storedChannel(id)
			require.Equal(t, []any{int64(0), model.ChannelTypePrivate, "team", "wa-1", "Ana", "Janela aberta"},
				[]any{is.DeleteAt, is.Type, is.TeamId, is.Name, is.DisplayName, is.Header}, change)
		}
		f.hurries = func() { f.exec("UPDATE channels SET deleteat = 6 WHERE id = $1", id) }
		_, err = p.PutRight(ctx, id, wanted)
		require.NoError(t, err)
		require.Zero(t, f.storedChannel(id).DeleteAt, "somebody archived it at the same moment")
		f.exec("UPDATE channels SET name = 'other' WHERE id = $1", id)
		f.channel(&model.Channel{TeamId: "team", Name: "wa-1", Type: model.ChannelTypeOpen})
		_, err = p.PutRight(ctx, id, wanted)
		require.NoError(t, err)
		require.Equal(t, "wa-1-2", f.storedChannel(id).Name, "somebody took the name meanwhile")
		_, err = p.PutRight(ctx, "gone", wanted)
		require.ErrorIs(t, err, domain.ErrNotFound)
		f.broken = true
		_, err = p.PutRight(ctx, id, wanted)
		require.Error(t, err)
	}
}

func TestDiscardMakesNoChannel(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	ctx := context.Background()
	wanted := posting.Channel{TeamID: "team", Name: "wa-1"}
	require.NoError(t, p.Discard(ctx, wanted))
	f.channel(&model.Channel{TeamId: "team", Name: "wa-1", Type: model.ChannelTypeOpen})
	id, _, err := p.EnsureChannel(ctx, wanted)
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, p.Discard(ctx, wanted))
	}
	require.NotZero(t, f.storedChannel(id).DeleteAt)
	var channels, archived int
	require.NoError(t, f.db.QueryRow("SELECT count(*), count(*) FILTER (WHERE deleteat > 0) FROM channels").Scan(&channels, &archived))
	require.Equal(t, []int{2, 1}, []int{channels, archived})
}

func TestMissedPostsLeavesOutWhatIsNobodysWord(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	for _, post := range []*model.Post{
		{Id: "2", ChannelId: "c", UserId: "ana", CreateAt: 20, Message: "b"},
		{Id: "1", ChannelId: "c", UserId: "ana", CreateAt: 20, Message: "a"},
		{Id: "old", ChannelId: "c", UserId: "ana", CreateAt: 5},
		{Id: "new", ChannelId: "c", UserId: "ana", CreateAt: 31},
		{Id: "bot", ChannelId: "c", UserId: "bot", CreateAt: 20},
		{Id: "gone", ChannelId: "c", UserId: "ana", CreateAt: 20, DeleteAt: 30},
		{Id: "edited", ChannelId: "c", UserId: "ana", CreateAt: 20, OriginalId: "2"},
		{Id: "system", ChannelId: "c", UserId: "ana", CreateAt: 20, Type: model.PostTypeJoinChannel},
		{Id: "elsewhere", ChannelId: "d", UserId: "ana", CreateAt: 20},
	} {
		f.post(post)
	}
	posted, err := p.MissedPosts(context.Background(), "c", 10, 30)
	require.NoError(t, err)
	require.Len(t, posted, 2)
	require.Equal(t, []string{"1", "2"}, []string{posted[0].ID, posted[1].ID})
}

func TestFindPostFindsOnlyOurOwn(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	ctx := context.Background()
	f.post(&model.Post{Id: "forged", ChannelId: "c", UserId: "ana", Props: model.StringInterface{"waa_wamid": "w"}})
	_, err := p.FindPost(ctx, "c", 0, "waa_wamid", "w")
	require.ErrorIs(t, err, domain.ErrNotFound)
	id, err := p.CreatePost(ctx, posting.Post{ChannelID: "c", Props: map[string]any{"waa_wamid": "w"}})
	require.NoError(t, err)
	found, err := p.FindPost(ctx, "c", 0, "waa_wamid", "w")
	require.NoError(t, err)
	require.Equal(t, id, found)
	_, err = p.FindPost(ctx, "c", 1000, "waa_wamid", "w")
	require.ErrorIs(t, err, domain.ErrNotFound, "it is older than that")
}

// Of two posts of one thing, by two processes, the first that is named stands.
func TestAPostThatDoesNotStandIsTakenBack(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	ctx := context.Background()
	first := f.post(&model.Post{ChannelId: "c", UserId: "bot"}).Id
	second := f.post(&model.Post{ChannelId: "c", UserId: "bot"}).Id
	for range 2 {
		stands, err := p.AgreeOnPost(ctx, "key", second)
		require.NoError(t, err)
		require.Equal(t, second, stands)
	}
	f.broken = true
	_, err := p.AgreeOnPost(ctx, "key", first)
	require.Error(t, err, "a call that broke took nothing back")
	f.broken = false
	for range 2 {
		stands, err := p.AgreeOnPost(ctx, "key", first)
		require.NoError(t, err)
		require.Equal(t, second, stands)
	}
	require.NotZero(t, f.stored(first).DeleteAt)
	require.Zero(t, f.stored(second).DeleteAt)
}

// A process that died before it agreed leaves a second post, which is taken back later.
func TestSecondPostsAreRemoved(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	ctx := context.Background()
	post := func(channel, user, wamid string) string {
		return f.post(&model.Post{ChannelId: channel, UserId: user, Props: model.StringInterface{posting.PropWAMID: wamid}}).Id
	}
	stands := post("c", "bot", "w")
	seconds := []string{post("c", "bot", "w"), post("c", "bot", "w")}
	others := []string{post("another", "bot", "w"), post("c", "somebody", "w"), post("c", "bot", "another")}
	key := posting.PostKey("c", "", posting.PropWAMID, "w")
	require.NoError(t, p.RemoveSeconds(ctx, "the key of another post", stands))
	require.Zero(t, f.stored(seconds[0]).DeleteAt)
	f.broken = true
	require.Error(t, p.RemoveSeconds(ctx, key, stands), "a call that broke took nothing back")
	f.broken = false
	require.NoError(t, p.RemoveSeconds(ctx, key, stands))
	require.NoError(t, p.RemoveSeconds(ctx, key, "gone"))
	for _, id := range seconds {
		require.NotZero(t, f.stored(id).DeleteAt)
	}
	for _, id := range append(others, stands) {
		require.Zero(t, f.stored(id).DeleteAt)
	}
}

// Who has lost the lease changes nothing that others see.
func TestWithoutItsLeaseAProcessChangesNothing(t *testing.T) {
	f, p := newFake(t, "11.10.0")
	ctx, lease := jobqueue.WithLease(context.Background(), time.Now().Add(time.Hour))
	lease.Lose()
	ctx = context.WithoutCancel(ctx) // the end of the context alone would stop the queries
	f.post(&model.Post{Id: "p", Message: "oi"})
	open := f.channel(&model.Channel{Name: "open"}).Id
	archived := f.channel(&model.Channel{Name: "archived", DeleteAt: 5}).Id
	f.exec("INSERT INTO users (id, username, deleteat) VALUES ('ana', 'ana', 0)")
	f.exec("INSERT INTO teammembers (teamid, userid, deleteat) VALUES ('team', 'ana', 0)")
	for name, call := range map[string]func() error{
		"CreatePost": func() error { _, err := p.CreatePost(ctx, posting.Post{ChannelID: "c"}); return err },
		"ShowStatus": func() error { return p.ShowStatus(ctx, "p", "sent", false) },
		"EditPost":   func() error { return p.EditPost(ctx, "p", "olá", nil) },
		"ShowMedia":  func() error { return p.ShowMedia(ctx, "p", posting.MediaStatus{State: "waiting"}) },
		"React":      func() error { _, err := p.React(ctx, "p", "👍"); return err },
		"SetHeader":  func() error { return p.SetHeader(ctx, open, "Janela aberta") },
		"Join":       func() error { return p.Join(ctx, "team", open) },
		"AddMember":  func() error { return p.AddMember(ctx, "team", open, "ana") },
		"NotifyAll":  func() error { return p.NotifyAll(ctx, open, "ana") },
		"Archive":    func() error { return p.Archive(ctx, open) },
		"Restore":    func() error { return p.Restore(ctx, archived) },
		"EnsureChannel": func() error {
			_, _, err := p.EnsureChannel(ctx, posting.Channel{TeamID: "team", Name: "wa-1"})
			return err
		},
		"UpdateCategories": func() error { return p.UpdateCategories(ctx, "ana", "team", nil) },
		"CreateCategory":   func() error { _, err := p.CreateCategory(ctx, "ana", "team", "x", nil); return err },
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorIs(t, call(), jobqueue.ErrLost)
		})
	}
}

func TestMembersAreTheActivePeopleWithTheirRoles(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	f.exec(`INSERT INTO users (id, username, firstname, lastname, roles, deleteat) VALUES ('u1', 'zoe', 'Zoe', 'Dias', 'system_user system_admin', 0),
		('u2', 'ana', 'Ana', '', 'system_user', 0), ('u3', 'bia', '', '', 'system_user', 0), ('u4', 'gone', '', '', 'system_user', 9), ('bot', 'whatsapp', '', '', 'system_user', 0)`)
	f.exec(`INSERT INTO channelmembers (channelid, userid, roles, schemeadmin) VALUES ('c', 'u1', '', true), ('c', 'u2', 'channel_user channel_admin', false),
		('c', 'u3', 'channel_user', false), ('c', 'u4', '', true), ('c', 'bot', '', false), ('d', 'u3', '', true)`)
	members, err := p.Members(context.Background(), "c")
	require.NoError(t, err)
	require.Equal(t, []domain.Member{
		{UserID: "u2", Username: "ana", Name: "Ana", Supervisor: true},
		{UserID: "u3", Username: "bia"},
		{UserID: "u1", Username: "zoe", Name: "Zoe Dias", Supervisor: true, SystemAdmin: true},
	}, members)
}

func TestWrap(t *testing.T) {
	require.NoError(t, wrap(nil, "x"))
	require.ErrorIs(t, wrap(notFound, "x"), domain.ErrNotFound)
	err := wrap(model.NewAppError("", "some.id", nil, "details of a customer", http.StatusInternalServerError), "could not do")
	require.EqualError(t, err, "could not do: some.id: the server could not do it now")
	require.False(t, errors.Is(err, domain.ErrNotFound))
}

// What another try is worth is told by the server's status; another plugin's
// words, which may quote the customer's, are in no error.
func TestWhatTheServerSaysIsJudged(t *testing.T) {
	for status, want := range map[int]error{
		http.StatusBadRequest: posting.ErrRefused, http.StatusForbidden: posting.ErrRefused, http.StatusRequestEntityTooLarge: posting.ErrRefused,
		http.StatusInternalServerError: posting.ErrUnavailable, http.StatusServiceUnavailable: posting.ErrUnavailable, http.StatusTooManyRequests: posting.ErrUnavailable, 0: posting.ErrUnavailable,
		http.StatusNotFound: domain.ErrNotFound,
	} {
		err := wrap(model.NewAppError("createPost", "Post rejected by plugin. The word senha123 is forbidden", nil, "", status), "could not create a post")
		require.ErrorIs(t, err, want, "%d", status)
		require.NotContains(t, err.Error(), "senha123")
	}
	_, err := (&Port{api: &fakeAPI{broken: true}}).CreatePost(t.Context(), posting.Post{})
	require.ErrorIs(t, err, posting.ErrUnavailable, "no answer is no refusal")
}

func TestPostsOfOursFetchNothing(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	ctx := context.Background()
	props := map[string]any{"waa_event": "e"}
	id, err := p.CreatePost(ctx, posting.Post{ChannelID: "c", Props: props})
	require.NoError(t, err)
	require.Equal(t, "true", f.stored(id).GetProp("unsafe_links"))
	require.Equal(t, "e", f.stored(id).GetProp("waa_event"))
	require.Equal(t, map[string]any{"waa_event": "e"}, props, "the caller's stay as they are")

	f.post(&model.Post{Id: "old", UserId: "bot"}) // of before
	require.NoError(t, p.EditPost(ctx, "old", "novo", nil))
	require.Equal(t, "true", f.stored("old").GetProp("unsafe_links"))

	p.SendEphemeral(ctx, "c", "ana", "", "só para você")
	p.SendEphemeralWithAttachments(ctx, "c", "ana", "só para você", []any{map[string]any{"text": "x"}})
	require.Len(t, f.whispers, 2)
	require.Equal(t, "true", f.whispers[0].GetProp("unsafe_links"))
	require.Nil(t, f.whispers[1].GetProp("unsafe_links"), "no client would show its attachments")

	require.NoError(t, p.EditPost(ctx, "old", "com botões", map[string]any{"attachments": []any{map[string]any{"text": "x"}}}))
	require.Nil(t, f.stored("old").GetProp("unsafe_links"))
	require.NoError(t, p.ShowMedia(ctx, id, posting.MediaStatus{State: "waiting", Text: "x"}))
	require.Nil(t, f.stored(id).GetProp("unsafe_links"))
	require.NoError(t, p.ShowMedia(ctx, id, posting.MediaStatus{}))
	require.Equal(t, "true", f.stored(id).GetProp("unsafe_links"))

	id, err = p.CreatePost(ctx, posting.Post{ChannelID: "c", UserID: "ana"})
	require.NoError(t, err)
	require.Nil(t, f.stored(id).GetProp("unsafe_links"), "a person's own post is as the person's")
}
