package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func goodPlan() map[string]any {
	return map[string]any{
		"queue_id": queue2, "monthly_limit": 1000.5, "currency": "BRL",
		"prices": map[string]any{"marketing": 0.3125, "utility": 0.04, "authentication": 0, "service": 0.000001},
	}
}

func planFields() map[string][]wrong {
	price := func(value any) any {
		return map[string]any{"marketing": value, "utility": 1, "authentication": 1, "service": 1}
	}
	return map[string][]wrong{
		"queue_id":      append(badValue("", "x", nowhere), notText()...),
		"monthly_limit": append(badValue(-0.01, 1e9+1, 1e300), badType("100", true, []int{1})...),
		"currency":      append(badValue("", "brl", "BR", "BRLX", "R$ ", "B\x00L"), notText()...),
		"prices": append(badValue(price(-1), price(1e10)),
			badType(5, "0.3", []int{1}, price("1"), price(true), price([]int{1}))...),
	}
}

func TestCreatePlan(t *testing.T) {
	w := newWorld(t)
	a := w.as(admin, http.MethodPost, "/plans", goodPlan()).Is(http.StatusCreated)
	require.Equal(t, map[string]any{
		"id": id("new2x"), "queue_id": queue2, "monthly_limit": 1000.5, "currency": "BRL", "status": "draft", "approved_by": "", "approved_at": nil,
		"price_changes": []any{}, "spent": 0.0,
		"prices":     map[string]any{"marketing": 0.3125, "utility": 0.04, "authentication": 0.0, "service": 0.000001},
		"created_at": float64(now), "updated_at": float64(now),
	}, a.JSON)
	plan, err := w.store.Plan(t.Context(), id("new2x"))
	require.NoError(t, err)
	require.Equal(t, domain.Money(1_000_500_000), plan.MonthlyLimit)
}

func TestCreatePlanRefuses(t *testing.T) {
	w := newWorld(t)
	fields := planFields()
	fields["queue_id"] = append(fields["queue_id"], badValue(queue1)...) // it has one
	fields["prices"] = append(fields["prices"], badValue(map[string]any{}, map[string]any{"marketing": 1, "utility": 1, "service": 1})...)
	w.try(http.MethodPost, "/plans", goodPlan(), fields)
	w.missing("/plans", goodPlan(), "queue_id", "monthly_limit", "currency", "prices")
	w.noObjects(admin, http.MethodPost, "/plans")
	w.down()
	w.as(admin, http.MethodPost, "/plans", goodPlan()).Is(http.StatusServiceUnavailable, "unavailable")
}

func TestPatchPlan(t *testing.T) {
	w := newWorld(t)
	path := "/plans/" + plan1
	w.as(admin, http.MethodPost, path+"/approve", nil).Is(http.StatusOK)
	a := w.as(admin, http.MethodPatch, path, map[string]any{"prices": map[string]any{"utility": 0.5}}).Is(http.StatusOK)
	require.Equal(t, map[string]any{"marketing": 0.3125, "utility": 0.5, "authentication": 0.0, "service": 0.0}, a.JSON["prices"], "the others stay")
	require.Equal(t, []any{"draft", "", nil}, []any{a.JSON["status"], a.JSON["approved_by"], a.JSON["approved_at"]}, "as the store says")
	a = w.as(admin, http.MethodPatch, path, map[string]any{"monthly_limit": 0}).Is(http.StatusOK)
	require.Equal(t, 0.0, a.JSON["monthly_limit"])

	w.try(http.MethodPatch, path, nil, planFields())
	w.noObjects(admin, http.MethodPatch, path)
	w.as(admin, http.MethodPatch, "/plans/"+nowhere, `{}`).Is(http.StatusNotFound, "not_found")
	w.as(admin, http.MethodPost, "/plans", goodPlan()).Is(http.StatusCreated)
	a = w.as(admin, http.MethodPatch, path, map[string]any{"queue_id": queue2}).Is(http.StatusUnprocessableEntity, "invalid_field")
	require.Equal(t, []string{"queue_id"}, a.Fields())
}

func TestPriceChanges(t *testing.T) {
	w := newWorld(t)
	path := "/plans/" + plan1
	prices := func(utility float64) map[string]any {
		return map[string]any{"marketing": 1.0, "utility": utility, "authentication": 0.0, "service": 0.0}
	}
	change := func(from any, p any) map[string]any { return map[string]any{"from": from, "prices": p} }
	body := map[string]any{"price_changes": []any{change(now+2000, prices(3)), change(now-1, prices(1)), change(now+1000, prices(2))}}
	a := w.as(admin, http.MethodPatch, path, body).Is(http.StatusOK)
	require.Equal(t, prices(1), a.JSON["prices"], "what came due holds")
	require.Equal(t, []any{change(float64(now+1000), prices(2)), change(float64(now+2000), prices(3))}, a.JSON["price_changes"], "the others in their order")

	w.as(admin, http.MethodPost, path+"/approve", nil).Is(http.StatusOK)
	w.clock.ms += 1500
	a = w.as(admin, http.MethodGet, path, nil).Is(http.StatusOK)
	require.Equal(t, []any{prices(2), "approved"}, []any{a.JSON["prices"], a.JSON["status"]}, "time alone takes no approval off")
	require.Len(t, a.JSON["price_changes"], 1)

	w.try(http.MethodPatch, path, nil, map[string][]wrong{"price_changes": append(
		badValue([]any{change(0, prices(1))}, []any{change(now, map[string]any{"utility": 1})}, []any{change(5, prices(1)), change(5, prices(2))}, []any{map[string]any{"prices": prices(1)}}),
		badType("x", 5, []any{nil}, []any{change("5", prices(1))}, []any{change(5, "x")})...)})
}

func TestApprovePlan(t *testing.T) {
	w := newWorld(t)
	a := w.as(admin, http.MethodPost, "/plans/"+plan1+"/approve", nil).Is(http.StatusOK)
	require.Equal(t, []any{"approved", admin, float64(now)}, []any{a.JSON["status"], a.JSON["approved_by"], a.JSON["approved_at"]})
	w.as(admin, http.MethodPost, "/plans/"+nowhere+"/approve", nil).Is(http.StatusNotFound, "not_found")
}

func TestReadAndDeletePlans(t *testing.T) {
	w := newWorld(t)
	require.Len(t, w.as(admin, http.MethodGet, "/plans", nil).Is(http.StatusOK).Items(), 1)
	w.as(admin, http.MethodGet, "/plans/"+plan1, nil).Is(http.StatusOK)
	require.Equal(t, plan1, w.as(admin, http.MethodDelete, "/plans/"+plan1, nil).Is(http.StatusOK).JSON["id"])
	require.Empty(t, w.as(admin, http.MethodGet, "/plans", nil).Is(http.StatusOK).Items())
	w.as(admin, http.MethodDelete, "/plans/"+plan1, nil).Is(http.StatusNotFound, "not_found")
}
