package app

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/api"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/channelsync"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/command"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/dialog"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/doctor"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/encryption"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/events"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobs"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/metrics"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/outbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/permission"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/webhook"
)

// startTimeout limits what has to be done before the workers start.
const startTimeout = 20 * time.Second

// app is everything that lives between activation and deactivation. newApp is the only
// place that puts it together, in the order in which the parts depend on each other.
// The individual steps are in the wire_*.go files.
type app struct {
	plugin   *Plugin
	log      mattermost.Logger
	clock    domain.Clock
	stopping chan struct{}
	owner    string // identifies this process as the holder of its jobs and leases
	wake     wakers
	urgent   jobqueue.Foreground // messages and requests, before which events wait

	db        *mattermost.Databases
	encrypter *encryption.Encrypter
	store     *store.Store
	hookStore *store.Store // for the hooks, over connections that nothing else uses
	meta      *cloudapi.Client
	texts     *i18n.Localizer
	localizer posting.Localizer
	seals     *posting.Seals
	port      *mattermost.Port
	people    *permission.People
	metrics   *metrics.Metrics
	accounts  *webhook.AccountCache
	webhook   *webhook.Handler

	channels   *posting.Channels
	intake     *postpolicy.Intake
	hookIntake *postpolicy.Intake // for the hook before a post is accepted: it only reads, through hookStore
	reconciler *postpolicy.Reconciler
	receipts   *outbound.Receipts
	reactions  *postpolicy.Reactions
	deletions  *postpolicy.Deletions
	effects    *outbound.FailureEffects
	sender     *outbound.Worker
	syncer     *channelsync.Syncer
	members    *channelsync.Members

	announcements *jobs.Announcements
	templates     *jobs.TemplateSync
	erasure       *jobs.Erasure
	rotation      *encryption.Rotation

	guard    *events.Guard
	service  *service.Service
	drafts   *service.Drafts
	doctor   *doctor.Doctor
	dialogs  *dialog.Dialogs
	commands *command.Command
	api      *api.API
	http     http.Handler

	workers []*jobqueue.Worker
	loops   []*jobqueue.Loop
}

// wakers end the pauses of loops and workers early. They are created before both, so
// that each part can be given whatever it has to wake at the moment it is created.
type wakers struct {
	inbox, outbox, media, events                                                jobqueue.Waker // workers
	channels, statuses, sidebars, drafts, notices, templates, health, deletions jobqueue.Waker // loops
}

func newApp(ctx context.Context, p *Plugin) (made *app, err error) {
	a := &app{plugin: p, log: mattermost.Logger{API: p.API}, stopping: make(chan struct{}), owner: model.NewId(), meta: &cloudapi.Client{Transport: p.Environment.Meta}}
	a.clock = p.Environment.clock(a.stopping)
	defer func() {
		if err != nil {
			a.discard()
		}
	}()
	if err := a.openStore(ctx); err != nil {
		return nil, err
	}
	texts, err := i18n.New()
	if err != nil {
		return nil, err
	}
	a.texts = i18n.NewLocalizer(texts)
	a.configure(*p.settings.Load())
	bots, err := mattermost.EnsureBots(p.API, p.Driver)
	if err != nil {
		return nil, err
	}
	a.seals = &posting.Seals{Keys: a.encrypter.PostKeys, Now: time.Now}
	a.port = mattermost.New(p.API, bots, a.store, a.seals)
	a.localizer = posting.Localizer{Render: a.texts.Markdown, ServerLocale: a.port.ServerLocale, UserLocale: a.port.Locale}
	a.people = permission.New(a.store, p.API.RolesGrantPermission)
	a.metrics = metrics.New(a.queueMetrics, a.templateMetrics, a.eventMetrics)
	a.wireWebhook()
	a.wireNotices()
	a.wirePosts()
	a.wireOutbound()
	a.wireInbound()
	a.wireService()
	a.wireChannelJobs()
	a.wireWatches()
	a.wireMaintenance()
	a.wireEvents()
	a.wireHTTP()
	return a, a.registerCommands(texts)
}

// openStore opens and migrates the database, and creates the stores and the encrypter
// that use it.
func (a *app) openStore(ctx context.Context) error {
	db, err := a.plugin.Environment.openDatabases(a.plugin.API, a.plugin.Driver)
	if err != nil {
		return err
	}
	if err := mattermost.OneNodeAtATime(ctx, a.plugin.API, "migration", func() error { return store.Migrate(db.Slow) }); err != nil {
		db.Close()
		return err
	}
	a.db = db
	a.encrypter = encryption.New(store.New(db.Main, nil, model.NewId)) // this store needs no encrypter, because keys are encrypted before they are stored
	a.store, a.hookStore = store.New(db.Main, a.encrypter, model.NewId), store.New(db.Hooks, a.encrypter, model.NewId)
	return nil
}

// registerCommands registers the plugin's slash commands with the server.
func (a *app) registerCommands(texts *i18n.Bundle) error {
	definitions := []*model.Command{command.Definition(texts, a.port.ServerLocale()), command.ReplyDefinition(texts, a.port.ServerLocale())}
	for _, trigger := range command.NoteTriggers() {
		definitions = append(definitions, command.NoteDefinition(texts, a.port.ServerLocale(), trigger))
	}
	for _, definition := range definitions {
		if err := a.plugin.API.RegisterCommand(definition); err != nil {
			return errors.Wrap(err, "could not register the slash command "+definition.Trigger)
		}
	}
	return nil
}

// start first recovers what a stop or a crash left behind, and then starts the
// workers. Posts are recovered first, so that what was posted while the plugin was not
// running is sent in the right order with what is posted now.
func (a *app) start() {
	ctx, cancel := withTimeout(startTimeout)
	defer cancel()
	if err := a.reconciler.Since(ctx, 0); err != nil {
		a.log.Warn("Could not reconcile at the start, the next round will", "error", err.Error())
	}
	if err := a.store.HideLanes(ctx); err != nil {
		a.log.Warn("Could not hide the inbox's lanes", "error", err.Error())
	}
	for _, w := range a.workers {
		w.Start()
	}
	for _, l := range a.loops {
		l.Start()
	}
}

// stop ends everything. The server gives a plugin ten seconds, so all parts are
// stopped at the same time, and each waits for itself. Whatever is still running after
// that finds the database closed, and continues at the next activation.
func (a *app) stop() {
	close(a.stopping)
	var all sync.WaitGroup
	for _, w := range a.workers {
		all.Go(w.Stop)
	}
	for _, l := range a.loops {
		all.Go(l.Stop)
	}
	all.Wait()
	a.db.Close()
}

// discard releases what an app that was never started holds.
func (a *app) discard() {
	close(a.stopping)
	if a.db != nil {
		a.db.Close()
	}
}

// configure puts new settings into force. An encryption key that cannot be used is
// logged, and does not keep the other settings from being used.
func (a *app) configure(settings config.Settings) {
	ctx, cancel := withTimeout(encryption.KeyTimeout)
	defer cancel()
	if err := a.encrypter.UseKey(ctx, settings.EncryptionKey, settings.PreviousEncryptionKey); err != nil {
		a.log.Error("The encryption key cannot be used", "error", err.Error())
	}
	a.meta.Use(settings)
	a.texts.UseZone(settings.TimeZone)
}

// The functions below give the parts of the plugin the settings that are in force at
// the moment they need them.

func (a *app) domainSettings() domain.Settings { return a.plugin.settings.Load().Domain() }

// clockAhead returns how many milliseconds the clock of the rules is ahead of the
// system's; it never is but in development.
func (a *app) clockAhead() int64 {
	now := a.clock.Now()
	return now - time.Now().UnixMilli()
}

func (a *app) region() string { return a.plugin.settings.Load().DefaultRegion }

func (a *app) timeZone() *time.Location { return a.plugin.settings.Load().TimeZone }

func (a *app) keys() (key, previous string) {
	settings := a.plugin.settings.Load()
	return settings.EncryptionKey, settings.PreviousEncryptionKey
}

func (a *app) settingProblems() []domain.SettingProblem { return *a.plugin.problems.Load() }
