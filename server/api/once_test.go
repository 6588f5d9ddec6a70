package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// keyed sends a start with a key.
func (w *world) keyed(user, key string, body any) fake.Answer {
	r := w.request(user, http.MethodPost, "/conversations", body)
	r.Header.Set(keyHeader, key)
	return w.send(r)
}

func someStart() map[string]any { return startOf("11987654321") }

func startOf(phone string) map[string]any {
	return map[string]any{
		"queue_id": queue1, "template": map[string]any{"name": "hello", "language": "pt_BR"}, "variables": map[string]any{"body_1": "x"},
		"customer": map[string]any{"name": "Maria", "phone": phone, "cpf": "529.982.247-25"},
	}
}

// starts is how many conversations were started.
func (w *world) starts() int { return w.count("waa_conversations") }

func TestOneKeyOneStart(t *testing.T) {
	w := newAgentWorld(t)
	first := w.keyed(agent, "a key 1", someStart()).Is(http.StatusCreated)
	w.exec("UPDATE waa_contacts SET name = 'Changed since'")
	again := w.keyed(agent, "a key 1", someStart()).Is(http.StatusCreated)
	require.Equal(t, first.Text, again.Text)
	spaced := w.keyed(agent, "a key 1", strings.ReplaceAll(`{"template": {"language":"pt_BR", "name":"hello"}, "queue_id":"QUEUE", "customer":{"cpf":"529.982.247-25","phone":"11987654321","name":"Maria"},
		"variables": {"body_1":"x"}}`, "QUEUE", queue1)).Is(http.StatusCreated)
	require.Equal(t, first.Text, spaced.Text, "the same body, set otherwise")
	require.Equal(t, 1, w.starts())

	other := someStart()
	other["reason"] = "another"
	w.keyed(agent, "a key 1", other).Is(http.StatusConflict, "idempotency_conflict")
	r := w.request(agent, http.MethodPost, "/conversations/"+nowhere+"/template", someStart())
	r.Header.Set(keyHeader, "a key 1")
	w.send(r).Is(http.StatusConflict, "idempotency_conflict")
	w.keyed(admin, "a key 1", startOf("11900000001")).Is(http.StatusCreated)
	w.keyed(agent, "a key 2", startOf("11900000002")).Is(http.StatusCreated)
	require.Equal(t, 3, w.starts(), "another user's, and another key")
}

func TestRefusalsAreKeptToo(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		refuse func() // makes the next start be refused
		status int
		code   string
		kept   bool
	}{
		"by a rule":                   {func() { w.exec("UPDATE waa_templates SET approved = false") }, http.StatusConflict, "template_not_allowed", true},
		"by Meta":                     {func() { w.meta.err = &whatsapp.APIError{HTTPStatus: http.StatusBadRequest, Code: 131026} }, http.StatusBadGateway, "meta_refused", true},
		"for a field":                 {func() { w.settings.DefaultRegion = "US" }, http.StatusUnprocessableEntity, "invalid_field", true},
		"for a database that is down": {func() { w.store.beforeTemplate = func() error { return errDown } }, http.StatusServiceUnavailable, "unavailable", false},
		"for another try that took it over": {func() {
			w.store.beforeTemplate = func() error {
				w.exec("UPDATE waa_requests SET token = 'another', lease_until = 0")
				return nil
			}
		}, http.StatusConflict, "in_progress", false},
	} {
		t.Run(name, func(t *testing.T) {
			w.begin()
			w.allowStarts()
			c.refuse()
			first := w.keyed(agent, "key", someStart()).Is(c.status, c.code)
			w.meta.err, w.store.beforeTemplate, w.settings.DefaultRegion = nil, nil, "BR"
			w.exec("UPDATE waa_templates SET approved = true")
			again := w.keyed(agent, "key", someStart())
			if c.kept {
				require.Equal(t, []any{first.Status, first.Text}, []any{again.Status, again.Text})
			} else {
				again.Is(http.StatusCreated)
			}
		})
	}
}

func TestAKeyThatIsUnderWay(t *testing.T) {
	w := newAgentWorld(t)
	w.keyed(agent, "k", someStart()).Is(http.StatusCreated)
	w.exec("UPDATE waa_requests SET status = 0, answer = ''")
	w.keyed(agent, "k", someStart()).Is(http.StatusConflict, "in_progress")
}

// TestATryThatDiedAfterItsTemplateWasStored: the next try says what came of that template, and sends none.
func TestATryThatDiedAfterItsTemplateWasStored(t *testing.T) {
	w := newAgentWorld(t)
	w.meta.err = errCut
	first := w.keyed(agent, "k", someStart()).Is(http.StatusAccepted)
	w.exec("UPDATE waa_requests SET status = 0, answer = '', lease_until = 0")
	require.Equal(t, first.JSON["id"], w.keyed(agent, "k", someStart()).Is(http.StatusAccepted).JSON["id"])
	require.Equal(t, float64(http.StatusAccepted), w.row("SELECT status FROM waa_requests")["status"], "and its answer is kept")
	w.keyed(agent, "k", someStart()).Is(http.StatusAccepted)
	require.Equal(t, 1, w.starts())
	require.Len(t, w.meta.sent, 1)
}

func TestKeysThatAreNone(t *testing.T) {
	w := newAgentWorld(t)
	for _, key := range []string{"", " ", strings.Repeat("k", 101), "a\x00b", "a\nb", "\u200b", "\xff"} {
		t.Run(key, func(t *testing.T) {
			r := w.request(agent, http.MethodPost, "/conversations", someStart())
			r.Header[keyHeader] = []string{key}
			recorder := httptest.NewRecorder() // the document forbids such a request
			w.api.ServeHTTP(recorder, r)
			require.Equal(t, http.StatusUnprocessableEntity, recorder.Code, "%q", key)
		})
	}
	require.Zero(t, w.starts())
	w.keyed(agent, strings.Repeat("ç", 100), someStart()).Is(http.StatusCreated)
}
