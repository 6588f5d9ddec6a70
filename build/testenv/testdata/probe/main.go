// Command probe is a plugin for the tests of the environment. It responds to a command, refuses a post, and shows its settings and metrics.
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

type probe struct {
	plugin.MattermostPlugin
}

type settings struct {
	Greeting string
	Other    string
	Broken   bool
}

func main() { plugin.ClientMain(&probe{}) }

// OnActivate fails if the settings say so.
func (p *probe) OnActivate() error {
	var s settings
	if err := p.API.LoadPluginConfiguration(&s); err != nil {
		return errors.Wrap(err, "no settings")
	}
	if s.Broken {
		return errors.New("broken on purpose")
	}
	return p.API.RegisterCommand(&model.Command{Trigger: "probe"})
}

// ExecuteCommand responds with the settings.
func (p *probe) ExecuteCommand(_ *plugin.Context, _ *model.CommandArgs) (*model.CommandResponse, *model.AppError) {
	var s settings
	if err := p.API.LoadPluginConfiguration(&s); err != nil {
		return nil, model.NewAppError("probe", "no settings", nil, "", http.StatusInternalServerError)
	}
	return &model.CommandResponse{Text: s.Greeting + "/" + s.Other}, nil
}

// MessageWillBePosted refuses one particular text.
func (p *probe) MessageWillBePosted(_ *plugin.Context, post *model.Post) (*model.Post, string) {
	if post.Message == "proibido" {
		return nil, "refused by the probe"
	}
	return nil, ""
}

// ServeMetrics returns the id of the plugin's process.
func (p *probe) ServeMetrics(_ *plugin.Context, w http.ResponseWriter, _ *http.Request) {
	_, _ = fmt.Fprintf(w, "probe_pid %d\n", os.Getpid())
}
