package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAnAgentsDay goes through the routes of agents one after the other.
func TestAnAgentsDay(t *testing.T) {
	w := newWorld(t)
	start := goodStart()
	delete(start, "confirm")
	w.as(agent, http.MethodPost, "/conversations", start).Is(http.StatusConflict, "template_not_allowed")
	w.as(admin, http.MethodPatch, "/templates/"+template1, map[string]any{"approved": true}).Is(http.StatusOK)
	w.as(agent, http.MethodPost, "/conversations", start).Is(http.StatusConflict, "no_plan")
	w.as(admin, http.MethodPost, "/plans/"+plan1+"/approve", nil).Is(http.StatusOK)
	w.as(stranger, http.MethodPost, "/conversations", start).Is(http.StatusForbidden, "forbidden")

	started := w.as(agent, http.MethodPost, "/conversations", start).Is(http.StatusCreated)
	require.Equal(t, []any{"waiting", agent, agent, queue1, "Maria", "+5511987654321"}, []any{
		started.JSON["state"], started.JSON["owner_id"], started.JSON["attendant_id"], started.JSON["queue_id"],
		started.JSON["contact"].(map[string]any)["name"], started.JSON["contact"].(map[string]any)["phone"]})
	conversation, channel := started.JSON["id"].(string), started.JSON["channel_id"].(string)
	path := "/conversations/" + conversation
	again := w.as(agent, http.MethodPost, "/conversations", start).Is(http.StatusConflict, "conversation_exists")
	require.Equal(t, conversation, again.Problem()["conversation_id"])

	listed := w.as(agent, http.MethodGet, "/conversations?mine=1&state=waiting", nil).Is(http.StatusOK)
	require.Len(t, listed.Items(), 1)
	require.Equal(t, "name."+agent, listed.Items()[0].(map[string]any)["owner_username"])
	require.Equal(t, 1.0, w.as(agent, http.MethodGet, "/conversations/counts", nil).Is(http.StatusOK).JSON["waiting"])
	require.Equal(t, conversation, w.as(agent, http.MethodGet, "/channels/"+channel+"/conversation", nil).Is(http.StatusOK).JSON["id"])
	messages := w.as(agent, http.MethodGet, path+"/messages", nil).Is(http.StatusOK).Items()
	require.Len(t, messages, 1)
	require.Equal(t, "template", messages[0].(map[string]any)["kind"])
	for _, hidden := range []string{path, path + "/messages", "/channels/" + channel + "/conversation"} {
		w.as(stranger, http.MethodGet, hidden, nil).Is(http.StatusNotFound, "not_found")
	}

	w.as(agent, http.MethodPost, path+"/note", map[string]any{"text": "ligou"}).Is(http.StatusOK)
	require.Equal(t, "ligou", w.mattermost.postsOf(agent, channel)[0].Message)
	require.Equal(t, "closed", w.as(agent, http.MethodPost, path+"/close", map[string]any{"reason": "resolvido"}).Is(http.StatusOK).JSON["state"])
	w.as(agent, http.MethodPost, path+"/close", nil).Is(http.StatusConflict, "conversation_closed")
	require.Equal(t, "waiting", w.as(agent, http.MethodPost, path+"/reopen", nil).Is(http.StatusOK).JSON["state"])
	contact := started.JSON["contact"].(map[string]any)["id"].(string)
	require.Equal(t, "52998224725", w.as(agent, http.MethodPost, "/contacts/"+contact+"/reveal", nil).Is(http.StatusOK).JSON["cpf"])
	w.as(stranger, http.MethodPost, "/contacts/"+contact+"/reveal", nil).Is(http.StatusNotFound, "not_found")
}
