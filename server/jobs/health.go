package jobs

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	// healthEvery is how often Meta is asked about a number, by all nodes together: often
	// enough that a revoked token is noticed within a minute, and within the 200 calls an
	// hour that Meta lets a small business make.
	healthEvery = 30 * time.Second
	// tokenEvery is how often scopes, expiry and subscription are asked for.
	tokenEvery        = 30 * time.Minute
	healthConcurrency = 4 // numbers at once
	// healthTimeout bounds what Meta may take for one number.
	healthTimeout = 15 * time.Second
	// codeToken is Meta's error for a token that is expired, revoked or wrong.
	codeToken = 190
)

// HealthCheck asks Meta about every number even while nothing is sent, so that a revoked
// token shows within a minute, and so does its recovery.
type HealthCheck struct {
	Store Store
	// AskMeta asks Meta about a number; with token also about the token and the webhooks' subscription.
	AskMeta     func(ctx context.Context, account *domain.Account, token bool) cloudapi.Look
	WakeNotices func()
	Clock       domain.Clock
	Log         jobqueue.Logger
}

// Run checks the accounts whose turn it is.
func (m *HealthCheck) Run(ctx context.Context) (more bool, err error) {
	accounts, _, err := m.Store.Accounts(ctx, 0, 200)
	if err != nil {
		return false, err
	}
	var due []*domain.Account
	for _, account := range accounts {
		if !account.Enabled || account.AccessToken == "" {
			continue
		}
		mine, err := m.Store.TryInterval(ctx, domain.HealthInterval(account.ID), healthEvery)
		if err != nil {
			return false, err
		}
		if mine {
			due = append(due, account)
		}
	}
	if len(due) > 0 {
		known, err := m.Store.Healths(ctx)
		if err != nil {
			return false, err
		}
		jobqueue.InParallel(healthConcurrency, due, func(account *domain.Account) {
			if err := m.check(ctx, account, known[account.ID]); err != nil && ctx.Err() == nil {
				m.Log.Warn("Could not look at a number", "account", account.ID, "error", err.Error())
			}
		})
	}
	if err := m.Store.NoticeTroubles(ctx, m.Clock.Now()); err != nil {
		return false, err
	}
	m.WakeNotices()
	return false, nil
}

func (m *HealthCheck) check(ctx context.Context, account *domain.Account, known *domain.Health) error {
	now := m.Clock.Now()
	// after a failure the token may be another one
	token := known == nil || !known.OK || now-known.TokenCheckedAt >= tokenEvery.Milliseconds()
	askCtx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	found := m.AskMeta(askCtx, account, token)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	v := found.Verdict
	h := &found.Health
	h.AccountID, h.CheckedAt, h.TokenCheckedAt, h.OK = account.ID, now, now, v.Outcome == whatsapp.Accepted
	if v.Outcome == whatsapp.Refused {
		h.ErrorCode = v.Code
	}
	if err := m.Store.SaveHealth(ctx, h, token && h.OK); err != nil {
		return err
	}
	switch {
	case h.OK && account.BlockedCode != 0 && (account.BlockedCode == codeToken || known != nil && known.ErrorCode == account.BlockedCode):
		// only an error that a check can meet too is cleared here; the outbound worker tries the others itself
		_, err := m.Store.BlockAccount(ctx, account.ID, 0, now)
		return err
	case v.Outcome == whatsapp.Refused && v.Code == codeToken && account.BlockedCode == 0:
		// of all that a check can meet, only a bad token means that a send would fail
		_, err := m.Store.BlockAccount(ctx, account.ID, v.Code, now)
		return err
	}
	return nil
}
