package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func goodReason() map[string]any {
	return map[string]any{"queue_id": queue1, "label": "Vendido", "fields": []map[string]any{
		{"name": "value", "label": "Valor", "type": "number", "required": true},
		{"name": "product", "label": "Produto", "type": "select", "options": []string{"Carro", "Casa"}},
	}}
}

// supervise makes somebody a channel admin of the first queue.
func (w *world) supervise(user string) {
	w.Helper()
	w.exec("UPDATE channelmembers SET schemeadmin = true WHERE channelid = $1 AND userid = $2", channel1, user)
}

func TestClosingReasons(t *testing.T) {
	w := newWorld(t)
	w.supervise(agent)
	made := w.as(agent, http.MethodPost, "/closing-reasons", goodReason()).Is(http.StatusCreated)
	reason := made.JSON["id"].(string)
	require.Equal(t, map[string]any{
		"id": reason, "queue_id": queue1, "label": "Vendido", "position": 0.0, "retired": false, "created_at": float64(now), "updated_at": float64(now),
		"fields": []any{
			map[string]any{"name": "value", "label": "Valor", "type": "number", "options": []any{}, "required": true},
			map[string]any{"name": "product", "label": "Produto", "type": "select", "options": []any{"Carro", "Casa"}, "required": false},
		},
	}, made.JSON)
	require.Equal(t, 2.0, w.as(agent, http.MethodPost, "/closing-reasons/import", map[string]any{"queue_id": queue1, "text": "vendido\nNão atende\nEngano"}).Is(http.StatusOK).JSON["added"])
	require.Len(t, w.as(colleague, http.MethodGet, "/closing-reasons?queue_id="+queue1, nil).Items(), 3)

	renamed := w.as(agent, http.MethodPatch, "/closing-reasons/"+reason, map[string]any{"label": "Ganho", "position": 7, "queue_id": queue2}).Is(http.StatusOK)
	require.Equal(t, []any{"Ganho", 7.0, queue1}, []any{renamed.JSON["label"], renamed.JSON["position"], renamed.JSON["queue_id"]})
	require.Len(t, renamed.JSON["fields"], 2, "what is not named stays")
	require.Equal(t, true, w.as(agent, http.MethodDelete, "/closing-reasons/"+reason, nil).Is(http.StatusOK).JSON["retired"])
	require.Len(t, w.as(colleague, http.MethodGet, "/closing-reasons?queue_id="+queue1, nil).Items(), 2)
	all := w.as(colleague, http.MethodGet, "/closing-reasons?retired=1&per_page=1&page=2&queue_id="+queue1, nil)
	require.Equal(t, 3.0, all.JSON["total"])
	require.Equal(t, "Ganho", all.Items()[0].(map[string]any)["label"])

	actions := map[string]int{}
	for _, row := range w.audits() {
		actions[row.action]++
	}
	require.Equal(t, map[string]int{"closing_reason_created": 3, "closing_reason_changed": 1, "closing_reason_retired": 1}, actions)
}

func TestClosingReasonsRefuse(t *testing.T) {
	w := newWorld(t)
	w.supervise(agent)
	fields := map[string][]wrong{
		"queue_id": append(badValue("", nowhere, "x"), notText()...),
		"label":    append(append(badValue("", " ", long(101)), hostileLines()...), notText()...),
		"position": append(badValue(-1, 1e9), badType("1", 1.5)...),
		"retired":  badType("yes", 1),
		"fields":   append(badValue([]any{map[string]any{"name": "Ação", "label": "x", "type": "text"}}, []any{map[string]any{}}), badType("x", 1, []any{1}, map[string]any{})...),
	}
	w.try(http.MethodPost, "/closing-reasons", goodReason(), fields)
	w.as(colleague, http.MethodPost, "/closing-reasons", goodReason()).Is(http.StatusForbidden, "forbidden")
	w.as(stranger, http.MethodGet, "/closing-reasons?queue_id="+queue1, nil).Is(http.StatusForbidden, "forbidden")
	require.Equal(t, []string{"queue_id"}, w.as(admin, http.MethodGet, "/closing-reasons", nil).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
	w.as(admin, http.MethodPatch, "/closing-reasons/"+nowhere, map[string]any{}).Is(http.StatusNotFound, "not_found")
	w.as(admin, http.MethodDelete, "/closing-reasons/x", nil).Is(http.StatusNotFound, "not_found")
	w.as(agent, http.MethodPost, "/closing-reasons", goodReason()).Is(http.StatusCreated)
	body := goodReason()
	body["label"] = "VENDIDO"
	require.Equal(t, []string{"label"}, w.as(agent, http.MethodPost, "/closing-reasons", body).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
	for _, text := range []any{"", " \n", strings.Repeat("a", 101)} {
		require.Equal(t, []string{"text"}, w.as(agent, http.MethodPost, "/closing-reasons/import", map[string]any{"queue_id": queue1, "text": text}).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
	}
}

func TestCloseWithAReason(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	reason := w.as(admin, http.MethodPost, "/closing-reasons", goodReason()).Is(http.StatusCreated).JSON["id"].(string)
	w.as(admin, http.MethodPatch, "/queues/"+queue1, map[string]any{"closing_reason_required": true}).Is(http.StatusOK)
	path := "/conversations/" + conversation1
	require.Nil(t, w.as(agent, http.MethodGet, path, nil).Is(http.StatusOK).JSON["closing"])
	options := w.as(agent, http.MethodGet, path+"/closing-options", nil).Is(http.StatusOK)
	require.Equal(t, true, options.JSON["required"])
	require.Len(t, options.JSON["reasons"], 1)
	w.as(stranger, http.MethodGet, path+"/closing-options", nil).Is(http.StatusNotFound, "not_found")

	refused := func(body any, fields ...string) {
		t.Helper()
		require.Equal(t, fields, w.as(agent, http.MethodPost, path+"/close", body).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
	}
	refused(nil, "reason_id")
	refused(map[string]any{"reason": "x"}, "reason_id")
	refused(map[string]any{"reason_id": nowhere}, "reason_id")
	refused(map[string]any{"reason_id": reason}, "fields.value")
	refused(map[string]any{"reason_id": reason, "fields": map[string]any{"value": nil}}, "fields.value")
	refused(map[string]any{"reason_id": reason, "fields": map[string]any{"value": 1, "x": "y"}}, "fields.x")
	for _, fields := range []any{"x", []any{1}, map[string]any{"value": true}, map[string]any{"value": []any{1}}} {
		w.as(agent, http.MethodPost, path+"/close", map[string]any{"reason_id": reason, "fields": fields}).Is(http.StatusBadRequest, "bad_request")
	}
	want := map[string]any{
		"reason_id": reason, "label": "Vendido", "fields": map[string]any{"value": 1.234, "product": "Casa"}, "note": "na hora",
		"answers": []any{map[string]any{"label": "Valor", "value": "1.234"}, map[string]any{"label": "Produto", "value": "Casa"}},
	}
	closed := w.as(agent, http.MethodPost, path+"/close", map[string]any{"reason_id": reason, "fields": map[string]any{"value": 1.234, "product": "Casa"}, "reason": "na hora"}).Is(http.StatusOK)
	require.Equal(t, want, closed.JSON["closing"])
	w.as(agent, http.MethodGet, path+"/closing-options", nil).Is(http.StatusConflict, "conversation_closed")

	w.as(admin, http.MethodPatch, "/closing-reasons/"+reason, map[string]any{"label": "Ganho", "fields": []any{}}).Is(http.StatusOK)
	w.as(admin, http.MethodDelete, "/closing-reasons/"+reason, nil).Is(http.StatusOK)
	require.Equal(t, want, w.as(agent, http.MethodGet, path, nil).Is(http.StatusOK).JSON["closing"])
	require.Equal(t, want, w.as(agent, http.MethodGet, "/conversations?state=closed", nil).Items()[0].(map[string]any)["closing"])
	export := w.as(admin, http.MethodGet, "/contacts/"+contact1+"/export", nil).Is(http.StatusOK)
	require.Equal(t, want, export.JSON["conversations"].([]any)[0].(map[string]any)["closing"])
}
