package app

import (
	"sync/atomic"
	"testing"

	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/stretchr/testify/require"
)

// fakeMortalAPI is a server that may die: then its calls return nothing, as the real client's do.
type fakeMortalAPI struct {
	plugin.API
	dead  atomic.Bool
	asked chan struct{}
}

func (m *fakeMortalAPI) GetServerVersion() string {
	m.asked <- struct{}{}
	if m.dead.Load() {
		return ""
	}
	return "11.4.0"
}

func TestAPluginEndsWithItsServer(t *testing.T) {
	api := &fakeMortalAPI{asked: make(chan struct{})}
	p := &Plugin{}
	p.SetAPI(api)
	ended := make(chan int, 1)
	go p.watchServer(make(chan struct{}), func(code int) { ended <- code })
	<-api.asked
	require.Empty(t, ended, "the server lives")
	api.dead.Store(true)
	<-api.asked
	require.Equal(t, 1, <-ended)
}

func TestAPluginThatIsStoppedStopsLooking(t *testing.T) {
	stopping, done := make(chan struct{}), make(chan struct{})
	close(stopping)
	p := &Plugin{}
	go func() { p.watchServer(stopping, func(int) { t.Error("it ended the process") }); close(done) }()
	<-done
}
