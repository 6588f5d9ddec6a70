//go:build unix

package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestHours gives the queue hours in which no template goes today: an agent is refused with the moment from which on it may, a supervisor sends it
// with a reason, and once the day is over everybody may again.
func TestHours(t *testing.T) {
	s := &stage{World: startWorld(t, scenario.Options{}), t: t}
	ask := func(client *model.Client4, method, path string, body any) (int, string) {
		data, err := json.Marshal(body)
		require.NoError(t, err)
		status, answer := s.rawAs(client, method, path, data)
		return status, string(answer)
	}
	queue := ""
	require.NoError(t, s.Env.DB().QueryRowContext(s.ctx(oneMinute), "SELECT id FROM waa_queues LIMIT 1").Scan(&queue))
	now := time.Now().UTC()
	tomorrow := strings.ToLower(now.AddDate(0, 0, 1).Weekday().String()[:3])
	status, answer := ask(s.Admin(), http.MethodPatch, "/queues/"+queue, map[string]any{"time_zone": "UTC", "template_hours": map[string]any{tomorrow: [][]string{{"00:00", "24:00"}}}})
	require.Equal(t, http.StatusOK, status, answer)

	start := s.StartRequest(newCustomer())
	status, answer = ask(s.Agent(1), http.MethodPost, "/conversations", start)
	require.Equal(t, http.StatusConflict, status, answer)
	var refused struct {
		Error struct {
			Code   string
			NextAt int64 `json:"next_at"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(answer), &refused))
	require.Equal(t, "quiet_hours", refused.Error.Code)
	require.Equal(t, time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, time.UTC).UnixMilli(), refused.Error.NextAt)

	start["confirm"], start["reason"] = true, "o cliente pediu agora"
	status, answer = ask(s.Agent(1), http.MethodPost, "/conversations", start)
	require.Equal(t, http.StatusConflict, status, "only a supervisor: %s", answer)
	status, answer = ask(s.Agent(0), http.MethodPost, "/conversations", start)
	require.Equal(t, http.StatusCreated, status, answer)

	require.NoError(t, s.Advance(s.ctx(oneMinute), time.Until(time.UnixMilli(refused.Error.NextAt))+time.Minute))
	status, answer = ask(s.Agent(1), http.MethodPost, "/conversations", s.StartRequest(newCustomer()))
	require.Equal(t, http.StatusCreated, status, answer)
	status, answer = ask(s.Admin(), http.MethodGet, "/holidays?year=2027", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, answer, `"date":"2027-02-09","name":"Carnaval"`)
}
