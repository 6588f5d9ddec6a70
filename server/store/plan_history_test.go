package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestPlanApprovals(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		change := domain.PriceChange{From: now + day, Prices: domain.Prices{Marketing: money(9)}}
		plan := *f.plan
		plan.PriceChanges = []domain.PriceChange{change}
		changed, err := f.UpdatePlan(ctx(), &plan, "ana", now+1)
		require.NoError(t, err)
		require.False(t, changed.Approved, "other prices to come are another plan")
		require.Equal(t, plan.PriceChanges, changed.PriceChanges)
		_, err = f.ApprovePlan(ctx(), plan.ID, "bia", now+2)
		require.NoError(t, err)
		same, err := f.UpdatePlan(ctx(), changed, "ana", now+3)
		require.NoError(t, err)
		require.True(t, same.Approved)
		require.NoError(t, f.DeletePlan(ctx(), plan.ID, "caio", now+4))

		approvals, total, err := f.PlanApprovals(ctx(), plan.ID, 0, 10)
		require.NoError(t, err)
		require.Equal(t, 2, total)
		require.Equal(t, []any{"bia", now + 2, "caio", now + 4, plan.PriceChanges, f.plan.Prices, f.plan.MonthlyLimit}, []any{
			approvals[0].ApprovedBy, approvals[0].ApprovedAt, approvals[0].EndedBy, approvals[0].EndedAt, approvals[0].PriceChanges, approvals[0].Prices, approvals[0].MonthlyLimit})
		require.Equal(t, []any{"ana", now + 1}, []any{approvals[1].EndedBy, approvals[1].EndedAt})
		require.Empty(t, approvals[1].PriceChanges)
		_, _, err = f.PlanApprovals(ctx(), "no", 0, 10)
		require.ErrorIs(t, err, domain.ErrNotFound)
	})
}

func TestWhatIsDeliveredWhileADraftWaits(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		plan := *f.plan
		plan.PriceChanges = []domain.PriceChange{{From: now + hour, Prices: domain.Prices{Marketing: money(50), Utility: money(20)}}}
		_, err := f.UpdatePlan(ctx(), &plan, "ana", now)
		require.NoError(t, err)
		_, err = f.ApprovePlan(ctx(), plan.ID, "bia", now)
		require.NoError(t, err)
		m := f.template(t, conv, "utility")
		plan.Prices.Marketing = money(1000)
		draft, err := f.UpdatePlan(ctx(), &plan, "ana", now)
		require.NoError(t, err)
		require.False(t, draft.Approved)

		// delivered after the new prices began, and of another category than was reserved
		c := change(m, domain.Delivered)
		c.At, c.Priced, c.Category, c.PricingType, c.Billable = now+2*hour, true, "marketing", "regular", true
		_, _, err = f.ApplyStatus(ctx(), f.account.ID, c)
		require.NoError(t, err)
		groups, total, err := f.LedgerSummary(ctx(), domain.LedgerFilter{}, "category", 0, 10)
		require.NoError(t, err)
		require.Equal(t, 1, total)
		require.Equal(t, []any{"marketing", money(5)}, []any{groups[0].Group, groups[0].Billed}, "at the price approved when it was reserved")
	})
}

func TestLedgerSummary(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		conv := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		f.template(t, conv, "utility")
		for _, category := range []string{"marketing", "utility"} {
			_, _, err := f.ApplyStatus(ctx(), f.account.ID, change(f.template(t, conv, category), domain.Delivered))
			require.NoError(t, err)
		}
		failed := change(f.template(t, conv, "marketing"), domain.Failed)
		_, _, err := f.ApplyStatus(ctx(), f.account.ID, failed)
		require.NoError(t, err)
		for by, want := range map[string][]domain.LedgerGroup{
			"queue": {{Group: f.queue.ID, Name: "Vendas", Billed: money(7), Reserved: money(2), BilledMessages: 2, ReservedMessages: 1}},
			"category": {
				{Group: "marketing", Name: "marketing", Billed: money(5), BilledMessages: 1},
				{Group: "utility", Name: "utility", Billed: money(2), Reserved: money(2), BilledMessages: 1, ReservedMessages: 1},
			},
			"month":   {{Group: "2026-11", Name: "2026-11", Billed: money(7), Reserved: money(2), BilledMessages: 2, ReservedMessages: 1}},
			"account": {{Group: f.account.ID, Name: "Vendas", Billed: money(7), Reserved: money(2), BilledMessages: 2, ReservedMessages: 1}},
		} {
			t.Run(by, func(t *testing.T) {
				groups, total, err := f.LedgerSummary(ctx(), domain.LedgerFilter{From: now - day, To: now + day}, by, 0, 10)
				require.NoError(t, err)
				require.Equal(t, len(want), total)
				for i, g := range groups {
					want[i].Currency = "USD"
					require.Equal(t, want[i], *g)
				}
			})
		}
		groups, _, err := f.LedgerSummary(ctx(), domain.LedgerFilter{QueueID: "another"}, "agent", 0, 10)
		require.NoError(t, err)
		require.Empty(t, groups)
		_, _, err = f.LedgerSummary(ctx(), domain.LedgerFilter{}, "wamid; DROP TABLE", 0, 10)
		require.Error(t, err)
	})
}
