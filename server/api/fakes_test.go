package api

import (
	"context"
	"fmt"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
)

var errDown = errors.New("the database is down")

// storeThatFails is the real store, of which a test can see what a change named, and make parts fail.
type storeThatFails struct {
	*store.Store
	wrote    []string // the fields of the last change
	auditErr error
	breakAt  int // EachCharge and EachExported fail before the row of this index; -1 = they do not
}

func (s *storeThatFails) UpdateAccount(ctx context.Context, account *domain.Account, now int64, fields ...string) error {
	s.wrote = fields
	return s.Store.UpdateAccount(ctx, account, now, fields...)
}

func (s *storeThatFails) UpdateQueue(ctx context.Context, queue *domain.Queue, now int64, fields ...string) error {
	s.wrote = fields
	return s.Store.UpdateQueue(ctx, queue, now, fields...)
}

func (s *storeThatFails) UpdatePlan(ctx context.Context, plan *domain.Plan, by string, now int64, fields ...string) (*domain.Plan, error) {
	s.wrote = fields
	return s.Store.UpdatePlan(ctx, plan, by, now, fields...)
}

func (s *storeThatFails) AllowTemplate(ctx context.Context, id string, approved bool, queueIDs []string, by string, now int64, fields ...string) (*domain.Template, error) {
	s.wrote = fields
	return s.Store.AllowTemplate(ctx, id, approved, queueIDs, by, now, fields...)
}

func (s *storeThatFails) Audit(ctx context.Context, actorID, action, objectID string, details map[string]string) error {
	if s.auditErr != nil {
		return s.auditErr
	}
	return s.Store.Audit(ctx, actorID, action, objectID, details)
}

func (s *storeThatFails) EachCharge(ctx context.Context, filter domain.LedgerFilter, fn func(*domain.Charge) error) error {
	i := -1
	return s.Store.EachCharge(ctx, filter, func(charge *domain.Charge) error {
		if i++; i == s.breakAt {
			return errDown
		}
		return fn(charge)
	})
}

func (s *storeThatFails) EachExported(ctx context.Context, conversationID string, fn func(*domain.ExportedMessage) error) error {
	i := -1
	return s.Store.EachExported(ctx, conversationID, func(message *domain.ExportedMessage) error {
		if i++; i == s.breakAt {
			return errDown
		}
		return fn(message)
	})
}

// fakeEncrypter marks what it encrypts.
type fakeEncrypter struct{}

func (fakeEncrypter) Encrypt(_, plain string) (string, error) { return "encrypted:" + plain, nil }
func (fakeEncrypter) Decrypt(_, text string) (string, error) {
	return strings.TrimPrefix(text, "encrypted:"), nil
}
func (fakeEncrypter) Prefix() string                       { return "encrypted:" }
func (fakeEncrypter) Hash(plain string) string             { return "hash:" + plain }
func (fakeEncrypter) HideName(name string) (string, error) { return name, nil }
func (e fakeEncrypter) Hashes(plain string) []string       { return []string{e.Hash(plain)} }

// fakeMeta plays WhatsApp for the administrator's routes.
type fakeMeta struct {
	probe     domain.Probe
	templates []domain.Template
	err       error
	token     string // what the last call came with
}

func (m *fakeMeta) Probe(_ context.Context, account *domain.Account) (domain.Probe, error) {
	m.token = account.AccessToken
	return m.probe, m.err
}

func (m *fakeMeta) FetchTemplates(_ context.Context, account *domain.Account) ([]domain.Template, error) {
	m.token = account.AccessToken
	return m.templates, m.err
}

// fakeMattermost is the server.
type fakeMattermost struct {
	language string
	teams    map[string]string          // by channel
	members  map[string][]domain.Member // by channel
	opened   []model.OpenDialogRequest
	err      error // of reads about channels
}

func (f *fakeMattermost) BotID() string                         { return id("bot") }
func (f *fakeMattermost) SiteURL() string                       { return "https://chat.example.com/" }
func (f *fakeMattermost) Locale(context.Context, string) string { return f.language }

func (f *fakeMattermost) Usernames(_ context.Context, ids []string) map[string]string {
	names := map[string]string{}
	for _, id := range ids {
		names[id] = "name." + id
	}
	return names
}

func (f *fakeMattermost) ChannelTeam(_ context.Context, channelID string) (string, error) {
	if f.err != nil {
		return "", f.err
	}
	if team, found := f.teams[channelID]; found {
		return team, nil
	}
	return "", domain.ErrNotFound
}

func (f *fakeMattermost) Members(_ context.Context, channelID string) ([]domain.Member, error) {
	return f.members[channelID], f.err
}

func (f *fakeMattermost) Open(_ context.Context, request model.OpenDialogRequest) error {
	f.opened = append(f.opened, request)
	return nil
}

// fakeService answers what it is told to and remembers what was asked.
type fakeService struct {
	conv    *domain.Conversation
	status  domain.Status
	err     error
	viewErr error
	list    []*domain.View
	history []*domain.Message

	calls  []string
	start  domain.StartRequest
	send   domain.TemplateRequest
	filter domain.Filter
}

var conversation1 = id("conversation1")

func newFakeService() *fakeService {
	return &fakeService{
		status: domain.Sent,
		conv: &domain.Conversation{
			ID: conversation1, AccountID: account1, ContactID: contact1, QueueID: queue1, TeamID: team1, ChannelID: id("wa"),
			OwnerID: agent, AttendantID: agent, LastTemplateAt: now, CreatedAt: now,
			Contact: domain.Contact{ID: contact1, Name: "Maria", Phone: "+5511987654321", CPFMasked: "***.456.789-**", CPFCipher: "cipher", CPFHash: "hash"},
		},
	}
}

func (c *fakeService) call(words ...string) (*domain.View, error) {
	c.calls = append(c.calls, strings.Join(words, " "))
	if c.err != nil {
		return nil, c.err
	}
	return &domain.View{Conversation: c.conv, State: c.conv.StateAt(now), CooldownUntil: now + 1}, nil
}

func (c *fakeService) Start(_ context.Context, r domain.StartRequest) (*domain.Started, error) {
	c.start = r
	if _, err := c.call("start", r.ActorID); err != nil {
		return nil, err
	}
	return &domain.Started{Conversation: c.conv, Status: c.status}, nil
}

func (c *fakeService) SendTemplate(_ context.Context, r domain.TemplateRequest) (*domain.Started, error) {
	c.send = r
	if _, err := c.call("template", r.ActorID, r.ConversationID); err != nil {
		return nil, err
	}
	return &domain.Started{Conversation: c.conv, Status: c.status}, nil
}

func (c *fakeService) ViewChannel(ctx context.Context, actorID, channelID string) (*domain.View, error) {
	if c.err != nil || c.conv.ChannelID == channelID {
		return c.View(ctx, actorID, c.conv.ID)
	}
	return nil, domain.Refuse(domain.CodeNotFound, domain.T("refusal.not_a_conversation"))
}

func (c *fakeService) View(_ context.Context, actorID, id string) (*domain.View, error) {
	if c.viewErr != nil {
		return nil, c.viewErr
	}
	return c.call("view", actorID, id)
}

func (c *fakeService) List(_ context.Context, actorID string, f domain.Filter) ([]*domain.View, int, error) {
	c.filter = f
	_, err := c.call("list", actorID)
	return c.list, len(c.list), err
}

func (c *fakeService) Messages(_ context.Context, actorID, id string, page, perPage int) ([]*domain.Message, int, error) {
	_, err := c.call("messages", actorID, id, fmt.Sprint(page), fmt.Sprint(perPage))
	return c.history, len(c.history), err
}

func (c *fakeService) MessageOfPost(_ context.Context, actorID, id, postID string) (*domain.Message, error) {
	if _, err := c.call("message", actorID, id, postID); err != nil {
		return nil, err
	}
	for _, m := range c.history {
		if m.PostID == postID {
			return m, nil
		}
	}
	return nil, domain.ErrNotFound
}

func (c *fakeService) Overview(_ context.Context, actorID string, f domain.Filter) (*domain.Overview, error) {
	c.filter = f
	if _, err := c.call("overview", actorID); err != nil {
		return nil, err
	}
	return &domain.Overview{
		Counts: domain.Counts{Waiting: 4, Open: 3, Expired: 2, Unclaimed: 1}, Now: now,
		Queues: []*domain.Queue{{ID: queue1, Name: "Vendas", TeamID: team1, ChannelID: id("fila")}},
	}, nil
}

func (c *fakeService) Reveal(_ context.Context, actorID, contactID string) (*domain.Revealed, error) {
	if _, err := c.call("reveal", actorID, contactID); err != nil {
		return nil, err
	}
	return &domain.Revealed{ContactID: contactID, Phone: "+5511987654321", CPF: "52998224725"}, nil
}

func (c *fakeService) MayAct(_ context.Context, actorID, id string) error {
	if c.viewErr != nil {
		return c.viewErr
	}
	_, err := c.call("may act", actorID, id)
	return err
}

func (c *fakeService) Note(_ context.Context, actorID, id, text string) (*domain.View, error) {
	return c.call("note", actorID, id, text)
}

func (c *fakeService) TransferToUser(_ context.Context, actorID, id, userID string) (*domain.View, error) {
	return c.call("to user", actorID, id, userID)
}

func (c *fakeService) TransferToQueue(_ context.Context, actorID, id, queueID string) (*domain.View, error) {
	return c.call("to queue", actorID, id, queueID)
}

func (c *fakeService) SetOwner(_ context.Context, actorID, id, userID string) (*domain.View, error) {
	return c.call("owner", actorID, id, userID)
}

func (c *fakeService) Claim(_ context.Context, actorID, id string) (*domain.View, error) {
	return c.call("claim", actorID, id)
}

func (c *fakeService) Close(_ context.Context, actorID, id, reason string) (*domain.View, error) {
	return c.call("close", actorID, id, reason)
}

func (c *fakeService) Reopen(_ context.Context, actorID, id string) (*domain.View, error) {
	return c.call("reopen", actorID, id)
}

func (c *fakeService) Outcome(_ context.Context, messageID string, words func(code int) domain.Explainer) (*domain.Started, error) {
	c.calls = append(c.calls, "outcome "+messageID)
	if c.err != nil || words == nil {
		return nil, c.err
	}
	return &domain.Started{Conversation: c.conv, Status: c.status}, nil
}

// fakeDrafts has one draft, which every call is about.
type fakeDrafts struct {
	draft *domain.Draft
	no    *domain.Refusal // with SendAll
	err   error
	calls []string
}

var draft1 = id("draft1")

func newFakeDrafts() *fakeDrafts {
	return &fakeDrafts{draft: &domain.Draft{
		ID: draft1, ConversationID: conversation1, AuthorID: agent, Text: "Segue o boleto", FileIDs: []string{id("file")}, State: domain.DraftHeld, CreatedAt: now, UpdatedAt: now,
	}}
}

func (b *fakeDrafts) call(words ...string) (*domain.Draft, error) {
	b.calls = append(b.calls, strings.Join(words, " "))
	return b.draft, b.err
}

func (b *fakeDrafts) List(_ context.Context, actorID, id string, _, _ int) ([]*domain.Draft, int, error) {
	draft, err := b.call("list", actorID, id)
	return []*domain.Draft{draft}, 1, err
}

func (b *fakeDrafts) Save(_ context.Context, actorID, id, text string, files []string) (*domain.Draft, error) {
	return b.call("save", actorID, id, text, strings.Join(files, ","))
}

func (b *fakeDrafts) ToEdit(_ context.Context, actorID, id string) (*domain.Draft, error) {
	return b.call("view", actorID, id)
}

func (b *fakeDrafts) Edit(_ context.Context, actorID, id, text string) (*domain.Draft, error) {
	return b.call("edit", actorID, id, text)
}

func (b *fakeDrafts) Drop(_ context.Context, actorID, id string) (*domain.Draft, error) {
	return b.call("drop", actorID, id)
}

func (b *fakeDrafts) Send(_ context.Context, actorID, id string) (*domain.Draft, error) {
	return b.call("send", actorID, id)
}

func (b *fakeDrafts) SendAll(_ context.Context, actorID, id, author string) (int, *domain.Refusal, error) {
	_, err := b.call("all", actorID, id, author)
	return 2, b.no, err
}
