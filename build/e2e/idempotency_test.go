//go:build unix

package e2e

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestAKeySendsOneTemplate requests a template in every state of a conversation, several times with the same key, one after the other and
// at once. The customer must get one template, and every repeated request the same answer.
func TestAKeySendsOneTemplate(t *testing.T) {
	t.Parallel()
	s := &stage{World: startWorld(t, scenario.Options{}), t: t}
	body := map[string]any{
		"variables": scenario.Variables(), "template": map[string]any{"language": "pt_BR", "name": s.Positional.Name}, "confirm": true, "reason": "pediu por telefone",
	}
	opened, expired := s.open(0), s.open(0) // by the queue's supervisor, who may override the cooldown
	ask := func(k *openConversation, key string, body map[string]any) (int, string, string) {
		status, answer, err := s.RESTWithKey(s.ctx(oneMinute), s.Agent(0), http.MethodPost, "/conversations/"+k.ID+"/template", body, key)
		require.NoError(t, err)
		var said struct{ Error struct{ Code string } }
		require.NoError(t, json.Unmarshal(answer, &said))
		return status, said.Error.Code, string(answer)
	}
	once := func(state string, k *openConversation) {
		before := len(k.phone.Messages())
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				status, code, answer := ask(k, "at once, "+state, body)
				mu.Lock()
				defer mu.Unlock()
				if status != http.StatusOK && code != "in_progress" {
					t.Errorf("%s: %d %s", state, status, answer)
				}
			})
		}
		all.Wait()
		first, _, answer := ask(k, "at once, "+state, body)
		again, _, same := ask(k, "at once, "+state, body)
		require.Equal(t, []any{http.StatusOK, answer}, []any{first, same}, state)
		require.Equal(t, first, again, state)
		other := map[string]any{"template": body["template"], "variables": map[string]string{"header_1": "1", "body_1": "A", "body_2": "B", "body_3": "C"}, "confirm": true}
		status, code, _ := ask(k, "at once, "+state, other)
		require.Equal(t, []any{http.StatusConflict, "idempotency_conflict"}, []any{status, code}, state)
		s.waitUntilIdle(oneMinute)
		require.Len(t, k.phone.Messages(), before+1, state)
	}
	once("open", opened)
	require.NoError(t, s.Advance(s.ctx(oneMinute), 25*time.Hour))
	once("expired", expired)
	once("waiting, overridden", expired) // within the cooldown
	require.NoError(t, s.Advance(s.ctx(oneMinute), 7*time.Hour))
	once("waiting", expired)
	require.Empty(t, s.Sim.Duplicates())
}
