package app

import (
	"net/http"

	"github.com/mattermost/mattermost/server/public/plugin"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
)

// Environment is what the plugin uses of the world besides the plugin API. A field that
// is nil stands for the real thing; a simulation puts its own in.
type Environment struct {
	// OpenDatabases opens the server's database.
	OpenDatabases func(api plugin.API, serverDriver plugin.Driver) (*mattermost.Databases, error)
	// Clock is the clock of the domain's rules.
	Clock domain.Clock
	// Meta carries the requests to the Cloud API.
	Meta http.RoundTripper
	// Receivers carries events to other software.
	Receivers http.RoundTripper
}

func (e *Environment) openDatabases(api plugin.API, serverDriver plugin.Driver) (*mattermost.Databases, error) {
	if e.OpenDatabases != nil {
		return e.OpenDatabases(api, serverDriver)
	}
	return mattermost.OpenDatabases(api, serverDriver)
}

// clock returns the domain's clock, which may follow something until stop is closed.
func (e *Environment) clock(stop <-chan struct{}) domain.Clock {
	if e.Clock != nil {
		return e.Clock
	}
	return config.NewClock(stop)
}
