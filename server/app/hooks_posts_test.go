package app

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/metrics"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fakeHookServer is Mattermost as the posting hooks see it.
type fakeHookServer struct{ plugin.API }

func (fakeHookServer) GetServerVersion() string { return "11.4.0" }
func (fakeHookServer) GetConfig() *model.Config {
	c := &model.Config{}
	c.SetDefaults()
	return c
}
func (fakeHookServer) GetUser(id string) (*model.User, *model.AppError) {
	return &model.User{Id: id, Locale: "en"}, nil
}
func (fakeHookServer) GetUserByUsername(string) (*model.User, *model.AppError) {
	return nil, model.NewAppError("", "none", nil, "", http.StatusNotFound)
}
func (fakeHookServer) SendEphemeralPost(string, *model.Post) *model.Post { return nil }
func (fakeHookServer) LogWarn(string, ...any)                            {}
func (fakeHookServer) LogError(string, ...any)                           {}

// fakeOpenStore has the one conversation there is, in channel "ours", which is always open.
type fakeOpenStore struct{ postpolicy.Store }

func (fakeOpenStore) ConversationByChannel(_ context.Context, channelID string) (*domain.Conversation, error) {
	if channelID != "ours" {
		return nil, domain.ErrNotFound
	}
	return &domain.Conversation{ID: "conv", ChannelID: "ours", WindowFrom: 1, WindowUntil: 1 << 60}, nil
}

func newHooked(t *testing.T) (*Plugin, *app) {
	t.Helper()
	p := &Plugin{}
	p.API = fakeHookServer{}
	texts, err := i18n.New()
	require.NoError(t, err)
	a := &app{plugin: p, log: mattermost.Logger{API: p.API}, texts: i18n.NewLocalizer(texts), metrics: metrics.New(func() []metrics.Queue { return nil }, func() []*domain.TemplateOutcomes { return nil }, func() []*domain.EventSubscription { return nil }), clock: config.NewClock(make(chan struct{}))}
	a.texts.UseZone(time.UTC)
	a.seals = &posting.Seals{Keys: func() [][]byte { return [][]byte{[]byte("key")} }, Now: time.Now}
	a.port = mattermost.New(p.API, mattermost.Bots{Plugin: "bot", Customer: "customer"}, nil, a.seals)
	a.channels = posting.NewChannels(fakeOpenStore{}.ConversationByChannel)
	a.intake = &postpolicy.Intake{
		Store: fakeOpenStore{}, Channels: a.channels, Clock: a.clock,
		Policy: &postpolicy.Policy{Posts: a.port, Files: a.port, Emoji: func(string) (string, bool) { return "", false }, Seals: a.seals},
	}
	a.hookIntake = a.intake
	p.app.Store(a)
	return p, a
}

// said are the properties of a post that say anything.
func said(post *model.Post) model.StringInterface {
	props := model.StringInterface{}
	for name, value := range post.GetProps() {
		if value != nil {
			props[name] = value
		}
	}
	return props
}

var (
	byPerson = &plugin.Context{SessionId: "session"}
	byNobody = &plugin.Context{} // the scheduled-post job, another plugin
)

func forgedProps() model.StringInterface {
	return model.StringInterface{
		"waa_status": "read", "waa_kind": "inbound", "waa_wamid": "x", "waa_message": "x", "waa_event": "x", "waa_draft": "d", "waa_seal": "1.x", "waa_new": 1,
		"waa_card":          map[string]any{"contact": map[string]any{"name": map[string]any{"formatted_name": "PIX 000"}}},
		"override_username": "Marina", "override_icon_url": "https://x", "webhook_display_name": "x", "card": "PIX 000", "app_bindings": []any{},
		"attachments": []any{map[string]any{"text": "PIX 000"}}, "mm_blocks": []any{}, "disable_group_highlight": true,
	}
}

// posts asks the hook as the server does: the answer is decoded into the post that came.
func posts(t *testing.T, p *Plugin, by *plugin.Context, post *model.Post) (*model.Post, string) {
	t.Helper()
	type answer struct {
		A *model.Post
		B string
	}
	came := answer{A: post}
	var wire bytes.Buffer
	said, reason := p.MessageWillBePosted(by, post.Clone())
	require.NoError(t, gob.NewEncoder(&wire).Encode(answer{said, reason}))
	require.NoError(t, gob.NewDecoder(&wire).Decode(&came))
	return came.A, came.B
}

func TestNoMarkOfOursIsTakenFromAPersonsPost(t *testing.T) {
	p, _ := newHooked(t)
	for name, by := range map[string]*plugin.Context{"with a session": byPerson, "without one": byNobody, "without anything": nil} {
		post, reason := posts(t, p, by, &model.Post{ChannelId: "ours", UserId: "ana", Message: "Bom dia!", Props: forgedProps()})
		require.Empty(t, reason, name)
		require.Equal(t, "Bom dia!", post.Message)
		require.Equal(t, model.StringInterface{"disable_group_highlight": true}, said(post), name)
		require.Nil(t, mattermost.Posted(post).Card)
	}
	note, reason := posts(t, p, byPerson, &model.Post{ChannelId: "ours", UserId: "ana", Type: posting.TypeNote, Message: "x", Props: forgedProps()})
	require.Empty(t, reason)
	require.NotContains(t, said(note), "waa_status")
	require.NotContains(t, said(note), "override_username")
	label, err := json.Marshal(note.GetProp("attachments"))
	require.NoError(t, err)
	require.NotContains(t, string(label), "PIX", "a note says that it is one")

	poll, reason := posts(t, p, byNobody, &model.Post{ChannelId: "ours", UserId: "pollbot", Type: "custom_poll", Message: "x", Props: forgedProps()})
	require.Empty(t, reason)
	require.NotContains(t, said(poll), "waa_kind")
	require.Contains(t, poll.GetProps(), "attachments", "another plugin's post stays as it is, but for what is ours")

	for _, kind := range []string{posting.TypeEvent, posting.TypeTemplate, "custom_waa_other"} {
		_, reason := p.MessageWillBePosted(byNobody, &model.Post{ChannelId: "ours", UserId: "ana", Type: kind, Message: "x"})
		require.NotEmpty(t, reason, kind)
	}
	_, reason = p.MessageWillBePosted(byPerson, &model.Post{ChannelId: "ours", UserId: "bot", Message: "x", Props: model.StringInterface{"from_bot": "true"}})
	require.NotEmpty(t, reason, "somebody has a token of our bot's")
	elsewhere, reason := posts(t, p, byPerson, &model.Post{ChannelId: "theirs", UserId: "ana", Message: "x", Props: forgedProps()})
	require.Empty(t, reason)
	require.NotContains(t, said(elsewhere), "waa_kind", "no mark of ours is believed anywhere")
	require.Contains(t, said(elsewhere), "override_username", "the rest of a post elsewhere is left alone")
	untouched, reason := p.MessageWillBePosted(byPerson, &model.Post{ChannelId: "theirs", UserId: "ana", Message: "x"})
	require.Nil(t, untouched)
	require.Empty(t, reason)
}

func TestWhatWePostInSomebodysNameKeepsItsMarks(t *testing.T) {
	p, a := newHooked(t)
	draft := posting.IncomingPost{ChannelID: "ours", UserID: "ana", Message: "Bom dia!", DraftID: "d"}
	props := func(seal string) model.StringInterface {
		return model.StringInterface{posting.PropDraft: "d", posting.PropSeal: seal, posting.PropStatus: "read"}
	}
	post, _ := posts(t, p, byNobody, &model.Post{ChannelId: "ours", UserId: "ana", Message: "Bom dia!", Props: props(a.seals.Seal(draft))})
	require.Equal(t, "d", post.GetProp(posting.PropDraft))
	require.NotContains(t, said(post), posting.PropStatus)
	post, _ = posts(t, p, byNobody, &model.Post{ChannelId: "ours", UserId: "ana", Message: "PIX 000", Props: props(a.seals.Seal(draft))})
	require.Empty(t, said(post))

	earlier := &posting.Seals{Keys: a.seals.Keys, Now: func() time.Time { return time.Now().Add(-2 * time.Minute) }}
	_, reason := posts(t, p, byNobody, &model.Post{ChannelId: "ours", UserId: "ana", Message: "Bom dia!", Props: props(earlier.Seal(draft))})
	require.NotEmpty(t, reason, "who made it stood still, and another process makes it by now")
	post, reason = posts(t, p, byPerson, &model.Post{ChannelId: "ours", UserId: "ana", Message: "Bom dia!", Props: props(earlier.Seal(draft))})
	require.Empty(t, reason)
	require.Empty(t, said(post), "a copy is the text that it shows")

	card := posting.Card{Location: &whatsapp.Location{Latitude: 1, Longitude: 2, Name: "Loja"}}
	prop, err := card.Prop()
	require.NoError(t, err)
	place := posting.IncomingPost{ChannelID: "ours", UserID: "ana", Card: &card}
	post, reason = posts(t, p, byNobody, &model.Post{
		ChannelId: "ours", UserId: "ana", Message: "Bom dia!", Props: model.StringInterface{posting.PropCard: prop, posting.PropSeal: a.seals.Seal(place)},
	})
	require.Empty(t, reason)
	require.Equal(t, card.Text(), post.Message, "the channel shows what the customer gets")
	require.Equal(t, &card, mattermost.Posted(post).Card)
}

func TestNobodyEditsWhatLeftOrCameOrOurMarks(t *testing.T) {
	p, a := newHooked(t)
	sent := &model.Post{Id: "p", ChannelId: "ours", UserId: "ana", Message: "oi", Props: model.StringInterface{"waa_status": "failed"}}
	customers := &model.Post{Id: "c", ChannelId: "ours", UserId: "customer", Message: "quero", Props: model.StringInterface{"waa_kind": "inbound", "waa_wamid": "w"}}
	for name, by := range map[string]*plugin.Context{"with a session": byPerson, "without one": byNobody} {
		for _, old := range []*model.Post{sent, customers} {
			edited := old.Clone()
			edited.SetProps(forgedProps())
			edited.IsPinned = true
			got, reason := p.MessageWillBeUpdated(by, edited, old)
			require.Empty(t, reason, "%s: a pin is no edit", name)
			got.DelProp("disable_group_highlight")
			require.Equal(t, old.GetProps(), got.GetProps(), name)

			edited = old.Clone()
			edited.Message = "outra coisa"
			_, reason = p.MessageWillBeUpdated(by, edited, old)
			require.NotEmpty(t, reason, name)
		}
	}
	ticked := sent.Clone()
	ticked.SetProps(model.StringInterface{"waa_status": "read"})
	ticked.AddProp(posting.PropSeal, a.seals.SealChange("p", ticked.GetProps()))
	got, reason := p.MessageWillBeUpdated(byNobody, ticked, sent)
	require.Empty(t, reason)
	require.Equal(t, model.StringInterface{"waa_status": "read"}, got.GetProps(), "our own change, and no seal is stored")

	made := sent.Clone()
	made.SetProps(model.StringInterface{posting.PropDraft: "d", posting.PropSeal: "of the post", "from_plugin": "true"})
	cleaned := made.Clone()
	cleaned.DelProp("from_plugin")
	cleaned.AddProp(posting.PropSeal, a.seals.SealChange("p", cleaned.GetProps()))
	got, reason = p.MessageWillBeUpdated(byNobody, cleaned, made)
	require.Empty(t, reason)
	require.Equal(t, model.StringInterface{posting.PropDraft: "d", posting.PropSeal: "of the post"}, got.GetProps(), "what proves whose it is stays")
	sentNow := got.Clone()
	sentNow.AddProp(posting.PropStatus, "sent")
	sentNow.AddProp(posting.PropSeal, a.seals.SealChange("p", sentNow.GetProps()))
	got, reason = p.MessageWillBeUpdated(byNobody, sentNow, made)
	require.Empty(t, reason)
	require.Equal(t, model.StringInterface{posting.PropDraft: "d", posting.PropStatus: "sent"}, got.GetProps(), "until it is decided about")
}
