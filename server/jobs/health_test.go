package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fakeNumbers is one account's rows.
type fakeNumbers struct {
	Store

	account domain.Account
	health  *domain.Health
	turn    bool
	looked  []bool // whether the token was asked about
	found   cloudapi.Look
	told    int
}

func (n *fakeNumbers) Accounts(context.Context, int, int) ([]*domain.Account, int, error) {
	account := n.account
	return []*domain.Account{&account}, 1, nil
}

func (n *fakeNumbers) Healths(context.Context) (map[string]*domain.Health, error) {
	if n.health == nil {
		return nil, nil
	}
	return map[string]*domain.Health{n.account.ID: n.health}, nil
}

func (n *fakeNumbers) SaveHealth(_ context.Context, h *domain.Health, token bool) error {
	saved := *h
	if !token && n.health != nil {
		saved.TokenCheckedAt = n.health.TokenCheckedAt
	}
	n.health = &saved
	return nil
}

func (n *fakeNumbers) TryInterval(context.Context, string, time.Duration) (bool, error) {
	return n.turn, nil
}

func (n *fakeNumbers) BlockAccount(_ context.Context, _ string, code int, _ int64) (bool, error) {
	n.account.BlockedCode = code
	return true, nil
}

func (n *fakeNumbers) NoticeTroubles(context.Context, int64) error { n.told++; return nil }

func TestMonitor(t *testing.T) {
	refused := func(code int) cloudapi.Look {
		return cloudapi.Look{Verdict: whatsapp.Classify(&whatsapp.APIError{HTTPStatus: 400, Code: code, Message: "no"})}
	}
	unreachable := cloudapi.Look{Verdict: whatsapp.Classify(&whatsapp.TransportError{Repeatable: true})}
	good := cloudapi.Look{Verdict: whatsapp.Classify(nil)}
	for name, c := range map[string]struct {
		blocked   int
		lastError int
		found     cloudapi.Look
		want      int
		ok        bool
	}{
		"all is well": {0, 0, good, 0, true},
		"a token that was revoked stops the number":       {0, 0, refused(190), 190, false},
		"what a look meets beside says nothing of a send": {0, 0, refused(33), 0, false},
		"a good token lets it go on":                      {190, 190, good, 0, true},
		"what a look met before, a look takes off":        {33, 33, good, 0, true},
		"what only a send can meet, a look does not lift": {131042, 0, good, 131042, true},
		"another trouble stays the one that is known":     {131042, 0, refused(190), 131042, false},
		"Meta out of reach says nothing of the token":     {0, 0, unreachable, 0, false},
		"nor that it is good again":                       {190, 190, unreachable, 190, false},
		"too many calls are nobody's fault":               {0, 0, refused(80007), 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			n := &fakeNumbers{turn: true, found: c.found, account: domain.Account{ID: "a", Enabled: true, AccessToken: "t", BlockedCode: c.blocked}}
			if c.lastError != 0 {
				n.health = &domain.Health{ErrorCode: c.lastError}
			}
			n.round(t)
			require.Equal(t, c.want, n.account.BlockedCode)
			require.Equal(t, c.ok, n.health.OK)
			require.Equal(t, 1, n.told)
		})
	}
}

func (n *fakeNumbers) round(t *testing.T) {
	t.Helper()
	m := &HealthCheck{
		Store: n, WakeNotices: func() {}, Clock: fake.Clock(1_000_000),
		AskMeta: func(_ context.Context, _ *domain.Account, token bool) cloudapi.Look {
			n.looked = append(n.looked, token)
			return n.found
		},
	}
	_, err := m.Run(context.Background())
	require.NoError(t, err)
}

func TestMonitorAsksLittle(t *testing.T) {
	n := &fakeNumbers{turn: true, account: domain.Account{ID: "a", Enabled: true, AccessToken: "t"}, found: cloudapi.Look{Verdict: whatsapp.Classify(nil)}}
	n.round(t)
	n.round(t)
	require.Equal(t, []bool{true, false}, n.looked, "the token is asked about rarely")
	n.health.OK = false
	n.round(t)
	require.True(t, n.looked[2], "after trouble it may be another one")
	for _, change := range []func(){
		func() { n.turn = false }, // another node's turn
		func() { n.turn, n.account.Enabled = true, false },
		func() { n.account.Enabled, n.account.AccessToken = true, "" },
	} {
		change()
		n.round(t)
	}
	require.Len(t, n.looked, 3)
}
