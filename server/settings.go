package main

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/encryption"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
)

// loadSettings reads what the administrators set.
func (p *Plugin) loadSettings() error {
	var raw map[string]any
	if err := p.API.LoadPluginConfiguration(&raw); err != nil {
		return errors.Wrap(err, "could not read the settings")
	}
	if raw == nil { // a call that broke gives neither settings nor an error: defaults would take the key away
		return errors.New("the server did not say what the settings are")
	}
	settings, problems := config.Parse(raw)
	for _, problem := range problems {
		p.API.LogWarn("A setting cannot be used, its default holds", "setting", problem.Setting, "problem", problem.Text.Key)
	}
	p.settings.Store(&settings)
	p.problems.Store(&problems)
	p.raw.Store(&raw)
	return nil
}

// readSettings reads the settings and makes the encryption key where there is none yet.
func (p *Plugin) readSettings(ctx context.Context) error {
	if err := p.loadSettings(); err != nil {
		return err
	}
	if p.hasKey() {
		return nil
	}
	return mattermost.OneNodeAtATime(ctx, p.API, "encryption-key", p.makeKey)
}

// makeKey makes an encryption key and saves it among the settings.
func (p *Plugin) makeKey() error {
	if err := p.loadSettings(); err != nil || p.hasKey() {
		return err // another node was faster
	}
	raw := p.API.GetPluginConfig()
	if raw == nil { // saving what we make of no answer would take every other setting away
		return errors.New("the server did not say what the settings are")
	}
	for name := range raw { // the server's spelling of the name may be another
		if strings.EqualFold(name, "EncryptionKey") {
			delete(raw, name)
		}
	}
	raw["encryptionkey"] = model.NewId() + model.NewId()
	if appErr := p.API.SavePluginConfig(raw); appErr != nil {
		return errors.Wrap(errors.New(appErr.Id), "could not save the encryption key")
	}
	if err := p.loadSettings(); err != nil {
		return err
	}
	if !p.hasKey() { // a call that broke saved nothing and gave no error
		return errors.New("could not save the encryption key")
	}
	return nil
}

// hasKey tells whether there is a key, be it one that cannot be used: that is
// for the administrator to mend, not for us to replace.
func (p *Plugin) hasKey() bool {
	if p.settings.Load().EncryptionKey != "" {
		return true
	}
	for _, problem := range *p.problems.Load() {
		if problem.Setting == "EncryptionKey" {
			return true
		}
	}
	return false
}

// ConfigurationWillBeSaved is the moment at which the current encryption key and
// the next one are both known: what the first one encrypted is made readable with
// the second, or the change is refused. A key that is removed is replaced.
func (p *Plugin) ConfigurationWillBeSaved(next *model.Config) (changed *model.Config, err error) {
	defer p.recovered("ConfigurationWillBeSaved", func() { changed, err = nil, nil })
	a := p.app.Load()
	if a == nil || next == nil {
		return nil, nil
	}
	ctx, cancel := withTimeout(encryption.KeyTimeout)
	defer cancel()
	settings, problems := config.Parse(next.PluginSettings.Plugins[mattermost.PluginID])
	key := settings.EncryptionKey
	switch {
	case key == model.FakeSetting: // as the console sends what it does not know
		return nil, nil
	case key == "" && keyProblem(problems):
		return nil, refusedKey(a.localize("", domain.T("config.short_key", "Min", encryption.MinKeyLength)))
	case key == "":
		key = model.NewId() + model.NewId()
		changed = next
		withKey(changed, key)
	}
	if err := a.encrypter.PrepareKey(ctx, key); err != nil {
		a.log.Error("A change of the encryption key was refused: what is sealed could not be kept readable", "error", err.Error())
		return nil, refusedKey(a.localize("", domain.T("config.key_refused")))
	}
	return changed, nil
}

// refusedKey is an error whose text reaches the administrator who saves: the server looks its id up among its own texts, and shows the id where there is none.
func refusedKey(text string) error {
	return model.NewAppError("ConfigurationWillBeSaved", text, nil, "", http.StatusBadRequest)
}

func keyProblem(problems []domain.SettingProblem) bool {
	for _, p := range problems {
		if p.Setting == "EncryptionKey" {
			return true
		}
	}
	return false
}

// withKey puts a key into the settings, whatever spelling of its name is there.
func withKey(next *model.Config, key string) {
	raw := maps.Clone(next.PluginSettings.Plugins[mattermost.PluginID])
	if raw == nil {
		raw = map[string]any{}
	}
	maps.DeleteFunc(raw, func(name string, _ any) bool { return strings.EqualFold(name, "EncryptionKey") })
	raw["encryptionkey"] = key
	next.PluginSettings.Plugins[mattermost.PluginID] = raw
}

// auditOnce is how far apart nodes learn of one change.
const auditOnce = time.Minute

// auditSettings writes down which settings changed, never to what, because some
// are secrets. The server's own audit has who changed them. Every node learns of a
// change, and all of them together write one row.
func (a *app) auditSettings(before, after map[string]any) {
	changed := config.Changed(before, after)
	if len(changed) == 0 {
		return
	}
	values, err := json.Marshal(after)
	if err == nil {
		ctx, cancel := withTimeout(auditTimeout)
		defer cancel()
		err = a.store.AuditOnce(ctx, "", "settings_changed", "", map[string]string{"settings": strings.Join(changed, ", "), "hash": a.encrypter.Hash(string(values))}, auditOnce)
	}
	if err != nil {
		a.log.Error("A change of the settings was not audited", "settings", strings.Join(changed, ", "), "error", err.Error())
	}
}
