package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// What an admin read earlier and does not change is not written back: somebody else may have changed it since.
func TestOnlyGivenFieldsAreWritten(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		account := *f.account
		account.Name, account.AccessToken, account.Enabled = "Vendas 2", "old token", true
		_, err := f.db.Exec("UPDATE waa_accounts SET enabled = false, access_token = 'sealed:waa_accounts.access_token.' || id || ':new token', default_queue_id = $1", f.queue.ID)
		require.NoError(t, err)
		require.NoError(t, f.UpdateAccount(ctx(), &account, now+1, "id", "name"))
		got, err := f.Account(ctx(), account.ID)
		require.NoError(t, err)
		require.Equal(t, []any{"Vendas 2", "new token", false, f.queue.ID}, []any{got.Name, got.AccessToken, got.Enabled, got.DefaultQueueID})

		queue := *f.queue
		queue.TimeZone = "America/Manaus"
		_, err = f.db.Exec("UPDATE waa_queues SET name = 'Outra', inactivity_minutes = 7")
		require.NoError(t, err)
		require.NoError(t, f.UpdateQueue(ctx(), &queue, now+1, "id", "time_zone"))
		gotQueue, err := f.Queue(ctx(), queue.ID)
		require.NoError(t, err)
		require.Equal(t, []any{"Outra", 7, "America/Manaus"}, []any{gotQueue.Name, gotQueue.InactivityMinutes, gotQueue.TimeZone})
		require.NoError(t, f.UpdateQueue(ctx(), &queue, now+2, "id"), "nothing given")

		plan := *f.plan
		plan.MonthlyLimit = money(50)
		_, err = f.db.Exec("UPDATE waa_plans SET currency = 'BRL'")
		require.NoError(t, err)
		gotPlan, err := f.UpdatePlan(ctx(), &plan, "admin", now+1, "id", "monthly_limit")
		require.NoError(t, err)
		require.Equal(t, []any{money(50), "BRL", false}, []any{gotPlan.MonthlyLimit, gotPlan.Currency, gotPlan.Approved})
		_, err = f.ApprovePlan(ctx(), plan.ID, "admin", now+2)
		require.NoError(t, err)
		plan.Currency = "USD" // as read earlier
		gotPlan, err = f.UpdatePlan(ctx(), &plan, "admin", now+3, "id", "monthly_limit")
		require.NoError(t, err)
		require.True(t, gotPlan.Approved, "the same limit is no change")

		_, _, _, _, err = f.SyncTemplates(ctx(), f.account.ID, []domain.Template{{Name: "oi", Language: "pt_BR", Status: "APPROVED"}}, now)
		require.NoError(t, err)
		template, err := f.TemplateByName(ctx(), f.account.ID, "oi", "pt_BR")
		require.NoError(t, err)
		_, err = f.AllowTemplate(ctx(), template.ID, true, []string{f.queue.ID}, "admin", now)
		require.NoError(t, err)
		_, err = f.db.Exec("UPDATE waa_templates SET approved = false, approved_by = '', approved_at = 0") // as a webhook does
		require.NoError(t, err)
		template, err = f.AllowTemplate(ctx(), template.ID, true, []string{}, "admin", now+1, "id", "queue_ids")
		require.NoError(t, err)
		require.Equal(t, []any{false, "", int64(0), []string{}}, []any{template.Approved, template.ApprovedBy, template.ApprovedAt, template.QueueIDs})
		template, err = f.AllowTemplate(ctx(), template.ID, true, []string{"old"}, "admin", now+2, "id", "approved")
		require.NoError(t, err)
		require.Equal(t, []any{true, "admin", now + 2, []string{}}, []any{template.Approved, template.ApprovedBy, template.ApprovedAt, template.QueueIDs})

		_, err = f.SetTemplateRules(ctx(), template.ID, domain.Rules{"body_1": {Default: "a"}, "body_2": {Default: "b"}}, nil, now)
		require.NoError(t, err)
		template, err = f.SetTemplateRules(ctx(), template.ID, domain.Rules{"body_3": {Default: "c"}}, []string{"body_1"}, now)
		require.NoError(t, err)
		require.Equal(t, domain.Rules{"body_2": {Default: "b"}, "body_3": {Default: "c"}}, template.Rules)
	})
}
