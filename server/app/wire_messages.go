package app

import (
	"context"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/inbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/media"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/outbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/webhook"
)

const (
	jobLease           = 20 * time.Second // after this time, other processes take over the jobs of a killed one
	jobPoll            = time.Second
	inboxConcurrency   = 24
	inboxPerAccount    = 20
	inboxMaxAttempts   = 10
	outboxConcurrency  = 256 // many, because they mostly wait for Meta
	outboxMaxAttempts  = 100
	mediaConcurrency   = 6 // files at a time; each takes long, but little memory
	mediaPerAccount    = 5
	mediaMaxAttempts   = 100
	reconcileInterval  = 20 * time.Second
	channelsLoadPeriod = time.Minute
)

// wirePosts creates the parts that decide about posts and put them into the outbox.
func (a *app) wirePosts() {
	a.channels = posting.NewChannels(a.hookStore.ConversationByChannel)
	a.every(channelsLoadPeriod, &jobqueue.Loop{Name: "channels", Run: a.channels.LoadAll(a.store.ChannelsAfter)})
	a.receipts = outbound.NewReceipts(outbound.ReceiptOptions{
		Store: a.store, MaySpeak: a.people.MaySpeak, PostType: a.port.PostType, MarkRead: a.meta.MarkRead, Channels: a.channels,
		Settings: a.receiptSettings, Clock: a.clock, Log: a.log,
	})
	a.intake = &postpolicy.Intake{
		Store: a.store, Policy: &postpolicy.Policy{Posts: a.port, Files: a.port, Emoji: a.port.Emoji, Seals: a.seals}, Channels: a.channels,
		Clock: a.clock, NewID: model.NewId, Wake: a.wake.outbox.Wake, OnReplied: a.receipts.OnReplied, RemoveProps: a.port.Untie,
	}
	a.hookIntake = a.newHookIntake()
	a.reactions = &postpolicy.Reactions{
		Store: a.store, Posts: a.port, Channels: a.channels, Emoji: a.port.Emoji, Localizer: a.localizer, Clock: a.clock, NewID: model.NewId, Wake: a.wake.outbox.Wake,
	}
	a.deletions = &postpolicy.Deletions{Store: a.store, Posts: a.port, Channels: a.channels, Localizer: a.localizer, Wake: a.wake.deletions.Wake}
	a.every(time.Minute, &jobqueue.Loop{Name: "deletions", Waker: &a.wake.deletions, Run: a.deletions.Run})
	a.reconciler = &postpolicy.Reconciler{Store: a.store, Intake: a.intake, Posts: a.port, Log: a.log}
	a.every(reconcileInterval, &jobqueue.Loop{Name: "reconcile", Run: a.reconciler.Run})
}

// newHookIntake returns a copy of the intake for the hook before a post is accepted.
// It reads over connections that nothing else uses, so that background work cannot
// delay a person's post.
func (a *app) newHookIntake() *postpolicy.Intake {
	port := a.port.With(a.hookStore)
	intake, policy := *a.intake, *a.intake.Policy
	policy.Posts, policy.Files = port, port
	intake.Store, intake.Policy = a.hookStore, &policy
	return &intake
}

// wireOutbound creates the parts that send the outbox to WhatsApp.
func (a *app) wireOutbound() {
	a.effects = &outbound.FailureEffects{
		Store: a.store, Clock: a.clock, WakeChannels: a.wake.channels.Wake, OnTemplatesStale: a.templates.SyncSoon,
		OnAccountBlocked: func(context.Context, string, int) { a.wake.health.Wake() },
	}
	a.sender = &outbound.Worker{
		Store: a.store, Owner: a.owner, Send: a.meta.Send, Uploader: outbound.NewUploader(a.port.OpenFile, a.meta.Upload),
		Rates: outbound.NewRateLimiter(), InFlight: outbound.NewInFlightLimiter(), Effects: a.effects, Clock: a.clock,
		Settings:       a.domainSettings,
		WakeStatusSync: a.wake.statuses.Wake, WakeChannels: a.wake.channels.Wake, OnStartFailed: a.announcements.StartFailed,
		ReconcileChannel: a.reconciler.CatchUp,
	}
	a.work(jobqueue.Options{
		Name: "outbox", Waker: &a.wake.outbox, Store: a.store.Outbox(), Handle: a.urgent.Handle(a.sender.Handle), Concurrency: outboxConcurrency, MaxAttempts: outboxMaxAttempts,
	})
}

// wireInbound creates the workers that handle the inbox and fetch the customers'
// files.
func (a *app) wireInbound() {
	known := cachedAccounts{a.store, a.accounts}
	handler := &inbound.Handler{
		Store: known, Posts: a.port, Localizer: a.localizer, Clock: a.clock, NewID: model.NewId, WakeChannels: a.wake.channels.Wake, WakeMedia: a.wake.media.Wake, WakeOutbox: a.wake.outbox.Wake,
		Settings: a.domainSettings,
		Statuses: &inbound.StatusHandler{Store: known, ApplyFailure: a.effects.Apply, Settings: a.domainSettings, WakeStatusSync: a.wake.statuses.Wake},
		Changes:  &inbound.ChangeHandler{Store: known, Clock: a.clock, WakeNotices: a.wake.notices.Wake, OnTemplatesStale: a.templates.SyncSoon, OnTemplatesTied: a.templates.SyncLater, Log: a.log},
	}
	a.work(jobqueue.Options{
		Name: "inbox", Waker: &a.wake.inbox, Store: a.store.Inbox(), Handle: a.urgent.Handle(handler.Handle), Concurrency: inboxConcurrency, MaxPerAccount: inboxPerAccount,
		MaxAttempts: inboxMaxAttempts, BeforeJob: a.webhook.WaitForDeliveries,
	})
	fetcher := &media.Fetcher{Store: a.store, Owner: a.owner, Locate: a.meta.Media, Download: a.meta.Download, Files: a.port, Localizer: a.localizer, Clock: a.clock, NewID: model.NewId, WakeInbox: a.wake.inbox.Wake}
	a.work(jobqueue.Options{
		Name: "media", Waker: &a.wake.media, Store: a.store.MediaQueue(), Handle: fetcher.Handle, Concurrency: mediaConcurrency, MaxPerAccount: mediaPerAccount,
		MaxAttempts: mediaMaxAttempts,
	})
}

// work registers a worker for a queue. The worker does not run until app.start starts
// it.
func (a *app) work(o jobqueue.Options) {
	o.Owner, o.Lease, o.Log, o.Observe, o.IsOutage = a.owner, jobLease, a.log, a.metrics.Job(o.Name), isOutage
	if o.Poll == 0 {
		o.Poll = jobPoll
	}
	a.workers = append(a.workers, jobqueue.NewWorker(o))
}

// isOutage reports whether an error is not the message's fault but comes from a
// database or a server that does not respond; see jobqueue.Options.
func isOutage(err error) bool { return errors.Is(err, posting.ErrUnavailable) || store.Outage(err) }

// wakeJobs wakes every queue in which a job may have become due again.
func (a *app) wakeJobs() {
	a.wake.inbox.Wake()
	a.wake.outbox.Wake()
	a.wake.media.Wake()
}

func (a *app) receiptSettings() outbound.ReceiptSettings {
	s := a.plugin.settings.Load()
	return outbound.ReceiptSettings{Receipts: s.SendReadReceipts, Typing: s.SendTyping}
}

// cachedAccounts is the store with the accounts cached in memory, because every item
// of the inbox has to look up the account of its number.
type cachedAccounts struct {
	*store.Store
	cache *webhook.AccountCache
}

// AccountByNumber returns the account of a number. It returns domain.ErrNotFound only
// after looking into the database as well, because the cache may not have a new
// account yet.
func (c cachedAccounts) AccountByNumber(ctx context.Context, phoneNumberID string) (*domain.Account, error) {
	account, err := c.cache.ByNumber(ctx, phoneNumberID)
	if !errors.Is(err, domain.ErrNotFound) {
		return account, err
	}
	return c.Store.AccountByNumber(ctx, phoneNumberID)
}
