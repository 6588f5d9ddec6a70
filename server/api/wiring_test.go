package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/channelsync"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/drafts"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/outbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/permission"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// newAPI puts the API together with the parts behind it, as the plugin does.
func (w *world) newAPI() *API {
	people := permission.New(w.store, func(roles []string, _ string) bool { return slices.Contains(roles, model.ChannelUserRoleId) })
	conversations, held, cards := w.newService(people)
	count := func(what string) func() { return func() { w.woken[what]++ } }
	return New(Deps{
		Store: w.store, Service: conversations, Drafts: held, Ask: cards.Ask, Mattermost: w.mattermost, Probe: w.meta.Probe, FetchTemplates: w.meta.FetchTemplates,
		UploadSample: w.meta.UploadSample, SubmitTemplate: w.meta.SubmitTemplate, EditTemplate: w.meta.EditTemplate,
		IsSystemAdmin: people.SystemAdmin,
		Examine: func(context.Context) ([]domain.Finding, error) {
			return w.findings, w.db.PingContext(context.Background())
		},
		ErasePosts: func(_ context.Context, id string) error {
			w.erased = append(w.erased, id)
			return nil
		},
		ReleaseGuards: func(context.Context) (int, error) { return w.released, w.db.PingContext(context.Background()) },
		CheckURL:      w.checkURL, WakeEvents: count("events"), ServerLanguage: func() string { return w.mattermost.language },
		WakeJobs: count("jobs"), WakeMedia: count("media"), WakeChannels: count("channels"),
		RefreshAccounts: func(context.Context) error { w.refreshed++; return nil },
		LastWebhook:     func(accountID string) int64 { return w.stored[accountID] }, WebhookPath: "/webhook",
		Text: w.texts.Text, Markdown: w.texts.Markdown, Region: func() string { return "BR" }, Zone: func() *time.Location { return time.UTC },
		Clock: w.clock, LogWarn: w.logs.Warn, LogError: w.logs.Error,
	})
}

// newService makes what agents work with. Nothing runs in the background: a message that Meta does not take at once stays
// where it is.
func (w *world) newService(people *permission.People) (*service.Service, *service.Drafts, *postpolicy.Cards) {
	nothing := func() {}
	channels := posting.NewChannels(w.store.ConversationByChannel)
	localizer := posting.Localizer{Render: w.texts.Markdown, ServerLocale: func() string { return "en" }, UserLocale: w.mattermost.Locale}
	syncer := &channelsync.Syncer{
		Store: w.store, Posts: w.mattermost, Channels: channels, Localizer: localizer, Clock: w.clock, Log: w.logs, Username: people.Username,
		Link: func(context.Context, *domain.Conversation) string { return "" }, Settings: func() domain.Settings { return w.settings },
	}
	worker := &outbound.Worker{
		Settings: func() domain.Settings { return w.settings },
		Store:    w.store, Owner: "me", Send: w.meta.Send, Rates: outbound.NewRateLimiter(), InFlight: outbound.NewInFlightLimiter(), Clock: w.clock,
		Effects: &outbound.FailureEffects{
			Store: w.store, Clock: w.clock, WakeChannels: nothing, OnTemplatesStale: func(string) {}, OnAccountBlocked: func(context.Context, string, int) {},
		},
		WakeStatusSync: nothing, WakeChannels: nothing,
	}
	seals := &posting.Seals{Keys: func() [][]byte { return [][]byte{[]byte("key")} }, Now: time.Now}
	policy := &postpolicy.Policy{Posts: w.mattermost, Files: w.mattermost.files, Emoji: func(string) (string, bool) { return "", false }, Seals: seals}
	conversations := service.NewService(service.Ports{
		Store: w.store, CheckText: policy.CheckText, ChannelSync: syncer, People: people, Encrypter: fake.Encrypter{}, Clock: w.clock, NewID: w.newID,
		SendNow: (&outbound.SyncSender{Worker: worker, Queue: w.store.Outbox(), WakeOutbox: nothing}).SendNow,
		Compose: outbound.TemplateComposer{}.Compose, Settings: func() domain.Settings { return w.settings },
		Words: func(code int) domain.Explainer { return whatsapp.ClassifyCode(code) },
	})
	intake := &postpolicy.Intake{
		Store: w.store, Channels: channels, Clock: w.clock, Policy: policy, NewID: w.newID, Wake: nothing,
		RemoveProps: func(context.Context, string, []string) error { return nil },
	}
	cards := &postpolicy.Cards{
		MaySpeak: people.MaySpeak, Check: intake.CheckPost, Posts: w.mattermost, Take: intake.Take, Seals: seals,
		Emoji: policy.Emoji, Localizer: localizer, Region: func() string { return "BR" },
	}
	sender := &drafts.Sender{
		Store: w.store, Posts: w.mattermost, CheckPost: intake.CheckPost, MaySpeak: people.MaySpeak, Seals: seals, Localizer: localizer,
		Username: people.Username, Clock: w.clock, Ahead: func() int64 { return 0 }, Wake: nothing, Log: w.logs,
	}
	return conversations, service.NewDrafts(service.DraftPorts{Service: conversations, Store: w.store, Sender: sender}), cards
}

// fakeMeta is WhatsApp. It takes every message unless a test says otherwise.
type fakeMeta struct {
	probe     domain.Probe
	templates []domain.Template
	err       error
	token     string // what the last call came with
	sent      []whatsapp.Outgoing
	onSend    func() // called before a message is answered
}

// errCut says that the request left and nobody knows what came of it.
var errCut = &whatsapp.TransportError{Left: true, Err: errors.New("the connection broke")}

func (m *fakeMeta) Probe(_ context.Context, account *domain.Account) (domain.Probe, error) {
	m.token = account.AccessToken
	return m.probe, m.err
}

func (m *fakeMeta) FetchTemplates(_ context.Context, account *domain.Account) ([]domain.Template, error) {
	m.token = account.AccessToken
	return m.templates, m.err
}

// UploadSample returns what it got as the handle.
func (m *fakeMeta) UploadSample(_ context.Context, account *domain.Account, name, mimeType string, size int64, r io.Reader) (string, error) {
	m.token = account.AccessToken
	data, err := io.ReadAll(r)
	if err != nil || m.err != nil {
		return "", cmp.Or(err, m.err)
	}
	return fmt.Sprint(name, " ", mimeType, " ", size, " ", len(data)), nil
}

func (m *fakeMeta) SubmitTemplate(_ context.Context, account *domain.Account, draft whatsapp.Template) (domain.Template, error) {
	m.token = account.AccessToken
	draft.ID, draft.Status = "77", "PENDING"
	definition, err := json.Marshal(draft)
	if err != nil {
		return domain.Template{}, err
	}
	return domain.Template{
		AccountID: account.ID, MetaID: draft.ID, Name: draft.Name, Language: draft.Language, Category: draft.Category, Status: draft.Status, Text: draft.Text(), Definition: definition,
	}, m.err
}

func (m *fakeMeta) EditTemplate(ctx context.Context, account *domain.Account, t *domain.Template, edit whatsapp.Template) (domain.Template, error) {
	edit.Name, edit.Language = t.Name, t.Language
	if edit.Category == "" {
		edit.Category = t.Category
	}
	return m.SubmitTemplate(ctx, account, edit)
}

func (m *fakeMeta) Send(_ context.Context, _ *domain.Account, message whatsapp.Outgoing) (whatsapp.Sent, error) {
	if m.onSend != nil {
		m.onSend()
	}
	m.sent = append(m.sent, message)
	return whatsapp.Sent{MessageID: fmt.Sprintf("wamid.%d", len(m.sent))}, m.err
}
