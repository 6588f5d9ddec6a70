package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
)

func laterStart(at int64) map[string]any {
	start := someStart()
	start["send_at"] = at
	return start
}

func (w *world) schedule(at int64) (id string) {
	w.Helper()
	id, _ = w.as(agent, http.MethodPost, "/conversations", laterStart(at)).Is(http.StatusAccepted).JSON["id"].(string)
	return id
}

func TestAStartIsPutOff(t *testing.T) {
	w := newAgentWorld(t)
	a := w.as(agent, http.MethodPost, "/conversations", laterStart(now+hour)).Is(http.StatusAccepted)
	expected := map[string]any{
		"id": a.JSON["id"], "queue_id": queue1, "account_id": account1, "template": map[string]any{"id": template1, "name": "hello", "language": "pt_BR"},
		"customer": map[string]any{"name": "Maria", "phone": "+5511987654321", "cpf_masked": "***.982.247-**"}, "send_at": float64(now + hour), "owner_id": agent, "status": "scheduled",
		"conversation_id": "", "reason": "", "reason_code": "", "created_at": float64(now),
	}
	require.Equal(t, expected, a.JSON)
	require.Empty(t, w.meta.sent)
	require.Zero(t, w.starts())
	require.Zero(t, w.count("waa_charges"))
	stored := w.row("SELECT asked FROM waa_scheduled")["asked"]
	require.Contains(t, stored, "encrypted:", "what is personal is not in clear")

	path := "/scheduled/" + a.JSON["id"].(string)
	require.Equal(t, expected, w.as(agent, http.MethodGet, path, nil).Is(http.StatusOK).JSON)
	w.as(admin, http.MethodGet, path, nil).Is(http.StatusOK)
	w.as(colleague, http.MethodGet, path, nil).Is(http.StatusNotFound, "not_found")
	w.as(colleague, http.MethodDelete, path, nil).Is(http.StatusNotFound, "not_found")
	for user, total := range map[string]int{agent: 1, admin: 1, colleague: 0, stranger: 0} {
		for _, query := range []string{"", "?queue_id=" + queue1, "?waiting=1"} {
			require.EqualValues(t, total, w.as(user, http.MethodGet, "/scheduled"+query, nil).Is(http.StatusOK).JSON["total"], user+query)
		}
	}
	require.EqualValues(t, 0, w.as(admin, http.MethodGet, "/scheduled?mine=1", nil).Is(http.StatusOK).JSON["total"])
	require.EqualValues(t, 0, w.as(agent, http.MethodGet, "/scheduled?queue_id="+queue2, nil).Is(http.StatusOK).JSON["total"])

	require.Equal(t, "cancelled", w.as(agent, http.MethodDelete, path, nil).Is(http.StatusOK).JSON["status"])
	require.Equal(t, "cancelled", w.as(agent, http.MethodDelete, path, nil).Is(http.StatusOK).JSON["status"])
	require.EqualValues(t, 0, w.as(agent, http.MethodGet, "/scheduled?waiting=1", nil).Is(http.StatusOK).JSON["total"])
	require.EqualValues(t, 1, w.as(agent, http.MethodGet, "/scheduled?mine=1", nil).Is(http.StatusOK).JSON["total"])
}

func TestWhenAStartCannotBePutOff(t *testing.T) {
	w := newAgentWorld(t)
	for _, at := range []int64{0, 1, now, now + 59_999, now + 60*24*hour + 1} {
		a := w.as(agent, http.MethodPost, "/conversations", laterStart(at)).Is(http.StatusUnprocessableEntity, "invalid_field")
		require.Contains(t, a.Fields(), "send_at", at)
	}
	for _, at := range []any{"tomorrow", 1.5, true} {
		start := someStart()
		start["send_at"] = at
		w.as(agent, http.MethodPost, "/conversations", start).Is(http.StatusBadRequest, "bad_request")
	}
	check := w.as(agent, http.MethodPost, "/conversations/check", laterStart(now)).Is(http.StatusOK)
	require.Contains(t, check.JSON["fields"], "send_at")
	w.exec("UPDATE waa_templates SET approved = false")
	w.as(agent, http.MethodPost, "/conversations", laterStart(now+hour)).Is(http.StatusConflict, "template_not_allowed")
	require.Zero(t, w.count("waa_scheduled"))
}

// dueNow carries out what is due, as its job does.
func (w *world) dueNow() {
	w.Helper()
	w.exec("UPDATE waa_scheduled SET send_at = 1, lease_until = 0 WHERE status = 'scheduled'")
	claimed, err := w.store.ClaimScheduled(w.Context(), 0, service.ScheduledLease, 10)
	require.NoError(w, err)
	for _, s := range claimed {
		s.SendAt = now
		require.NoError(w, w.api.Service.(*service.Service).SendScheduled(w.Context(), s))
	}
}

func TestWhatLeftIsNotCancelledAndWhatFailedIsStartedByItsButton(t *testing.T) {
	w := newAgentWorld(t)
	press := func(user, do, id string) string {
		t.Helper()
		text, _ := w.as(user, http.MethodPost, "/actions/scheduled", map[string]any{"user_id": admin, "context": map[string]any{"do": do, "scheduled_id": id}}).Is(http.StatusOK).JSON["ephemeral_text"].(string)
		return text
	}
	failed := w.schedule(now + hour)
	w.exec("UPDATE waa_templates SET approved = false")
	w.dueNow()
	got := w.as(agent, http.MethodGet, "/scheduled/"+failed, nil).Is(http.StatusOK).JSON
	require.Equal(t, []any{"failed", "template_not_allowed", ""}, []any{got["status"], got["reason_code"], got["conversation_id"]})
	require.NotEmpty(t, got["reason"])
	require.Equal(t, []any{map[string]any{"body_1": "x"}, map[string]any{"origin": "", "note": ""}}, []any{got["variables"], got["consent"]})
	require.NotContains(t, w.as(admin, http.MethodGet, "/scheduled/"+failed, nil).Is(http.StatusOK).JSON, "variables", "whoever starts it by hand needs them, nobody else")
	require.Empty(t, w.meta.sent)
	require.Contains(t, press(agent, "start", failed), "template")
	require.Contains(t, press(colleague, "start", failed), "Nothing like this")
	require.Contains(t, press(admin, "start", failed), "Only who scheduled it")
	w.exec("UPDATE waa_templates SET approved = true")
	require.Contains(t, press(agent, "start", failed), "Started")
	require.Len(t, w.meta.sent, 1)
	require.Contains(t, press(agent, "start", failed), "nothing to start")
	got = w.as(agent, http.MethodGet, "/scheduled/"+failed, nil).Is(http.StatusOK).JSON
	require.Equal(t, []any{"sent", "", ""}, []any{got["status"], got["reason_code"], got["reason"]})
	require.Equal(t, w.row("SELECT id FROM waa_conversations")["id"], got["conversation_id"])
	w.as(agent, http.MethodDelete, "/scheduled/"+failed, nil).Is(http.StatusConflict, "already_sent")
	require.Contains(t, press(agent, "cancel", failed), "sent already")
	w.as(agent, http.MethodPost, "/actions/scheduled", map[string]any{"context": map[string]any{"do": "x", "scheduled_id": failed}}).Is(http.StatusUnprocessableEntity, "invalid_field")
}

func TestOneKeyOneSchedule(t *testing.T) {
	w := newAgentWorld(t)
	first := w.keyed(agent, "key", laterStart(now+hour)).Is(http.StatusAccepted)
	again := w.keyed(agent, "key", laterStart(now+hour)).Is(http.StatusAccepted)
	require.Equal(t, first.Text, again.Text)
	w.keyed(agent, "key", laterStart(now+2*hour)).Is(http.StatusConflict, "idempotency_conflict")
	w.exec("UPDATE waa_requests SET status = 0, answer = '', lease_until = 0") // it was killed before it answered
	after := w.keyed(agent, "key", laterStart(now+hour)).Is(http.StatusAccepted)
	require.Equal(t, first.JSON["id"], after.JSON["id"])
	require.Equal(t, 1, w.count("waa_scheduled"))
}

func TestAPersonsScheduledStartsAreExportedAndErased(t *testing.T) {
	w := newAgentWorld(t)
	id := w.schedule(now + hour)
	w.exec("INSERT INTO waa_identities (account_id, kind, value, contact_id) VALUES ($1, 'phone', '5511987654321', $2)", account1, contact1)
	export := w.as(admin, http.MethodGet, "/contacts/"+contact1+"/export", nil).Is(http.StatusOK).JSON
	listed, _ := export["scheduled"].([]any)
	require.Len(t, listed, 1)
	require.Equal(t, map[string]any{
		"id": id, "owner_id": agent, "name": "Maria", "phone": "+5511987654321", "cpf": "52998224725", "template": "hello", "variables": map[string]any{"body_1": "x"},
		"status": "scheduled", "send_at": float64(now + hour), "created_at": float64(now),
	}, listed[0])
	w.as(admin, http.MethodDelete, "/contacts/"+contact1, nil).Is(http.StatusOK)
	got := w.as(agent, http.MethodGet, "/scheduled/"+id, nil).Is(http.StatusOK).JSON
	require.Equal(t, []any{"cancelled", map[string]any{"name": "", "phone": "", "cpf_masked": ""}}, []any{got["status"], got["customer"]})
	require.Equal(t, map[string]any{"asked": "", "phone_key": ""}, w.row("SELECT asked, phone_key FROM waa_scheduled"))
	w.dueNow()
	require.Empty(t, w.meta.sent)
}

func TestWhatFailedIsTakenOffTheList(t *testing.T) {
	w := newAgentWorld(t)
	id := w.schedule(now + hour)
	w.exec("INSERT INTO waa_identities (account_id, kind, value, contact_id) VALUES ($1, 'phone', '5511987654321', $2)", account1, contact1)
	for query, total := range map[string]int{"?contact_id=" + contact1: 1, "?contact_id=" + conversation1: 0} {
		require.EqualValues(t, total, w.as(agent, http.MethodGet, "/scheduled"+query, nil).Is(http.StatusOK).JSON["total"], query)
	}
	w.exec("UPDATE waa_templates SET approved = false")
	w.dueNow()
	require.EqualValues(t, 1, w.as(agent, http.MethodGet, "/scheduled?waiting=1", nil).Is(http.StatusOK).JSON["total"])
	require.Equal(t, "cancelled", w.as(agent, http.MethodDelete, "/scheduled/"+id, nil).Is(http.StatusOK).JSON["status"])
	require.EqualValues(t, 0, w.as(agent, http.MethodGet, "/scheduled?waiting=1", nil).Is(http.StatusOK).JSON["total"])
}
