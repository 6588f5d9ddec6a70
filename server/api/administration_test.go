package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestQueueMembers(t *testing.T) {
	w := newWorld(t)
	path := "/queues/" + queue1 + "/members"
	require.Empty(t, w.as(admin, http.MethodGet, path, nil).is(http.StatusOK).items())
	w.store.members = map[string][]domain.Member{channel1: {
		{UserID: id("ana"), Username: "ana", Name: "Ana Lima", Supervisor: true}, {UserID: id("bia"), Username: "bia"}, {UserID: id("caio"), Username: "caio"},
	}}
	a := w.as(admin, http.MethodGet, path+"?per_page=2", nil).is(http.StatusOK)
	require.Equal(t, []any{3.0, map[string]any{"id": id("ana"), "username": "ana", "name": "Ana Lima", "supervisor": true, "system_admin": false}}, []any{a.json["total"], a.items()[0]})
	require.Len(t, w.as(admin, http.MethodGet, path+"?per_page=2&page=1", nil).is(http.StatusOK).items(), 1)
	require.Empty(t, w.as(admin, http.MethodGet, path+"?page=7", nil).is(http.StatusOK).items())
	w.as(admin, http.MethodGet, "/queues/"+nowhere+"/members", nil).is(http.StatusNotFound, "not_found")
}

func TestPlanApprovals(t *testing.T) {
	w := newWorld(t)
	w.store.approvals = []*domain.PlanApproval{{
		ID: id("approval"), PlanID: plan1, QueueID: queue1, MonthlyLimit: 5_000_000, Currency: "BRL", ApprovedBy: admin, ApprovedAt: now, EndedBy: admin, EndedAt: now + 1,
		PriceChanges: []domain.PriceChange{{From: 7, Prices: domain.Prices{Utility: 1_000_000}}},
	}}
	got, _ := w.as(admin, http.MethodGet, "/plans/"+plan1+"/approvals", nil).is(http.StatusOK).items()[0].(map[string]any)
	require.Equal(t, []any{5.0, admin, float64(now), float64(now + 1)}, []any{got["monthly_limit"], got["approved_by"], got["approved_at"], got["ended_at"]})
	require.Equal(t, []any{map[string]any{"from": 7.0, "prices": map[string]any{"marketing": 0.0, "utility": 1.0, "authentication": 0.0, "service": 0.0}}}, got["price_changes"])
	w.as(admin, http.MethodGet, "/plans/"+nowhere+"/approvals", nil).is(http.StatusNotFound, "not_found")
}

func TestLedgerSummary(t *testing.T) {
	w := newWorld(t)
	w.store.groups = []*domain.LedgerGroup{{Group: queue1, Name: "Vendas", Currency: "BRL", Billed: 1_500_000, Reserved: 250_000, BilledMessages: 3, FreeMessages: 2, ReservedMessages: 1}}
	got := w.as(admin, http.MethodGet, "/ledger/summary?from=1&to=9&queue_id="+queue1, nil).is(http.StatusOK).items()[0]
	require.Equal(t, map[string]any{
		"id": queue1 + ":BRL", "group": queue1, "name": "Vendas", "currency": "BRL", "billed": 1.5, "reserved": 0.25,
		"messages": 6.0, "billed_messages": 3.0, "free_messages": 2.0, "reserved_messages": 1.0,
	}, got)
	w.as(admin, http.MethodGet, "/ledger/summary?group_by=month", nil).is(http.StatusOK)
	require.Equal(t, "1 9 "+queue1+" queue", w.store.summed[0])
	require.Contains(t, w.store.summed[1], "month")
	w.as(admin, http.MethodGet, "/ledger/summary?group_by=wamid", nil).is(http.StatusBadRequest, "bad_request")
	w.as(admin, http.MethodGet, "/ledger/summary?from=9&to=1", nil).is(http.StatusUnprocessableEntity, "invalid_field")
}

func TestHealthOfAnAccount(t *testing.T) {
	w := newWorld(t)
	w.store.synced = 77
	w.store.healths = map[string]*domain.Health{account1: {
		AccountID: account1, CheckedAt: now, ErrorCode: 190, QualityRating: "RED", Scopes: []string{"whatsapp_business_management"}, ClockSkew: -3,
	}}
	health, _ := w.as(admin, http.MethodGet, "/accounts/"+account1, nil).is(http.StatusOK).json["health"].(map[string]any)
	require.Equal(t, []any{float64(now), false, 190.0, "RED", []any{"whatsapp_business_messaging"}, -3.0, 77.0}, []any{
		health["checked_at"], health["ok"], health["error_code"], health["quality_rating"], health["missing_scopes"], health["clock_skew_ms"], health["templates_synced_at"]})
	require.Contains(t, health["error"], "(code 190)")
	w.store.healths[account1].ErrorCode = 0
	health, _ = w.as(admin, http.MethodGet, "/accounts/"+account1, nil).is(http.StatusOK).json["health"].(map[string]any)
	require.Equal(t, "Meta could not be asked.", health["error"])
}
