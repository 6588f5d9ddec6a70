package main

import (
	"context"
	"maps"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
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
	ctx, cancel := patience(keyPatience)
	defer cancel()
	settings, problems := config.Parse(next.PluginSettings.Plugins[pluginID])
	key := settings.EncryptionKey
	switch {
	case key == model.FakeSetting: // as the console sends what it does not know
		return nil, nil
	case key == "" && keyProblem(problems):
		return nil, refusedKey(a.say("", domain.T("config.short_key", "Min", config.MinKeyLength)))
	case key == "":
		key = model.NewId() + model.NewId()
		changed = next
		withKey(changed, key)
	}
	if err := a.sealer.prepare(ctx, key); err != nil {
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
	raw := maps.Clone(next.PluginSettings.Plugins[pluginID])
	if raw == nil {
		raw = map[string]any{}
	}
	maps.DeleteFunc(raw, func(name string, _ any) bool { return equalFold(name, "EncryptionKey") })
	raw["encryptionkey"] = key
	next.PluginSettings.Plugins[pluginID] = raw
}

// pluginID is that of the manifest.
const pluginID = "whatsapp-ativo"

const (
	resealBatch = 200
	// resealSettled is how long after a key came into force nobody seals with another any more.
	resealSettled = 5 * time.Minute
)

// resealing seals anew, in the background, what other keys sealed.
type resealing struct {
	app  *app
	at   domain.Resealing
	done string       // the ring with which all was looked at last
	lost atomic.Int64 // values that no key opens
}

// round seals a batch. Once all is sealed with the key in force, old keys go in time.
func (r *resealing) round(ctx context.Context) (more bool, err error) {
	settings := r.app.plugin.settings.Load()
	if err := r.app.sealer.use(ctx, settings.EncryptionKey, settings.PreviousEncryptionKey); err != nil {
		return false, err
	}
	force := r.app.sealer.force.Load()
	if r.done == force.ring {
		if r.lost.Load() > 0 || !force.door {
			return false, nil
		}
		return false, r.app.store.DropKeys(ctx, force.name, namesSecret)
	}
	if r.at, err = r.app.store.Reseal(ctx, r.at, resealBatch); err != nil {
		return false, err
	}
	if !r.at.Done {
		return true, nil
	}
	r.lost.Store(int64(r.at.Lost))
	r.at = domain.Resealing{}
	if time.Since(time.UnixMilli(force.since)) > resealSettled {
		r.done = force.ring
	}
	return false, nil
}
