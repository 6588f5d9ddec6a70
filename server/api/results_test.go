package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// given puts a template that was answered, and one that was refused, into a queue.
func (w *world) givenResults() {
	w.Helper()
	w.conversation(conversation1, contact1, account1)
	w.exec("UPDATE waa_conversations SET created_at = $2, began_template_id = $3 WHERE id = $1", conversation1, now-hour, template1)
	insert := `INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, author_id, status, template_id, created_at, sent_at, status_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10)`
	w.exec(insert, id("m1"), conversation1, account1, contact1, "out", "template", agent, "delivered", template1, now-hour, now-hour)
	w.exec(insert, id("m2"), conversation1, account1, contact1, "in", "text", "", "", "", now-hour+60_000, 0)
	w.exec(insert, id("m3"), conversation1, account1, contact1, "out", "template", agent, "failed", template1, now-1000, 0)
	w.exec(`INSERT INTO waa_charges (message_id, conversation_id, account_id, queue_id, agent_id, template_id, category, amount, currency, state, at)
		VALUES ($1, $2, $3, $4, $5, $6, 'utility', 312500, 'BRL', 'billed', 1)`, id("m1"), conversation1, account1, queue1, agent, template1)
}

func TestResults(t *testing.T) {
	w := newWorld(t)
	w.givenResults()
	numbers := func() map[string]any {
		return map[string]any{
			"sent": 1.0, "delivered": 1.0, "read": 0.0, "failed": 0.0, "refused": 1.0, "answered": 1.0, "answer_rate": 1.0, "median_answer_ms": 60_000.0,
			"median_first_reply_ms": nil, "started": 1.0, "closed": 0.0, "cost": 0.3125, "currency": "BRL", "cost_per_answer": 0.3125,
		}
	}
	for by, group := range map[string][2]string{
		"template": {template1, "hello (pt_BR)"}, "agent": {agent, "name." + agent}, "queue": {queue1, "Vendas"}, "day": {"2026-09-21", "2026-09-21"},
	} {
		t.Run(by, func(t *testing.T) {
			item := numbers()
			item["group"], item["name"] = group[0], group[1]
			got := w.as(admin, http.MethodGet, "/results?by="+by, nil).Is(http.StatusOK).JSON
			require.Equal(t, []any{item}, got["items"])
			require.Equal(t, numbers(), got["totals"])
		})
	}
}

func TestResultsByHourOfTheDay(t *testing.T) {
	w := newWorld(t)
	w.givenResults()
	w.exec("UPDATE waa_queues SET time_zone = 'Asia/Tokyo'")
	zone, err := time.LoadLocation("Asia/Tokyo")
	require.NoError(t, err)
	items := w.as(admin, http.MethodGet, "/results?by=hour", nil).Is(http.StatusOK).Items()
	require.Len(t, items, 2)
	for i, at := range []int64{now - hour, now - 1000} {
		name := time.UnixMilli(at).In(zone).Format("15")
		item := items[i].(map[string]any)
		require.Equal(t, []any{name, name, float64(1 - i), float64(i)}, []any{item["group"], item["name"], item["sent"], item["refused"]})
	}
}

func TestAPeriodIsInTheQueuesZone(t *testing.T) {
	w := newWorld(t)
	for _, zone := range []string{"America/Manaus", "Asia/Tokyo"} {
		w.exec("UPDATE waa_queues SET time_zone = $2 WHERE id = $1", queue1, zone)
		location, err := time.LoadLocation(zone)
		require.NoError(t, err)
		local := time.UnixMilli(now).In(location)
		day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, location)
		got := w.as(admin, http.MethodGet, "/results?period=today&queue_id="+queue1, nil).Is(http.StatusOK).JSON
		require.Equal(t, []any{float64(day.UnixMilli()), float64(day.AddDate(0, 0, 1).UnixMilli())}, []any{got["from"], got["to"]}, zone)
	}
	w.as(admin, http.MethodGet, "/results?period=moon", nil).Is(http.StatusUnprocessableEntity, "invalid_field")
}

func TestResultsOfNothing(t *testing.T) {
	w := newWorld(t)
	got := w.as(admin, http.MethodGet, "/results?from=1&to=2", nil).Is(http.StatusOK).JSON
	require.Equal(t, []any{}, got["items"])
	require.Nil(t, got["totals"].(map[string]any)["answer_rate"])
	require.Nil(t, got["totals"].(map[string]any)["cost_per_answer"])
	require.Equal(t, 0.0, got["totals"].(map[string]any)["cost"])
}

func TestResultsAreForSupervisors(t *testing.T) {
	w := newWorld(t)
	w.givenResults()
	for _, nobody := range []string{agent, stranger} {
		w.as(nobody, http.MethodGet, "/results", nil).Is(http.StatusForbidden, "forbidden")
	}
	w.exec("UPDATE channelmembers SET schemeadmin = true WHERE userid = $1", agent)
	require.Len(t, w.as(agent, http.MethodGet, "/results", nil).Is(http.StatusOK).JSON["items"], 1)
	require.Len(t, w.as(agent, http.MethodGet, "/results?queue_id="+queue1, nil).Is(http.StatusOK).JSON["items"], 1)
	w.as(agent, http.MethodGet, "/results?queue_id="+queue2, nil).Is(http.StatusForbidden, "forbidden")
	w.exec("UPDATE waa_results SET queue_id = $1", queue2)
	w.exec("UPDATE waa_conversations SET queue_id = $1, began_queue_id = $1", queue2)
	got := w.as(agent, http.MethodGet, "/results", nil).Is(http.StatusOK).JSON
	require.Empty(t, got["items"])
	require.Equal(t, 0.0, got["totals"].(map[string]any)["sent"])
	require.Len(t, w.as(admin, http.MethodGet, "/results?queue_id="+queue2, nil).Is(http.StatusOK).JSON["items"], 1)
}

func TestWhoWaitsNow(t *testing.T) {
	w := newWorld(t)
	w.givenResults()
	read := func() map[string]any {
		return w.as(admin, http.MethodGet, "/results/now", nil).Is(http.StatusOK).JSON
	}
	want := map[string]any{"waiting_for_us": 0.0, "longest_wait_since": nil, "longest_wait_ms": nil, "waiting_for_customers": 1.0, "window_ending": 0.0, "unanswered_6h": 1.0}
	require.Equal(t, want, read(), "its template is old")
	w.exec("UPDATE waa_conversations SET last_template_at = $1", now-hour)
	want["unanswered_6h"] = 0.0
	require.Equal(t, want, read())
	w.exec("UPDATE waa_conversations SET last_inbound_at = $1, window_until = $2", now-hour+60_000, now+hour)
	require.Equal(t, map[string]any{"waiting_for_us": 1.0, "longest_wait_since": float64(now - hour + 60_000), "longest_wait_ms": float64(hour - 60_000), "waiting_for_customers": 0.0, "window_ending": 1.0, "unanswered_6h": 0.0}, read())
	w.as(agent, http.MethodGet, "/results/now", nil).Is(http.StatusForbidden, "forbidden")
	w.as(admin, http.MethodGet, "/results/now?queue_id=x", nil).Is(http.StatusUnprocessableEntity, "invalid_field")
}

func TestResultsRefuse(t *testing.T) {
	w := newWorld(t)
	w.as(admin, http.MethodGet, "/results?by=moon", nil).Is(http.StatusBadRequest, "bad_request")
	w.as(admin, http.MethodGet, "/results?from=x", nil).Is(http.StatusBadRequest, "bad_request")
	w.as(admin, http.MethodGet, "/results?from=5&to=4", nil).Is(http.StatusUnprocessableEntity, "invalid_field")
	w.as("", http.MethodGet, "/results", nil).Is(http.StatusUnauthorized, "unauthorized")
	w.down()
	w.as(admin, http.MethodGet, "/results", nil).Is(http.StatusServiceUnavailable, "unavailable")
}

func TestRebuildResults(t *testing.T) {
	w := newWorld(t)
	w.givenResults()
	rebuilt := func() map[string]any {
		return w.as(admin, http.MethodPost, "/results/rebuild", nil).Is(http.StatusOK).JSON
	}
	require.Equal(t, map[string]any{"conversations": 1.0, "templates": 2.0, "differed": 0.0}, rebuilt())
	w.exec("UPDATE waa_results SET answered_at = 1")
	w.exec("DELETE FROM waa_results WHERE message_id = $1", id("m3"))
	require.Equal(t, map[string]any{"conversations": 1.0, "templates": 2.0, "differed": 2.0}, rebuilt())
	require.Equal(t, 1.0, w.as(admin, http.MethodGet, "/results", nil).JSON["totals"].(map[string]any)["answered"])
}
