package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

const secretHook = "hook-secret-1"

func (w *world) checkURL(_ context.Context, url string) domain.Text {
	if !strings.HasPrefix(url, "https://") || strings.Contains(url, "10.0.0") {
		return domain.T("events.url_private")
	}
	return domain.Text{}
}

func goodSubscription() map[string]any {
	return map[string]any{"url": "https://crm.example/whatsapp", "secret": secretHook, "events": []string{"message.sent", "conversation.closed", "message.sent"}, "queue_ids": []string{queue1}}
}

func TestEventSubscriptions(t *testing.T) {
	w := newWorld(t)
	made := w.as(admin, http.MethodPost, "/event-subscriptions", goodSubscription()).Is(http.StatusCreated)
	id := made.JSON["id"].(string)
	want := map[string]any{
		"id": id, "url": "https://crm.example/whatsapp", "has_secret": true, "events": []any{"conversation.closed", "message.sent"}, "queue_ids": []any{queue1}, "enabled": true,
		"failing_since": nil, "last_delivery_at": nil, "backlog": 0.0, "created_at": float64(now), "updated_at": float64(now),
	}
	require.Equal(t, want, made.JSON)
	require.NotContains(t, made.Text, secretHook)
	require.Equal(t, want, w.as(admin, http.MethodGet, "/event-subscriptions/"+id, nil).Is(http.StatusOK).JSON)
	require.Equal(t, []any{want}, w.as(admin, http.MethodGet, "/event-subscriptions", nil).Is(http.StatusOK).Items())

	changed := w.as(admin, http.MethodPatch, "/event-subscriptions/"+id, map[string]any{"enabled": false, "events": []string{}, "secret": ""}).Is(http.StatusOK)
	require.Equal(t, []any{false, []any{}, true, want["url"]}, []any{changed.JSON["enabled"], changed.JSON["events"], changed.JSON["has_secret"], changed.JSON["url"]})
	require.Equal(t, id, w.as(admin, http.MethodDelete, "/event-subscriptions/"+id, nil).Is(http.StatusOK).JSON["id"])
	w.as(admin, http.MethodGet, "/event-subscriptions/"+id, nil).Is(http.StatusNotFound, "not_found")
	w.as(agent, http.MethodGet, "/event-subscriptions", nil).Is(http.StatusForbidden, "forbidden")
}

func TestEventSubscriptionsRefuse(t *testing.T) {
	w := newWorld(t)
	w.try(http.MethodPost, "/event-subscriptions", goodSubscription(), map[string][]wrong{
		"url":       append(badValue("", "http://crm.example", "https://10.0.0.1/x"), notText()...),
		"secret":    append(badValue("a b", "é", long(257)), notText()...),
		"events":    append(badValue([]any{"message.read"}, []any{"test"}), badType("message.sent", []any{1}, map[string]any{})...),
		"queue_ids": append(badValue([]any{"x"}, []any{nowhere}), badType(queue1, []any{1})...),
		"enabled":   badType("yes", 1),
	})
	w.exec("INSERT INTO waa_event_subscriptions (id, url, created_at, updated_at) SELECT 'many' || n, 'x', 1, 1 FROM generate_series(1, $1) n", domain.MaxEventSubscriptions)
	require.Equal(t, []string{"url"}, w.as(admin, http.MethodPost, "/event-subscriptions", goodSubscription()).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
}

// deliver ends the oldest delivery that waits as a worker would.
func (w *world) deliver(result domain.DeliveryResult) {
	w.Helper()
	q := w.store.EventQueue()
	jobs, err := q.Claim(w.Context(), "me", time.Minute, 1, jobqueue.ClaimLimit{})
	require.NoError(w, err)
	require.Len(w, jobs, 1)
	_, err = q.CompleteEvent(w.Context(), "me", &jobs[0], result, time.Minute)
	require.NoError(w, err)
}

func TestDeliveriesAreShownAndSentAgain(t *testing.T) {
	w := newWorld(t)
	subscription := "/event-subscriptions/" + w.as(admin, http.MethodPost, "/event-subscriptions", map[string]any{"url": "https://crm.example/x"}).Is(http.StatusCreated).JSON["id"].(string)
	w.conversation(conversation1, contact1, account1)
	w.exec("UPDATE waa_contacts SET cpf_masked = '***.456.789-**' WHERE id = $1", contact1)
	w.as(agent, http.MethodPost, "/conversations/"+conversation1+"/close", map[string]any{"reason": "pronto"}).Is(http.StatusOK)
	require.Equal(t, 1.0, w.as(admin, http.MethodGet, subscription, nil).Is(http.StatusOK).JSON["backlog"])
	w.deliver(domain.DeliveryResult{StatusCode: 500, Error: domain.DeliveryStatus, Answer: "oops"})

	listed := w.as(admin, http.MethodGet, subscription+"/deliveries", nil).Is(http.StatusOK).Items()
	require.Len(t, listed, 1)
	one := listed[0].(map[string]any)
	require.Equal(t, []any{"conversation.closed", 1.0, 500.0, "status", nil, false}, []any{one["type"], one["attempts"], one["status_code"], one["error"], one["delivered_at"], one["pending"]})
	shown := w.as(admin, http.MethodGet, subscription+"/deliveries/"+one["id"].(string), nil).Is(http.StatusOK)
	require.Equal(t, "oops", shown.JSON["answer"])
	require.NotContains(t, shown.Text, "cpf")
	require.NotContains(t, shown.Text, "456.789")

	resent := w.as(admin, http.MethodPost, subscription+"/deliveries/"+one["id"].(string)+"/resend", nil).Is(http.StatusOK)
	require.Equal(t, one["event_id"], resent.JSON["event_id"])
	require.NotEqual(t, one["id"], resent.JSON["id"])
	require.Equal(t, []any{true, nil}, []any{resent.JSON["pending"], resent.JSON["status_code"]})
	require.Equal(t, 1, w.woken["events"])
	w.deliver(domain.DeliveryResult{StatusCode: 200})
	for failed, want := range map[bool]float64{true: 0, false: 1} {
		require.Equal(t, want, w.as(admin, http.MethodPost, subscription+"/resend", map[string]any{"since": 0, "failed": failed}).Is(http.StatusOK).JSON["resent"])
	}
	require.Equal(t, []string{"since"}, w.as(admin, http.MethodPost, subscription+"/resend", map[string]any{}).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
	replayed := w.as(admin, http.MethodPost, subscription+"/replay", map[string]any{"since": 0}).Is(http.StatusOK)
	require.Equal(t, []any{1.0, 2.0, 1.0}, []any{replayed.JSON["conversations"], replayed.JSON["events"], replayed.JSON["until"]})
	require.Equal(t, []string{"since"}, w.as(admin, http.MethodPost, subscription+"/replay", map[string]any{}).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
	for _, path := range []string{"/deliveries/" + nowhere + "/resend", "/deliveries/x/resend"} {
		w.as(admin, http.MethodPost, subscription+path, nil).Is(http.StatusNotFound, "not_found")
	}
	w.as(admin, http.MethodGet, "/event-subscriptions/"+nowhere+"/deliveries/"+one["id"].(string), nil).Is(http.StatusNotFound, "not_found")
}

func TestATestEventIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	subscription := "/event-subscriptions/" + w.as(admin, http.MethodPost, "/event-subscriptions", goodSubscription()).Is(http.StatusCreated).JSON["id"].(string)
	w.api.WakeEvents = func() { w.deliver(domain.DeliveryResult{StatusCode: 204}) }
	tested := w.as(admin, http.MethodPost, subscription+"/test", nil).Is(http.StatusOK)
	require.Equal(t, []any{"test", 204.0, "", false}, []any{tested.JSON["type"], tested.JSON["status_code"], tested.JSON["error"], tested.JSON["pending"]})
	require.NotNil(t, tested.JSON["delivered_at"])
}

// TestTheBodyOfAnEvent checks each type against what is read over REST at the same moment.
func TestTheBodyOfAnEvent(t *testing.T) {
	w := newWorld(t)
	w.clock.ms = time.Now().UnixMilli()
	w.as(admin, http.MethodPost, "/event-subscriptions", map[string]any{"url": "https://crm.example/x"}).Is(http.StatusCreated)
	w.conversation(conversation1, contact1, account1)
	w.exec(`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, author_id, status, body, created_at, sent_at)
		VALUES ($1, $2, $3, $4, 'out', 'template', $5, 'sent', 'Olá', $6, $6)`, id("message1"), conversation1, account1, contact1, agent, w.clock.ms)
	w.exec("UPDATE waa_messages SET status = 'failed', reason_code = 131026 WHERE id = $1", id("message1"))
	w.as(agent, http.MethodPut, "/contacts/"+contact1+"/consent", map[string]any{"status": "revoked", "origin": "telefone"}).Is(http.StatusOK)
	read := w.as(agent, http.MethodGet, "/conversations/"+conversation1, nil).Is(http.StatusOK).JSON
	delete(read["contact"].(map[string]any), "cpf_masked")
	delete(read, "next_template") // it is the reader's affair, at the moment of reading
	message := w.as(agent, http.MethodGet, "/conversations/"+conversation1+"/messages", nil).Is(http.StatusOK).Items()[0].(map[string]any)

	bodies := w.bodies()
	require.Len(t, bodies, 4)
	for i, kind := range []string{"message.sent", "message.status", "template.failed", "contact.opted_out"} {
		body := bodies[i]
		require.Equal(t, kind, body["type"])
		require.NoError(t, w.document.Webhooks[kind].Post.RequestBody.Value.Content["application/json"].Schema.Value.VisitJSON(body), kind)
		require.InDelta(t, float64(w.clock.ms), body["at"], 60_000)
		data := body["data"].(map[string]any)
		require.Equal(t, read, data["conversation"], kind)
		switch kind {
		case "message.sent":
			sent := data["message"].(map[string]any)
			require.Equal(t, []any{"sent", "template", "", 0.0}, []any{sent["status"], sent["kind"], sent["reason"], sent["reason_code"]})
		case "contact.opted_out":
			require.NotContains(t, data, "message")
			require.Equal(t, read["contact"], data["contact"])
		default:
			require.Equal(t, message, data["message"], kind)
			require.NotContains(t, data, "contact")
		}
	}
}

// bodies are what other software is told of all events, in their order.
func (w *world) bodies() (all []map[string]any) {
	w.Helper()
	rows, err := w.db.QueryContext(w.Context(), "SELECT dedupe_key FROM waa_event_deliveries ORDER BY id")
	require.NoError(w, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		require.NoError(w, rows.Scan(&id))
		d, err := w.store.EventToDeliver(w.Context(), id)
		require.NoError(w, err)
		data, err := w.api.EventBody(&d.Event)
		require.NoError(w, err)
		fake.NoSecret(w, "an event", string(data))
		var body map[string]any
		require.NoError(w, json.Unmarshal(data, &body))
		all = append(all, body)
	}
	require.NoError(w, rows.Err())
	return all
}
