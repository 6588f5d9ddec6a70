package service_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// serviceFixture is a service over a real database, with people, Meta and Mattermost as fakes.
type serviceFixture struct {
	do      *service.Service
	t       *testing.T
	store   *store.Store
	db      *sql.DB // for looking
	account *domain.Account
	queue   *domain.Queue
	other   *domain.Queue
	plan    *domain.Plan
	now     int64

	mu       sync.Mutex
	sent     []string // message ids that reached Meta
	outcome  domain.Delivery
	told     []string
	members  []string
	outside  map[string]bool // who left team, channels and queues
	guests   map[string]bool
	settings domain.Settings
}

func (b *serviceFixture) Now() int64 { return b.now }

// SendNow plays Meta and the outbound worker.
func (b *serviceFixture) SendNow(ctx context.Context, id string) (domain.Delivery, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch b.outcome.Status {
	case domain.Failed, domain.NotSent:
		send, err := b.store.LoadSend(ctx, id)
		if err != nil {
			return domain.Delivery{}, err
		}
		if err := b.store.RecordEnd(ctx, id, b.outcome.Status, b.outcome.MetaCode, b.now); err != nil {
			return domain.Delivery{}, err
		}
		if send.Conversation.ChannelID == "" {
			_, err = b.store.Abort(ctx, send.Conversation.ID, b.now)
			return b.outcome, err
		}
		return b.outcome, nil
	}
	b.sent = append(b.sent, id)
	if b.outcome.Status == domain.Sent {
		return b.outcome, b.store.Adopt(ctx, id, b.now)
	}
	return b.outcome, nil
}

func (b *serviceFixture) SyncNow(ctx context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	lines, err := b.store.Lines(ctx, id)
	for _, line := range lines {
		b.told = append(b.told, line.Text.Key)
		err = b.store.LineShown(ctx, line.ID)
	}
	if err != nil {
		return err
	}
	c, err := b.store.Conversation(ctx, id)
	if err == nil && c.ChannelID == "" {
		err = b.store.SetChannel(ctx, id, model.NewId())
	}
	return err
}
func (b *serviceFixture) AppendEvent(_ context.Context, _ *domain.Conversation, t domain.Text) error {
	b.told = append(b.told, t.Key)
	return nil
}
func (b *serviceFixture) Note(_ context.Context, _ *domain.Conversation, _, text string) error {
	b.told = append(b.told, text)
	return nil
}
func (b *serviceFixture) AddMember(_ context.Context, _ *domain.Conversation, userID string) error {
	if userID == "stranger" {
		return domain.ErrNotFound
	}
	b.members = append(b.members, userID)
	return nil
}

// people: ana supervises and serves, bruno serves, davi is nobody, root administers.
func (b *serviceFixture) InQueue(_ context.Context, userID string, q *domain.Queue) (bool, error) {
	return q.ID == b.queue.ID && (userID == "ana" || userID == "bruno") && !b.outside[userID], nil
}

// Membership: everybody who is not outside is in the channel.
func (b *serviceFixture) Membership(ctx context.Context, userID string, _ *domain.Conversation, q *domain.Queue) (domain.Membership, error) {
	in := !b.outside[userID]
	st := domain.Membership{Username: userID, Guest: b.guests[userID], InTeam: in, InChannel: in, Administers: userID == "root"}
	if q != nil {
		st.InQueueRoom, _ = b.InQueue(ctx, userID, q)
	}
	return st, nil
}
func (b *serviceFixture) MaySpeak(_ context.Context, userID, _ string) (bool, error) {
	return !b.outside[userID], nil
}
func (b *serviceFixture) QueuesOf(ctx context.Context, userID string) ([]*domain.Queue, error) {
	if in, _ := b.InQueue(ctx, userID, b.queue); in {
		return []*domain.Queue{b.queue}, nil
	}
	return nil, nil
}
func (b *serviceFixture) SupervisedQueues(ctx context.Context, userID string) ([]*domain.Queue, error) {
	if userID != "ana" {
		return nil, nil
	}
	return b.QueuesOf(ctx, userID)
}
func (b *serviceFixture) Supervises(_ context.Context, userID string, _ *domain.Queue) (bool, error) {
	return userID == "ana" || userID == "root", nil
}
func (b *serviceFixture) SystemAdmin(_ context.Context, userID string) (bool, error) {
	return userID == "root", nil
}
func (b *serviceFixture) FullName(_ context.Context, userID string) (string, error) {
	return strings.ToUpper(userID[:1]) + userID[1:] + " *Dias*", nil
}
func (b *serviceFixture) Username(_ context.Context, userID string) (string, error) {
	if userID == "ghost" {
		return "", domain.ErrNotFound
	}
	return userID, nil
}

func (b *serviceFixture) Person(_ context.Context, userID, _ string) (domain.User, error) {
	if userID == "ghost" {
		return domain.User{}, domain.ErrNotFound
	}
	return domain.User{Username: userID, Bot: userID == "robot", Guest: b.guests[userID], Deactivated: userID == "gone", InTeam: userID != "stranger"}, nil
}

// Compose refuses an empty variable and takes the rest.
func (b *serviceFixture) Compose(_ context.Context, _ string, t *domain.Template, values map[string]string, _ domain.Reading) (domain.Composed, error) {
	if values["body_1"] == "" {
		return domain.Composed{}, domain.RefuseField("body_1", domain.T("refusal.variable"))
	}
	outgoing, err := json.Marshal(values)
	return domain.Composed{Outgoing: outgoing, Text: t.Text, Values: values}, err
}

func newServiceFixture(t *testing.T) *serviceFixture {
	ctx := context.Background()
	b := &serviceFixture{t: t, now: 1_794_744_000_000, outcome: domain.Delivery{Status: domain.Sent}}
	b.settings = domain.Settings{DefaultRegion: "BR", CooldownHours: 6, RequireCPF: true}
	b.db = storetest.DB(t)
	b.store = store.New(b.db, fake.Encrypter{}, model.NewId)
	b.account = &domain.Account{Name: "Loja", PhoneNumberID: "1", WABAID: "2", Enabled: true}
	require.NoError(t, b.store.CreateAccount(ctx, b.account, b.now))
	b.queue = &domain.Queue{Name: "Vendas", TeamID: model.NewId(), ChannelID: model.NewId(), AccountID: b.account.ID}
	require.NoError(t, b.store.CreateQueue(ctx, b.queue, b.now))
	b.other = &domain.Queue{Name: "Suporte", TeamID: b.queue.TeamID, ChannelID: model.NewId(), AccountID: b.account.ID}
	require.NoError(t, b.store.CreateQueue(ctx, b.other, b.now))
	b.plan = &domain.Plan{QueueID: b.queue.ID, MonthlyLimit: 10_000_000, Currency: "BRL", Prices: domain.Prices{Utility: 1_000_000, Marketing: 2_000_000}}
	require.NoError(t, b.store.CreatePlan(ctx, b.plan, b.now))
	_, err := b.store.ApprovePlan(ctx, b.plan.ID, "root", b.now)
	require.NoError(t, err)
	templates := []domain.Template{
		{Name: "visita", Language: "pt_BR", Category: "UTILITY", Status: "APPROVED", Text: "Olá"},
		{Name: "promo", Language: "pt_BR", Category: "MARKETING", Status: "APPROVED", Text: "Oferta"},
		{Name: "parado", Language: "pt_BR", Category: "UTILITY", Status: "PAUSED", Text: "x"},
		{Name: "novo", Language: "pt_BR", Category: "UTILITY", Status: "APPROVED", Text: "x"},
	}
	for i, t := range templates {
		templates[i].Definition = []byte(`{"name":"` + t.Name + `","language":"pt_BR","components":[{"type":"BODY","text":"` + t.Text + `"}]}`)
	}
	_, _, _, _, err = b.store.SyncTemplates(ctx, b.account.ID, templates, b.now)
	require.NoError(t, err)
	for _, name := range []string{"visita", "promo", "parado"} {
		template, err := b.store.TemplateByName(ctx, b.account.ID, name, "pt_BR")
		require.NoError(t, err)
		_, err = b.store.AllowTemplate(ctx, template.ID, true, []string{b.queue.ID}, "root", b.now)
		require.NoError(t, err)
	}
	b.do = service.NewService(service.Ports{
		Store: b.store, SendNow: b.SendNow, ChannelSync: b, People: b, Encrypter: fake.Encrypter{}, Compose: b.Compose, Clock: b, NewID: model.NewId,
		CheckText: func(_ context.Context, text string) (domain.Text, error) {
			if strings.Contains(text, "@all") {
				return domain.T("post.mention", "Name", "@all"), nil
			}
			return domain.Text{}, nil
		},
		Settings: func() domain.Settings { return b.settings }, Words: func(int) domain.Explainer { return fakeMeta{} },
	})
	return b
}

func (b *serviceFixture) request(phone string) domain.StartRequest {
	return domain.StartRequest{
		ActorID: "bruno", QueueID: b.queue.ID, Template: domain.TemplateRef{Name: "visita", Language: "pt_BR"},
		Variables: map[string]string{"body_1": "oi"}, Customer: domain.Customer{Name: "Marina", CPF: "529.982.247-25", Phone: phone},
	}
}

func (b *serviceFixture) start(phone string) *domain.Conversation {
	b.t.Helper()
	started, err := b.do.Start(context.Background(), b.request(phone))
	require.NoError(b.t, err)
	return started.Conversation
}

func (b *serviceFixture) answered(c *domain.Conversation) {
	_, _, _, err := b.store.SaveInbound(context.Background(), &domain.Message{
		ID: model.NewId(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID, Kind: "text", WAMID: model.NewId(), CreatedAt: b.now,
	}, unchangedSender, true, b.now)
	require.NoError(b.t, err)
}

func refusal(t *testing.T, err error) *domain.Refusal {
	t.Helper()
	r, ok := domain.AsRefusal(err)
	require.True(t, ok, "%v", err)
	return r
}

const phone = "+5511987654321"

func TestStartMakesTheActorResponsible(t *testing.T) {
	b := newServiceFixture(t)
	c := b.start(phone)
	require.Equal(t, "bruno", c.OwnerID)
	require.Equal(t, "bruno", c.AttendantID)
	require.NotEmpty(t, c.ChannelID)
	require.Equal(t, domain.Waiting, c.StateAt(b.now))
	require.Equal(t, "***.982.247-**", c.Contact.CPFMasked)
	require.NotContains(t, c.Contact.CPFCipher, "529.982")
	require.Len(t, b.sent, 1)
	spent, err := b.store.Spent(context.Background(), b.queue.ID, domain.MonthStart(b.now))
	require.NoError(t, err)
	require.EqualValues(t, 1_000_000, spent)
}

func TestStartSaysAllThatIsWrongAtItsFields(t *testing.T) {
	b := newServiceFixture(t)
	for name, c := range map[string]struct {
		change func(*domain.StartRequest)
		code   string
		fields []string
	}{
		"everything at once": {func(r *domain.StartRequest) {
			r.Variables, r.Customer = nil, domain.Customer{Name: " \u202e ", CPF: "111.111.111-11", Phone: "12"}
		}, domain.CodeInvalidField, []string{"body_1", "customer_name", "cpf", "phone"}},
		"no document":          {func(r *domain.StartRequest) { r.Customer.CPF = "" }, domain.CodeInvalidField, []string{"cpf"}},
		"a name too long":      {func(r *domain.StartRequest) { r.Customer.Name = strings.Repeat("é", 65) }, domain.CodeInvalidField, []string{"customer_name"}},
		"an unknown queue":     {func(r *domain.StartRequest) { r.QueueID = "x" }, domain.CodeInvalidField, []string{"queue"}},
		"an unknown template":  {func(r *domain.StartRequest) { r.Template.Name = "x" }, domain.CodeInvalidField, []string{"template"}},
		"another account":      {func(r *domain.StartRequest) { r.AccountID = "x" }, domain.CodeInvalidField, []string{"account_id"}},
		"a template in pause":  {func(r *domain.StartRequest) { r.Template.Name = "parado" }, domain.CodeTemplateNotAllowed, nil},
		"one nobody approved":  {func(r *domain.StartRequest) { r.Template.Name = "novo" }, domain.CodeTemplateNotAllowed, nil},
		"somebody in no queue": {func(r *domain.StartRequest) { r.ActorID = "davi" }, domain.CodeForbidden, nil},
		"an admin in no queue": {func(r *domain.StartRequest) { r.ActorID = "root" }, domain.CodeForbidden, nil},
	} {
		t.Run(name, func(t *testing.T) {
			request := b.request(phone)
			c.change(&request)
			_, err := b.do.Start(context.Background(), request)
			r := refusal(t, err)
			require.Equal(t, c.code, r.Code)
			var fields []string
			for f := range r.Fields {
				fields = append(fields, f)
			}
			require.ElementsMatch(t, c.fields, fields)
		})
	}
	require.Empty(t, b.sent)
	list, total, err := b.do.List(context.Background(), "root", domain.Filter{PerPage: 60})
	require.NoError(t, err)
	require.Zero(t, total)
	require.Empty(t, list)
}

func TestOneCustomerOneOpenConversation(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	first := b.start(phone)
	for _, typed := range []string{phone, "(11) 8765-4321", "11 98765 4321", "551187654321"} {
		_, err := b.do.Start(ctx, b.request(typed))
		r := refusal(t, err)
		require.Equal(t, domain.CodeConversationExists, r.Code, typed)
		require.Equal(t, first.ID, r.ConversationID)
		require.True(t, r.Agree)
	}
	require.Len(t, b.sent, 1)

	b.settings.CooldownHours = 0
	request := b.request(phone)
	request.Confirm = true
	started, err := b.do.Start(ctx, request)
	require.NoError(t, err)
	require.True(t, started.Existing)
	require.Equal(t, first.ID, started.Conversation.ID)
	require.Len(t, b.sent, 2)
}

func TestFiftyAtOnceMakeOneConversation(t *testing.T) {
	b := newServiceFixture(t)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { _, _ = b.do.Start(context.Background(), b.request(phone)) })
	}
	all.Wait()
	require.Len(t, b.sent, 1)
	_, total, err := b.do.List(context.Background(), "root", domain.Filter{PerPage: 60})
	require.NoError(t, err)
	require.Equal(t, 1, total)
}

func TestThePlanIsNeverOverdrawn(t *testing.T) {
	b := newServiceFixture(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	codes := map[string]int{}
	for i := range 40 {
		all.Go(func() {
			_, err := b.do.Start(context.Background(), b.request("+551198765"+string(rune('0'+i/10))+string(rune('0'+i%10))+"00"))
			if r, ok := domain.AsRefusal(err); ok {
				mu.Lock()
				codes[r.Code]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	require.Len(t, b.sent, 10)
	require.Equal(t, map[string]int{domain.CodeBudgetSpent: 30}, codes)
}

func TestCooldown(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	again := domain.TemplateRequest{
		ActorID: "bruno", ConversationID: c.ID, Template: domain.TemplateRef{Name: "visita", Language: "pt_BR"}, Variables: map[string]string{"body_1": "oi"},
	}
	_, err := b.do.SendTemplate(ctx, again)
	r := refusal(t, err)
	require.Equal(t, domain.CodeCooldown, r.Code)
	require.False(t, r.Agree, "an agent cannot override")
	require.Equal(t, domain.Username("bruno"), r.Text.Data["Who"])
	require.Equal(t, b.now+6*time.Hour.Milliseconds(), r.Text.Data["Until"])
	view, err := b.do.View(ctx, "bruno", c.ID)
	require.NoError(t, err)
	require.Equal(t, b.now+6*time.Hour.Milliseconds(), view.CooldownUntil)

	again.ActorID, again.Confirm = "ana", true
	_, err = b.do.SendTemplate(ctx, again)
	require.Contains(t, refusal(t, err).Fields, "reason", "a supervisor writes why")
	again.Reason = "o cliente pediu por telefone"
	_, err = b.do.SendTemplate(ctx, again)
	require.NoError(t, err)
	require.Len(t, b.sent, 2)

	b.now += 6 * time.Hour.Milliseconds()
	again.ActorID, again.Confirm, again.Reason = "bruno", false, ""
	_, err = b.do.SendTemplate(ctx, again)
	require.NoError(t, err, "after the cooldown")
}

func TestATemplateInAnOpenWindowAsksFirst(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	b.now += 1000
	b.answered(c)
	request := domain.TemplateRequest{
		ActorID: "bruno", ConversationID: c.ID, Template: domain.TemplateRef{Name: "visita", Language: "pt_BR"}, Variables: map[string]string{"body_1": "oi"},
	}
	_, err := b.do.SendTemplate(ctx, request)
	r := refusal(t, err)
	require.True(t, r.Agree)
	require.Contains(t, r.Fields, "confirm")
	request.Confirm = true
	_, err = b.do.SendTemplate(ctx, request)
	require.NoError(t, err)
	view, err := b.do.View(ctx, "bruno", c.ID)
	require.NoError(t, err)
	require.Equal(t, domain.Open, view.State, "a template does not close the window")

	request.Since = b.now - 1
	_, err = b.do.SendTemplate(ctx, request)
	require.Equal(t, "refusal.sent_meanwhile", refusal(t, err).Text.Key, "the same form again")
	request.Since = b.now
	_, err = b.do.SendTemplate(ctx, request)
	require.NoError(t, err, "another form")
}

func TestARefusalByMetaLeavesNothingBehind(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	b.outcome = domain.Delivery{Status: domain.Failed, MetaCode: 131026, Words: fakeMeta{}, Element: "phone"}
	_, err := b.do.Start(ctx, b.request(phone))
	r := refusal(t, err)
	require.Equal(t, domain.CodeMetaRefused, r.Code)
	require.Equal(t, 131026, r.MetaCode)
	require.Contains(t, r.Fields, "phone")
	_, total, err := b.do.List(ctx, "root", domain.Filter{PerPage: 60})
	require.NoError(t, err)
	require.Zero(t, total)
	spent, err := b.store.Spent(ctx, b.queue.ID, domain.MonthStart(b.now))
	require.NoError(t, err)
	require.Zero(t, spent, "what failed is free")

	b.outcome = domain.Delivery{Status: domain.Unknown}
	started, err := b.do.Start(ctx, b.request(phone))
	require.NoError(t, err, "a refused template is no reason to wait")
	require.Equal(t, domain.Unknown, started.Status)
	require.NotEmpty(t, started.Conversation.ChannelID)
}

func TestMarketingStopsForGood(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	require.NoError(t, b.store.BlockContact(ctx, c.ContactID, 0, true, b.now))
	b.now += 100 * time.Hour.Milliseconds()
	request := domain.TemplateRequest{
		ActorID: "ana", ConversationID: c.ID, Template: domain.TemplateRef{Name: "promo", Language: "pt_BR"},
		Variables: map[string]string{"body_1": "oi"}, Confirm: true, Reason: "insisto",
	}
	_, err := b.do.SendTemplate(ctx, request)
	require.Equal(t, "refusal.marketing_stopped", refusal(t, err).Text.Key)
	request.Template.Name = "visita"
	_, err = b.do.SendTemplate(ctx, request)
	require.NoError(t, err, "utility may still go")
}

func TestATransferLeavesTheOwner(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	view, err := b.do.TransferToUser(ctx, "bruno", c.ID, "ana")
	require.NoError(t, err)
	require.Equal(t, []string{"ana", "bruno"}, []string{view.AttendantID, view.OwnerID})
	_, err = b.do.View(ctx, "davi", c.ID)
	require.Equal(t, domain.CodeNotFound, refusal(t, err).Code)
	view, err = b.do.TransferToQueue(ctx, "ana", c.ID, b.queue.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"", "bruno"}, []string{view.AttendantID, view.OwnerID})
}

func TestATransferNeedsSomebodyWhoCanServe(t *testing.T) {
	b := newServiceFixture(t)
	c := b.start(phone)
	for _, user := range []string{"ghost", "stranger"} {
		t.Run(user, func(t *testing.T) {
			_, err := b.do.TransferToUser(context.Background(), "bruno", c.ID, user)
			require.Contains(t, refusal(t, err).Fields, "user_id")
		})
	}
}

func TestTheFirstClaimWins(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	_, err := b.do.TransferToQueue(ctx, "bruno", c.ID, b.queue.ID)
	require.NoError(t, err)
	var winners atomic.Int32
	var all sync.WaitGroup
	for _, user := range []string{"ana", "bruno", "root"} {
		all.Go(func() {
			if _, err := b.do.Claim(ctx, user, c.ID); err == nil {
				winners.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, winners.Load())
}

func TestAClosedConversationTakesNothingUntilItIsReopened(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	view, err := b.do.Close(ctx, "bruno", c.ID, domain.Closing{Note: "resolvido"})
	require.NoError(t, err)
	require.Equal(t, domain.Closed, view.State)
	_, err = b.do.Close(ctx, "bruno", c.ID, domain.Closing{})
	require.Equal(t, domain.CodeConversationClosed, refusal(t, err).Code)
	_, err = b.do.SendTemplate(ctx, domain.TemplateRequest{ActorID: "bruno", ConversationID: c.ID, Template: domain.TemplateRef{Name: "visita", Language: "pt_BR"}, Variables: map[string]string{"body_1": "x"}})
	require.Equal(t, domain.CodeConversationClosed, refusal(t, err).Code)
	view, err = b.do.Reopen(ctx, "bruno", c.ID)
	require.NoError(t, err)
	require.Equal(t, domain.Waiting, view.State)
}

func TestNothingIsReopenedBesideAnOpenConversation(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	_, err := b.do.Close(ctx, "bruno", c.ID, domain.Closing{})
	require.NoError(t, err)
	b.now += 7 * time.Hour.Milliseconds()
	b.start(phone)
	_, err = b.do.Reopen(ctx, "bruno", c.ID)
	require.Equal(t, domain.CodeConversationExists, refusal(t, err).Code)
}

func TestNotes(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	_, err := b.do.Note(ctx, "bruno", c.ID, "ligar amanhã")
	require.NoError(t, err)
	require.Contains(t, b.told, "ligar amanhã")
	for _, text := range []string{"", " \n", strings.Repeat("x", 16384)} {
		_, err = b.do.Note(ctx, "bruno", c.ID, text)
		require.Contains(t, refusal(t, err).Fields, "text")
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"  Ana   Maria ":                      "Ana Maria",
		"Jo\u0301se\u0301":                    "Jo\u0301se\u0301",
		"A\u202eB\u0000C\nD":                  "ABC D",
		strings.Repeat("x", 100):              strings.Repeat("x", 64),
		"Z" + strings.Repeat("\u0301", 10000): "Z\u0301\u0301\u0301",
		"\u200b\u202e":                        "",
		"\u200b\u200d \u200d":                 "",
		"👩\u200d💻 Bia":                        "👩\u200d💻 Bia",
	} {
		t.Run(in, func(t *testing.T) {
			require.Equal(t, want, domain.CleanName(in))
		})
	}
}

// unchangedSender is a sender about whom nothing new is known.
var unchangedSender = domain.WhatsAppIdentity{}
