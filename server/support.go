package main

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
)

// localTexts are the texts with their times in the zone that is set now.
type localTexts struct {
	bundle *i18n.Bundle
	local  atomic.Pointer[i18n.Bundle]
}

func (t *localTexts) use(settings config.Settings) { t.local.Store(t.bundle.In(settings.TimeZone)) }

func (t *localTexts) Text(lang, key string, data map[string]any) string {
	return t.local.Load().Text(lang, key, data)
}

func (t *localTexts) Markdown(lang, key string, data map[string]any) string {
	return t.local.Load().Markdown(lang, key, data)
}

// Reader gives a user's locale and time zone; see dialog.Readers.
func (a *app) Reader(ctx context.Context, userID string) (string, *time.Location) {
	return a.port.Locale(ctx, userID), a.plugin.settings.Load().TimeZone
}

// outage tells that an error is of the database or of the server, which do not
// answer now, and of no message: see jobqueue.Options.
func outage(err error) bool { return errors.Is(err, posting.ErrUnavailable) || store.Outage(err) }

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }
