package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func queueReply() map[string]any {
	return map[string]any{"scope": "queue", "queue_id": queue1, "shortcut": "pix", "title": "Chave Pix", "text": "{{saudacao}}, {{primeiro_nome}}! A chave é 123."}
}

func ownReply() map[string]any {
	return map[string]any{"scope": "personal", "shortcut": "tchau", "text": "Até logo, {{nome}}. {{atendente}} de {{fila}}, com {{responsavel}}."}
}

func TestQuickReplies(t *testing.T) {
	w := newWorld(t)
	w.supervise(agent)
	made := w.as(agent, http.MethodPost, "/quick-replies", queueReply()).Is(http.StatusCreated)
	reply := made.JSON["id"].(string)
	require.Equal(t, map[string]any{
		"id": reply, "scope": "queue", "queue_id": queue1, "shortcut": "pix", "title": "Chave Pix", "text": queueReply()["text"], "created_at": float64(now), "updated_at": float64(now),
	}, made.JSON)
	own := w.as(colleague, http.MethodPost, "/quick-replies", ownReply()).Is(http.StatusCreated)
	require.Equal(t, []any{"personal", "", ""}, []any{own.JSON["scope"], own.JSON["queue_id"], own.JSON["title"]})

	shortcuts := func(user, query string) (found []string) {
		for _, item := range w.as(user, http.MethodGet, "/quick-replies"+query, nil).Is(http.StatusOK).Items() {
			found = append(found, item.(map[string]any)["shortcut"].(string))
		}
		return found
	}
	require.Equal(t, []string{"pix", "tchau"}, shortcuts(colleague, ""))
	require.Equal(t, []string{"pix"}, shortcuts(agent, "?queue_id="+queue1), "nobody sees another's own")
	require.Equal(t, []string{"pix"}, shortcuts(colleague, "?scope=queue"))
	require.Equal(t, []string{"tchau"}, shortcuts(colleague, "?scope=personal"))
	require.Equal(t, []string{"tchau"}, shortcuts(colleague, "?q=LOGO"))
	require.Empty(t, shortcuts(stranger, ""))

	changed := w.as(agent, http.MethodPatch, "/quick-replies/"+reply, map[string]any{"title": "Pix", "queue_id": queue2, "scope": "personal"}).Is(http.StatusOK)
	require.Equal(t, []any{"Pix", queue1, queueReply()["text"]}, []any{changed.JSON["title"], changed.JSON["queue_id"], changed.JSON["text"]}, "what is not named stays")
	require.Equal(t, "pix", w.as(agent, http.MethodDelete, "/quick-replies/"+reply, nil).Is(http.StatusOK).JSON["shortcut"])
	w.as(agent, http.MethodDelete, "/quick-replies/"+reply, nil).Is(http.StatusNotFound, "not_found")

	actions := map[string]int{}
	for _, row := range w.audits() {
		actions[row.action]++
	}
	require.Equal(t, map[string]int{"quick_reply_created": 1, "quick_reply_changed": 1, "quick_reply_removed": 1}, actions, "of the queue's")
}

func TestQuickRepliesRefuse(t *testing.T) {
	w := newWorld(t)
	w.supervise(agent)
	w.try(http.MethodPost, "/quick-replies", queueReply(), map[string][]wrong{
		"scope":    append(badValue("", "team"), badType(1)...),
		"queue_id": append(badValue("", nowhere, "x"), notText()...),
		"shortcut": append(badValue("", "Pix", "olá", "a b", long(33)), notText()...),
		"title":    append(append(badValue(long(101)), hostileLines()...), notText()...),
		"text":     append(badValue("", " ", long(4097), "{{cpf}}", "{{}}", "https://chat.example.com/team/pl/x"), notText()...),
	})
	made := w.as(agent, http.MethodPost, "/quick-replies", queueReply()).Is(http.StatusCreated).JSON["id"].(string)
	for _, user := range []string{agent, admin} {
		require.Equal(t, []string{"shortcut"}, w.as(user, http.MethodPost, "/quick-replies", queueReply()).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
	}
	w.as(colleague, http.MethodPost, "/quick-replies", queueReply()).Is(http.StatusForbidden, "forbidden")
	w.as(colleague, http.MethodPatch, "/quick-replies/"+made, map[string]any{"title": "x"}).Is(http.StatusForbidden, "forbidden")
	w.as(stranger, http.MethodGet, "/quick-replies?queue_id="+queue1, nil).Is(http.StatusForbidden, "forbidden")

	own := ownReply()
	own["shortcut"] = "pix" // another scope
	id := w.as(agent, http.MethodPost, "/quick-replies", own).Is(http.StatusCreated).JSON["id"].(string)
	require.Equal(t, []string{"shortcut"}, w.as(agent, http.MethodPost, "/quick-replies", own).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
	w.as(admin, http.MethodPatch, "/quick-replies/"+id, map[string]any{"title": "x"}).Is(http.StatusNotFound, "not_found")
	require.Equal(t, []string{"text"}, w.as(agent, http.MethodPatch, "/quick-replies/"+id, map[string]any{"text": "{{x}}"}).Is(http.StatusUnprocessableEntity, "invalid_field").Fields())
}

func TestQuickReplyIsFilledIn(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	w.exec("UPDATE waa_contacts SET name = '*Maria* {{fila}} @all'")
	w.exec("UPDATE users SET firstname = 'Ana', lastname = 'Dias' WHERE id = $1", agent)
	own := w.as(agent, http.MethodPost, "/quick-replies", ownReply()).Is(http.StatusCreated).JSON["id"].(string)
	of := w.as(admin, http.MethodPost, "/quick-replies", queueReply()).Is(http.StatusCreated).JSON["id"].(string)
	path := "/conversations/" + conversation1 + "/quick-replies/"
	require.Equal(t, "Até logo, \\*Maria\\* {{fila}} @\u2060all. Ana Dias de Vendas, com Ana Dias.", w.as(agent, http.MethodGet, path+own, nil).Is(http.StatusOK).JSON["text"])
	require.Equal(t, "boa tarde, \\*Maria\\*! A chave é 123.", w.as(colleague, http.MethodGet, path+of, nil).Is(http.StatusOK).JSON["text"], "14:13 in UTC")
	w.exec("UPDATE waa_queues SET time_zone = 'America/Manaus'")
	w.exec("UPDATE waa_conversations SET attendant_id = ''")
	w.exec("UPDATE waa_contacts SET name = ''")
	require.Equal(t, "bom dia, ! A chave é 123.", w.as(colleague, http.MethodGet, path+of, nil).Is(http.StatusOK).JSON["text"])

	w.as(colleague, http.MethodGet, path+own, nil).Is(http.StatusNotFound, "not_found")
	w.as(stranger, http.MethodGet, path+of, nil).Is(http.StatusNotFound, "not_found")
	w.as(agent, http.MethodGet, path+nowhere, nil).Is(http.StatusNotFound, "not_found")
	w.as(agent, http.MethodGet, path+"x", nil).Is(http.StatusNotFound, "not_found")
	w.exec("UPDATE waa_conversations SET queue_id = $1", queue2)
	w.as(agent, http.MethodGet, path+of, nil).Is(http.StatusNotFound, "not_found")
}

func TestQuickRepliesAreSuggested(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	w.as(admin, http.MethodPost, "/quick-replies", queueReply()).Is(http.StatusCreated)
	own := ownReply()
	own["shortcut"], own["text"] = "pix-2", strings.Repeat("linha\n", 30)
	w.as(agent, http.MethodPost, "/quick-replies", own).Is(http.StatusCreated)
	ask := func(user, channelID, typed string) []any {
		query := url.Values{"channel_id": {channelID}, "user_input": {"/r " + typed}, "parsed": {"/r "}}
		var list []any
		require.NoError(t, json.Unmarshal([]byte(w.as(user, http.MethodGet, "/quick-replies/autocomplete?"+query.Encode(), nil).Is(http.StatusOK).Text), &list))
		return list
	}
	require.Equal(t, []any{
		map[string]any{"Item": "pix", "Hint": "Chave Pix", "HelpText": queueReply()["text"]},
		map[string]any{"Item": "pix-2", "Hint": "", "HelpText": strings.Repeat("linha ", 13) + "l…"},
	}, ask(agent, conversation1, "P"))
	require.Len(t, ask(colleague, conversation1, ""), 1)
	require.Empty(t, ask(agent, conversation1, "x"))
	require.Len(t, ask(agent, "", ""), 2, "their queues' too")
	require.Empty(t, ask(stranger, conversation1, ""))
}

func TestQuickRepliesAsCSV(t *testing.T) {
	w := newWorld(t)
	w.supervise(agent)
	w.as(agent, http.MethodPost, "/quick-replies", queueReply()).Is(http.StatusCreated)
	imported := func(csv string) map[string]any {
		return map[string]any{"scope": "queue", "queue_id": queue1, "csv": csv}
	}
	given := "\ufeffshortcut;title;text\r\npix;Chave;\"Chave:\n123; {{nome}}\"\r\nola;'=Oi;'+55\r\n"
	require.Equal(t, map[string]any{"added": 1.0, "changed": 1.0}, w.as(agent, http.MethodPost, "/quick-replies/import", imported(given)).Is(http.StatusOK).JSON)
	out := w.as(agent, http.MethodGet, "/quick-replies?scope=queue&format=csv&queue_id="+queue1, nil).Is(http.StatusOK).Text
	require.Equal(t, "shortcut,title,text\nola,'=Oi,'+55\npix,Chave,\"Chave:\n123; {{nome}}\"\n", out)
	require.Equal(t, map[string]any{"added": 0.0, "changed": 2.0}, w.as(agent, http.MethodPost, "/quick-replies/import", imported(out)).Is(http.StatusOK).JSON, "there and back")
	require.Equal(t, out, w.as(agent, http.MethodGet, "/quick-replies?scope=queue&format=csv&queue_id="+queue1, nil).Is(http.StatusOK).Text)

	for _, csv := range []string{"", "shortcut,title,text", "a,b", "a,,x\nA,,x", "a,,x\na,,y", "a,,{{x}}", "a,,\"x"} {
		require.Equal(t, []string{"csv"}, w.as(agent, http.MethodPost, "/quick-replies/import", imported(csv)).Is(http.StatusUnprocessableEntity, "invalid_field").Fields(), csv)
	}
	require.Len(t, w.as(agent, http.MethodGet, "/quick-replies?queue_id="+queue1, nil).Items(), 2, "all or none")
	w.as(colleague, http.MethodPost, "/quick-replies/import", imported("x,,y")).Is(http.StatusForbidden, "forbidden")
	w.as(colleague, http.MethodPost, "/quick-replies/import", map[string]any{"scope": "personal", "csv": "x,,y"}).Is(http.StatusOK)
}
