package app

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
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
)

// Plugin is the object whose hooks the server calls. Between activation and
// deactivation, app holds everything else that exists.
type Plugin struct {
	plugin.MattermostPlugin
	Environment Environment // must be set before the activation

	settings atomic.Pointer[config.Settings]
	problems atomic.Pointer[[]domain.SettingProblem]
	raw      atomic.Pointer[map[string]any] // the settings as the server sent them
	app      atomic.Pointer[app]
	mu       sync.Mutex // makes activation and deactivation exclude each other

	activation *activation
	patience   time.Duration // how long the server is kept waiting for the activation; 0 means activationPatience
}

// OnActivate starts everything. It fails only if something is wrong that no
// administrator can correct while the plugin runs: the database is not PostgreSQL, a
// migration failed, or there is no bot. Whatever takes longer than the server should be
// kept waiting goes on in the background, and so does an activation during an outage.
func (p *Plugin) OnActivate() (err error) {
	defer p.recovered("OnActivate", func() { err = errors.New("the activation panicked, see the log") })
	p.mu.Lock()
	defer p.mu.Unlock()
	p.activation = p.activate()
	return p.activation.wait(p)
}

// OnDeactivate stops the workers. Their unfinished jobs continue at the next
// activation.
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

// OnConfigurationChange reads the settings again and records which of them changed.
// The new ones apply from their next use on.
func (p *Plugin) OnConfigurationChange() (err error) {
	defer p.recovered("OnConfigurationChange", nil)
	before := p.raw.Load()
	if err := p.loadSettings(); err != nil {
		return err
	}
	if a := p.app.Load(); a != nil {
		a.configure(*p.settings.Load())
		a.port.ServerSettingsChanged()
		a.auditSettings(*before, *p.raw.Load())
	}
	return nil
}

// ServeHTTP serves webhooks, the REST API, dialogs and buttons. It responds with
// status 503 until the plugin is active.
func (p *Plugin) ServeHTTP(_ *plugin.Context, w http.ResponseWriter, r *http.Request) {
	defer p.recovered("ServeHTTP", func() { http.Error(w, "internal error", http.StatusServiceUnavailable) })
	a := p.app.Load()
	if a == nil {
		http.Error(w, "the plugin is starting", http.StatusServiceUnavailable)
		return
	}
	defer a.urgent.Enter()()
	a.http.ServeHTTP(w, r)
}

// ServeMetrics serves the metrics on the server's metrics listener.
func (p *Plugin) ServeMetrics(_ *plugin.Context, w http.ResponseWriter, r *http.Request) {
	defer p.recovered("ServeMetrics", nil)
	if a := p.app.Load(); a != nil {
		a.metrics.Handler().ServeHTTP(w, r)
	}
}

// ExecuteCommand executes the plugin's slash commands.
func (p *Plugin) ExecuteCommand(_ *plugin.Context, args *model.CommandArgs) (response *model.CommandResponse, appErr *model.AppError) {
	defer p.recovered("ExecuteCommand", func() { response = p.refuseCommand(args, "command.failed") })
	a := p.app.Load()
	if a == nil {
		return p.refuseCommand(args, "command.starting"), nil
	}
	return a.executeCommand(args), nil
}

// refuseCommand answers a command without the app: silence would look like success, and what was typed is gone from
// the message box.
func (p *Plugin) refuseCommand(args *model.CommandArgs, key string) *model.CommandResponse {
	texts, err := i18n.New()
	if err != nil {
		return &model.CommandResponse{}
	}
	lang := i18n.Portuguese
	if user, appErr := p.API.GetUser(args.UserId); appErr == nil && user != nil {
		lang = user.Locale
	}
	return commandResponse(args, texts.Text(lang, key, nil))
}

// GenerateSupportData adds the doctor's findings to the server's support packet.
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

// recovered must be deferred by every hook. It stops a panic, which would otherwise
// end the process and with it all of the plugin's hooks, and logs it. If there was
// one, it calls then, unless that is nil, to set the hook's result.
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
