package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestNotices(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		notice := &domain.Notice{Key: "k", AccountID: f.account.ID, TextKey: "admin.account_update", Data: map[string]any{"Field": "f", "Code": 190.0}, CreatedAt: now}
		require.NoError(t, f.AddNotice(ctx(), notice))
		require.NoError(t, f.AddNotice(ctx(), notice), "the same is left once")
		claimed, err := f.ClaimNotices(ctx(), time.Hour, 5)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		require.Equal(t, []any{"k", f.account.ID, "", "admin.account_update", notice.Data, now, false}, []any{
			claimed[0].Key, claimed[0].AccountID, claimed[0].QueueID, claimed[0].TextKey, claimed[0].Data, claimed[0].CreatedAt, claimed[0].Again})
		require.Empty(t, claimed[0].Told)
		none, err := f.ClaimNotices(ctx(), time.Hour, 5)
		require.NoError(t, err)
		require.Empty(t, none, "another node has it")

		require.NoError(t, f.NoticeToldTo(ctx(), "k", "ana"))
		require.NoError(t, f.NoticeToldTo(ctx(), "k", "ana"))
		_, err = f.db.ExecContext(ctx(), "UPDATE waa_notices SET lease_until = 0")
		require.NoError(t, err)
		claimed, err = f.ClaimNotices(ctx(), time.Hour, 5)
		require.NoError(t, err)
		require.Equal(t, []string{"ana"}, claimed[0].Told)
		require.True(t, claimed[0].Again, "who had it died over it")

		require.NoError(t, f.NoticeTold(ctx(), "k", now))
		_, err = f.db.ExecContext(ctx(), "UPDATE waa_notices SET lease_until = 0")
		require.NoError(t, err)
		none, err = f.ClaimNotices(ctx(), time.Hour, 5)
		require.NoError(t, err)
		require.Empty(t, none)
		require.NoError(t, f.PurgeNotices(ctx(), now+60*day))
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_notices"), "it may be of this month")
		require.NoError(t, f.PurgeNotices(ctx(), now+80*day))
		require.Zero(t, f.number(t, "SELECT count(*) FROM waa_notices"))
	})
}

func TestTurns(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		for _, want := range []bool{true, false} {
			mine, err := f.TryInterval(ctx(), "look", time.Hour)
			require.NoError(t, err)
			require.Equal(t, want, mine)
		}
		mine, err := f.TryInterval(ctx(), "look", 0)
		require.NoError(t, err)
		require.True(t, mine, "the last is long enough ago")
		mine, err = f.TryInterval(ctx(), "another", time.Hour)
		require.NoError(t, err)
		require.True(t, mine)
	})
}

func TestNumbersInTrouble(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		keys := func(want int64, key string) {
			t.Helper()
			require.NoError(t, f.NoticeTroubles(ctx(), now+10))
			require.EqualValues(t, want, f.number(t, "SELECT count(*) FROM waa_notices WHERE text_key = '"+key+"'"))
		}
		health := func(ok bool, at int64) {
			t.Helper()
			require.NoError(t, f.SaveHealth(ctx(), &domain.Health{AccountID: f.account.ID, OK: ok, CheckedAt: at}, false))
		}
		keys(0, "admin.account_blocked")
		block := func(code int, at int64) {
			t.Helper()
			_, err := f.BlockAccount(ctx(), f.account.ID, code, at)
			require.NoError(t, err)
		}
		block(190, now)
		keys(1, "admin.account_blocked")
		keys(1, "admin.account_blocked")
		health(false, now+5)
		block(0, now)
		keys(0, "admin.account_goes_on")
		health(true, now+20)
		keys(1, "admin.account_goes_on")
		keys(1, "admin.account_goes_on")
		block(190, now+30)
		keys(2, "admin.account_blocked")
	})
}

func TestPlanWarnings(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		month := domain.MonthStart(now)
		warned := func(want80, want100 int64) {
			t.Helper()
			require.NoError(t, f.WarnPlans(ctx(), month, month, now))
			require.Equal(t, []any{want80, want100}, []any{
				f.number(t, "SELECT count(*) FROM waa_notices WHERE text_key = 'admin.plan_80'"),
				f.number(t, "SELECT count(*) FROM waa_notices WHERE text_key = 'admin.plan_100'")})
		}
		warned(0, 0)
		for range 15 {
			f.template(t, conv, "marketing") // 5 each, of 100
		}
		warned(0, 0)
		f.template(t, conv, "marketing")
		warned(1, 0)
		warned(1, 0)
		require.NoError(t, f.WarnPlans(ctx(), month, now+1, now), "without a charge since, nobody looks")
		for range 3 {
			f.template(t, conv, "marketing")
		}
		warned(1, 0)
		f.template(t, conv, "utility")
		f.template(t, conv, "utility")
		warned(1, 1) // 99: no room for the cheapest, 2
		warned(1, 1)

		_, err := f.db.ExecContext(ctx(), "DELETE FROM waa_notices; DELETE FROM waa_charges")
		require.NoError(t, err)
		warned(0, 0)
		require.NoError(t, f.BudgetSpent(ctx(), f.queue.ID, now))
		warned(0, 1) // a start was refused
	})
}

func TestHealth(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		all, err := f.Healths(ctx())
		require.NoError(t, err)
		require.Empty(t, all)
		require.NoError(t, f.SaveNumberNews(ctx(), f.account.ID, "RED", "TIER_250", "DISABLED", now))
		require.NoError(t, f.SaveHealth(ctx(), &domain.Health{
			AccountID: f.account.ID, CheckedAt: now, OK: true, QualityRating: "GREEN", NumberStatus: "CONNECTED", Subscribed: true, TokenCheckedAt: now,
			TokenExpiresAt: now + day, Scopes: []string{"a", "b"}, ClockSkew: -5,
		}, true))
		require.NoError(t, f.SaveHealth(ctx(), &domain.Health{AccountID: f.account.ID, CheckedAt: now + 1, ErrorCode: 190}, false))
		all, err = f.Healths(ctx())
		require.NoError(t, err)
		require.Equal(t, map[string]*domain.Health{f.account.ID: {
			AccountID: f.account.ID, CheckedAt: now + 1, ErrorCode: 190, QualityRating: "GREEN", MessagingLimit: "TIER_250", NumberStatus: "CONNECTED",
			Restriction: "DISABLED", Subscribed: true, TokenCheckedAt: now, TokenExpiresAt: now + day, Scopes: []string{"a", "b"},
		}}, all)
		require.NoError(t, f.SaveNumberNews(ctx(), f.account.ID, "", "", "-", now))
		all, err = f.Healths(ctx())
		require.NoError(t, err)
		require.Equal(t, []any{"", "GREEN"}, []any{all[f.account.ID].Restriction, all[f.account.ID].QualityRating})
	})
}
