package main

import (
	"context"
	"net/http"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/api"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/command"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/dialog"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/doctor"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/drafts"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/webhook"
)

// front is where people come in: REST, webhook, dialogs, buttons and the command.
type front struct {
	app     *app
	dialogs *dialog.Dialogs
}

const dialogPath = "/api/v1/dialog/"

// routes sends a request to whom it is for; the paths are as they come, so that none is redirected.
func (f *front) routes() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), requestPatience)
		defer cancel()
		r = r.WithContext(ctx)
		if strings.HasPrefix(r.URL.Path, dialogPath) {
			f.dialogs.ServeHTTP(w, r)
			return
		}
		f.forAPI(r).ServeHTTP(w, r)
	})
}

// forAPI is who serves a request that is no dialog's: Meta's deliveries go to the webhook. No panic leaves either.
func (f *front) forAPI(r *http.Request) http.Handler {
	if strings.HasPrefix(r.URL.Path, webhook.Path+"/") {
		return f.app.api.Recover(f.app.webhook)
	}
	return f.app.api
}

func (f *front) deliveries(log mattermost.Logger) *webhook.Handler {
	a := f.app
	return webhook.New(webhook.Deps{
		Inbox: a.store, IsBusy: func(err error) bool { return errors.Is(err, store.ErrBusy) }, HideName: a.encrypter.HideName, Accounts: a.accounts, WakeInbox: a.inbox.Wake, OnIgnored: a.metrics.Ignored,
		Localize: a.api.Localize, LogError: log.Error, Clock: a.clock,
	})
}

func (f *front) restAPI(log mattermost.Logger) *api.API {
	a := f.app
	return api.New(api.Deps{
		Store: a.store, Service: a.service, Drafts: a.drafts, Mattermost: a.port, Probe: a.meta.Probe, FetchTemplates: a.meta.FetchTemplates,
		IsSystemAdmin: a.people.SystemAdmin, Examine: a.doctor().Examine, ErasePosts: a.forgetting.RunFor, ReleaseGuards: a.releaseGuards,
		WakeJobs: a.wakeJobs, WakeMedia: a.media.Wake, WakeChannels: a.mirrorLoop.Wake,
		RefreshAccounts: a.accounts.Refresh, WebhookPath: webhook.Path, LastWebhook: func(accountID string) int64 { return a.webhook.LastWebhook(accountID) },
		Text: a.texts.Text, Markdown: a.texts.Markdown, Region: func() string { return a.domain().DefaultRegion },
		Clock: a.clock, LogWarn: log.Warn, LogError: log.Error,
	})
}

func (f *front) commands(log mattermost.Logger) *command.Command {
	a := f.app
	send := a.cards()
	return command.New(command.Deps{
		Service: a.service, Mattermost: a.port, Store: a.store, IsSystemAdmin: a.people.SystemAdmin, Supervises: a.people.Supervises, Examine: a.doctor().Examine,
		StartDialog: f.dialogs.Start, TemplateDialog: f.dialogs.Template, SendLocation: send.SendLocation, SendContact: send.SendContact,
		ListDrafts: a.drafts.List, DraftAttachments: drafts.DraftAttachments, Reader: a.Reader, Texts: a.texts.bundle, Clock: a.clock, LogError: log.Error,
	})
}

// executeCommand hands a slash command over and gives its answer to the user alone.
func (a *app) executeCommand(args *model.CommandArgs) *model.CommandResponse {
	ctx, cancel := patience(commandPatience)
	defer cancel()
	reply := a.commands.Execute(ctx, command.Args{
		UserID: args.UserId, ChannelID: args.ChannelId, TeamID: args.TeamId, TriggerID: args.TriggerId, Text: args.Command,
	})
	return &model.CommandResponse{
		ResponseType: model.CommandResponseTypeEphemeral, Text: reply.Text, TriggerId: args.TriggerId,
		SkipSlackParsing: true, Props: model.StringInterface{model.PostPropsUnsafeLinks: "true"},
	}
}

// cards posts places and contacts for the command.
func (a *app) cards() *postpolicy.Cards {
	return &postpolicy.Cards{
		MaySpeak: a.people.MaySpeak, Check: a.intake.CheckPost, CreatePost: a.port.CreatePost, Seals: a.seals,
		Region: func() string { return a.plugin.settings.Load().DefaultRegion },
	}
}

func (a *app) doctor() *doctor.Doctor {
	return &doctor.Doctor{Store: a.store, Probe: a.meta.Probe, Clock: a.clock, Problems: a.settingProblems, LastWebhook: func(accountID string) int64 { return a.webhook.LastWebhook(accountID) }, ChannelLimit: a.port.ChannelLimit, TeamName: a.port.TeamName, Lost: func() int { return a.rotation.Lost() }, MayErase: a.port.MayErase}
}
