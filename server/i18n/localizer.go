package i18n

import (
	"sync/atomic"
	"time"
)

// Localizer writes texts with their times in the time zone of the settings, which
// may change while it is used.
type Localizer struct {
	bundle  *Bundle
	current atomic.Pointer[Bundle]
}

// NewLocalizer makes a Localizer that tells times in the server's zone until UseZone names another.
func NewLocalizer(bundle *Bundle) *Localizer {
	l := &Localizer{bundle: bundle}
	l.current.Store(bundle)
	return l
}

// UseZone tells times in a zone from now on.
func (l *Localizer) UseZone(zone *time.Location) { l.current.Store(l.bundle.In(zone)) }

// Bundle is the texts themselves, for what tells times in zones of its own.
func (l *Localizer) Bundle() *Bundle { return l.bundle }

// Text is Bundle.Text in the current zone.
func (l *Localizer) Text(lang, key string, data map[string]any) string {
	return l.current.Load().Text(lang, key, data)
}

// Markdown is Bundle.Markdown in the current zone.
func (l *Localizer) Markdown(lang, key string, data map[string]any) string {
	return l.current.Load().Markdown(lang, key, data)
}
