package mattermost

import (
	"sync"

	"github.com/mattermost/mattermost/server/public/model"
)

// serverSettings are those of the server's settings that texts in posts need. They are
// remembered, because the server copies all of its settings for each call.
type serverSettings struct {
	mu              sync.Mutex
	known           bool
	locale, siteURL string
	internal        string // AllowedUntrustedInternalConnections
}

// get returns the settings, and reads them where they are not known. Settings that
// cannot be read are empty, and read again at the next call.
func (s *serverSettings) get(read func() *model.Config) (locale, siteURL, internal string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known {
		return s.locale, s.siteURL, s.internal
	}
	config := read()
	if config == nil {
		return "", "", ""
	}
	s.known, s.locale, s.siteURL, s.internal = true, "", "", ""
	if config.LocalizationSettings.DefaultServerLocale != nil {
		s.locale = *config.LocalizationSettings.DefaultServerLocale
	}
	if config.ServiceSettings.SiteURL != nil {
		s.siteURL = *config.ServiceSettings.SiteURL
	}
	if config.ServiceSettings.AllowedUntrustedInternalConnections != nil {
		s.internal = *config.ServiceSettings.AllowedUntrustedInternalConnections
	}
	return s.locale, s.siteURL, s.internal
}

// ServerSettingsChanged must be called when the server says that its settings changed.
func (p *Port) ServerSettingsChanged() {
	p.settings.mu.Lock()
	defer p.settings.mu.Unlock()
	p.settings.known = false
}

// ServerLocale returns the server's default language, or "" if the settings cannot be
// read.
func (p *Port) ServerLocale() string {
	locale, _, _ := p.settings.get(p.api.GetConfig)
	return locale
}

// SiteURL returns the server's public address, or "" if the administrator set none.
func (p *Port) SiteURL() string {
	_, siteURL, _ := p.settings.get(p.api.GetConfig)
	return siteURL
}

// AllowedInternal returns the hosts, addresses and networks inside of the organisation's own
// network that the server lets others' texts lead to, as its administrator wrote them.
func (p *Port) AllowedInternal() string {
	_, _, internal := p.settings.get(p.api.GetConfig)
	return internal
}

// ShowsNames reports whether the server shows a post under the name that the post says,
// in place of its author's. Without it only the web client, with the plugin's part in it,
// shows the customers' names.
func (p *Port) ShowsNames() bool {
	config := p.api.GetConfig()
	return config != nil && config.ServiceSettings.EnablePostUsernameOverride != nil && *config.ServiceSettings.EnablePostUsernameOverride
}

// entryLimit is how many of its last messages Mattermost Entry shows, where its licence does not say.
const entryLimit = 10_000

// MessageLimit returns how many of its last messages the server shows in all channels together; 0 = all. Older ones
// exist, but can be neither seen nor found.
func (p *Port) MessageLimit() int64 {
	license := p.api.GetLicense()
	switch {
	case license == nil:
		return 0
	case license.Limits != nil && license.Limits.PostHistory > 0:
		return license.Limits.PostHistory
	case license.IsMattermostEntry():
		return entryLimit
	default:
		return 0
	}
}
