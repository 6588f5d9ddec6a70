package mattermost

import (
	"context"
	"net/http"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// botServer is the part of a server that keeps bots.
type botServer struct {
	plugin.API
	kept     []byte
	bots     map[string]*model.Bot // by id
	pictures map[string][]byte
	taken    bool // CreateBot finds the name taken
}

func (s *botServer) KVGet(string) ([]byte, *model.AppError) { return s.kept, nil }
func (s *botServer) KVSet(_ string, value []byte) *model.AppError {
	s.kept = value
	return nil
}
func (s *botServer) GetBot(id string, _ bool) (*model.Bot, *model.AppError) {
	if bot := s.bots[id]; bot != nil {
		return bot, nil
	}
	return nil, notFound
}
func (s *botServer) CreateBot(bot *model.Bot) (*model.Bot, *model.AppError) {
	if s.taken {
		return nil, model.NewAppError("", "taken", nil, "", http.StatusBadRequest)
	}
	bot.UserId, bot.OwnerId = model.NewId(), PluginID
	s.bots[bot.UserId] = bot
	return bot, nil
}
func (s *botServer) GetUserByUsername(name string) (*model.User, *model.AppError) {
	for _, bot := range s.bots {
		if bot.Username == name {
			return &model.User{Id: bot.UserId, Username: name, IsBot: true}, nil
		}
	}
	return &model.User{Id: "person", Username: name}, nil
}
func (s *botServer) UpdateBotActive(id string, active bool) (*model.Bot, *model.AppError) {
	if active {
		s.bots[id].DeleteAt = 0
	}
	return s.bots[id], nil
}
func (s *botServer) SetProfileImage(id string, picture []byte) *model.AppError {
	s.pictures[id] = picture
	return nil
}

func TestTheCustomersBotIsMadeOnce(t *testing.T) {
	s := &botServer{bots: map[string]*model.Bot{}, pictures: map[string][]byte{}}
	id, err := ensureCustomerBot(s)
	require.NoError(t, err)
	require.Equal(t, []any{"whatsapp-cliente", "Cliente"}, []any{s.bots[id].Username, s.bots[id].DisplayName})
	require.Equal(t, customerPicture, s.pictures[id])

	s.bots[id].Username, s.bots[id].DeleteAt, s.taken = "renamed", 5, true
	again, err := ensureCustomerBot(s)
	require.NoError(t, err)
	require.Equal(t, id, again, "by its id, however it is called")
	require.Zero(t, s.bots[id].DeleteAt, "and it is enabled again")

	s.kept, s.bots[id].Username = nil, "whatsapp-cliente" // a crash came before it was remembered
	again, err = ensureCustomerBot(s)
	require.NoError(t, err)
	require.Equal(t, id, again)
	require.Equal(t, id, string(s.kept))

	s.kept, s.bots[id].OwnerId = nil, "somebody"
	_, err = ensureCustomerBot(s)
	require.ErrorContains(t, err, "belongs to somebody else")

	s.kept, s.bots = nil, map[string]*model.Bot{}
	_, err = ensureCustomerBot(s)
	require.Error(t, err, "a person has the name")
}

func TestTheCustomerSpeaksInAVoiceOfTheirOwn(t *testing.T) {
	f, p := newFake(t, "11.4.0")
	ctx := context.Background()
	channel := f.channel(&model.Channel{Name: "wa-1", TeamId: "team", Type: model.ChannelTypePrivate}).Id
	says := func(post posting.Post) *model.Post {
		post.ChannelID = channel
		id, err := p.CreatePost(ctx, post)
		require.NoError(t, err)
		return f.stored(id)
	}
	require.Equal(t, "bot", says(posting.Post{Props: map[string]any{"waa_wamid": "a"}}).UserId)
	theirs := says(posting.Post{OfCustomer: true, Props: map[string]any{"waa_wamid": "b"}})
	require.Equal(t, "customer", theirs.UserId)
	require.Equal(t, "true", theirs.GetProp("unsafe_links"))
	for _, wamid := range []string{"a", "b"} {
		_, err := p.FindPost(ctx, channel, 0, "waa_wamid", wamid)
		require.NoError(t, err, "a post of either is found after a crash")
	}
	is, err := p.records.ServerMember(ctx, channel, "customer")
	require.NoError(t, err)
	require.True(t, is, "it is in the channel before it speaks there")

	f.exec("INSERT INTO reactions (postid, userid, emojiname, createat, deleteat) VALUES ($1, 'bot', 'heart', 1, 0)", theirs.Id) // of an earlier version
	known, err := p.React(ctx, theirs.Id, "👍")
	require.NoError(t, err)
	require.True(t, known)
	reactions, err := p.records.ServerReactions(ctx, theirs.Id)
	require.NoError(t, err)
	require.Len(t, reactions, 1)
	require.Equal(t, "customer", reactions[0].UserId)
	people, err := p.Reactions(ctx, theirs.Id)
	require.NoError(t, err)
	require.Empty(t, people, "the customer's is nobody's of ours")
}
