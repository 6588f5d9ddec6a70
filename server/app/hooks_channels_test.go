package app

import (
	"context"
	"database/sql"
	"net/http"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// fakeNewerServer is a Mattermost that asks before it changes a channel.
type fakeNewerServer struct {
	fakeHookServer
	asked *int // about people
}

func (fakeNewerServer) GetSession(id string) (*model.Session, *model.AppError) {
	if id == "unknown" {
		return nil, nil // a call that broke
	}
	return &model.Session{UserId: id}, nil
}

func (s fakeNewerServer) GetUser(id string) (*model.User, *model.AppError) {
	*s.asked++
	switch id {
	case "bia", "ana":
		return &model.User{Id: id, Locale: map[string]string{"bia": "pt-BR", "ana": "en"}[id], Roles: model.SystemUserRoleId}, nil
	case "guest":
		return &model.User{Id: id, Roles: model.SystemGuestRoleId}, nil
	case "robot":
		return &model.User{Id: id, IsBot: true}, nil
	}
	return nil, model.NewAppError("", "none", nil, "", http.StatusNotFound)
}

func (fakeNewerServer) GetConfig() *model.Config {
	c := &model.Config{}
	c.SetDefaults()
	*c.LocalizationSettings.DefaultServerLocale = "pt-BR"
	return c
}

// newGuarded makes a plugin with an open conversation in the channel "open" and a closed one in "closed".
func newGuarded(t *testing.T) (p *Plugin, db *sql.DB, asked *int) {
	t.Helper()
	db = storetest.DB(t)
	asked = new(int)
	p = &Plugin{}
	p.API = fakeNewerServer{asked: asked}
	texts, err := i18n.New()
	require.NoError(t, err)
	a := &app{plugin: p, log: mattermost.Logger{API: p.API}, texts: i18n.NewLocalizer(texts), hookStore: store.New(db, nil, model.NewId)}
	a.texts.UseZone(time.UTC)
	a.port = mattermost.New(p.API, mattermost.Bots{Plugin: "bot", Customer: "customer"}, a.hookStore, nil)
	a.channels = posting.NewChannels(a.hookStore.ConversationByChannel)
	account := &domain.Account{Name: "Vendas", PhoneNumberID: "1"}
	require.NoError(t, a.hookStore.CreateAccount(context.Background(), account, 1))
	_, err = db.Exec(`INSERT INTO waa_contacts (id, name, created_at, updated_at) VALUES ('contact', 'Ana', 1, 1)`)
	require.NoError(t, err)
	for channel, closed := range map[string]int64{"open": 0, "closed": 5} {
		_, err = db.Exec(`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, channel_id, created_at, updated_at, closed_at) VALUES ($1, $2, 'contact', 'q', 't', $1, 1, 1, $3)`,
			channel, account.ID, closed)
		require.NoError(t, err)
	}
	p.app.Store(a)
	return p, db, asked
}

func TestTheChannelOfAnOpenConversationIsNotArchivedByHand(t *testing.T) {
	p, _, _ := newGuarded(t)
	by := func(session, channel string) string {
		return p.ChannelWillBeArchived(&plugin.Context{SessionId: session}, &model.Channel{Id: channel})
	}
	require.Contains(t, by("bia", "open"), "Encerre antes")
	require.Contains(t, by("ana", "open"), "Close it first")
	require.Contains(t, by("unknown", "open"), "Encerre antes", "the server's language where the person's is not known")
	require.Empty(t, by("bia", "closed"))
	require.Empty(t, by("bia", "elsewhere"))
	require.Empty(t, by("", "open"), "a plugin does it: whoever erases a customer, and we")
	require.Empty(t, p.ChannelWillBeArchived(nil, nil))
}

func TestAConversationsChannelStaysPrivateAndKeepsItsName(t *testing.T) {
	p, _, _ := newGuarded(t)
	was := model.Channel{Type: model.ChannelTypePrivate, Name: "wa-1", DisplayName: "Ana", Header: "Aguardando", Purpose: "x"}
	for _, test := range []struct {
		what, channel, session string
		change                 func(c *model.Channel)
		refused                string
	}{
		{"public", "open", "ana", func(c *model.Channel) { c.Type = model.ChannelTypeOpen }, "cannot be made public"},
		{"public, closed", "closed", "ana", func(c *model.Channel) { c.Type = model.ChannelTypeOpen }, "cannot be made public"},
		{"address", "open", "ana", func(c *model.Channel) { c.Name = "maria-pedido" }, "not changed by hand"},
		{"name", "open", "ana", func(c *model.Channel) { c.DisplayName = "Maria" }, "not changed by hand"},
		{"header", "open", "ana", func(c *model.Channel) { c.Header = "Janela aberta" }, "not changed by hand"},
		{"name, closed", "closed", "ana", func(c *model.Channel) { c.DisplayName = "Maria" }, ""},
		{"purpose", "open", "ana", func(c *model.Channel) { c.Purpose = "y" }, ""},
		{"elsewhere", "elsewhere", "ana", func(c *model.Channel) { c.Type, c.Name = model.ChannelTypeOpen, "x" }, ""},
		{"by us", "open", "", func(c *model.Channel) { c.Header, c.DisplayName = "Janela aberta", "Maria" }, ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			old, updated := was, was
			old.Id, updated.Id = test.channel, test.channel
			test.change(&updated)
			changed, rejection := p.ChannelWillBeUpdated(&plugin.Context{SessionId: test.session}, &updated, &old)
			require.Nil(t, changed)
			if test.refused == "" {
				require.Empty(t, rejection)
			} else {
				require.Contains(t, rejection, test.refused)
			}
		})
	}
}

func TestGuestsAndBotsStayOutOfConversations(t *testing.T) {
	p, db, asked := newGuarded(t)
	add := func(user, channel string) string {
		changed, rejection := p.ChannelMemberWillBeAdded(&plugin.Context{SessionId: "ana"}, &model.ChannelMember{ChannelId: channel, UserId: user})
		require.Nil(t, changed)
		return rejection
	}
	require.Contains(t, add("guest", "open"), "Guests")
	require.Contains(t, add("guest", "closed"), "Guests")
	require.Contains(t, add("robot", "open"), "Bots")
	require.Empty(t, add("bia", "open"))
	require.Empty(t, add("bot", "open"), "our own")
	*asked = 0
	require.Empty(t, add("guest", "elsewhere"))
	require.NoError(t, db.Close())
	require.Empty(t, add("guest", "elsewhere"), "a channel that is not ours costs one look-up")
	require.Zero(t, *asked)
	require.Empty(t, add("guest", "another"), "what cannot be told is allowed")
}
