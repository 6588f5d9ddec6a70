package main

import (
	"context"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
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
		if equalFold(name, "EncryptionKey") {
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
