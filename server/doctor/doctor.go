package doctor

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Store reads what the doctor looks at.
type Store interface {
	Accounts(ctx context.Context, page, perPage int) ([]*domain.Account, int, error)
	Queues(ctx context.Context) ([]*domain.Queue, error)
	TemplatesOf(ctx context.Context, accountID string) ([]*domain.Template, error)
	// HasPlan reports whether a queue has an approved plan.
	HasPlan(ctx context.Context, queueID string) (bool, error)
	// Healths is what Meta last said of the accounts, by account id.
	Healths(ctx context.Context) (map[string]*domain.Health, error)
	Backlog(ctx context.Context) (*domain.Backlog, error)
	// StuckLanes lists where nothing moved for long.
	StuckLanes(ctx context.Context, now int64) ([]*domain.Stuck, error)
	// ChannelsOfTeam counts a team's channels that are not archived, and the
	// conversations that wait for theirs.
	ChannelsOfTeam(ctx context.Context, teamID string) (channels, waiting int, err error)
	// Forgetting tells how far Mattermost has forgotten the people who were erased; contactID "" = all of them.
	Forgetting(ctx context.Context, contactID string) (domain.ErasureState, error)
	// CountStrays counts the open conversations whose channel is archived or gone, or public.
	CountStrays(ctx context.Context) (archived, public int, err error)
	// ServiceMessages counts a number's service messages of the month that begins at month, up to most.
	ServiceMessages(ctx context.Context, accountID string, month int64, most int) (int, error)
	// EventSubscriptions lists where other software is told of what happens.
	EventSubscriptions(ctx context.Context, page, perPage int) ([]*domain.EventSubscription, int, error)
	// LostQueues lists the names of the queues whose channel is archived or gone.
	LostQueues(ctx context.Context) ([]string, error)
}

// Doctor examines. All fields are needed.
type Doctor struct {
	Store Store
	// Probe asks Meta about an account now; a *domain.Refusal says what is wrong.
	Probe    func(ctx context.Context, account *domain.Account) (domain.Probe, error)
	Clock    domain.Clock
	Problems func() []domain.SettingProblem
	// LastWebhook is when this process last stored a delivery for an account, milliseconds since epoch.
	LastWebhook func(accountID string) int64
	// ChannelLimit is how many channels a team may have; less than 0 = any number.
	ChannelLimit func() int
	TeamName     func(ctx context.Context, teamID string) string
	// Lost is how many sealed values no key opens.
	Lost func() int
	// MayErase tells what the server's settings let us remove for good.
	MayErase func() (posts, channels bool)
	// ShowsNames tells whether the server shows a post under the name that the post says.
	ShowsNames func() bool
	// FreeMessages is how many service messages a month Meta gives each number free.
	FreeMessages func() int
	// GraphVersion is the version of the Graph API that is set, and the one that answered last ("" = none did yet).
	GraphVersion func() (set, answered string)
	// MessageLimit is how many of its last messages the server shows; 0 = all.
	MessageLimit func() int64
}

const (
	// slow is the age from which a waiting job is worth a word.
	slow = time.Minute
	// probePatience bounds what Meta may take for one account.
	probePatience = 10 * time.Second
	// maxAccounts bounds an examination.
	maxAccounts = 200
)

// Examine looks at settings, accounts, queues and jobs. An error means that it could not look.
func (d *Doctor) Examine(ctx context.Context) ([]domain.Finding, error) {
	var findings []domain.Finding
	for _, p := range d.Problems() {
		findings = append(findings, domain.Finding{Check: "settings", Text: domain.T("doctor.setting", "Setting", p.Setting), Fix: p.Text})
	}
	if lost := d.Lost(); lost > 0 {
		findings = append(findings, domain.Finding{Check: "keys", Text: domain.T("doctor.keys_lost", "Count", lost), Fix: domain.T("doctor.keys_lost_fix")})
	}
	names := domain.Finding{Check: "identity_override", OK: d.ShowsNames(), Text: domain.T("doctor.names", "Shown", d.ShowsNames())}
	if !names.OK {
		names.Fix = domain.T("doctor.names_fix")
	}
	findings = append(findings, names)
	accounts, _, err := d.Store.Accounts(ctx, 0, maxAccounts)
	if err != nil {
		return nil, err
	}
	if len(accounts) == 0 {
		findings = append(findings, domain.Finding{Check: "accounts", Text: domain.T("doctor.no_account"), Fix: domain.T("doctor.no_account_fix")})
	}
	healths, err := d.Store.Healths(ctx)
	if err != nil {
		return nil, err
	}
	for _, account := range accounts {
		more, err := d.account(ctx, account, healths[account.ID])
		if err != nil {
			return nil, err
		}
		for _, f := range more {
			f.AccountID = account.ID
			findings = append(findings, f)
		}
	}
	more, err := d.queues(ctx)
	if err != nil {
		return nil, err
	}
	findings = append(append(findings, more...), d.graphVersion(), d.edition())
	if more, err = d.channels(ctx); err != nil {
		return nil, err
	}
	findings = append(findings, more...)
	if more, err = d.strays(ctx); err != nil {
		return nil, err
	}
	findings = append(findings, more...)
	if more, err = d.receivers(ctx); err != nil {
		return nil, err
	}
	findings = append(findings, more...)
	if more, err = d.erasures(ctx); err != nil {
		return nil, err
	}
	findings = append(findings, more...)
	if more, err = d.jobs(ctx); err != nil {
		return nil, err
	}
	findings = append(findings, more...)
	more, err = d.stuck(ctx, accounts)
	return append(findings, more...), err
}

func (d *Doctor) account(ctx context.Context, a *domain.Account, known *domain.Health) ([]domain.Finding, error) {
	if !a.Enabled {
		return []domain.Finding{{Check: "account", OK: true, Text: domain.T("doctor.account_disabled", "Account", a.Name)}}, nil
	}
	findings := d.number(ctx, a, known)
	last := max(a.WebhookAt, d.LastWebhook(a.ID))
	if last == 0 {
		findings = append(findings, domain.Finding{Check: "webhook", Text: domain.T("doctor.webhook_never", "Account", a.Name), Fix: domain.T("doctor.webhook_never_fix")})
	} else {
		findings = append(findings, domain.Finding{Check: "webhook", OK: true, Text: domain.T("doctor.webhook_last", "Account", a.Name, "At", last)})
	}
	if a.DefaultQueueID == "" {
		findings = append(findings, domain.Finding{Check: "default_queue", Text: domain.T("doctor.no_default_queue", "Account", a.Name), Fix: domain.T("doctor.no_default_queue_fix")})
	}
	templates, err := d.Store.TemplatesOf(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	usable := 0
	for _, t := range templates {
		if t.Unusable().Key == "" {
			usable++
		}
	}
	finding := domain.Finding{Check: "templates", OK: usable > 0, Text: domain.T("doctor.templates", "Account", a.Name, "Usable", usable, "Total", len(templates))}
	if usable == 0 {
		finding.Fix = domain.T("doctor.templates_fix")
	}
	findings = append(append(findings, finding), d.reviews(a, templates)...)
	free, err := d.freeMessages(ctx, a)
	return append(findings, free...), err
}

func (d *Doctor) queues(ctx context.Context) ([]domain.Finding, error) {
	queues, err := d.Store.Queues(ctx)
	if err != nil {
		return nil, err
	}
	var findings []domain.Finding
	if len(queues) == 0 {
		findings = append(findings, domain.Finding{Check: "queues", Text: domain.T("doctor.no_queue"), Fix: domain.T("doctor.no_queue_fix")})
	}
	for _, q := range queues {
		approved, err := d.Store.HasPlan(ctx, q.ID)
		if err != nil {
			return nil, err
		}
		if approved {
			findings = append(findings, domain.Finding{Check: "plan", OK: true, Text: domain.T("doctor.plan", "Queue", q.Name)})
		} else {
			findings = append(findings, domain.Finding{Check: "plan", Text: domain.T("doctor.no_plan", "Queue", q.Name), Fix: domain.T("doctor.no_plan_fix")})
		}
	}
	return findings, nil
}

func (d *Doctor) jobs(ctx context.Context) ([]domain.Finding, error) {
	b, err := d.Store.Backlog(ctx)
	if err != nil {
		return nil, err
	}
	return []domain.Finding{
		d.backlog("inbox", "doctor.inbox", b.Inbox, b.OldestInbox),
		d.backlog("outbox", "doctor.outbox", b.Outbox, b.OldestOutbox),
		dead(b.DeadInbox + b.DeadMedia + b.DeadOutbox),
	}, nil
}

// stuck tells where nothing moved for long.
func (d *Doctor) stuck(ctx context.Context, accounts []*domain.Account) ([]domain.Finding, error) {
	stuck, err := d.Store.StuckLanes(ctx, d.Clock.Now())
	if err != nil {
		return nil, err
	}
	if len(stuck) == 0 {
		return []domain.Finding{{Check: "stuck_lane", OK: true, Text: domain.T("stuck.none")}}, nil
	}
	names := map[string]string{}
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	findings := make([]domain.Finding, len(stuck))
	for i, s := range stuck {
		text, fix := s.Texts(names[s.AccountID])
		findings[i] = domain.Finding{Check: "stuck_lane", AccountID: s.AccountID, Text: text, Fix: fix}
	}
	return findings, nil
}

// backlog looks at one queue of jobs: how many wait, and since when the oldest does.
func (d *Doctor) backlog(check, textKey string, depth int, oldest int64) domain.Finding {
	var age time.Duration
	if oldest != 0 {
		age = time.Duration(d.Clock.Now()-oldest) * time.Millisecond
	}
	f := domain.Finding{Check: check, OK: age < slow, Text: domain.T(textKey, "Depth", depth, "Seconds", int(age.Seconds()))}
	if !f.OK {
		f.Fix = domain.T("doctor.backlog_fix")
	}
	return f
}

func dead(letters int) domain.Finding {
	text := domain.T("doctor.dead_letters", "Count", letters)
	if letters == 0 {
		return domain.Finding{Check: "dead_letters", OK: true, Text: text}
	}
	return domain.Finding{Check: "dead_letters", Text: text, Fix: domain.T("doctor.dead_letters_fix")}
}
