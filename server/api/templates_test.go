package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

func TestListTemplates(t *testing.T) {
	w := newWorld(t)
	for query, count := range map[string]int{"": 1, "?account_id=" + account1: 1, "?account_id=" + account2: 0, "?account_id=" + nowhere: 0} {
		t.Run(query, func(t *testing.T) {
			require.Len(t, w.as(admin, http.MethodGet, "/templates"+query, nil).Is(http.StatusOK).Items(), count, query)
		})
	}
	for _, query := range []string{"x", "%00", "..", strings.ToUpper(account1)} {
		t.Run(query, func(t *testing.T) {
			a := w.as(admin, http.MethodGet, "/templates?account_id="+query, nil).Is(http.StatusUnprocessableEntity, "invalid_field")
			require.Equal(t, []string{"account_id"}, a.Fields())
		})
	}
}

func TestReadTemplate(t *testing.T) {
	w := newWorld(t)
	a := w.as(admin, http.MethodGet, "/templates/"+template1, nil).Is(http.StatusOK)
	require.Equal(t, map[string]any{
		"id": template1, "account_id": account1, "name": "hello", "title": "", "labels": map[string]any{}, "language": "pt_BR", "category": "UTILITY", "status": "APPROVED",
		"quality": "", "rejected_reason": "", "source": "", "correct_category": "", "suggested_title": "Hello", "ttl_seconds": 0.0, "uneditable_reason": "", "edits_left": 10.0,
		"components": []any{map[string]any{"type": "BODY", "text": "Olá {{1}}", "example": map[string]any{"body_text": []any{[]any{"Ana"}}}}},
		"risks": []any{
			map[string]any{"code": "variable_at_edge", "text": "The text begins or ends with {{1}}. Put words before and after it."},
			map[string]any{"code": "too_many_variables", "text": "There are 1 variables for 1 fixed words. Write more fixed text (3 words or more) or take variables out."},
		},
		"unusable_reason": "An administrator has not approved it.", "preview": "Olá Ana",
		"variables": []any{map[string]any{"element": "body_1", "kind": "text", "name": "1", "label": "Name", "example": "Ana", "default": "", "max_length": 0.0, "limit": 1020.0}},
		"text":      "Olá {{1}}", "approved": false, "approved_by": "", "approved_at": nil, "queue_ids": []any{queue1}, "gone_at": nil,
		"created_at": 1.0, "updated_at": 1.0,
	}, a.JSON)
	w.as(admin, http.MethodGet, "/templates/"+nowhere, nil).Is(http.StatusNotFound, "not_found")
}

func TestPatchTemplate(t *testing.T) {
	w := newWorld(t)
	path := "/templates/" + template1
	a := w.as(admin, http.MethodPatch, path, map[string]any{"approved": true}).Is(http.StatusOK)
	require.Equal(t, []any{true, admin, float64(now)}, []any{a.JSON["approved"], a.JSON["approved_by"], a.JSON["approved_at"]})
	require.Equal(t, []any{queue1}, a.JSON["queue_ids"], "as it was")

	a = w.as(admin, http.MethodPatch, path, map[string]any{"queue_ids": []string{queue2, queue1, queue2}}).Is(http.StatusOK)
	require.Equal(t, []any{queue2, queue1}, a.JSON["queue_ids"])
	require.Equal(t, true, a.JSON["approved"], "as it was")

	a = w.as(admin, http.MethodPatch, path, map[string]any{"queue_ids": []string{}, "approved": false}).Is(http.StatusOK)
	require.Equal(t, []any{}, a.JSON["queue_ids"])
	require.Equal(t, "", a.JSON["approved_by"])
}

func TestTemplateVariables(t *testing.T) {
	w := newWorld(t)
	path := "/templates/" + template1
	variable := func(a fake.Answer) []any {
		v := a.Is(http.StatusOK).JSON["variables"].([]any)[0].(map[string]any)
		return []any{v["default"], v["max_length"]}
	}
	set := func(rule any) fake.Answer {
		return w.as(admin, http.MethodPatch, path, map[string]any{"variables": map[string]any{"body_1": rule}})
	}
	require.Equal(t, []any{"Bia", 20.0}, variable(set(map[string]any{"default": "Bia", "max_length": 20})))
	require.Equal(t, []any{"Bia", 0.0}, variable(set(map[string]any{"max_length": 0})), "the rest of a rule stays")
	require.Equal(t, []any{"", 0.0}, variable(set(nil)))
	require.Equal(t, []any{"", 0.0}, variable(w.as(admin, http.MethodGet, path, nil)))

	require.Equal(t, []string{"body_1"}, set(map[string]any{"default": "Beatriz", "max_length": 3}).Is(http.StatusUnprocessableEntity).Fields())
	require.Equal(t, []string{"body_1"}, set(map[string]any{"default": strings.Repeat("a", 1021)}).Is(http.StatusUnprocessableEntity).Fields())
	unknown := map[string]any{"variables": map[string]any{"body_2": map[string]any{}}}
	require.Equal(t, []string{"variables"}, w.as(admin, http.MethodPatch, path, unknown).Is(http.StatusUnprocessableEntity).Fields())
	set(map[string]any{"max_length": "20"}).Is(http.StatusBadRequest, "bad_request")
	set("Bia").Is(http.StatusBadRequest, "bad_request")
}

func TestATemplateAndItsVariablesGetNames(t *testing.T) {
	w := newWorld(t)
	path := "/templates/" + template1
	named := func(body map[string]any) []any {
		a := w.as(admin, http.MethodPatch, path, body).Is(http.StatusOK)
		return []any{a.JSON["title"], a.JSON["labels"], a.JSON["variables"].([]any)[0].(map[string]any)["label"]}
	}
	require.Equal(t, []any{"Saudação", map[string]any{}, "Name"}, named(map[string]any{"title": " Saudação "}))
	require.Equal(t, []any{"Saudação", map[string]any{"body_1": "Primeiro nome"}, "Primeiro nome"}, named(map[string]any{"labels": map[string]any{"body_1": "Primeiro nome"}}))
	_, _, _, _, err := w.store.SyncTemplates(t.Context(), account1, []domain.Template{{Name: "hello", Language: "pt_BR", Category: "UTILITY", Status: "APPROVED", Text: "Oi"}}, now)
	require.NoError(t, err)
	a := w.as(admin, http.MethodGet, path, nil).Is(http.StatusOK)
	require.Equal(t, []any{"Saudação", map[string]any{"body_1": "Primeiro nome"}}, []any{a.JSON["title"], a.JSON["labels"]}, "a sync keeps both")
	a = w.as(admin, http.MethodPatch, path, map[string]any{"title": "", "labels": map[string]any{"body_1": ""}}).Is(http.StatusOK)
	require.Equal(t, []any{"", map[string]any{}}, []any{a.JSON["title"], a.JSON["labels"]})
	for _, wrong := range []map[string]any{
		{"title": strings.Repeat("a", 129)}, {"title": "a\nb"}, {"labels": map[string]any{"body_9": "x"}}, {"labels": map[string]any{"body_1": strings.Repeat("a", 129)}},
	} {
		w.as(admin, http.MethodPatch, path, wrong).Is(http.StatusUnprocessableEntity, "invalid_field")
	}
	w.as(admin, http.MethodPatch, path, map[string]any{"labels": "x"}).Is(http.StatusBadRequest, "bad_request")
}

func TestATemplateThatMetaMadeIsNeverApproved(t *testing.T) {
	w := newWorld(t)
	generated := helloTemplate()
	generated.Source = domain.SourceGenerated
	path := "/templates/" + template1
	w.as(admin, http.MethodPatch, path, map[string]any{"approved": true, "queue_ids": []string{queue1}}).Is(http.StatusOK)
	_, _, _, _, err := w.store.SyncTemplates(t.Context(), account1, []domain.Template{generated}, now)
	require.NoError(t, err)
	a := w.as(admin, http.MethodGet, path, nil).Is(http.StatusOK)
	require.Equal(t, []any{"AUTO_GENERATED", false}, []any{a.JSON["source"], a.JSON["approved"]}, "the approval of before is gone")
	require.Contains(t, a.JSON["unusable_reason"], "Meta made")
	w.as(admin, http.MethodPatch, path, map[string]any{"approved": true}).Is(http.StatusConflict, "template_not_allowed")
	w.as(admin, http.MethodPatch, path, map[string]any{"queue_ids": []string{}, "title": "x", "approved": false}).Is(http.StatusOK)
}

func TestLintTemplate(t *testing.T) {
	w := newWorld(t)
	lint := func(category string, components ...map[string]any) fake.Answer {
		return w.as(admin, http.MethodPost, "/templates/lint", map[string]any{"category": category, "components": components})
	}
	body := map[string]any{"type": "BODY", "text": "{{1}}{{2}}: 50% de desconto em https://bit.ly/x"}
	found := map[string]string{}
	for _, one := range lint("UTILITY", body).Is(http.StatusOK).JSON["risks"].([]any) {
		risk := one.(map[string]any)
		found[risk["code"].(string)], _ = risk["text"].(string)
	}
	require.Len(t, found, 5)
	require.Contains(t, found["link_shortener"], "bit.ly")
	require.Contains(t, found["missing_example"], "example")
	require.Contains(t, found["promotional_words"], "desconto")
	require.Empty(t, lint("MARKETING", map[string]any{"type": "BODY", "text": "50% de desconto"}).Is(http.StatusOK).JSON["risks"])
	require.Equal(t, []string{"category"}, lint("OTHER", body).Is(http.StatusUnprocessableEntity).Fields())
	require.Equal(t, []string{"components"}, lint("UTILITY").Is(http.StatusUnprocessableEntity).Fields())
	w.as(admin, http.MethodPost, "/templates/lint", map[string]any{"category": "UTILITY", "components": "x"}).Is(http.StatusBadRequest, "bad_request")
	w.as(agent, http.MethodPost, "/templates/lint", map[string]any{}).Is(http.StatusForbidden)
}

func TestWhyATemplateIsOfNoUse(t *testing.T) {
	w := newWorld(t)
	reason := func() any {
		return w.as(admin, http.MethodGet, "/templates", nil).Is(http.StatusOK).Items()[0].(map[string]any)["unusable_reason"]
	}
	for status, part := range map[string]string{
		"REJECTED": "SCAM", "PENDING": "reviewing", "PAUSED": "paused", "DISABLED": "disabled", "DELETED": "no longer", "LOCKED": "LOCKED",
	} {
		t.Run(status, func(t *testing.T) {
			w.exec("UPDATE waa_templates SET status = $1, rejected_reason = 'SCAM'", status)
			require.Contains(t, reason(), part, status)
		})
	}
	w.exec("UPDATE waa_templates SET status = 'APPROVED', approved = true")
	require.Equal(t, "", reason())
	w.exec("UPDATE waa_templates SET queue_ids = '{}'")
	require.Contains(t, reason(), "queue")
	w.exec("UPDATE waa_templates SET gone_at = 5")
	require.Contains(t, reason(), "no longer")
}

func TestPatchTemplateRefuses(t *testing.T) {
	w := newWorld(t)
	many := make([]string, 501)
	for i := range many {
		many[i] = queue1
	}
	w.try(http.MethodPatch, "/templates/"+template1, nil, map[string][]wrong{
		"approved":  badType("true", 1, []bool{true}),
		"queue_ids": append(badValue([]string{""}, []string{"x"}, []string{queue1, nowhere}, []string{"\x00"}, many), badType(queue1, 5, []int{1}, map[string]any{"a": 1})...),
	})
	w.noObjects(admin, http.MethodPatch, "/templates/"+template1)
	w.as(admin, http.MethodPatch, "/templates/"+nowhere, `{}`).Is(http.StatusNotFound, "not_found")
}

func TestSyncTemplates(t *testing.T) {
	w := newWorld(t)
	w.meta.templates = []domain.Template{helloTemplate(), {Name: "bye", Language: "en", Definition: []byte("{}")}}
	body := map[string]any{"account_id": account1}
	a := w.as(admin, http.MethodPost, "/templates/sync", body).Is(http.StatusOK)
	require.Equal(t, map[string]any{"added": 1.0, "updated": 0.0, "gone": 0.0, "total": 2.0}, a.JSON)
	require.Equal(t, fake.SecretToken, w.meta.token)

	w.meta.err = &domain.Refusal{Code: domain.CodeMetaRefused, MetaCode: 10}
	require.Equal(t, 10.0, w.as(admin, http.MethodPost, "/templates/sync", body).Is(http.StatusBadGateway, "meta_refused").Problem()["meta_code"])
	w.meta.err = errors.New("time out")
	w.as(admin, http.MethodPost, "/templates/sync", body).Is(http.StatusServiceUnavailable, "unavailable")
	require.Len(t, w.as(admin, http.MethodGet, "/templates", nil).Items(), 2)
	health, _ := w.as(admin, http.MethodGet, "/accounts/"+account1, nil).JSON["health"].(map[string]any)
	require.Equal(t, float64(now), health["templates_synced_at"])
}

func TestSyncTemplatesRefuses(t *testing.T) {
	w := newWorld(t)
	w.try(http.MethodPost, "/templates/sync", nil, map[string][]wrong{
		"account_id": append(badValue("", "x", nowhere, account2, "\x00"), notText()...), // account2 has no token
	})
	w.missing("/templates/sync", map[string]any{"account_id": account1}, "account_id")
	w.noObjects(admin, http.MethodPost, "/templates/sync")
	require.Empty(t, w.meta.token, "Meta was not asked")
}
