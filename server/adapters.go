package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/api"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/doctor"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/encryption"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/mattermost"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/metrics"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/outbound"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/permission"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// inbox is the store as the webhook wants it. Lanes and keys are hidden: they
// outlive what they are of, and hold numbers and ids in which numbers are.
type inbox struct {
	store     *store.Store
	encrypter *encryption.Encrypter
}

func (i inbox) AddInbox(ctx context.Context, rows []domain.InboxRow) (err error) {
	stored := slices.Clone(rows)
	for n := range stored {
		row := &stored[n]
		if row.Lane, err = i.encrypter.HideName(row.Lane); err != nil {
			return err
		}
		row.Key = hiddenKey(row.Key)
	}
	err = i.store.Deliver(ctx, stored)
	if errors.Is(err, store.ErrBusy) || ctx.Err() != nil { // Meta sends it again; the log need not say so for each
		return domain.Refuse(domain.CodeUnavailable, domain.Text{})
	}
	return err
}

// hiddenKey hides WhatsApp's id in a key, which has the customer's number in it.
// It also holds a part that nobody guesses, so that this needs no secret.
func hiddenKey(key string) string {
	head, id := "", key
	if dead := strings.SplitN(key, ":", 3); len(dead) == 3 && dead[0] == "dead" {
		head, id = dead[0]+":"+dead[1]+":", dead[2]
	}
	kind, rest, _ := strings.Cut(id, ":")
	switch kind {
	case "m", "u", "s", "e":
		sum := sha256.Sum256([]byte(rest))
		return head + kind + ":" + hex.EncodeToString(sum[:])
	default: // of what it holds, and hashed already
		return key
	}
}

// directory is Mattermost as the command wants it.
type directory struct {
	*mattermost.Port
	people *permission.People
}

func (d directory) SystemAdmin(ctx context.Context, userID string) (bool, error) {
	return d.people.SystemAdmin(ctx, userID)
}

// guards lets go of all channels; see api.Guards.
type guards struct{ app *app }

func (g guards) ReleaseGuards(ctx context.Context) (released int, err error) {
	channels, err := g.app.store.ChannelsActiveSince(ctx, 0)
	if err != nil {
		return 0, err
	}
	for _, channelID := range channels {
		if err := g.app.port.Unguard(ctx, channelID); err != nil {
			return released, err
		}
		released++
	}
	return released, nil
}

// costs adds up the ledger for supervisors; see command.Costs.
type costs struct{ app *app }

func (c costs) MonthCosts(ctx context.Context, userID string) ([]domain.QueueCosts, error) {
	queues, err := c.app.store.Queues(ctx)
	if err != nil {
		return nil, err
	}
	var out []domain.QueueCosts
	for _, queue := range queues {
		supervises, err := c.app.people.Supervises(ctx, userID, queue)
		if err != nil {
			return nil, err
		}
		if !supervises {
			continue
		}
		month, err := c.app.store.MonthOf(ctx, queue.ID, domain.MonthStart(c.app.clock.Now()))
		if err != nil {
			return nil, err
		}
		month.Queue = queue.Name
		out = append(out, *month)
	}
	return out, nil
}

func (a *app) settingProblems() []doctor.Problem {
	var out []doctor.Problem
	for _, p := range *a.plugin.problems.Load() {
		out = append(out, doctor.Problem{Setting: p.Setting, Text: p.Text})
	}
	return out
}

// queueMetrics is what a scrape shows of the queues.
func (a *app) queueMetrics() []metrics.Queue {
	ctx, cancel := patience(metricsPatience)
	defer cancel()
	b, err := a.store.Backlog(ctx)
	if err != nil {
		return nil
	}
	stuck, err := a.store.StuckLanes(ctx, a.clock.Now())
	if err != nil {
		return nil
	}
	lanes := map[string]int{}
	for _, s := range stuck {
		lanes[s.Queue] += s.Lanes
	}
	return []metrics.Queue{
		{Name: "inbox", Depth: b.Inbox, Oldest: age(b.OldestInbox).Seconds(), Dead: b.DeadInbox, Stuck: lanes["inbox"]},
		{Name: "outbox", Depth: b.Outbox, Oldest: age(b.OldestOutbox).Seconds(), Dead: b.DeadOutbox, Stuck: lanes["outbox"]},
		{Name: "media", Depth: b.Media, Oldest: age(b.OldestMedia).Seconds(), Dead: b.DeadMedia},
	}
}

// age is how long ago a moment was, milliseconds since epoch; 0 for none.
func age(at int64) time.Duration {
	if at == 0 {
		return 0
	}
	return time.Since(time.UnixMilli(at))
}

// fetcher reads templates for an admin and notes when, so that the next reading comes by itself.
type fetcher struct{ app *app }

func (f fetcher) FetchTemplates(ctx context.Context, account *domain.Account) ([]domain.Template, error) {
	fetched, err := f.app.meta.FetchTemplates(ctx, account)
	if err != nil {
		return nil, err
	}
	return fetched, f.app.store.SetState(ctx, domain.TemplatesSyncedState(account.ID), f.app.clock.Now())
}

// deadLetters is the store as the API wants it.
type deadLetters struct {
	*store.Store
	app *app
}

func (d deadLetters) ReplayDeadLetter(ctx context.Context, id string, _ int64) error {
	defer d.wake()
	return d.app.store.Replay(ctx, id)
}

func (d deadLetters) ReplayDeadLetters(ctx context.Context, which domain.DeadLetterFilter) (int, error) {
	defer d.wake()
	return d.app.store.ReplayAll(ctx, which)
}

func (d deadLetters) wake() {
	d.app.inbox.Wake()
	d.app.outbox.Wake()
	d.app.media.Wake()
}

// ledger is the store as the API wants it.
type ledger struct {
	store     *store.Store
	usernames func(ctx context.Context, userIDs []string) map[string]string
}

func (l ledger) Ledger(ctx context.Context, from, to int64, queueID string, page, perPage int) ([]*domain.Charge, int, error) {
	return l.store.Ledger(ctx, domain.LedgerFilter{From: from, To: to, QueueID: queueID}, page, perPage)
}

func (l ledger) EachCharge(ctx context.Context, from, to int64, queueID string, fn func(*domain.Charge) error) error {
	return l.store.EachCharge(ctx, domain.LedgerFilter{From: from, To: to, QueueID: queueID}, fn)
}

func (l ledger) LedgerSummary(ctx context.Context, from, to int64, queueID, by string, page, perPage int) ([]*domain.LedgerGroup, int, error) {
	groups, total, err := l.store.LedgerSummary(ctx, domain.LedgerFilter{From: from, To: to, QueueID: queueID}, by, page, perPage)
	var agents []string
	for _, g := range groups {
		if by == "agent" && g.Group != "" {
			agents = append(agents, g.Group)
		}
	}
	names := l.usernames(ctx, agents)
	for _, g := range groups {
		if name := names[g.Group]; name != "" {
			g.Name = name
		}
	}
	return groups, total, err
}

// healths is the store as the API wants it.
type healths struct{ *store.Store }

func (h healths) TemplatesSynced(ctx context.Context, accountID string) (int64, error) {
	return h.State(ctx, domain.TemplatesSyncedState(accountID))
}

// describer reads templates as the API wants them.
type describer struct{}

func (describer) Describe(t *domain.Template) (api.TemplateDetail, error) {
	variables, preview, err := outbound.Preview(t)
	detail := api.TemplateDetail{Preview: preview}
	for _, v := range variables {
		shown := api.TemplateVariable{Element: v.Element, Kind: "text", Name: v.Name, Example: v.Example, Limit: max(v.MaxLength, 1)}
		switch v.Kind {
		case whatsapp.VariableText:
		case whatsapp.VariableLocation:
			shown.Kind, shown.Limit = "location", maxHeaderValue
		default:
			shown.Kind, shown.Limit = "media", maxHeaderValue
		}
		detail.Variables = append(detail.Variables, shown)
	}
	return detail, err
}

// maxHeaderValue bounds what names a file or a place, in characters.
const maxHeaderValue = 1024

// errorWords says what an error of Meta's means.
func errorWords(code int) domain.Explainer { return whatsapp.ClassifyCode(code) }
