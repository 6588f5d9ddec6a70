package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func goodQuestion() map[string]any {
	return map[string]any{
		"type": "buttons", "body": "**Confirma** a visita?", "header": "Visita", "footer": "Obrigado",
		"buttons": []map[string]any{{"id": "sim", "title": "Sim"}, {"id": "nao", "title": "Não"}},
	}
}

func TestAskCustomer(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	path := "/conversations/" + conversation1 + "/interactive"
	w.as(agent, http.MethodPost, path, goodQuestion()).Is(http.StatusConflict, "window_closed")
	w.answered(conversation1)
	made := w.as(agent, http.MethodPost, path, goodQuestion()).Is(http.StatusCreated)
	require.Equal(t, []any{"out", "interactive", "pending", agent}, []any{made.JSON["direction"], made.JSON["kind"], made.JSON["status"], made.JSON["author_id"]})
	require.NotEmpty(t, made.JSON["post_id"])
	require.Equal(t, "**Visita**\n\n**Confirma** a visita?\n\n_Obrigado_\n\n`Sim` `Não`", w.mattermost.posts[0].Message)
	require.Equal(t, agent, w.mattermost.posts[0].UserID)
	payload := w.row("SELECT convert_from(payload, 'UTF8') AS payload FROM waa_outbox")["payload"]
	require.JSONEq(t, `{"card":{"interactive":{"type":"button","header":{"type":"text","text":"Visita"},"body":{"text":"*Confirma* a visita?"},"footer":{"text":"Obrigado"},
		"action":{"buttons":[{"type":"reply","reply":{"id":"sim","title":"Sim"}},{"type":"reply","reply":{"id":"nao","title":"Não"}}]}}}}`, payload.(string))
	list := w.as(agent, http.MethodGet, "/conversations/"+conversation1+"/messages", nil).Items()
	require.Equal(t, made.JSON, list[0])

	for shown, body := range map[string]map[string]any{
		"Onde?\n\n`📍`":                              {"type": "location_request", "body": "Onde?"},
		"Número?\n\n`📞`":                            {"type": "phone_request", "body": "Número?"},
		"Boleto\n\n`Abrir` `https://example.com/b`": {"type": "cta_url", "body": "Boleto", "button": "Abrir", "url": "https://example.com/b"},
		"Entrega\n\n**Ver**\n\nHoje\n- `Expresso` até as 18h": {"type": "list", "body": "Entrega", "button": "Ver", "sections": []any{
			map[string]any{"title": "Hoje", "rows": []any{map[string]any{"id": "1", "title": "Expresso", "description": "até as 18h"}}},
		}},
	} {
		w.as(agent, http.MethodPost, path, body).Is(http.StatusCreated)
		require.Equal(t, shown, w.mattermost.posts[len(w.mattermost.posts)-1].Message)
	}

	w.as(colleague, http.MethodPost, path, goodQuestion()).Is(http.StatusForbidden, "forbidden")
	w.as(stranger, http.MethodPost, path, goodQuestion()).Is(http.StatusNotFound, "not_found")
	w.exec("UPDATE waa_conversations SET closed_at = 1")
	w.as(agent, http.MethodPost, path, goodQuestion()).Is(http.StatusConflict, "conversation_closed")
}

func TestAskCustomerRefuses(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	w.answered(conversation1)
	path := "/conversations/" + conversation1 + "/interactive"
	w.try(http.MethodPost, path, goodQuestion(), map[string][]wrong{
		"type":    append(badValue("", "button", "flow"), badType(1)...),
		"body":    append(badValue("", " ", long(1025)), badType(1)...),
		"header":  append(badValue(long(61), "a\nb"), badType(1)...),
		"footer":  append(badValue(long(61)), badType(1)...),
		"buttons": append(badValue([]any{}, []any{map[string]any{"id": "", "title": "x"}}, []any{map[string]any{"id": "1", "title": long(21)}}), badType("x", []any{1})...),
	})
	inside := goodQuestion()
	inside["footer"] = "https://chat.example.com/team/pl/x"
	require.Equal(t, []string{"body"}, w.as(agent, http.MethodPost, path, inside).Is(http.StatusUnprocessableEntity, "invalid_field").Fields(), "what no customer can open")
	require.Equal(t, []string{"url"}, w.as(agent, http.MethodPost, path, map[string]any{"type": "cta_url", "body": "x", "button": "x", "url": "x"}).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
	require.Empty(t, w.mattermost.posts)
}
