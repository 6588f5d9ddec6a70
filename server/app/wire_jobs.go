package app

import (
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/channelsync"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/drafts"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/encryption"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobs"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/outbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// These intervals say how often each job looks for work without being woken. A loop
// that is registered with 0 instead looks every second.
const (
	strayInterval        = 10 * time.Second
	waitingInterval      = 5 * time.Second
	eventInterval        = 500 * time.Millisecond
	membersInterval      = 10 * time.Second
	inactivityInterval   = 2 * time.Second
	absenceInterval      = 2 * time.Second // each time, it checks whether it is this node's turn
	secondInterval       = 5 * time.Second
	archiveInterval      = 5 * time.Second
	noticeInterval       = 2 * time.Second
	followUpInterval     = 5 * time.Second // each time, it checks whether it is this node's turn
	reportInterval       = 5 * time.Second
	healthInterval       = 5 * time.Second
	budgetInterval       = 5 * time.Second
	templateInterval     = time.Minute
	clockInterval        = 2 * time.Second
	stuckInterval        = time.Minute
	housekeepingInterval = time.Minute
	erasureInterval      = 10 * time.Second
)

// wireNotices creates the parts that leave notices and read templates. It comes early
// because other parts report to both.
func (a *app) wireNotices() {
	a.announcements = &jobs.Announcements{
		AddNotice: a.store.AddNotice, NoteBudgetSpent: a.store.BudgetSpent, Conversation: a.store.ConversationByChannel, NewID: model.NewId, TeamName: a.port.TeamName, ChannelLimit: a.port.ChannelLimit,
		WakeNotices: a.wake.notices.Wake, Clock: a.clock, Log: a.log,
	}
	a.templates = &jobs.TemplateSync{Store: a.store, Fetch: a.meta.FetchTemplates, Wake: a.wake.templates.Wake, Clock: a.clock, Log: a.log}
	a.every(templateInterval, &jobqueue.Loop{Name: "templates", Waker: &a.wake.templates, Run: a.templates.Run})
}

// wireService creates what agents work with: the service, and the drafts that are held
// for them.
func (a *app) wireService() {
	a.syncer = &channelsync.Syncer{
		Store: a.store, Posts: a.port, Channels: a.channels, Localizer: a.localizer, Clock: a.clock, Settings: a.domainSettings, Log: a.log,
		Username: a.port.Username, Link: a.port.Link, OnTeamFull: a.announcements.TeamFull, WakeSidebars: a.wake.sidebars.Wake,
	}
	a.every(0, &jobqueue.Loop{Name: "channel sync", Waker: &a.wake.channels, Run: a.syncer.Run})
	a.service = service.NewService(service.Ports{
		Store: a.store, SendNow: (&outbound.SyncSender{Worker: a.sender, Queue: a.store.Outbox(), WakeOutbox: a.wake.outbox.Wake}).SendNow,
		ChannelSync: a.syncer, People: a.people, Encrypter: a.encrypter, CheckText: a.intake.Policy.CheckText, Compose: outbound.TemplateComposer{Files: a.port}.Compose, Clock: a.clock, NewID: model.NewId,
		Settings: a.domainSettings, ChannelLimit: a.port.ChannelLimit, CanRestore: a.port.CanRestore, BudgetSpent: a.announcements.BudgetSpent,
		Words:   func(code int) domain.Explainer { return whatsapp.ClassifyCode(code) },
		Changed: func(userID string) { a.port.PublishChange(domain.Audience{UserID: userID}, "", a.clock.Now()) },
	})
	scheduled := &jobs.ScheduledStarts{
		Store: a.store, Send: a.service.SendScheduled, Ahead: a.clockAhead, Lease: service.ScheduledLease, Posts: a.port, Queue: a.store.Queue, Localizer: a.localizer, Clock: a.clock, Log: a.log,
	}
	a.every(0, &jobqueue.Loop{Name: "scheduled", Run: scheduled.Run})
	sender := &drafts.Sender{
		Store: a.store, Posts: a.port, CheckPost: a.intake.CheckPost, MaySpeak: a.people.MaySpeak, Seals: a.seals, Localizer: a.localizer,
		Username: a.port.Username, Wake: a.wake.drafts.Wake, Clock: a.clock, Ahead: a.clockAhead, Log: a.log,
	}
	a.every(0, &jobqueue.Loop{Name: "drafts", Waker: &a.wake.drafts, Run: sender.Run})
	a.drafts = service.NewDrafts(service.DraftPorts{Service: a.service, Store: a.store, Sender: sender})
}

// wireChannelJobs creates the jobs that keep the channels of conversations as they
// should be.
func (a *app) wireChannelJobs() {
	statuses := &channelsync.StatusSync{Store: a.store, Posts: a.port, Localizer: a.localizer, Clock: a.clock, Log: a.log}
	a.every(0, &jobqueue.Loop{Name: "status sync", Waker: &a.wake.statuses, Run: statuses.Run})
	events := &channelsync.ChangeEvents{Store: a.store, Publish: a.port.PublishChange}
	a.every(eventInterval, &jobqueue.Loop{Name: "events", Run: events.Run})
	a.members = &channelsync.Members{
		Store: a.store, Channels: a.channels, Invited: a.service.Invited, Unassign: a.service.Unassign, BotIDs: a.port.BotIDs(), WakeNotices: a.wake.notices.Wake, Clock: a.clock, Log: a.log,
	}
	a.every(membersInterval, &jobqueue.Loop{Name: "members", Run: a.members.Run})
	sidebars := &channelsync.Sidebars{Store: a.store, Posts: a.port, Localizer: a.localizer, Log: a.log}
	a.every(0, &jobqueue.Loop{Name: "sidebars", Waker: &a.wake.sidebars, Run: sidebars.Run})
	strays := &jobs.StrayChannels{Store: a.store, Clock: a.clock, WakeSync: a.wake.channels.Wake}
	a.every(strayInterval, &jobqueue.Loop{Name: "strays", Run: strays.Run})
	waiting := &jobs.WaitingMessages{Store: a.store, ChannelLimit: a.port.ChannelLimit, Clock: a.clock, WakeSync: a.wake.channels.Wake}
	a.every(waitingInterval, &jobqueue.Loop{Name: "waiting", Run: waiting.Run})
	inactivity := &jobs.InactivityCheck{
		Store: a.store, Check: a.service.CheckInactivity, WakeNotices: a.wake.notices.Wake, Clock: a.clock, Log: a.log,
		Minutes: func() int { return a.plugin.settings.Load().InactivityMinutes },
	}
	a.every(inactivityInterval, &jobqueue.Loop{Name: "inactivity", Run: inactivity.Run})
	absences := &jobs.Absences{Store: a.store, Change: a.service.ChangeAbsence, Settings: a.domainSettings, Clock: a.clock, Log: a.log}
	a.every(absenceInterval, &jobqueue.Loop{Name: "absences", Run: absences.Run})
	seconds := &jobs.SecondPosts{Store: a.store, Posts: a.port}
	a.every(secondInterval, &jobqueue.Loop{Name: "second posts", Run: seconds.Run})
	archive := &jobs.Archive{Store: a.store, Posts: a.port, Settings: a.domainSettings, Clock: a.clock, Log: a.log}
	a.every(archiveInterval, &jobqueue.Loop{Name: "archive", Run: archive.Run})
}

// wireWatches creates the jobs that watch numbers, plans and queues, and the one that
// sends the notices that result.
func (a *app) wireWatches() {
	directory := &jobs.NoticeDirectory{
		Account: a.store.Account, Queue: a.store.Queue, Conversation: a.store.Conversation, SystemAdmins: a.port.SystemAdmins, Members: a.port.Members, Link: a.port.Link,
	}
	followUpList := &jobs.FollowUpList{List: a.service.List, Link: a.port.Link, Localizer: a.localizer}
	report := &jobs.WeeklyReport{
		Store: a.store, Zone: a.timeZone, ChannelTeam: a.port.ChannelTeam, Localizer: a.localizer, WakeNotices: a.wake.notices.Wake, Clock: a.clock, Log: a.log,
	}
	a.every(reportInterval, &jobqueue.Loop{Name: "weekly report", Run: report.Run})
	notices := &jobs.Notices{
		Store: a.store, Posts: a.port, Recipients: directory.Recipients, DescribeConversation: directory.DescribeConversation, Localizer: a.localizer,
		Details:  map[string]jobs.Detail{domain.FollowUpText: followUpList.Write},
		Channels: map[string]jobs.ChannelText{domain.WeeklyReportText: report.Write}, Clock: a.clock, Log: a.log,
	}
	a.every(noticeInterval, &jobqueue.Loop{Name: "notices", Waker: &a.wake.notices, Run: notices.Run})
	clock := &jobs.ClockWatch{Store: a.store, Log: a.log}
	a.every(clockInterval, &jobqueue.Loop{Name: "clock", Run: clock.Run})
	stuck := &jobs.StuckCheck{Store: a.store, WakeNotices: a.wake.notices.Wake, Clock: a.clock}
	a.every(stuckInterval, &jobqueue.Loop{Name: "stuck", Run: stuck.Run})
	health := &jobs.HealthCheck{Store: a.store, AskMeta: a.meta.Look, WakeNotices: a.wake.notices.Wake, Clock: a.clock, Log: a.log}
	a.every(healthInterval, &jobqueue.Loop{Name: "health", Waker: &a.wake.health, Run: health.Run})
	followUp := &jobs.FollowUp{Store: a.store, Zone: a.timeZone, WakeNotices: a.wake.notices.Wake, Clock: a.clock, Log: a.log}
	a.every(followUpInterval, &jobqueue.Loop{Name: "followup", Run: followUp.Run})
	budgets := &jobs.Budgets{Store: a.store, WakeNotices: a.wake.notices.Wake, Clock: a.clock}
	a.every(budgetInterval, &jobqueue.Loop{Name: "budgets", Run: budgets.Run})
}

// wireMaintenance creates the jobs that remove old data, erase a person's data and
// re-encrypt after a change of the key.
func (a *app) wireMaintenance() {
	a.rotation = &encryption.Rotation{Encrypter: a.encrypter, Keys: a.keys, Reencrypt: a.store.Reencrypt, DropKeys: a.store.DropKeys}
	a.every(housekeepingInterval, &jobqueue.Loop{Name: "keys", Run: a.rotation.Run})
	a.erasure = &jobs.Erasure{Store: a.store, Posts: a.port, BotIDs: a.port.BotIDs(), Clock: a.clock, Log: a.log}
	a.every(erasureInterval, &jobqueue.Loop{Name: "erasure", Run: a.erasure.Run})
	a.every(housekeepingInterval, &jobqueue.Loop{Name: "indexes", Timeout: store.BuildPatience, Run: store.Indexes(a.db.Slow)})
	housekeeping := &jobs.Housekeeping{
		Store: a.store, BotIDs: a.port.BotIDs(), Retention: func() time.Duration { return a.plugin.settings.Load().Retention() },
		LastWebhook: a.webhook.LastWebhook, Clock: a.clock, Log: a.log,
	}
	a.every(housekeepingInterval, &jobqueue.Loop{Name: "housekeeping", Run: housekeeping.Run})
}

// every registers a loop with its interval. The loop does not run until app.start
// starts it.
func (a *app) every(interval time.Duration, loop *jobqueue.Loop) {
	loop.Pause, loop.Log = interval, a.log
	a.loops = append(a.loops, loop)
}
