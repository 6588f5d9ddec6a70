package app

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/api"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/command"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/dialog"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/doctor"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/drafts"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobs"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/metrics"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/webhook"
)

// dialogPath is where dialogs are submitted, relative to the plugin's own path.
const dialogPath = "/api/v1/dialog/"

// wireWebhook creates the handler that receives Meta's deliveries.
func (a *app) wireWebhook() {
	a.accounts = webhook.NewAccountCache(a.store.Accounts, a.clock)
	a.webhook = webhook.New(webhook.Deps{
		Inbox: a.store, IsBusy: func(err error) bool { return errors.Is(err, store.ErrBusy) }, HideName: a.encrypter.HideName,
		Accounts: a.accounts, WakeInbox: a.wake.inbox.Wake, OnIgnored: a.metrics.Ignored,
		Localize: a.localizeRequest, LogError: a.log.Error, Clock: a.clock,
	})
}

// localizeRequest returns a text in the language of the user who sent a request. The
// server names the user in a header. A request by Meta has none, and gets English.
func (a *app) localizeRequest(r *http.Request, t domain.Text) string {
	lang := "en"
	if userID := r.Header.Get("Mattermost-User-Id"); userID != "" {
		lang = a.port.Locale(r.Context(), userID)
	}
	return a.texts.Text(lang, t.Key, t.Data)
}

// wireHTTP creates the parts that people use directly: dialogs, the slash commands,
// the REST API and the doctor.
func (a *app) wireHTTP() {
	a.doctor = &doctor.Doctor{
		Store: a.store, Probe: a.meta.Probe, Clock: a.clock, Problems: a.settingProblems, LastWebhook: a.webhook.LastWebhook,
		ChannelLimit: a.port.ChannelLimit, TeamName: a.port.TeamName, Lost: a.rotation.Lost, MayErase: a.port.MayErase, ShowsNames: a.port.ShowsNames,
		FreeMessages: func() int { return a.domainSettings().FreeServiceMessages }, GraphVersion: a.meta.GraphVersion, MessageLimit: a.port.MessageLimit,
	}
	cards := &postpolicy.Cards{MaySpeak: a.people.MaySpeak, Check: a.intake.CheckPost, Posts: a.port, Seals: a.seals, Region: a.region, Take: a.intake.Take, Emoji: a.port.Emoji, Localizer: a.localizer}
	a.dialogs = dialog.New(dialog.Deps{
		Service: a.service, Store: a.store, Reader: a.reader, Texts: a.texts.Bundle(), Clock: a.clock, Settings: a.domainSettings, Keys: a.encrypter.DialogKeys, LogError: a.log.Error,
		Tell: func(ctx context.Context, channelID, userID, message string) {
			a.port.SendEphemeral(ctx, channelID, userID, "", message)
		},
		MayAsk: cards.MayAsk, AskCustomer: cards.AskInForm,
	})
	a.commands = command.New(command.Deps{
		Service: a.service, Mattermost: a.port, Store: a.store, IsSystemAdmin: a.people.SystemAdmin, Supervises: a.people.Supervises, Examine: a.doctor.Examine,
		StartDialog: a.dialogs.Start, TemplateDialog: a.dialogs.Template, CloseDialog: a.dialogs.Close, AskDialog: a.dialogs.Ask, RepliesDialog: a.dialogs.Replies, SendLocation: cards.SendLocation, SendContact: cards.SendContact, SendText: cards.SendText, Ask: cards.Ask,
		ListDrafts: a.drafts.List, DraftAttachments: drafts.DraftAttachments, ScheduledButton: jobs.ScheduledButton, ScheduleText: a.drafts.Schedule, Reader: a.reader, Texts: a.texts.Bundle(), Clock: a.clock, LogError: a.log.Error,
	})
	a.api = api.New(api.Deps{
		Store: a.store, Service: a.service, Drafts: a.drafts, Ask: cards.Ask, Mattermost: a.port, Probe: a.meta.Probe, FetchTemplates: a.meta.FetchTemplates,
		UploadSample: a.meta.UploadSample, SubmitTemplate: a.meta.SubmitTemplate, EditTemplate: a.meta.EditTemplate,
		IsSystemAdmin: a.people.SystemAdmin, Examine: a.doctor.Examine, ErasePosts: a.erasure.RunFor, ReleaseGuards: a.releaseGuards,
		CheckURL: a.guard.Check, WakeEvents: a.wake.events.Wake, ServerLanguage: a.port.ServerLocale,
		WakeJobs: a.wakeJobs, WakeMedia: a.wake.media.Wake, WakeChannels: a.wake.channels.Wake,
		RefreshAccounts: a.accounts.Refresh, WebhookPath: webhook.Path, LastWebhook: a.webhook.LastWebhook,
		Text: a.texts.Text, Markdown: a.texts.Markdown, Region: a.region, Zone: a.timeZone, Clock: a.clock, LogWarn: a.log.Warn, LogError: a.log.Error,
	})
	a.http = a.httpRouter()
}

// httpRouter returns the handler that passes each request to the part that serves it.
// It leaves paths unchanged, so that no request is redirected, and lets no panic
// escape.
func (a *app) httpRouter() http.Handler {
	deliveries := a.api.Recover(a.webhook)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		r = r.WithContext(ctx)
		switch path := r.URL.Path; {
		case strings.HasPrefix(path, dialogPath):
			a.dialogs.ServeHTTP(w, r)
		case strings.HasPrefix(path, webhook.Path+"/"):
			deliveries.ServeHTTP(w, r)
		default:
			a.api.ServeHTTP(w, r)
		}
	})
}

// executeCommand executes a slash command and returns the reply, which only its user
// sees.
func (a *app) executeCommand(args *model.CommandArgs) *model.CommandResponse {
	ctx, cancel := withTimeout(commandTimeout)
	defer cancel()
	reply := a.commands.Execute(ctx, command.Args{
		UserID: args.UserId, ChannelID: args.ChannelId, TeamID: args.TeamId, RootID: args.RootId, TriggerID: args.TriggerId, Text: args.Command,
	})
	return commandResponse(args, reply.Text)
}

// commandResponse is a command's response, which its author alone sees.
func commandResponse(args *model.CommandArgs, text string) *model.CommandResponse {
	return &model.CommandResponse{
		ResponseType: model.CommandResponseTypeEphemeral, Text: text, TriggerId: args.TriggerId,
		SkipSlackParsing: true, Props: model.StringInterface{model.PostPropsUnsafeLinks: "true"},
	}
}

// reader returns the locale and the time zone in which a user reads texts.
func (a *app) reader(ctx context.Context, userID string) (locale string, zone *time.Location) {
	return a.port.Locale(ctx, userID), a.timeZone()
}

// releaseGuards makes the server stop guarding any channel for the plugin. It returns
// how many guards were removed, even if an error stops it.
func (a *app) releaseGuards(ctx context.Context) (released int, err error) {
	channels, err := a.store.ChannelsActiveSince(ctx, 0)
	if err != nil {
		return 0, err
	}
	return a.port.UnguardAll(ctx, channels)
}

// templateMetrics returns what came of templates, or nil if the database does not respond.
func (a *app) templateMetrics() []*domain.TemplateOutcomes {
	ctx, cancel := withTimeout(metricsTimeout)
	defer cancel()
	outcomes, err := a.store.TemplateOutcomes(ctx)
	if err != nil {
		return nil
	}
	return outcomes
}

// queueMetrics returns the state of the queues for a scrape, or nil if the database
// does not respond.
func (a *app) queueMetrics() []metrics.Queue {
	ctx, cancel := withTimeout(metricsTimeout)
	defer cancel()
	backlog, err := a.store.Backlog(ctx)
	if err != nil {
		return nil
	}
	stuck, err := a.store.StuckLanes(ctx, a.clock.Now())
	if err != nil {
		return nil
	}
	return metrics.QueuesOf(backlog, stuck, time.Now())
}
