package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestQueueMembers(t *testing.T) {
	w := newWorld(t)
	path := "/queues/" + queue1 + "/members"
	require.Empty(t, w.as(admin, http.MethodGet, path, nil).Is(http.StatusOK).Items())
	w.mattermost.members = map[string][]domain.Member{channel1: {
		{UserID: id("ana"), Username: "ana", Name: "Ana Lima", Supervisor: true}, {UserID: id("bia"), Username: "bia"}, {UserID: id("caio"), Username: "caio"},
	}}
	a := w.as(admin, http.MethodGet, path+"?per_page=2", nil).Is(http.StatusOK)
	require.Equal(t, []any{3.0, map[string]any{"id": id("ana"), "username": "ana", "name": "Ana Lima", "supervisor": true, "system_admin": false}}, []any{a.JSON["total"], a.Items()[0]})
	require.Len(t, w.as(admin, http.MethodGet, path+"?per_page=2&page=1", nil).Is(http.StatusOK).Items(), 1)
	require.Empty(t, w.as(admin, http.MethodGet, path+"?page=7", nil).Is(http.StatusOK).Items())
	w.as(admin, http.MethodGet, "/queues/"+nowhere+"/members", nil).Is(http.StatusNotFound, "not_found")
}

func TestPlanApprovals(t *testing.T) {
	w := newWorld(t)
	later := now + 100
	prices := map[string]any{"marketing": 0.0, "utility": 1.0, "authentication": 0.0, "service": 0.0}
	w.as(admin, http.MethodPatch, "/plans/"+plan1, map[string]any{"monthly_limit": 5, "price_changes": []any{map[string]any{"from": later, "prices": prices}}}).Is(http.StatusOK)
	w.as(admin, http.MethodPost, "/plans/"+plan1+"/approve", nil).Is(http.StatusOK)
	w.clock.ms++
	w.as(admin, http.MethodPatch, "/plans/"+plan1, map[string]any{"monthly_limit": 6}).Is(http.StatusOK)
	got, _ := w.as(admin, http.MethodGet, "/plans/"+plan1+"/approvals", nil).Is(http.StatusOK).Items()[0].(map[string]any)
	require.Equal(t, []any{5.0, admin, float64(now), float64(now + 1)}, []any{got["monthly_limit"], got["approved_by"], got["approved_at"], got["ended_at"]})
	require.Equal(t, []any{map[string]any{"from": float64(later), "prices": prices}}, got["price_changes"])
	w.as(admin, http.MethodGet, "/plans/"+nowhere+"/approvals", nil).Is(http.StatusNotFound, "not_found")
}

func TestLedgerSummary(t *testing.T) {
	w := newWorld(t)
	for i, c := range []domain.Charge{
		{State: domain.ChargeBilled, Amount: 500_000}, {State: domain.ChargeBilled, Amount: 500_000}, {State: domain.ChargeBilled, Amount: 500_000},
		{State: domain.ChargeFree}, {State: domain.ChargeFree}, {State: domain.ChargeReserved, Amount: 250_000},
	} {
		c.MessageID, c.QueueID, c.AgentID, c.Category, c.Currency, c.At = id(fmt.Sprintf("m%d", i)), queue1, agent, "utility", "BRL", 5
		w.charge(c)
	}
	w.charge(domain.Charge{MessageID: id("other"), QueueID: queue2, AgentID: agent, Category: "utility", Currency: "BRL", State: domain.ChargeBilled, Amount: 1, At: 5})
	w.charge(domain.Charge{MessageID: id("late"), QueueID: queue1, AgentID: agent, Category: "utility", Currency: "BRL", State: domain.ChargeBilled, Amount: 1, At: 9})
	group := func(query string) any {
		return w.as(admin, http.MethodGet, "/ledger/summary?from=1&to=9&queue_id="+queue1+query, nil).Is(http.StatusOK).Items()[0]
	}
	want := map[string]any{
		"id": queue1 + ":BRL", "group": queue1, "name": "Vendas", "currency": "BRL", "billed": 1.5, "reserved": 0.25,
		"messages": 6.0, "billed_messages": 3.0, "free_messages": 2.0, "reserved_messages": 1.0,
	}
	require.Equal(t, want, group(""))
	want["id"], want["group"], want["name"] = agent+":BRL", agent, "name."+agent
	require.Equal(t, want, group("&group_by=agent"), "an agent has a username")
	want["id"], want["group"], want["name"] = "1970-01:BRL", "1970-01", "1970-01"
	require.Equal(t, want, group("&group_by=month"))
	w.as(admin, http.MethodGet, "/ledger/summary?group_by=wamid", nil).Is(http.StatusBadRequest, "bad_request")
	w.as(admin, http.MethodGet, "/ledger/summary?from=9&to=1", nil).Is(http.StatusUnprocessableEntity, "invalid_field")
}

func TestHealthOfAnAccount(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.store.SetState(t.Context(), domain.TemplatesSyncedState(account1), 77))
	looked := &domain.Health{AccountID: account1, CheckedAt: now, ErrorCode: 190, QualityRating: "RED", Scopes: []string{"whatsapp_business_management"}, ClockSkew: -3}
	require.NoError(t, w.store.SaveHealth(t.Context(), looked, true))
	health, _ := w.as(admin, http.MethodGet, "/accounts/"+account1, nil).Is(http.StatusOK).JSON["health"].(map[string]any)
	require.Equal(t, []any{float64(now), false, 190.0, "RED", []any{"whatsapp_business_messaging"}, -3.0, 77.0}, []any{
		health["checked_at"], health["ok"], health["error_code"], health["quality_rating"], health["missing_scopes"], health["clock_skew_ms"], health["templates_synced_at"]})
	require.Contains(t, health["error"], "(code 190)")
	looked.ErrorCode = 0
	require.NoError(t, w.store.SaveHealth(t.Context(), looked, true))
	health, _ = w.as(admin, http.MethodGet, "/accounts/"+account1, nil).Is(http.StatusOK).JSON["health"].(map[string]any)
	require.Equal(t, "Meta could not be asked.", health["error"])
}
