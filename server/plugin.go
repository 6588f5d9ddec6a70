package main

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/doctor"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
)

// Plugin is what the server talks to. Between activation and deactivation app
// holds everything there is.
type Plugin struct {
	plugin.MattermostPlugin

	settings atomic.Pointer[config.Settings]
	problems atomic.Pointer[[]domain.SettingProblem]
	raw      atomic.Pointer[map[string]any] // the settings as they came
	app      atomic.Pointer[app]
	mu       sync.Mutex // activation and deactivation come one at a time

	activation *activation
	patience   time.Duration // of the server with the activation; 0 is activationPatience
}

// OnActivate starts everything. It fails only for what no administrator can
// mend while the plugin runs: no database, a failed migration, no bot. What takes
// longer than the server should wait goes on in the background.
func (p *Plugin) OnActivate() (err error) {
	defer p.recovered("OnActivate", func() { err = errors.New("the activation panicked, see the log") })
	p.mu.Lock()
	defer p.mu.Unlock()
	p.activation = p.activate()
	return p.activation.wait(p)
}

// OnDeactivate stops the workers; what they were at goes on at the next activation.
func (p *Plugin) OnDeactivate() error {
	defer p.recovered("OnDeactivate", nil)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.activation != nil {
		p.activation.stop()
	}
	if a := p.app.Swap(nil); a != nil {
		a.stop()
	}
	return nil
}

// OnConfigurationChange reads the settings again; they hold from the next use on.
func (p *Plugin) OnConfigurationChange() (err error) {
	defer p.recovered("OnConfigurationChange", nil)
	before := p.raw.Load()
	if err := p.loadSettings(); err != nil {
		return err
	}
	if a := p.app.Load(); a != nil {
		a.configure(*p.settings.Load())
		a.auditSettings(*before, *p.raw.Load())
	}
	return nil
}

// ServeHTTP answers webhooks, REST, dialogs and buttons.
func (p *Plugin) ServeHTTP(_ *plugin.Context, w http.ResponseWriter, r *http.Request) {
	defer p.recovered("ServeHTTP", func() { http.Error(w, "internal error", http.StatusServiceUnavailable) })
	a := p.app.Load()
	if a == nil {
		http.Error(w, "the plugin is starting", http.StatusServiceUnavailable)
		return
	}
	a.http.ServeHTTP(w, r)
}

// ServeMetrics answers on the server's metrics listener.
func (p *Plugin) ServeMetrics(_ *plugin.Context, w http.ResponseWriter, r *http.Request) {
	defer p.recovered("ServeMetrics", nil)
	if a := p.app.Load(); a != nil {
		a.metrics.Handler().ServeHTTP(w, r)
	}
}

// ExecuteCommand answers /whatsapp.
func (p *Plugin) ExecuteCommand(_ *plugin.Context, args *model.CommandArgs) (response *model.CommandResponse, appErr *model.AppError) {
	defer p.recovered("ExecuteCommand", func() { response = &model.CommandResponse{} })
	a := p.app.Load()
	if a == nil {
		return &model.CommandResponse{}, nil
	}
	return a.executeCommand(args), nil
}

// GenerateSupportData adds what the doctor finds to the server's support packet.
func (p *Plugin) GenerateSupportData(_ *plugin.Context) (files []*model.FileData, err error) {
	defer p.recovered("GenerateSupportData", func() { files, err = nil, errors.New("the plugin's support data could not be made") })
	a := p.app.Load()
	if a == nil {
		return nil, errors.New("the plugin is not active")
	}
	ctx, cancel := withTimeout(supportTimeout)
	defer cancel()
	findings, err := a.doctor.Examine(ctx)
	if err != nil {
		return nil, errors.Wrap(err, "could not examine the installation")
	}
	body, err := doctor.SupportFile(findings, a.texts.Text)
	if err != nil {
		return nil, err
	}
	return []*model.FileData{{Filename: mattermost.PluginID + ".json", Body: body}}, nil
}

// recovered keeps a panic from taking the process, and with it every hook of
// ours, down. It is called deferred; then puts the answer right.
func (p *Plugin) recovered(where string, then func()) {
	r := recover()
	if r == nil {
		return
	}
	p.API.LogError("A panic was stopped", "where", where, "kind", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
	if then != nil {
		then()
	}
}
