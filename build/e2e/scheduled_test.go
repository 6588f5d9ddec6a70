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

// TestScheduled puts three starts off on the real server: one leaves when it is due, with its channel; one meets a conversation that was opened
// meanwhile, and its owner gets a direct message with a button; one is cancelled.
func TestScheduled(t *testing.T) {
	s := newStage(t)
	ask := func(client *model.Client4, method, path string, body any) (int, map[string]any) {
		data, err := json.Marshal(body)
		require.NoError(t, err)
		status, answer := s.rawAs(client, method, path, data)
		var said map[string]any
		require.NoError(t, json.Unmarshal(answer, &said), string(answer))
		return status, said
	}
	status := func(id string) string {
		code, said := ask(s.Agent(0), http.MethodGet, "/scheduled/"+id, nil)
		require.Equal(t, http.StatusOK, code, said)
		return said["status"].(string) + " " + said["reason_code"].(string)
	}
	people := []scenario.Customer{newCustomer(), newCustomer(), newCustomer()}
	var ids []string
	for _, c := range people {
		start := s.StartRequest(c)
		start["send_at"] = s.Now() + 90_000
		code, said := ask(s.Agent(0), http.MethodPost, "/conversations", start)
		require.Equal(t, http.StatusAccepted, code, said)
		require.Equal(t, "scheduled", said["status"])
		ids = append(ids, said["id"].(string))
	}
	code, _ := ask(s.Agent(0), http.MethodDelete, "/scheduled/"+ids[2], nil)
	require.Equal(t, http.StatusOK, code)
	_, err := s.Start(s.ctx(oneMinute), 1, people[1])
	require.NoError(t, err)
	require.Equal(t, "scheduled ", status(ids[0]))
	require.Empty(t, s.Phone(people[0].Phone).Messages(), "not before it is due")

	require.NoError(t, s.Advance(s.ctx(oneMinute), 2*time.Minute))
	s.within(oneMinute, "what is due to leave", func(context.Context) error {
		ends := status(ids[0]) + ", " + status(ids[1]) + ", " + status(ids[2])
		return errorUnless(ends == "sent , failed conversation_exists, cancelled ", "%s", ends)
	})
	require.Len(t, s.Phone(people[0].Phone).Messages(), 1)
	require.Empty(t, s.Phone(people[2].Phone).Messages())
	code, refused := ask(s.Agent(0), http.MethodDelete, "/scheduled/"+ids[0], nil)
	require.Equal(t, http.StatusConflict, code)
	require.Equal(t, "already_sent", refused["error"].(map[string]any)["code"])
	code, sent := ask(s.Agent(0), http.MethodGet, "/scheduled/"+ids[0], nil)
	require.Equal(t, http.StatusOK, code)
	conversation, err := s.Conversation(s.ctx(oneMinute), s.Agent(0), sent["conversation_id"].(string))
	require.NoError(t, err)
	require.NotEmpty(t, conversation.ChannelID)
	s.within(oneMinute, "the owner to be told", func(ctx context.Context) error {
		var message, props string
		err := s.Env.DB().QueryRowContext(ctx, "SELECT message, props FROM posts WHERE props ->> 'waa_event' = $1", "scheduled:"+ids[1]).Scan(&message, &props)
		return firstError(err, errorUnless(strings.Contains(message, "não foi enviado") && strings.Contains(props, `"start"`), "%s %s", message, props))
	})

	// by the phone app's means: the form, and a text of an open conversation
	formed := newCustomer()
	d, err := s.OpenDialog(s.ctx(oneMinute), 0, s.Queue.ChannelID, "/whatsapp novo")
	require.NoError(t, err)
	require.NoError(t, d.Next(s.ctx(oneMinute), map[string]any{"template": s.Positional.ID}))
	require.Equal(t, "datetime", d.Element("send_at").Type)
	values := map[string]any{"customer_name": formed.Name, "cpf": formed.CPF, "phone": formed.Phone, "send_at": time.UnixMilli(s.Now() + 90_000).UTC().Format(time.RFC3339)}
	for name, text := range scenario.Variables() {
		values[name] = text
	}
	require.NoError(t, d.Finish(s.ctx(oneMinute), values))
	k := s.open(0)
	before := len(k.phone.Messages())
	said, err := s.Env.ExecuteSlash(s.ctx(oneMinute), s.Agent(0), k.ChannelID, "/whatsapp agendar em 2 minutos Bom dia!")
	require.NoError(t, err)
	require.Contains(t, said.Text, "Agendado para")
	require.NoError(t, s.Advance(s.ctx(oneMinute), 3*time.Minute))
	s.within(oneMinute, "both to leave", func(context.Context) error {
		text, template := len(k.phone.Messages())-before, len(s.Phone(formed.Phone).Messages())
		return errorUnless(text == 1 && template == 1, "%d texts, %d templates", text, template)
	})
}
