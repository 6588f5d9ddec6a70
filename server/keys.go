package main

import (
	"maps"
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/encryption"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
)

// ConfigurationWillBeSaved is the moment at which the key that is set and the
// next one are both known: what the first one sealed is made to open with the
// second, or the change is refused. A key that is taken away is replaced.
func (p *Plugin) ConfigurationWillBeSaved(next *model.Config) (changed *model.Config, err error) {
	defer p.recovered("ConfigurationWillBeSaved", func() { changed, err = nil, nil })
	a := p.app.Load()
	if a == nil || next == nil {
		return nil, nil
	}
	ctx, cancel := patience(encryption.KeyTimeout)
	defer cancel()
	settings, problems := config.Parse(next.PluginSettings.Plugins[mattermost.PluginID])
	key := settings.EncryptionKey
	switch {
	case key == model.FakeSetting: // as the console sends what it does not know
		return nil, nil
	case key == "" && keyProblem(problems):
		return nil, refusedKey(a.say("", domain.T("config.short_key", "Min", encryption.MinKeyLength)))
	case key == "":
		key = model.NewId() + model.NewId()
		changed = next
		withKey(changed, key)
	}
	if err := a.encrypter.PrepareKey(ctx, key); err != nil {
		p.API.LogError("A change of the encryption key was refused: what is sealed could not be kept readable", "error", err.Error())
		return nil, refusedKey(a.say("", domain.T("config.key_refused")))
	}
	return changed, nil
}

// refusedKey is an error whose words reach whoever saves: the server looks for them by their id, and finds itself.
func refusedKey(text string) error {
	return model.NewAppError("ConfigurationWillBeSaved", text, nil, "", http.StatusBadRequest)
}

func keyProblem(problems []config.Problem) bool {
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
	maps.DeleteFunc(raw, func(name string, _ any) bool { return equalFold(name, "EncryptionKey") })
	raw["encryptionkey"] = key
	next.PluginSettings.Plugins[mattermost.PluginID] = raw
}
