package main

import (
	"encoding/json"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// supportPatience bounds what Meta may take while a support packet is made.
const supportPatience = 20 * time.Second

// supportFinding is one line of the support packet.
type supportFinding struct {
	Check     string `json:"check"`
	AccountID string `json:"account_id,omitempty"`
	OK        bool   `json:"ok"`
	Text      string `json:"text"`
}

// GenerateSupportData adds what the doctor finds to the server's support
// packet. Neither a token nor anything of a customer is in it.
func (p *Plugin) GenerateSupportData(_ *plugin.Context) (files []*model.FileData, err error) {
	defer p.recovered("GenerateSupportData", func() { files, err = nil, errors.New("the plugin's support data could not be made") })
	a := p.app.Load()
	if a == nil {
		return nil, errors.New("the plugin is not active")
	}
	ctx, cancel := patience(supportPatience)
	defer cancel()
	findings, err := a.doctor().Examine(ctx)
	if err != nil {
		return nil, errors.Wrap(err, "could not examine the installation")
	}
	file, err := supportFile(findings, a.texts.Text)
	if err != nil {
		return nil, err
	}
	return []*model.FileData{file}, nil
}

// supportFile writes what the doctor found, in English: others read it.
func supportFile(findings []domain.Finding, say func(lang, key string, data map[string]any) string) (*model.FileData, error) {
	lines := make([]supportFinding, len(findings))
	for i, f := range findings {
		lines[i] = supportFinding{Check: f.Check, AccountID: f.AccountID, OK: f.OK, Text: say("en", f.Text.Key, f.Text.Data)}
	}
	body, err := json.MarshalIndent(map[string]any{"findings": lines}, "", "  ")
	if err != nil {
		return nil, errors.Wrap(err, "could not write the support data")
	}
	return &model.FileData{Filename: "whatsapp-ativo.json", Body: body}, nil
}
