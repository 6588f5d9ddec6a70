package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func bodyOf(text string) []any {
	return []any{map[string]any{"type": "BODY", "text": text, "example": map[string]any{"body_text": []any{[]any{"Ana"}}}}}
}

func TestCreateTemplate(t *testing.T) {
	w := newWorld(t)
	draft := func(more map[string]any) map[string]any {
		body := map[string]any{"account_id": account1, "name": "pedido_novo", "language": "pt_BR", "category": "UTILITY", "components": bodyOf("O pedido de {{1}} saiu hoje.")}
		for key, value := range more {
			body[key] = value
		}
		return body
	}
	a := w.as(admin, http.MethodPost, "/templates", draft(nil)).Is(http.StatusCreated)
	require.Equal(t, []any{"pedido_novo", "PENDING", "O pedido de {{1}} saiu hoje.", false}, []any{a.JSON["name"], a.JSON["status"], a.JSON["text"], a.JSON["approved"]})
	require.Equal(t, bodyOf("O pedido de {{1}} saiu hoje."), a.JSON["components"], "as they were submitted")
	require.NotEmpty(t, a.JSON["uneditable_reason"], "while Meta reviews it")
	id, _ := a.JSON["id"].(string)
	w.as(admin, http.MethodGet, "/templates/"+id, nil).Is(http.StatusOK)

	w.try(http.MethodPost, "/templates", draft(nil), map[string][]wrong{
		"account_id": badValue("", "x", nowhere, account2),
		"name":       badValue("", "Novo", "novo modelo", "novo-modelo"),
		"language":   badValue("", "pt BR"),
		"category":   badValue("", "SERVICE"),
		"components": badValue([]any{}, []any{"x"}),
	})
	w.meta.err = &domain.Refusal{Code: domain.CodeMetaRefused, MetaCode: 100, Text: domain.T("variable.words", "Words", "Too many variables")}
	problem := w.as(admin, http.MethodPost, "/templates", draft(map[string]any{"name": "outro"})).Is(http.StatusBadGateway, "meta_refused").Problem()
	require.Equal(t, []any{100.0, "Too many variables"}, []any{problem["meta_code"], problem["message"]})
	require.Len(t, w.as(admin, http.MethodGet, "/templates", nil).Items(), 2, "what Meta refused is not stored")
}

func TestEditTemplate(t *testing.T) {
	w := newWorld(t)
	path := "/templates/" + template1
	edit := map[string]any{"components": bodyOf("Seu pedido de {{1}} saiu hoje.")}
	w.as(admin, http.MethodPatch, path, map[string]any{"approved": true}).Is(http.StatusOK)
	a := w.as(admin, http.MethodPost, path+"/edit", edit).Is(http.StatusOK)
	require.Equal(t, []any{"PENDING", false, "Seu pedido de {{1}} saiu hoje."}, []any{a.JSON["status"], a.JSON["approved"], a.JSON["text"]})
	w.as(admin, http.MethodPost, path+"/edit", edit).Is(http.StatusConflict, "template_not_allowed")

	approve := func() { w.exec("UPDATE waa_templates SET status = 'APPROVED'") }
	approve()
	problem := w.as(admin, http.MethodPost, path+"/edit", edit).Is(http.StatusConflict, "template_not_allowed").Problem()
	require.Equal(t, float64(now+24*time.Hour.Milliseconds()), problem["next_at"], "once a day")
	w.exec("UPDATE waa_templates SET status = 'REJECTED'")
	w.as(admin, http.MethodPost, path+"/edit", map[string]any{"components": edit["components"], "category": "MARKETING"}).Is(http.StatusOK)

	for i := range 9 { // one that was rejected is not counted, so that the tenth edit is the last
		approve()
		w.clock.ms += 25 * time.Hour.Milliseconds()
		a = w.as(admin, http.MethodPost, path+"/edit", edit).Is(http.StatusOK)
		approve()
		a = w.as(admin, http.MethodGet, path, nil)
		require.Equal(t, float64(8-i), a.JSON["edits_left"])
	}
	w.clock.ms += 25 * time.Hour.Milliseconds()
	problem = w.as(admin, http.MethodPost, path+"/edit", edit).Is(http.StatusConflict, "template_not_allowed").Problem()
	require.Equal(t, float64(now+30*24*time.Hour.Milliseconds()), problem["next_at"])
	require.Equal(t, []string{"category"}, w.as(admin, http.MethodPost, path+"/edit", map[string]any{"components": edit["components"], "category": "UTILITY"}).Is(http.StatusUnprocessableEntity).Fields())
	w.as(admin, http.MethodPost, "/templates/"+nowhere+"/edit", edit).Is(http.StatusNotFound)
	w.as(agent, http.MethodPost, path+"/edit", edit).Is(http.StatusForbidden)
}
