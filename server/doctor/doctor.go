// Package doctor examines an installation and says, for each finding, what to do.
package doctor

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Finding is one thing the doctor looked at.
type Finding struct {
	Check string // what was looked at, one word
	OK    bool
	Text  domain.Text // what was found
	Fix   domain.Text // what to do; no key where there is nothing to do
	// AccountID is the number it is about; "" = none.
	AccountID string
}

// Backlog is what waits in a queue of jobs.
type Backlog struct {
	Depth  int
	Oldest time.Duration // age of the oldest job that waits
	Dead   int           // dead letters
}

// Store reads what the doctor looks at.
type Store interface {
	Accounts(ctx context.Context, page, perPage int) ([]*domain.Account, int, error)
	Queues(ctx context.Context) ([]*domain.Queue, error)
	TemplatesOf(ctx context.Context, accountID string) ([]*domain.Template, error)
	// HasPlan tells whether a queue has an approved plan.
	HasPlan(ctx context.Context, queueID string) (bool, error)
	// Healths is what Meta last said of the accounts, by account id.
	Healths(ctx context.Context) (map[string]*domain.Health, error)
	Backlogs(ctx context.Context) (inbox, outbox Backlog, err error)
	// StuckLanes lists where nothing moved for long.
	StuckLanes(ctx context.Context, now int64) ([]*domain.Stuck, error)
	// ChannelsOfTeam counts a team's channels that are not archived, and the
	// conversations that wait for theirs.
	ChannelsOfTeam(ctx context.Context, teamID string) (channels, waiting int, err error)
	Erasures(ctx context.Context) (Erasures, error)
	// CountStrays counts the open conversations whose channel is archived or gone, or public.
	CountStrays(ctx context.Context) (archived, public int, err error)
	// LostQueues lists the names of the queues whose channel is archived or gone.
	LostQueues(ctx context.Context) ([]string, error)
}

// Prober asks Meta about an account; a *domain.Refusal says what is wrong.
type Prober interface {
	Probe(ctx context.Context, account *domain.Account) (domain.Health, error)
}

// Problem is a setting that cannot be used.
type Problem struct {
	Setting string
	Text    domain.Text
}

// Doctor examines. All fields are needed.
type Doctor struct {
	Store    Store
	Prober   Prober
	Clock    domain.Clock
	Problems func() []Problem
	// LastWebhook is when this process last stored a delivery for an account, milliseconds since epoch.
	LastWebhook func(accountID string) int64
	// ChannelLimit is how many channels a team may have; less than 0 = any number.
	ChannelLimit func() int
	TeamName     func(ctx context.Context, teamID string) string
	// Lost is how many sealed values no key opens.
	Lost func() int
	// MayErase tells what the server's settings let us remove for good.
	MayErase func() (posts, channels bool)
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
func (d *Doctor) Examine(ctx context.Context) ([]Finding, error) {
	var findings []Finding
	for _, p := range d.Problems() {
		findings = append(findings, Finding{Check: "settings", Text: domain.T("doctor.setting", "Setting", p.Setting), Fix: p.Text})
	}
	if lost := d.Lost(); lost > 0 {
		findings = append(findings, Finding{Check: "keys", Text: domain.T("doctor.keys_lost", "Count", lost), Fix: domain.T("doctor.keys_lost_fix")})
	}
	accounts, _, err := d.Store.Accounts(ctx, 0, maxAccounts)
	if err != nil {
		return nil, err
	}
	if len(accounts) == 0 {
		findings = append(findings, Finding{Check: "accounts", Text: domain.T("doctor.no_account"), Fix: domain.T("doctor.no_account_fix")})
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
	findings = append(findings, more...)
	if more, err = d.channels(ctx); err != nil {
		return nil, err
	}
	findings = append(findings, more...)
	if more, err = d.strays(ctx); err != nil {
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

func (d *Doctor) account(ctx context.Context, a *domain.Account, known *domain.Health) ([]Finding, error) {
	if !a.Enabled {
		return []Finding{{Check: "account", OK: true, Text: domain.T("doctor.account_disabled", "Account", a.Name)}}, nil
	}
	findings := d.number(ctx, a, known)
	last := max(a.WebhookAt, d.LastWebhook(a.ID))
	if last == 0 {
		findings = append(findings, Finding{Check: "webhook", Text: domain.T("doctor.webhook_never", "Account", a.Name), Fix: domain.T("doctor.webhook_never_fix")})
	} else {
		findings = append(findings, Finding{Check: "webhook", OK: true, Text: domain.T("doctor.webhook_last", "Account", a.Name, "At", last)})
	}
	if a.DefaultQueueID == "" {
		findings = append(findings, Finding{Check: "default_queue", Text: domain.T("doctor.no_default_queue", "Account", a.Name), Fix: domain.T("doctor.no_default_queue_fix")})
	}
	templates, err := d.Store.TemplatesOf(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	usable := 0
	for _, t := range templates {
		if t.Approved && t.Status == "APPROVED" && t.GoneAt == 0 && len(t.QueueIDs) > 0 {
			usable++
		}
	}
	finding := Finding{Check: "templates", OK: usable > 0, Text: domain.T("doctor.templates", "Account", a.Name, "Usable", usable, "Total", len(templates))}
	if usable == 0 {
		finding.Fix = domain.T("doctor.templates_fix")
	}
	return append(findings, finding), nil
}

func (d *Doctor) queues(ctx context.Context) ([]Finding, error) {
	queues, err := d.Store.Queues(ctx)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	if len(queues) == 0 {
		findings = append(findings, Finding{Check: "queues", Text: domain.T("doctor.no_queue"), Fix: domain.T("doctor.no_queue_fix")})
	}
	for _, q := range queues {
		approved, err := d.Store.HasPlan(ctx, q.ID)
		if err != nil {
			return nil, err
		}
		if approved {
			findings = append(findings, Finding{Check: "plan", OK: true, Text: domain.T("doctor.plan", "Queue", q.Name)})
		} else {
			findings = append(findings, Finding{Check: "plan", Text: domain.T("doctor.no_plan", "Queue", q.Name), Fix: domain.T("doctor.no_plan_fix")})
		}
	}
	return findings, nil
}

func (d *Doctor) jobs(ctx context.Context) ([]Finding, error) {
	inbox, outbox, err := d.Store.Backlogs(ctx)
	if err != nil {
		return nil, err
	}
	return []Finding{
		backlog("inbox", inbox, domain.T("doctor.inbox", "Depth", inbox.Depth, "Seconds", int(inbox.Oldest.Seconds()))),
		backlog("outbox", outbox, domain.T("doctor.outbox", "Depth", outbox.Depth, "Seconds", int(outbox.Oldest.Seconds()))),
		dead(inbox.Dead + outbox.Dead),
	}, nil
}

// stuck tells where nothing moved for long.
func (d *Doctor) stuck(ctx context.Context, accounts []*domain.Account) ([]Finding, error) {
	stuck, err := d.Store.StuckLanes(ctx, d.Clock.Now())
	if err != nil {
		return nil, err
	}
	if len(stuck) == 0 {
		return []Finding{{Check: "stuck_lane", OK: true, Text: domain.T("stuck.none")}}, nil
	}
	names := map[string]string{}
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	findings := make([]Finding, len(stuck))
	for i, s := range stuck {
		text, fix := s.Texts(names[s.AccountID])
		findings[i] = Finding{Check: "stuck_lane", AccountID: s.AccountID, Text: text, Fix: fix}
	}
	return findings, nil
}

func backlog(check string, b Backlog, text domain.Text) Finding {
	if b.Oldest < slow {
		return Finding{Check: check, OK: true, Text: text}
	}
	return Finding{Check: check, Text: text, Fix: domain.T("doctor.backlog_fix")}
}

func dead(letters int) Finding {
	text := domain.T("doctor.dead_letters", "Count", letters)
	if letters == 0 {
		return Finding{Check: "dead_letters", OK: true, Text: text}
	}
	return Finding{Check: "dead_letters", Text: text, Fix: domain.T("doctor.dead_letters_fix")}
}
