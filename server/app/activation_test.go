package app

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// fakeStartingServer is a server that activates us, as far as an activation goes.
type fakeStartingServer struct {
	fakeAPI
	source   string
	settings map[string]any

	mu       sync.Mutex
	keys     map[string]bool
	botTaken bool // a person has the name of one of the bots
}

func newFakeStartingServer(t *testing.T) *fakeStartingServer {
	t.Helper()
	return &fakeStartingServer{source: storetest.Source(t).String(), settings: map[string]any{"encryptionkey": "only-for-tests-0123456789-0123456789"}, keys: map[string]bool{}}
}

func (s *fakeStartingServer) GetUnsanitizedConfig() *model.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, source := s.GetConfig(), s.source
	c.SqlSettings.DataSource = &source
	return c
}

// moveTo gives the server another data source.
func (s *fakeStartingServer) moveTo(source string) (before string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.source = s.source, source
	return before
}

func (s *fakeStartingServer) LoadPluginConfiguration(dest any) error {
	*dest.(*map[string]any) = s.settings
	return nil
}

// KVSetWithOptions is what mutexes of the cluster are made of.
func (s *fakeStartingServer) KVSetWithOptions(key string, value []byte, options model.PluginKVSetOptions) (bool, *model.AppError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if value == nil {
		delete(s.keys, key)
		return true, nil
	}
	if options.Atomic && s.keys[key] != (options.OldValue != nil) {
		return false, nil
	}
	s.keys[key] = true
	return true, nil
}

func (s *fakeStartingServer) held(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[key]
}

func (*fakeStartingServer) KVGet(string) ([]byte, *model.AppError)   { return nil, nil }
func (*fakeStartingServer) EnsureBotUser(*model.Bot) (string, error) { return model.NewId(), nil }
func (*fakeStartingServer) KVSet(string, []byte) *model.AppError     { return nil }
func (*fakeStartingServer) GetUserByUsername(name string) (*model.User, *model.AppError) {
	return &model.User{Id: model.NewId(), Username: name}, nil
}
func (s *fakeStartingServer) CreateBot(bot *model.Bot) (*model.Bot, *model.AppError) {
	if s.botTaken {
		return nil, model.NewAppError("CreateBot", "app.bot.createbot.bad_request", nil, "", http.StatusBadRequest)
	}
	return &model.Bot{UserId: model.NewId(), Username: bot.Username}, nil
}
func (*fakeStartingServer) GetUser(id string) (*model.User, *model.AppError) {
	return &model.User{Id: id, Locale: "pt-BR"}, nil
}
func (*fakeStartingServer) GetBundlePath() (string, error)                 { return filepath.Abs("../..") }
func (*fakeStartingServer) SetProfileImage(string, []byte) *model.AppError { return nil }
func (*fakeStartingServer) RegisterCommand(*model.Command) error           { return nil }
func (*fakeStartingServer) LogInfo(string, ...any)                         {}
func (*fakeStartingServer) LogDebug(string, ...any)                        {}
func (*fakeStartingServer) PublishPluginClusterEvent(model.PluginClusterEvent, model.PluginClusterEventSendOptions) error {
	return nil
}

// fakeDeadDriver is a server whose own pool gives nothing.
type fakeDeadDriver struct{ plugin.Driver }

func (fakeDeadDriver) Conn(bool) (string, error) { return "", errors.New("no connection") }

func activated(t *testing.T, s *fakeStartingServer) *Plugin {
	t.Helper()
	p := &Plugin{patience: 100 * time.Millisecond}
	p.SetAPI(s)
	p.SetDriver(fakeDeadDriver{})
	t.Cleanup(func() { require.NoError(t, p.OnDeactivate()) })
	return p
}

func status(p *Plugin) int {
	recorder := httptest.NewRecorder()
	p.ServeHTTP(nil, recorder, httptest.NewRequest(http.MethodGet, "/webhook/nobody", nil))
	return recorder.Code
}

func TestAnActivationOutlastsAnotherNodesMigration(t *testing.T) {
	s := newFakeStartingServer(t)
	const mutex = "mutex_migration"
	s.keys[mutex] = true // another node migrates, and takes its time
	p := activated(t, s)
	require.NoError(t, p.OnActivate(), "the server does not wait, and is not told that it failed")
	require.Nil(t, p.app.Load())
	require.Equal(t, http.StatusServiceUnavailable, status(p))
	post := &model.Post{Id: model.NewId(), ChannelId: model.NewId(), Message: "oi"}
	_, rejection := p.MessageWillBePosted(nil, post)
	require.Empty(t, rejection)
	response, appErr := p.ExecuteCommand(nil, &model.CommandArgs{UserId: "ana", Command: "/r oi"})
	require.Nil(t, appErr)
	require.Equal(t, "O WhatsApp ainda está iniciando, e nada foi feito. Tente de novo em instantes.", response.Text)

	_, appErr = s.KVSetWithOptions(mutex, nil, model.PluginKVSetOptions{}) // it is done
	require.Nil(t, appErr)
	require.Eventually(t, func() bool { return p.app.Load() != nil }, time.Minute, 10*time.Millisecond)
	require.Equal(t, http.StatusNotFound, status(p), "it works")
	require.False(t, s.held(mutex))
}

func TestAnActivationThatWaitsCanBeStopped(t *testing.T) {
	s := newFakeStartingServer(t)
	s.keys["mutex_migration"] = true
	p := activated(t, s)
	require.NoError(t, p.OnActivate())
	require.NoError(t, p.OnDeactivate()) // the test's own time would end it
	require.True(t, within(time.Minute, p.activation.done))
	require.Nil(t, p.app.Load())
}

func TestAnActivationOutlastsAnOutageOfTheDatabase(t *testing.T) {
	s := newFakeStartingServer(t)
	there := s.moveTo("postgres://nobody@127.0.0.1:1/none?sslmode=disable")
	p := activated(t, s)
	p.patience = time.Minute
	require.NoError(t, p.OnActivate(), "the server would not try again")
	require.Nil(t, p.app.Load())
	require.Equal(t, http.StatusServiceUnavailable, status(p))
	s.moveTo(there)
	require.Eventually(t, func() bool { return p.app.Load() != nil }, time.Minute, 10*time.Millisecond)
	require.Equal(t, http.StatusNotFound, status(p), "it works")
}

func TestAnActivationThatFailsAtOnceSaysSo(t *testing.T) {
	s := newFakeStartingServer(t)
	s.botTaken = true
	p := activated(t, s)
	p.patience = time.Minute
	require.ErrorContains(t, p.OnActivate(), "is there a user of that name?")
	require.True(t, within(time.Minute, p.activation.done), "nothing goes on behind")
}

func TestAPluginThatIsNotActiveHasNoSupportData(t *testing.T) {
	files, err := (&Plugin{}).GenerateSupportData(nil)
	require.Error(t, err)
	require.Empty(t, files)
}
