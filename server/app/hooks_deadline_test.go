package app

import (
	"context"
	"sync"
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
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// fakeAPI is a server that answers the hooks.
type fakeAPI struct {
	plugin.API
	dataSource string
	mu         sync.Mutex
	whispers   []string
}

func (*fakeAPI) LogWarn(string, ...any)   {}
func (*fakeAPI) LogError(string, ...any)  {}
func (*fakeAPI) GetServerVersion() string { return "11.4.0" }
func (*fakeAPI) GetConfig() *model.Config { return &model.Config{} }
func (c *fakeAPI) GetUnsanitizedConfig() *model.Config {
	return &model.Config{SqlSettings: model.SqlSettings{DataSource: &c.dataSource}}
}
func (*fakeAPI) GetUser(id string) (*model.User, *model.AppError) {
	return &model.User{Id: id, Locale: "en"}, nil
}

func (c *fakeAPI) SendEphemeralPost(_ string, post *model.Post) *model.Post {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.whispers = append(c.whispers, post.Message)
	return post
}

// hooked is a plugin with as much of the app as the posting hooks need, over a wire to a real database.
func hooked(t *testing.T) (*Plugin, *storetest.Wire) {
	t.Helper()
	source := *storetest.Source(t)
	wire := storetest.NewWire(t, source.Host, "")
	source.Host = wire.Address()
	api, texts := &fakeAPI{dataSource: source.String()}, must(t, i18n.New)
	db, err := mattermost.OpenDatabases(api, nil)
	require.NoError(t, err)
	t.Cleanup(db.Close)
	require.NoError(t, store.Migrate(db.Slow))
	p := &Plugin{}
	p.SetAPI(api)
	a := &app{plugin: p, log: mattermost.Logger{API: p.API}, db: db, metrics: metrics.New(func() []metrics.Queue { return nil }, func() []*domain.TemplateOutcomes { return nil }, func() []*domain.EventSubscription { return nil }), texts: i18n.NewLocalizer(texts)}
	settings, _ := config.Parse(nil)
	p.settings.Store(&settings)
	a.texts.UseZone(settings.TimeZone)
	a.store, a.hookStore = store.New(db.Main, nil, model.NewId), store.New(db.Hooks, nil, model.NewId)
	a.seals = &posting.Seals{Keys: func() [][]byte { return nil }, Now: time.Now}
	a.port = mattermost.New(api, mattermost.Bots{Plugin: model.NewId(), Customer: model.NewId()}, a.store, a.seals)
	a.channels = posting.NewChannels(a.hookStore.ConversationByChannel)
	a.intake = &postpolicy.Intake{Store: a.store, Policy: &postpolicy.Policy{}, Channels: a.channels}
	a.hookIntake = a.newHookIntake()
	p.app.Store(a)
	return p, wire
}

func must[T any](t *testing.T, do func() (T, error)) T {
	t.Helper()
	made, err := do()
	require.NoError(t, err)
	return made
}

func postIn(channelID string) *model.Post {
	return &model.Post{Id: model.NewId(), ChannelId: channelID, UserId: model.NewId(), Message: "bom dia"}
}

func TestAPostWaitsForNothingThatIsDoneInTheBackground(t *testing.T) {
	p, _ := hooked(t)
	a := p.app.Load()
	ctx, cancel := context.WithCancel(t.Context())
	var busy sync.WaitGroup
	connections := a.db.Main.Stats().MaxOpenConnections
	for range connections {
		busy.Go(func() { _, _ = a.db.Main.ExecContext(ctx, "SELECT pg_sleep(600)") })
	}
	require.Eventually(t, func() bool { return a.db.Main.Stats().InUse == connections }, time.Minute, 10*time.Millisecond)
	post := postIn(model.NewId())
	_, rejection := p.MessageWillBePosted(nil, post)
	require.Empty(t, rejection)
	ours, known := a.channels.Known(post.ChannelId)
	require.True(t, known && !ours, "it was not let through because it could not be told")
	cancel()
	busy.Wait()
}

func TestPostsAreAnsweredWhileTheDatabaseSwallowsEverything(t *testing.T) {
	p, wire := hooked(t)
	a := p.app.Load()
	ours := model.NewId()
	a.channels.Add(ours)
	_, rejection := p.MessageWillBePosted(nil, postIn(model.NewId())) // a connection is there
	require.Empty(t, rejection)
	wire.Swallow(true)
	// none of these hangs: the test's own time would end it
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, rejection := p.MessageWillBePosted(nil, postIn(model.NewId())); rejection != "" {
				t.Errorf("a post elsewhere was refused: %s", rejection)
			}
			p.MessageHasBeenPosted(nil, postIn(model.NewId()))
		})
		all.Go(func() {
			if _, rejection := p.MessageWillBePosted(nil, postIn(ours)); rejection == "" {
				t.Error("a post in a conversation's channel was let through unjudged")
			}
		})
	}
	old := postIn(model.NewId())
	changed, rejection := p.MessageWillBeUpdated(&plugin.Context{SessionId: "s"}, old.Clone(), old)
	require.NotNil(t, changed)
	require.Empty(t, rejection)
	old = postIn(ours)
	edited := old.Clone()
	edited.Message = "boa tarde"
	_, rejection = p.MessageWillBeUpdated(&plugin.Context{SessionId: "s"}, edited, old)
	require.NotEmpty(t, rejection)
	p.ReactionHasBeenAdded(nil, &model.Reaction{UserId: "u", PostId: "p", ChannelId: "c"})
	all.Wait()
	wire.Swallow(false)
}
