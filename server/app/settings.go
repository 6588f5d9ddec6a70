package app

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

// loadSettings reads the settings from the server and stores them. A setting that
// cannot be used is logged.
func (p *Plugin) loadSettings() error {
	var raw map[string]any
	if err := p.API.LoadPluginConfiguration(&raw); err != nil {
		return errors.Wrap(err, "could not read the settings")
	}
	if raw == nil { // a failed call returns neither settings nor an error, and with the defaults the key would be lost
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

// readSettings reads the settings, and creates the encryption key if there is none
// yet.
func (p *Plugin) readSettings(ctx context.Context) error {
	if err := p.loadSettings(); err != nil {
		return err
	}
	if p.hasKey() {
		return nil
	}
	return mattermost.OneNodeAtATime(ctx, p.API, "encryption-key", p.makeKey)
}

// makeKey creates an encryption key and saves it in the settings.
func (p *Plugin) makeKey() error {
	if err := p.loadSettings(); err != nil || p.hasKey() {
		return err // if there is a key now, another node was faster
	}
	raw := p.API.GetPluginConfig()
	if raw == nil { // the call failed, and saving now would delete all other settings
		return errors.New("the server did not say what the settings are")
	}
	for name := range raw { // the server may spell the name differently
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
	if !p.hasKey() { // a failed call saves nothing and returns no error
		return errors.New("could not save the encryption key")
	}
	return nil
}

// hasKey reports whether a key is set, even one that cannot be used: such a key is for
// the administrator to correct, and not for the plugin to replace.
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

// ConfigurationWillBeSaved is the only moment at which both the current encryption key
// and the next one are known. It makes everything that the current key encrypted
// readable with the next one, or refuses the change. If the key is removed, a new one
// is created in its place.
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
	case key == model.FakeSetting: // the console sends this for a secret that it does not know
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

// refusedKey returns an error whose text the administrator sees when saving. The text
// is passed as the error's id, because the server looks the id up among its own texts
// and shows it unchanged if it finds none.
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

// withKey sets the key in the settings, and removes it under every other spelling of
// its name.
func withKey(next *model.Config, key string) {
	raw := maps.Clone(next.PluginSettings.Plugins[mattermost.PluginID])
	if raw == nil {
		raw = map[string]any{}
	}
	maps.DeleteFunc(raw, func(name string, _ any) bool { return strings.EqualFold(name, "EncryptionKey") })
	raw["encryptionkey"] = key
	next.PluginSettings.Plugins[mattermost.PluginID] = raw
}

// auditOnce is the time within which all nodes learn of the same change.
const auditOnce = time.Minute

// auditSettings records in the audit log which settings changed, but never their
// values, because some are secrets. The server's own audit log has who changed them.
// Every node learns of a change, and all of them together write one row.
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
