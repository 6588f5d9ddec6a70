//go:build unix

package e2e

import (
	"context"
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
	t.Parallel()
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

	// whoever writes while the queue is closed is told so, once
	status, answer = ask(s.Admin(), http.MethodPatch, "/queues/"+queue, map[string]any{"template_hours": map[string]any{}})
	require.Equal(t, http.StatusOK, status, answer)
	k := s.open(0)
	before := len(k.phone.Messages())
	today := strings.ToLower(time.UnixMilli(refused.Error.NextAt).UTC().AddDate(0, 0, 2).Weekday().String()[:3])
	status, answer = ask(s.Admin(), http.MethodPatch, "/queues/"+queue, map[string]any{"hours": map[string]any{today: [][]string{{"08:00", "09:00"}}}, "away_message": "Voltamos às 8h."})
	require.Equal(t, http.StatusOK, status, answer)
	for range 3 {
		_, err := k.phone.Reply("Tem alguém?")
		require.NoError(t, err)
	}
	s.within(oneMinute, "the away message to come", func(context.Context) error {
		got := k.phone.Messages()
		return errorUnless(len(got) == before+1, "%d messages", len(got)-before)
	})
	s.within(oneMinute, "it to stand in the channel with its status", func(ctx context.Context) error {
		posts, _, err := s.Agent(0).GetPostsForChannel(ctx, k.ChannelID, 0, 60, "", false, false)
		if err != nil {
			return err
		}
		for _, post := range posts.Posts {
			if strings.Contains(post.Message, "Voltamos às 8h.") && strings.HasPrefix(post.Message, "🌙") && post.GetProp("waa_status") != nil {
				return nil
			}
		}
		return errorUnless(false, "no such post")
	})
	s.waitUntilIdle(oneMinute)
	require.Len(t, k.phone.Messages(), before+1, "once")
	status, answer = ask(s.Admin(), http.MethodGet, "/holidays?year=2027", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, answer, `"date":"2027-02-09","name":"Carnaval"`)
	s.reportsOnMonday(queue)
}
