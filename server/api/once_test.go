package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// keyed sends a start with a key.
func (w *world) keyed(user, key string, body any) answer {
	r := w.request(user, http.MethodPost, "/conversations", body)
	r.Header.Set(keyHeader, key)
	return w.send(r)
}

func someStart() map[string]any {
	return map[string]any{
		"queue_id": queue1, "template": map[string]any{"name": "hello", "language": "pt_BR"}, "variables": map[string]any{"body_1": "x"},
		"customer": map[string]any{"name": "Maria", "phone": "11987654321", "cpf": "529.982.247-25"},
	}
}

func (w *world) starts() (n int) {
	for _, call := range w.service.calls {
		if strings.HasPrefix(call, "start") {
			n++
		}
	}
	return n
}

func TestOneKeyOneStart(t *testing.T) {
	w := newWorld(t)
	first := w.keyed(agent, "a key 1", someStart()).is(http.StatusCreated)
	w.service.conv.Contact.Name = "Changed since"
	again := w.keyed(agent, "a key 1", someStart()).is(http.StatusCreated)
	require.Equal(t, first.text, again.text)
	spaced := w.keyed(agent, "a key 1", strings.ReplaceAll(`{"template": {"language":"pt_BR", "name":"hello"}, "queue_id":"QUEUE", "customer":{"cpf":"529.982.247-25","phone":"11987654321","name":"Maria"},
		"variables": {"body_1":"x"}}`, "QUEUE", queue1)).is(http.StatusCreated)
	require.Equal(t, first.text, spaced.text, "the same body, set otherwise")
	require.Equal(t, 1, w.starts())

	other := someStart()
	other["reason"] = "another"
	w.keyed(agent, "a key 1", other).is(http.StatusConflict, "idempotency_conflict")
	r := w.request(agent, http.MethodPost, "/conversations/"+conversation1+"/template", someStart())
	r.Header.Set(keyHeader, "a key 1")
	w.send(r).is(http.StatusConflict, "idempotency_conflict")
	w.keyed(admin, "a key 1", someStart()).is(http.StatusCreated)
	w.keyed(agent, "a key 2", someStart()).is(http.StatusCreated)
	require.Equal(t, 3, w.starts(), "another user's, and another key")
}

func TestRefusalsAreKeptToo(t *testing.T) {
	w := newWorld(t)
	for key, c := range map[string]struct {
		err    error
		status int
		kept   bool
	}{
		"rule":  {domain.Refuse(domain.CodeCooldown, domain.Text{}), http.StatusConflict, true},
		"meta":  {&domain.Refusal{Code: domain.CodeMetaRefused, MetaCode: 131026}, http.StatusBadGateway, true},
		"field": {domain.RefuseField("phone", domain.T("refusal.phone_invalid")), http.StatusUnprocessableEntity, true},
		"down":  {errors.New("no database"), http.StatusServiceUnavailable, false},
		"lost":  {domain.Refuse(domain.CodeInProgress, domain.Text{}), http.StatusConflict, false},
	} {
		t.Run(key, func(t *testing.T) {
			w.service.err = c.err
			first := w.keyed(agent, key, someStart()).is(c.status)
			w.service.err = nil
			again := w.keyed(agent, key, someStart())
			if c.kept {
				require.Equal(t, []any{first.status, first.text}, []any{again.status, again.text}, key)
			} else {
				require.Equal(t, http.StatusCreated, again.status, "%s: nothing had happened", key)
			}
		})
	}
}

func TestAKeyThatIsUnderWayOrStoredSomething(t *testing.T) {
	w := newWorld(t)
	w.keyed(agent, "k", someStart()).is(http.StatusCreated)
	w.exec("UPDATE waa_requests SET status = 0, answer = ''")
	w.keyed(agent, "k", someStart()).is(http.StatusConflict, "in_progress")
	w.exec("UPDATE waa_requests SET lease_until = 0, message_id = 'm1'") // it died after the template was stored
	w.service.status = domain.Unknown
	w.keyed(agent, "k", someStart()).is(http.StatusAccepted)
	w.keyed(agent, "k", someStart()).is(http.StatusAccepted)
	require.Equal(t, 1, w.starts())
	require.Equal(t, 1, strings.Count(strings.Join(w.service.calls, "|"), "outcome m1"))
}

func TestKeysThatAreNone(t *testing.T) {
	w := newWorld(t)
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
	w.keyed(agent, strings.Repeat("ç", 100), someStart()).is(http.StatusCreated)
}
