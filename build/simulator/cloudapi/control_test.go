package cloudapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

func (w *world) control(method, path, body string) answer {
	w.t.Helper()
	a, err := w.call(method, "/simulator/"+path, "", []byte(body))
	require.NoError(w.t, err)
	return a
}

// TestControlPlaysAConversation does over HTTP alone what the other tests do with the Go methods.
func TestControlPlaysAConversation(t *testing.T) {
	w := newWorld(t, nil)
	ok := func(method, path, body string) answer {
		a := w.control(method, path, body)
		require.Equal(t, http.StatusOK, a.status, "%s %s: %s", method, path, a.raw)
		return a
	}
	list := func(path string) (items []map[string]any) {
		require.NoError(t, json.Unmarshal(ok("GET", path, "").raw, &items))
		return items
	}
	ok("POST", "phones", `{"number":"+55 11 98765-4321","name":"Ana"}`)
	ok("PATCH", "phones/5511987654321", `{"drop_ninth_digit":true}`)
	require.Equal(t, http.StatusOK, w.send(templateSend).status)
	w.settle()
	require.Len(t, list("phones/5511987654321/messages"), 1)
	ok("POST", "phones/5511987654321/read", "")
	ok("POST", "phones/5511987654321/tap", `{"index":1}`)
	ok("POST", "phones/5511987654321/media", `{"kind":"image","mime_type":"image/png","data":"aGk=","caption":"foto"}`)
	id := ok("POST", "phones/5511987654321/reply", `{"text":"oi"}`).body["message_id"].(string)
	ok("POST", "phones/5511987654321/reply", `{"text":"isto","message_id":"`+id+`"}`)
	ok("POST", "phones/5511987654321/message", `{"message":{"type":"sticker","sticker":{"id":"1"}}}`)
	w.settle()
	require.Equal(t, []string{"button", "image", "text", "text", "sticker"}, words(w.inbound(), "type"))
	require.Equal(t, "551187654321", w.inbound()[0]["from"])
	require.Len(t, list("phones/5511987654321/chat"), 6)

	ok("PATCH", "settings", `{"refuse_at_once":true,"sent_delay":"1ms"}`)
	require.Equal(t, time.Millisecond, w.sim.Settings().SentDelay)
	require.Equal(t, 0.0625, w.sim.Settings().Prices["marketing"], "what is not named stays")
	ok("POST", "clock", `{"advance":"25h"}`)
	require.Equal(t, 131047, w.send(textTo(dialled, "oi")).code())
	ok("POST", "faults", `{"edge":"messages","kind":"http","status":503,"delay":"1ms","left":1}`)
	require.Equal(t, "1ms", list("faults")[0]["delay"])
	require.Equal(t, 503, w.send(templateSend).status)
	ok("POST", "fail-next", `{"type":"template","code":131016}`)
	require.Equal(t, 131016, w.send(templateSend).code())
	require.Len(t, list("requests"), len(w.sim.Requests()))
	require.Equal(t, float64(1), ok("GET", "bill", "").body["messages"].(map[string]any)["utility"])

	ok("POST", "webhooks/hold", "")
	ok("POST", "template-status", `{"waba_id":"`+w.number.WABAID+`","name":"pedido","language":"pt_BR","status":"PAUSED"}`)
	require.Equal(t, float64(1), ok("POST", "webhooks/release", `{"times":2}`).body["deliveries"])
	ok("POST", "webhooks/raw", `{"waba_id":"`+w.number.WABAID+`","body":"{}","signature":"wrong"}`)
	w.settle()
	require.Equal(t, "{}", list("webhooks")[len(list("webhooks"))-1]["body"])
	state := ok("GET", "state", "").body
	require.Equal(t, "Ana", state["phones"].([]any)[0].(map[string]any)["customer"].(map[string]any)["name"])
	require.NotContains(t, string(ok("GET", "state", "").raw), w.number.Token)
}

func TestControlRefuses(t *testing.T) {
	w := newWorld(t, nil)
	require.Equal(t, http.StatusBadRequest, w.control("POST", "phones", `{"number":"12"}`).status)
	require.Equal(t, http.StatusBadRequest, w.control("POST", "faults", `{"kind":"fire"}`).status)
	require.Equal(t, http.StatusBadRequest, w.control("PATCH", "settings", `{"sent_delay":"soon"}`).status)
	require.Equal(t, http.StatusBadRequest, w.control("POST", "phones/5511987654321/tap", `{"index":0}`).status)
	require.Equal(t, http.StatusNotFound, w.control("GET", "phones/5500000000/chat", "").status)
	require.Equal(t, http.StatusNotFound, w.control("GET", "nothing", "").status)
	post := func(change func(*http.Request)) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/simulator/phones", strings.NewReader(`{"number":"5511987654321"}`))
		require.NoError(t, err)
		change(r)
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	require.Equal(t, http.StatusUnsupportedMediaType, post(func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }), "a form of another page")
	require.Equal(t, http.StatusForbidden, post(func(r *http.Request) {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
	}))
	require.Len(t, w.sim.Phones(), 1, "only the tap made one")
}

func TestEventsTellChanges(t *testing.T) {
	w := newWorld(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/simulator/events", nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	lines := bufio.NewScanner(response.Body)
	require.True(t, lines.Scan())
	first := lines.Text()
	require.True(t, lines.Scan())
	w.sim.AddCustomer(cloudapi.Customer{Number: dialled})
	require.True(t, lines.Scan())
	require.NotEqual(t, first, lines.Text())
}
