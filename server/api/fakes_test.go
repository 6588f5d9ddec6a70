package api

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

var errDown = errors.New("the database is down")

// people are who may do what.
type people struct{ err error }

func (p *people) SystemAdmin(_ context.Context, userID string) (bool, error) {
	return userID == admin && p.err == nil, p.err
}

// meta plays WhatsApp for the administrator's routes.
type meta struct {
	probe     domain.Probe
	templates []domain.Template
	err       error
	token     string // what the last call came with
}

func (m *meta) Probe(_ context.Context, account *domain.Account) (domain.Probe, error) {
	m.token = account.AccessToken
	return m.probe, m.err
}

func (m *meta) FetchTemplates(_ context.Context, account *domain.Account) ([]domain.Template, error) {
	m.token = account.AccessToken
	return m.templates, m.err
}

// memory is the database.
type memory struct {
	accounts  []*domain.Account
	queues    []*domain.Queue
	templates []*domain.Template
	plans     []*domain.Plan
	approvals []*domain.PlanApproval
	spent     domain.Money
	members   map[string][]domain.Member
	healths   map[string]*domain.Health
	synced    int64
	groups    []*domain.LedgerGroup
	summed    []string
	charges   []*domain.Charge
	letters   []*domain.DeadLetter
	replays   []domain.DeadLetterFilter
	findings  []domain.Finding
	exports   map[string]*domain.PersonExport
	exported  map[string][]*domain.ExportedMessage // by conversation
	teams     map[string]string                    // of channels
	erased    []string
	pending   int
	stays     []string
	merged    []string
	again     []string // files asked for again
	replayed  []string
	released  int
	made      int   // ids given
	reads     int   // of all accounts
	err       error // answers everything
	breakAt   int   // EachCharge fails before the charge of this index
	inUse     bool
	wrote     []string // the fields of the last change
	hasQueues bool
}

// Rows that are always there.
var (
	account1  = id("account1")
	account2  = id("account2")
	queue1    = id("queue1")
	queue2    = id("queue2")
	template1 = id("template1")
	plan1     = id("plan1")
	team1     = id("team1")
	team2     = id("team2")
	channel1  = id("channel1")
	channel2  = id("channel2")
	channel3  = id("channel3")
	contact1  = id("contact1")
	nowhere   = id("nowhere")
)

func newMemory() *memory {
	return &memory{
		accounts: []*domain.Account{
			{
				ID: account1, Name: "Vendas", PhoneNumberID: "111", WABAID: "w1", DisplayPhone: "+5511987654321", Enabled: true,
				AccessToken: secretToken, AppSecret: secretApp, VerifyToken: secretVerify, DefaultQueueID: queue1, WebhookAt: 5, CreatedAt: 1, UpdatedAt: 2,
			},
			{ID: account2, Name: "Outro", PhoneNumberID: "222", WABAID: "w2", AppSecret: secretApp + "2", CreatedAt: 1, UpdatedAt: 1},
		},
		queues: []*domain.Queue{
			{ID: queue1, Name: "Vendas", TeamID: team1, ChannelID: channel1, AccountID: account1, CreatedAt: 1, UpdatedAt: 1},
			{ID: queue2, Name: "Suporte", TeamID: team1, ChannelID: channel2, AccountID: account1, CreatedAt: 1, UpdatedAt: 1},
		},
		templates: []*domain.Template{{
			ID: template1, AccountID: account1, Name: "hello", Language: "pt_BR", Category: "UTILITY", Status: "APPROVED",
			Text: "Olá {{1}}", QueueIDs: []string{queue1}, CreatedAt: 1, UpdatedAt: 1,
		}},
		plans: []*domain.Plan{{
			ID: plan1, QueueID: queue1, MonthlyLimit: 100_000_000, Currency: "BRL", Prices: domain.Prices{Marketing: 312_500}, CreatedAt: 1, UpdatedAt: 1,
		}},
		teams:    map[string]string{channel1: team1, channel2: team1, channel3: team2},
		exported: map[string][]*domain.ExportedMessage{},
		exports:  map[string]*domain.PersonExport{contact1: {Contact: domain.Contact{ID: contact1, Name: "Maria", CreatedAt: 1, UpdatedAt: 1}}},
		breakAt:  -1,
	}
}

func (m *memory) newID() string { m.made++; return id(fmt.Sprintf("new%d", m.made)) }

// find gives a copy, as a database does.
func find[T any](m *memory, rows []*T, matches func(*T) bool) (*T, error) {
	if m.err != nil {
		return nil, m.err
	}
	if i := slices.IndexFunc(rows, matches); i >= 0 {
		row := *rows[i]
		return &row, nil
	}
	return nil, errors.Wrap(domain.ErrNotFound, "memory")
}

func pageOf[T any](m *memory, rows []*T, page, perPage int) ([]*T, int, error) {
	if m.err != nil {
		return nil, 0, m.err
	}
	from := min(page*perPage, len(rows))
	return rows[from:min(from+perPage, len(rows))], len(rows), nil
}

func put[T any](m *memory, rows *[]*T, row *T, same, clashes func(*T) bool) error {
	if m.err != nil {
		return m.err
	}
	for _, other := range *rows {
		if !same(other) && clashes(other) {
			return errors.Wrap(domain.ErrConflict, "memory")
		}
	}
	stored := *row
	if i := slices.IndexFunc(*rows, same); i >= 0 {
		(*rows)[i] = &stored
	} else {
		*rows = append(*rows, &stored)
	}
	return nil
}

func remove[T any](m *memory, rows *[]*T, matches func(*T) bool) error {
	if m.err != nil {
		return m.err
	}
	if m.inUse {
		return errors.Wrap(domain.ErrConflict, "memory")
	}
	if m.hasQueues {
		return errors.Wrap(domain.ErrHasQueues, "memory")
	}
	*rows = slices.DeleteFunc(*rows, matches)
	return nil
}

func (m *memory) Account(_ context.Context, id string) (*domain.Account, error) {
	return find(m, m.accounts, func(a *domain.Account) bool { return a.ID == id })
}

func (m *memory) Accounts(_ context.Context, page, perPage int) ([]*domain.Account, int, error) {
	m.reads++
	return pageOf(m, m.accounts, page, perPage)
}

func (m *memory) CreateAccount(_ context.Context, a *domain.Account, now int64) error {
	a.ID, a.CreatedAt, a.UpdatedAt = m.newID(), now, now
	return m.putAccount(a)
}

func (m *memory) UpdateAccount(_ context.Context, a *domain.Account, now int64, fields ...string) error {
	m.wrote = fields
	a.UpdatedAt = now
	return m.putAccount(a)
}

func (m *memory) putAccount(a *domain.Account) error {
	return put(m, &m.accounts, a, func(o *domain.Account) bool { return o.ID == a.ID },
		func(o *domain.Account) bool { return o.PhoneNumberID == a.PhoneNumberID })
}

func (m *memory) DeleteAccount(_ context.Context, id string) error {
	return remove(m, &m.accounts, func(a *domain.Account) bool { return a.ID == id })
}

func (m *memory) BlockAccount(_ context.Context, id string, code int, now int64) (bool, error) {
	for _, a := range m.accounts {
		if a.ID == id {
			a.BlockedCode, a.BlockedAt = code, now
		}
	}
	return true, m.err
}

func (m *memory) Queue(_ context.Context, id string) (*domain.Queue, error) {
	return find(m, m.queues, func(q *domain.Queue) bool { return q.ID == id })
}

func (m *memory) QueuePage(_ context.Context, page, perPage int) ([]*domain.Queue, int, error) {
	return pageOf(m, m.queues, page, perPage)
}

func (m *memory) CreateQueue(_ context.Context, q *domain.Queue, now int64) error {
	q.ID, q.CreatedAt, q.UpdatedAt = m.newID(), now, now
	return m.putQueue(q)
}

func (m *memory) UpdateQueue(_ context.Context, q *domain.Queue, now int64, fields ...string) error {
	m.wrote = fields
	q.UpdatedAt = now
	return m.putQueue(q)
}

func (m *memory) putQueue(q *domain.Queue) error {
	return put(m, &m.queues, q, func(o *domain.Queue) bool { return o.ID == q.ID },
		func(o *domain.Queue) bool { return o.ChannelID == q.ChannelID })
}

func (m *memory) DeleteQueue(_ context.Context, id string) error {
	return remove(m, &m.queues, func(q *domain.Queue) bool { return q.ID == id })
}

func (m *memory) ChannelTeam(_ context.Context, channelID string) (string, error) {
	if m.err != nil {
		return "", m.err
	}
	if team, found := m.teams[channelID]; found {
		return team, nil
	}
	return "", domain.ErrNotFound
}

func (m *memory) Template(_ context.Context, id string) (*domain.Template, error) {
	return find(m, m.templates, func(t *domain.Template) bool { return t.ID == id })
}

func (m *memory) Templates(_ context.Context, accountID, query, status string, page, perPage int) ([]*domain.Template, int, error) {
	var rows []*domain.Template
	for _, t := range m.templates {
		if (accountID == "" || t.AccountID == accountID) && strings.Contains(t.Name, query) && (status == "" || t.Status == status) {
			rows = append(rows, t)
		}
	}
	return pageOf(m, rows, page, perPage)
}

func (m *memory) AllowTemplate(ctx context.Context, id string, approved bool, queueIDs []string, by string, now int64, fields ...string) (*domain.Template, error) {
	m.wrote = fields
	t, err := m.Template(ctx, id)
	if err != nil {
		return nil, err
	}
	t.Approved, t.QueueIDs, t.ApprovedBy, t.ApprovedAt, t.UpdatedAt = approved, queueIDs, by, now, now
	if !approved {
		t.ApprovedBy, t.ApprovedAt = "", 0
	}
	never := func(*domain.Template) bool { return false }
	return t, put(m, &m.templates, t, func(o *domain.Template) bool { return o.ID == id }, never)
}

func (m *memory) SetTemplateRules(ctx context.Context, id string, rules domain.Rules, drop []string, now int64) (*domain.Template, error) {
	t, err := m.Template(ctx, id)
	if err != nil {
		return nil, err
	}
	t.Rules, t.UpdatedAt = maps.Clone(t.Rules), now
	if t.Rules == nil {
		t.Rules = domain.Rules{}
	}
	maps.Copy(t.Rules, rules)
	for _, element := range drop {
		delete(t.Rules, element)
	}
	never := func(*domain.Template) bool { return false }
	return t, put(m, &m.templates, t, func(o *domain.Template) bool { return o.ID == id }, never)
}

func (m *memory) SyncTemplates(_ context.Context, accountID string, fetched []domain.Template, now int64) (added, updated, gone, total int, err error) {
	if m.err != nil {
		return 0, 0, 0, 0, m.err
	}
	for i := range fetched {
		fetched[i].ID, fetched[i].AccountID, fetched[i].CreatedAt, fetched[i].UpdatedAt = m.newID(), accountID, now, now
		m.templates = append(m.templates, &fetched[i])
	}
	return len(fetched), 0, 0, len(m.templates), nil
}

func (m *memory) Plan(_ context.Context, id string) (*domain.Plan, error) {
	return find(m, m.plans, func(p *domain.Plan) bool { return p.ID == id })
}

func (m *memory) Plans(_ context.Context, page, perPage int) ([]*domain.Plan, int, error) {
	return pageOf(m, m.plans, page, perPage)
}

func (m *memory) CreatePlan(_ context.Context, p *domain.Plan, now int64) error {
	p.ID, p.CreatedAt, p.UpdatedAt = m.newID(), now, now
	return m.putPlan(p)
}

func (m *memory) UpdatePlan(_ context.Context, p *domain.Plan, _ string, now int64, fields ...string) (*domain.Plan, error) {
	m.wrote = fields
	p.UpdatedAt, p.Approved, p.ApprovedBy, p.ApprovedAt = now, false, "", 0
	return p, m.putPlan(p)
}

func (m *memory) putPlan(p *domain.Plan) error {
	return put(m, &m.plans, p, func(o *domain.Plan) bool { return o.ID == p.ID },
		func(o *domain.Plan) bool { return o.QueueID == p.QueueID })
}

func (m *memory) ApprovePlan(ctx context.Context, id, by string, now int64) (*domain.Plan, error) {
	p, err := m.Plan(ctx, id)
	if err != nil {
		return nil, err
	}
	p.Approved, p.ApprovedBy, p.ApprovedAt = true, by, now
	return p, m.putPlan(p)
}

func (m *memory) PlanApprovals(_ context.Context, planID string, page, perPage int) ([]*domain.PlanApproval, int, error) {
	if _, err := m.Plan(context.Background(), planID); err != nil {
		return nil, 0, err
	}
	return pageOf(m, m.approvals, page, perPage)
}

func (m *memory) Spent(context.Context, string, int64) (domain.Money, error) {
	return m.spent, m.err
}

func (m *memory) Members(_ context.Context, channelID string) ([]domain.Member, error) {
	if m.err != nil {
		return nil, m.err
	}
	return m.members[channelID], nil
}

func (m *memory) Healths(context.Context) (map[string]*domain.Health, error) {
	return m.healths, m.err
}

func (m *memory) TemplatesSynced(context.Context, string) (int64, error) { return m.synced, m.err }

func (m *memory) LedgerSummary(_ context.Context, from, to int64, queueID, by string, page, perPage int) ([]*domain.LedgerGroup, int, error) {
	m.summed = append(m.summed, fmt.Sprint(from, " ", to, " ", queueID, " ", by))
	return pageOf(m, m.groups, page, perPage)
}

// Describe knows one variable in every template.
func (m *memory) Describe(t *domain.Template) (TemplateDetail, error) {
	if t.Text == "" {
		return TemplateDetail{}, errors.New("cannot be sent")
	}
	return TemplateDetail{Preview: "**" + t.Text + "**", Variables: []TemplateVariable{{Element: "body_1", Kind: "text", Name: "1", Example: "Ana", Limit: 50}}}, nil
}

func (m *memory) DeletePlan(_ context.Context, id, _ string, _ int64) error {
	return remove(m, &m.plans, func(p *domain.Plan) bool { return p.ID == id })
}

func (m *memory) DeadLetters(_ context.Context, page, perPage int) ([]*domain.DeadLetter, int, error) {
	return pageOf(m, m.letters, page, perPage)
}

func (m *memory) ReplayDeadLetters(_ context.Context, which domain.DeadLetterFilter) (int, error) {
	m.replays = append(m.replays, which)
	return len(m.letters), nil
}
func (m *memory) ReplayDeadLetter(_ context.Context, id string, _ int64) error {
	if _, err := find(m, m.letters, func(l *domain.DeadLetter) bool { return l.ID == id }); err != nil {
		return err
	}
	m.replayed = append(m.replayed, id)
	return nil
}

func (m *memory) Examine(context.Context) ([]domain.Finding, error) { return m.findings, m.err }

func (m *memory) chargesOf(from, to int64, queueID string) []*domain.Charge {
	var rows []*domain.Charge
	for _, c := range m.charges {
		if c.At >= from && c.At < to && (queueID == "" || c.QueueID == queueID) {
			rows = append(rows, c)
		}
	}
	return rows
}

func (m *memory) Ledger(_ context.Context, from, to int64, queueID string, page, perPage int) ([]*domain.Charge, int, error) {
	return pageOf(m, m.chargesOf(from, to, queueID), page, perPage)
}

func (m *memory) EachCharge(_ context.Context, from, to int64, queueID string, fn func(*domain.Charge) error) error {
	for i, c := range m.chargesOf(from, to, queueID) {
		if i == m.breakAt {
			return errDown
		}
		if err := fn(c); err != nil {
			return err
		}
	}
	return m.err
}

func (m *memory) ExportContact(_ context.Context, id, _ string, _ int64) (*domain.PersonExport, error) {
	if m.err != nil {
		return nil, m.err
	}
	if export := m.exports[id]; export != nil {
		return export, nil
	}
	return nil, domain.ErrNotFound
}

func (m *memory) EachExported(_ context.Context, conversationID string, fn func(*domain.ExportedMessage) error) error {
	for i, message := range m.exported[conversationID] {
		if i == m.breakAt {
			return errDown
		}
		if err := fn(message); err != nil {
			return err
		}
	}
	return m.err
}

func (m *memory) EraseContact(ctx context.Context, id, by string, now int64) error {
	if _, err := m.ExportContact(ctx, id, by, now); err != nil {
		return err
	}
	m.erased = append(m.erased, id+" by "+by)
	return nil
}

func (m *memory) Forget(context.Context, string) (int, []string, error) {
	return m.pending, m.stays, m.err
}

func (m *memory) MergeContacts(_ context.Context, intoID, fromID, by string, _ int64) (*domain.Contact, error) {
	export := m.exports[intoID]
	if export == nil || m.exports[fromID] == nil {
		return nil, domain.ErrNotFound
	}
	if m.err != nil {
		return nil, m.err
	}
	m.merged = append(m.merged, fromID+" into "+intoID+" by "+by)
	return &export.Contact, nil
}

// media is a message whose file did not come, and its conversation.
func (m *memory) MediaConversation(_ context.Context, wamid string) (string, error) {
	if wamid != "wamid.1" {
		return "", domain.ErrNotFound
	}
	return conversation1, m.err
}

func (m *memory) TryMediaAgain(_ context.Context, wamid string) error {
	m.again = append(m.again, wamid)
	return m.err
}

func (m *memory) ReleaseGuards(context.Context) (int, error) { return m.released, m.err }

// conversations plays the service: it answers what it is told to and remembers what was asked.
type conversations struct {
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

func newConversations() *conversations {
	return &conversations{
		status: domain.Sent,
		conv: &domain.Conversation{
			ID: conversation1, AccountID: account1, ContactID: contact1, QueueID: queue1, TeamID: team1, ChannelID: id("wa"),
			OwnerID: agent, AttendantID: agent, LastTemplateAt: now, CreatedAt: now,
			Contact: domain.Contact{ID: contact1, Name: "Maria", Phone: "+5511987654321", CPFMasked: "***.456.789-**", CPFCipher: "cipher", CPFHash: "hash"},
		},
	}
}

func (c *conversations) call(words ...string) (*domain.View, error) {
	c.calls = append(c.calls, strings.Join(words, " "))
	if c.err != nil {
		return nil, c.err
	}
	return &domain.View{Conversation: c.conv, State: c.conv.StateAt(now), CooldownUntil: now + 1}, nil
}

func (c *conversations) Start(_ context.Context, r domain.StartRequest) (*domain.Started, error) {
	c.start = r
	if _, err := c.call("start", r.ActorID); err != nil {
		return nil, err
	}
	return &domain.Started{Conversation: c.conv, Status: c.status}, nil
}

func (c *conversations) SendTemplate(_ context.Context, r domain.TemplateRequest) (*domain.Started, error) {
	c.send = r
	if _, err := c.call("template", r.ActorID, r.ConversationID); err != nil {
		return nil, err
	}
	return &domain.Started{Conversation: c.conv, Status: c.status}, nil
}

func (c *conversations) ViewChannel(ctx context.Context, actorID, channelID string) (*domain.View, error) {
	if c.err != nil || c.conv.ChannelID == channelID {
		return c.View(ctx, actorID, c.conv.ID)
	}
	return nil, domain.Refuse(domain.CodeNotFound, domain.T("refusal.not_a_conversation"))
}

func (c *conversations) View(_ context.Context, actorID, id string) (*domain.View, error) {
	if c.viewErr != nil {
		return nil, c.viewErr
	}
	return c.call("view", actorID, id)
}

func (c *conversations) List(_ context.Context, actorID string, f domain.Filter) ([]*domain.View, int, error) {
	c.filter = f
	_, err := c.call("list", actorID)
	return c.list, len(c.list), err
}

func (c *conversations) Messages(_ context.Context, actorID, id string, page, perPage int) ([]*domain.Message, int, error) {
	_, err := c.call("messages", actorID, id, fmt.Sprint(page), fmt.Sprint(perPage))
	return c.history, len(c.history), err
}

func (c *conversations) MessageOfPost(_ context.Context, actorID, id, postID string) (*domain.Message, error) {
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

func (c *conversations) Overview(_ context.Context, actorID string, f domain.Filter) (*domain.Overview, error) {
	c.filter = f
	if _, err := c.call("overview", actorID); err != nil {
		return nil, err
	}
	return &domain.Overview{
		Counts: domain.Counts{Waiting: 4, Open: 3, Expired: 2, Unclaimed: 1}, Now: now,
		Queues: []*domain.Queue{{ID: queue1, Name: "Vendas", TeamID: team1, ChannelID: id("fila")}},
	}, nil
}

func (c *conversations) Reveal(_ context.Context, actorID, contactID string) (*domain.Revealed, error) {
	if _, err := c.call("reveal", actorID, contactID); err != nil {
		return nil, err
	}
	return &domain.Revealed{ContactID: contactID, Phone: "+5511987654321", CPF: "52998224725"}, nil
}

func (c *conversations) MayAct(_ context.Context, actorID, id string) error {
	if c.viewErr != nil {
		return c.viewErr
	}
	_, err := c.call("may act", actorID, id)
	return err
}

func (c *conversations) Note(_ context.Context, actorID, id, text string) (*domain.View, error) {
	return c.call("note", actorID, id, text)
}

func (c *conversations) TransferToUser(_ context.Context, actorID, id, userID string) (*domain.View, error) {
	return c.call("to user", actorID, id, userID)
}

func (c *conversations) TransferToQueue(_ context.Context, actorID, id, queueID string) (*domain.View, error) {
	return c.call("to queue", actorID, id, queueID)
}

func (c *conversations) SetOwner(_ context.Context, actorID, id, userID string) (*domain.View, error) {
	return c.call("owner", actorID, id, userID)
}

func (c *conversations) Claim(_ context.Context, actorID, id string) (*domain.View, error) {
	return c.call("claim", actorID, id)
}

func (c *conversations) Close(_ context.Context, actorID, id, reason string) (*domain.View, error) {
	return c.call("close", actorID, id, reason)
}

func (c *conversations) Reopen(_ context.Context, actorID, id string) (*domain.View, error) {
	return c.call("reopen", actorID, id)
}

func (c *conversations) Outcome(_ context.Context, messageID string, words func(code int) domain.Explainer) (*domain.Started, error) {
	c.calls = append(c.calls, "outcome "+messageID)
	if c.err != nil || words == nil {
		return nil, c.err
	}
	return &domain.Started{Conversation: c.conv, Status: c.status}, nil
}

// requests keeps them as the table does.
type requests struct {
	mu   sync.Mutex
	rows map[string]*kept
	made int
}

type kept struct {
	domain.Request
	print string
	held  bool
}

func (q *requests) BeginRequest(_ context.Context, userID, key, fingerprint string) (*domain.Request, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	row := q.rows[userID+" "+key]
	switch {
	case row == nil:
		q.made++
		row = &kept{Request: domain.Request{Token: fmt.Sprint(q.made)}, print: fingerprint, held: true}
		q.rows[userID+" "+key] = row
		r := row.Request
		return &r, nil
	case row.print != fingerprint:
		return &domain.Request{Conflict: true}, nil
	case row.Status != 0:
		return &domain.Request{Status: row.Status, Answer: row.Answer}, nil
	case row.held:
		return &domain.Request{}, nil
	}
	row.held = true
	r := row.Request
	return &r, nil
}

func (q *requests) AnswerRequest(_ context.Context, token string, status int, answer []byte, _ string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, row := range q.rows {
		if row.Token == token {
			row.Status, row.Answer = status, slices.Clone(answer)
		}
	}
	return nil
}

func (q *requests) ReleaseRequest(_ context.Context, token string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for key, row := range q.rows {
		if row.Token == token && row.MessageID == "" {
			delete(q.rows, key)
		} else if row.Token == token {
			row.held = false
		}
	}
	return nil
}
