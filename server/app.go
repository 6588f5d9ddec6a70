package main

import (
	"context"
	"net/http"
	"strings"
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
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/encryption"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/inbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobs"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/media"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/metrics"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/outbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/permission"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/webhook"
)

const (
	jobLease     = 20 * time.Second // a killed process's jobs go on after it
	inboxHands   = 24
	inboxShare   = 20  // of one number at the most
	outboxHands  = 256 // mostly waiting for Meta
	reconcileGap = 20 * time.Second
	housekeeping = time.Minute
	monitorGap   = 5 * time.Second
	noticeGap    = 2 * time.Second
	followUpGap  = 5 * time.Second // looks whose turn it is
	mediaHands   = 6               // files at a time: they need time, not memory
	mediaShare   = 5               // of one number at the most
	archiveGap   = 5 * time.Second
	straysGap    = 10 * time.Second
	eventGap     = 500 * time.Millisecond
	membersGap   = 10 * time.Second
	idleGap      = 2 * time.Second
	waitingGap   = 5 * time.Second
)

// app is everything that lives between activation and deactivation. newApp is
// the one place where it is put together, in the order in which it depends.
type app struct {
	plugin    *Plugin
	clock     *clock
	stopping  chan struct{}
	encrypter *encryption.Encrypter
	meta      *cloudapi.Client
	texts     *localTexts
	port      *mattermost.Port
	db        *mattermost.Databases
	store     *store.Store
	accounts  *webhook.AccountCache
	metrics   *metrics.Metrics

	seals     *posting.Seals
	hookStore *store.Store // over connections that nothing else uses
	channels  *posting.Channels
	intake    *postpolicy.Intake
	judging   *postpolicy.Intake // before a post is accepted: it only reads
	reconcile *postpolicy.Reconciler
	reads     *outbound.Receipts
	reactions *postpolicy.Reactions
	deletions *postpolicy.Deletions
	service   *service.Service
	drafts    *service.Drafts
	people    *permission.People
	commands  *command.Command
	api       *api.API
	webhook   *webhook.Handler
	http      http.Handler

	inbox, outbox *jobqueue.Worker
	media         *jobqueue.Worker
	loops         []*jobqueue.Loop
	members       *channelsync.Members
	forgetting    *jobs.Erasure
	rotation      *encryption.Rotation
	mirrorLoop    *jobqueue.Loop
	tickLoop      *jobqueue.Loop
}

func newApp(ctx context.Context, p *Plugin) (made *app, err error) {
	settings := *p.settings.Load()
	a := &app{plugin: p, stopping: make(chan struct{}), meta: &cloudapi.Client{}}
	a.clock = newClock(a.stopping)
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
	a.texts = &localTexts{bundle: texts}
	a.configure(settings)
	botID, err := mattermost.EnsureBot(p.API, p.Driver)
	if err != nil {
		return nil, err
	}
	a.seals = &posting.Seals{Keys: a.encrypter.PostKeys, Now: time.Now}
	a.port = mattermost.New(p.API, botID, a.store, a.seals)
	a.accounts = webhook.NewAccountCache(a.store.Accounts, a.clock)
	a.metrics = metrics.New(a.queueMetrics)
	a.people = permission.New(a.store, p.API.RolesGrantPermission)
	a.buildRelay()
	a.buildFront()
	definitions := []*model.Command{command.Definition(texts, a.port.ServerLocale())}
	for _, trigger := range command.NoteTriggers() {
		definitions = append(definitions, command.NoteDefinition(texts, a.port.ServerLocale(), trigger))
	}
	for _, definition := range definitions {
		if err := p.API.RegisterCommand(definition); err != nil {
			return nil, errors.Wrap(err, "could not register the slash command "+definition.Trigger)
		}
	}
	return a, nil
}

// openStore opens the database and migrates it.
func (a *app) openStore(ctx context.Context) error {
	db, err := mattermost.OpenDatabases(a.plugin.API, a.plugin.Driver)
	if err != nil {
		return err
	}
	if err := mattermost.OneNodeAtATime(ctx, a.plugin.API, "migration", func() error { return store.Migrate(db.Slow) }); err != nil {
		db.Close()
		return err
	}
	a.db = db
	a.encrypter = encryption.New(store.New(db.Main, nil, model.NewId)) // the keys are stored without a further encrypter
	a.store, a.hookStore = store.New(db.Main, a.encrypter, model.NewId), store.New(db.Hooks, a.encrypter, model.NewId)
	return nil
}

// discard gives back what an app has that was never started.
func (a *app) discard() {
	close(a.stopping)
	if a.db != nil {
		a.db.Close()
	}
}

func (a *app) buildRelay() {
	log := mattermost.Logger{API: a.plugin.API}
	owner := model.NewId()
	speaker := posting.Localizer{Render: a.texts.Markdown, ServerLocale: a.port.ServerLocale, UserLocale: a.port.Locale}
	a.channels = posting.NewChannels(a.hookStore.ConversationByChannel)
	a.loop("channels", a.channels.LoadAll(a.store.ChannelsAfter)).Pause = housekeeping

	mirror := &channelsync.Syncer{Store: a.store, Posts: a.port, Channels: a.channels, Localizer: speaker, Clock: a.clock, Log: log, Username: a.port.Username, Link: a.port.Link}
	a.mirrorLoop = a.loop("mirror", mirror.Run)
	strays := &jobs.StrayChannels{Store: a.store, Clock: a.clock, WakeSync: a.mirrorLoop.Wake}
	a.loop("strays", strays.Run).Pause = straysGap
	ticks := &channelsync.StatusSync{Store: a.store, Posts: a.port, Localizer: speaker, Log: log}
	a.tickLoop = a.loop("ticks", ticks.Run)
	waiting := &jobs.WaitingMessages{Store: a.store, ChannelLimit: a.port.ChannelLimit, Clock: a.clock, WakeSync: a.mirrorLoop.Wake}
	a.loop("waiting", waiting.Run).Pause = waitingGap
	events := &channelsync.ChangeEvents{Store: a.store, Publish: a.port.PublishChange}
	a.loop("events", events.Run).Pause = eventGap
	announcements := &jobs.Announcements{AddNotice: a.store.AddNotice, NoteBudgetSpent: a.store.BudgetSpent, TeamName: a.port.TeamName, ChannelLimit: a.port.ChannelLimit, Clock: a.clock, Log: log}
	mirror.OnTeamFull = announcements.TeamFull
	archive := &jobs.Archive{Store: a.store, Posts: a.port, Settings: a.domain, Clock: a.clock, Log: log}
	a.loop("archive", archive.Run).Pause = archiveGap
	templates := &jobs.TemplateSync{Store: a.store, Fetch: a.meta.FetchTemplates, Clock: a.clock, Log: log}
	templatesLoop := a.loop("templates", templates.Run)
	templatesLoop.Pause = housekeeping
	templates.Wake = templatesLoop.Wake
	stale := func(accountID string) { templates.MarkStale(accountID); templatesLoop.Wake() }
	directory := &jobs.NoticeDirectory{
		Account: a.store.Account, Queue: a.store.Queue, Conversation: a.store.Conversation, SystemAdmins: a.port.SystemAdmins, Members: a.port.Members, Link: a.port.Link,
	}
	telling := &jobs.Notices{Store: a.store, Posts: a.port, Recipients: directory.Recipients, DescribeConversation: directory.DescribeConversation, Localizer: speaker, Clock: a.clock, Log: log}
	noticeLoop := a.loop("notices", telling.Run)
	noticeLoop.Pause = noticeGap
	announcements.WakeNotices = noticeLoop.Wake
	stuck := &jobs.StuckCheck{Store: a.store, WakeNotices: noticeLoop.Wake, Clock: a.clock}
	a.loop("stuck", stuck.Run).Pause = housekeeping
	monitor := &jobs.HealthCheck{Store: a.store, AskMeta: a.meta.Look, WakeNotices: noticeLoop.Wake, Clock: a.clock, Log: log}
	monitorLoop := a.loop("monitor", monitor.Run)
	monitorLoop.Pause = monitorGap
	followUp := &jobs.FollowUp{Store: a.store, Zone: func() *time.Location { return a.plugin.settings.Load().TimeZone }, WakeNotices: noticeLoop.Wake, Clock: a.clock, Log: log}
	a.loop("followup", followUp.Run).Pause = followUpGap
	budgets := &jobs.Budgets{Store: a.store, WakeNotices: noticeLoop.Wake, Clock: a.clock}
	a.loop("budgets", budgets.Run).Pause = monitorGap
	effects := &outbound.FailureEffects{
		Store: a.store, Clock: a.clock, WakeChannels: a.mirrorLoop.Wake, OnTemplatesStale: stale,
		OnAccountBlocked: func(context.Context, string, int) { monitorLoop.Wake() },
	}

	worker := &outbound.Worker{
		Store: a.store, Owner: owner, Send: a.meta.Send, Uploader: outbound.NewUploader(a.port.OpenFile, a.meta.Upload), Rates: outbound.NewRateLimiter(), InFlight: outbound.NewInFlightLimiter(), Effects: effects, Clock: a.clock,
		WakeStatusSync: a.tickLoop.Wake, WakeChannels: a.mirrorLoop.Wake, OnStartFailed: announcements.StartFailed,
	}
	a.outbox = jobqueue.NewWorker(jobqueue.Options{
		Name: "outbox", Owner: owner, Store: a.store.Outbox(), Handle: worker.Handle, Concurrency: outboxHands,
		Lease: jobLease, Poll: time.Second, MaxAttempts: 100, Log: log, Observe: a.metrics.Job("outbox"), IsOutage: outage,
	})
	files := &media.Fetcher{Store: a.store, Owner: owner, Locate: a.meta.Media, Download: a.meta.Download, Files: a.port, Localizer: speaker, Clock: a.clock, NewID: model.NewId}
	a.media = jobqueue.NewWorker(jobqueue.Options{
		Name: "media", Owner: owner, Store: a.store.MediaQueue(), Handle: files.Handle, Concurrency: mediaHands, MaxPerAccount: mediaShare,
		Lease: jobLease, Poll: time.Second, MaxAttempts: 100, Log: log, Observe: a.metrics.Job("media"), IsOutage: outage,
	})
	known := numbers{a.store, a.accounts}
	inbound := &inbound.Handler{
		Store: known, Posts: a.port, Localizer: speaker, Clock: a.clock, NewID: model.NewId, WakeChannels: a.mirrorLoop.Wake, WakeMedia: a.media.Wake,
		Settings: a.domain,
		Statuses: &inbound.StatusHandler{Store: known, ApplyFailure: effects.Apply, Settings: a.domain, WakeStatusSync: a.tickLoop.Wake},
		Changes:  &inbound.ChangeHandler{Store: known, Clock: a.clock, WakeNotices: noticeLoop.Wake, OnTemplatesStale: stale, Log: log},
	}
	a.inbox = jobqueue.NewWorker(jobqueue.Options{
		Name: "inbox", Owner: owner, Store: a.store.Inbox(), Handle: inbound.Handle, Concurrency: inboxHands, MaxPerAccount: inboxShare,
		Lease: jobLease, Poll: time.Second, MaxAttempts: 10, Log: log, Observe: a.metrics.Job("inbox"), IsOutage: outage,
		BeforeJob: func(ctx context.Context) { a.webhook.WaitForDeliveries(ctx) },
	})
	a.intake = &postpolicy.Intake{
		Store: a.store, Policy: &postpolicy.Policy{Posts: a.port, Files: a.port, Emoji: a.port.Emoji, Seals: a.seals}, Channels: a.channels, Clock: a.clock, NewID: model.NewId, Wake: a.outbox.Wake,
		RemoveProps: a.port.Untie,
	}
	a.judging = a.judgingIntake()
	a.reads = outbound.NewReceipts(outbound.ReceiptOptions{Store: a.store, MaySpeak: a.people.MaySpeak, PostType: a.port.PostType, MarkRead: a.meta.MarkRead, Channels: a.channels, Settings: a.readSettings, Clock: a.clock, Log: log})
	a.intake.OnReplied = a.reads.OnReplied
	a.reactions = &postpolicy.Reactions{
		Store: a.store, Posts: a.port, Channels: a.channels, Emoji: a.port.Emoji, Localizer: speaker, Clock: a.clock, NewID: model.NewId, Wake: a.outbox.Wake,
	}
	a.deletions = &postpolicy.Deletions{Store: a.store, Posts: a.port, Channels: a.channels, Localizer: speaker}
	a.loop("deletions", a.deletions.Run)
	a.reconcile = &postpolicy.Reconciler{Store: a.store, Intake: a.intake, Posts: a.port, Clock: a.clock, Log: log}
	worker.ReconcileChannel = a.reconcile.CatchUp
	a.loop("reconcile", a.reconcile.Run).Pause = reconcileGap
	keeping := &jobs.Housekeeping{
		Store: a.store, BotID: a.port.BotID(), Retention: func() time.Duration { return a.plugin.settings.Load().Retention() },
		LastWebhook: func(accountID string) int64 { return a.webhook.LastWebhook(accountID) }, Clock: a.clock, Log: log,
	}
	a.loop("housekeeping", keeping.Run).Pause = housekeeping
	indexes := a.loop("indexes", store.Indexes(a.db.Slow))
	indexes.Pause, indexes.Timeout = housekeeping, store.BuildPatience
	a.rotation = &encryption.Rotation{Encrypter: a.encrypter, Keys: a.keys, Reencrypt: a.store.Reencrypt, DropKeys: a.store.DropKeys}
	a.loop("keys", a.rotation.Run).Pause = housekeeping
	a.forgetting = &jobs.Erasure{Store: a.store, Posts: a.port, BotIDs: []string{a.port.BotID()}, Clock: a.clock, Log: log}
	a.loop("forget", a.forgetting.Run).Pause = housekeeping / 6

	a.service = service.NewService(service.Ports{
		Store: a.store, SendNow: (&outbound.SyncSender{Worker: worker, Queue: a.store.Outbox(), WakeOutbox: a.outbox.Wake}).SendNow,
		ChannelSync: mirror, People: a.people, Encrypter: a.encrypter, Compose: outbound.TemplateComposer{Files: a.port}.Compose, Clock: a.clock, NewID: model.NewId, Settings: a.domain,
		ChannelLimit: a.port.ChannelLimit, CanRestore: a.port.CanRestore, BudgetSpent: announcements.BudgetSpent,
	})
	followUpList := &jobs.FollowUpList{List: a.service.List, Link: a.port.Link, Localizer: speaker}
	telling.Details = map[string]jobs.Detail{domain.FollowUpText: followUpList.Write}
	a.buildDrafts(speaker, log)
	a.buildPeople(mirror, speaker, noticeLoop.Wake)
}

// judgingIntake is the intake as the posting hook has it: what it reads comes over connections that nothing else uses.
func (a *app) judgingIntake() *postpolicy.Intake {
	port := mattermost.New(a.plugin.API, a.port.BotID(), a.hookStore, a.seals)
	intake, judge := *a.intake, *a.intake.Policy
	judge.Posts, judge.Files = port, port
	intake.Store, intake.Policy = a.hookStore, &judge
	return &intake
}

// buildPeople makes what follows who serves whom: members, waits, sidebars.
func (a *app) buildPeople(mirror *channelsync.Syncer, speaker posting.Localizer, told func()) {
	log := mattermost.Logger{API: a.plugin.API}
	a.members = &channelsync.Members{Store: a.store, Channels: a.channels, Invited: a.service.Invited, Unassign: a.service.Unassign, BotID: a.port.BotID(), WakeNotices: told, Clock: a.clock, Log: log}
	a.loop("members", a.members.Run).Pause = membersGap
	idle := &jobs.InactivityCheck{
		Store: a.store, Check: a.service.CheckInactivity, WakeNotices: told, Clock: a.clock, Log: log,
		Minutes: func() int { return a.plugin.settings.Load().InactivityMinutes },
	}
	a.loop("idle", idle.Run).Pause = idleGap
	sidebars := &channelsync.Sidebars{Store: a.store, Posts: a.port, Localizer: speaker, Log: log}
	mirror.WakeSidebars = a.loop("sidebars", sidebars.Run).Wake
}

func (a *app) buildFront() {
	log := mattermost.Logger{API: a.plugin.API}
	dialogs := dialog.New(dialog.Deps{
		Service: a.service, Store: a.store, Reader: a.Reader, Texts: a.texts.bundle, Clock: a.clock, Settings: a.domain, Keys: a.encrypter.DialogKeys, LogError: log.Error,
	})
	front := &front{app: a, dialogs: dialogs}
	a.commands = front.commands(log)
	a.api = front.restAPI(log)
	a.webhook = front.deliveries(log)
	a.http = front.routes()
}

func (a *app) loop(name string, round func(context.Context) (bool, error)) *jobqueue.Loop {
	l := &jobqueue.Loop{Name: name, Run: round, Log: mattermost.Logger{API: a.plugin.API}}
	a.loops = append(a.loops, l)
	return l
}

// start brings up what a stop or a crash left behind, then the workers.
func (a *app) start() {
	// posts first: what was posted while we were away goes out in order with what comes now
	ctx, cancel := patience(20 * time.Second)
	defer cancel()
	if err := a.reconcile.Since(ctx, 0); err != nil {
		a.plugin.API.LogWarn("Could not reconcile at the start, the next round will", "error", err.Error())
	}
	if err := a.store.HideLanes(ctx); err != nil {
		a.plugin.API.LogWarn("Could not hide the inbox's lanes", "error", err.Error())
	}
	a.inbox.Start()
	a.outbox.Start()
	a.media.Start()
	for _, l := range a.loops {
		l.Start()
	}
}

func (a *app) stop() {
	close(a.stopping)
	var all sync.WaitGroup // each takes its time, together they have ten seconds
	all.Go(a.inbox.Stop)
	all.Go(a.outbox.Stop)
	all.Go(a.media.Stop)
	for _, l := range a.loops {
		all.Go(l.Stop)
	}
	all.Wait()
	a.db.Close() // what still runs finds it closed, and goes on at the next activation
}

// keys are the encryption keys of the settings: the one that is set and the previous one.
func (a *app) keys() (key, previous string) {
	settings := a.plugin.settings.Load()
	return settings.EncryptionKey, settings.PreviousEncryptionKey
}

// configure lets new settings hold from now on.
func (a *app) configure(settings config.Settings) {
	ctx, cancel := patience(encryption.KeyTimeout)
	defer cancel()
	if err := a.encrypter.UseKey(ctx, settings.EncryptionKey, settings.PreviousEncryptionKey); err != nil {
		a.plugin.API.LogError("The encryption key cannot be used", "error", err.Error())
	}
	a.meta.Use(settings)
	a.texts.use(settings)
}

func (a *app) domain() domain.Settings { return a.plugin.settings.Load().Domain() }

// say gives a text in a person's language, for what is no post.
func (a *app) say(userID string, t domain.Text) string {
	return a.texts.Text(a.port.Locale(context.Background(), userID), t.Key, t.Data)
}

// whisper shows texts in a person's language to this person alone.
func (a *app) whisper(ctx context.Context, post *model.Post, texts ...domain.Text) {
	lines := make([]string, len(texts))
	for i, t := range texts {
		lines[i] = a.texts.Markdown(a.port.Locale(ctx, post.UserId), t.Key, t.Data)
	}
	a.port.Whisper(ctx, post.ChannelId, post.UserId, post.RootId, strings.Join(lines, " "))
}
