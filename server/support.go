package main

import (
	"context"
	"database/sql"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/pluginapi"
	"github.com/mattermost/mattermost/server/public/pluginapi/cluster"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
)

// botUsername is our bot's, as the contract has it.
const botUsername = "whatsapp"

func ensureBot(p *Plugin) (string, error) {
	client := pluginapi.NewClient(p.API, p.Driver)
	id, err := client.Bot.EnsureBot(&model.Bot{
		Username: botUsername, DisplayName: "WhatsApp", Description: "Traz as mensagens dos clientes. / Brings the customers' messages.",
	}, pluginapi.ProfileImagePath("assets/profile.png"))
	if err == nil && id == "" { // what a call that broke gives
		err = errors.New("the server gave no answer")
	}
	return id, errors.Wrap(err, "could not make the bot (is there a user named "+botUsername+"?)")
}

// migrateOnce lets one node at a time bring the tables up to date.
func migrateOnce(ctx context.Context, api plugin.API, db *sql.DB) error {
	mutex, err := cluster.NewMutex(api, "migration")
	if err != nil {
		return errors.Wrap(err, "could not make the migration's mutex")
	}
	if err := mutex.LockWithContext(ctx); err != nil {
		return errors.Wrap(err, "another node did not finish its migration")
	}
	defer mutex.Unlock()
	return store.Migrate(db)
}

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
