package api

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStartOptions(t *testing.T) {
	w := newAgentWorld(t)
	w.exec("UPDATE waa_templates SET title = 'Saudação', labels = '{\"body_1\": \"Primeiro nome\"}'")
	option := map[string]any{
		"id": template1, "name": "hello", "title": "Saudação", "language": "pt_BR", "category": "UTILITY", "price": 0.0, "currency": "BRL",
		"header": map[string]any{"format": "", "text": ""}, "text": "Olá {{1}}", "footer": "", "buttons": []any{}, "offer": "", "cards": []any{},
		"variables": []any{map[string]any{"element": "body_1", "kind": "text", "name": "1", "label": "Primeiro nome", "example": "Ana", "default": "", "max": 1020.0}},
		"usable":    true, "why": "",
	}
	want := map[string]any{
		"queues":   []any{map[string]any{"id": queue1, "name": "Vendas", "account_id": account1, "team_id": team1, "channel_id": channel1}},
		"queue_id": queue1, "left": 100.0, "currency": "BRL", "templates": []any{option},
	}
	require.Equal(t, want, w.as(agent, http.MethodGet, "/start-options", nil).Is(http.StatusOK).JSON)
	require.Equal(t, want, w.as(agent, http.MethodGet, "/start-options?queue_id="+queue1, nil).Is(http.StatusOK).JSON)

	w.exec("UPDATE waa_templates SET status = 'PAUSED'")
	a := w.as(agent, http.MethodGet, "/start-options", nil).Is(http.StatusOK)
	paused := a.JSON["templates"].([]any)[0].(map[string]any)
	require.Equal(t, false, paused["usable"])
	require.Contains(t, paused["why"], "paused")

	a = w.as(stranger, http.MethodGet, "/start-options", nil).Is(http.StatusOK)
	require.Equal(t, map[string]any{"queues": []any{}, "queue_id": "", "templates": []any{}, "left": nil, "currency": ""}, a.JSON)
	w.as(agent, http.MethodGet, "/start-options?queue_id="+queue2, nil).Is(http.StatusUnprocessableEntity, "invalid_field")
	w.as(agent, http.MethodGet, "/start-options?queue_id=x", nil).Is(http.StatusUnprocessableEntity, "invalid_field")
}

func TestStartOptionsShowCardsAndOffers(t *testing.T) {
	w := newAgentWorld(t)
	w.exec(`UPDATE waa_templates SET definition = '{"name": "hello", "language": "pt_BR", "components": [{"type": "BODY", "text": "Olá"},
		{"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Só hoje", "has_expiration": true}}, {"type": "CAROUSEL", "cards": [
		{"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Aloe"}, {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Quero"}]}]}]}]}'`)
	option := w.as(agent, http.MethodGet, "/start-options", nil).Is(http.StatusOK).JSON["templates"].([]any)[0].(map[string]any)
	require.Equal(t, true, option["usable"], option["why"])
	require.Equal(t, "Só hoje", option["offer"])
	require.Equal(t, []any{map[string]any{
		"header": map[string]any{"format": "IMAGE", "text": ""}, "text": "Aloe", "footer": "", "buttons": []any{map[string]any{"type": "QUICK_REPLY", "text": "Quero", "url": ""}},
	}}, option["cards"])
	var kinds []string
	for _, v := range option["variables"].([]any) {
		variable := v.(map[string]any)
		kinds = append(kinds, variable["element"].(string)+" "+variable["kind"].(string)+" "+variable["label"].(string))
	}
	require.Equal(t, []string{"limited_time_offer_1 moment End of the offer", "card_1_header_1 media Card 1: Header image"}, kinds)
}

func TestCheckAStart(t *testing.T) {
	w := newAgentWorld(t)
	check := func(body any) map[string]any {
		return w.as(agent, http.MethodPost, "/conversations/check", body).Is(http.StatusOK).JSON
	}
	require.Contains(t, check(map[string]any{})["fields"], "queue")
	require.Equal(t, map[string]any{"fields": map[string]any{}, "refusal": nil, "existing": nil, "price": 0.0, "currency": "BRL"}, check(goodStart()))
	require.Zero(t, w.count("waa_conversations"))

	partial := check(map[string]any{"queue_id": queue1, "customer": map[string]any{"name": "Ana"}})
	require.Len(t, partial["fields"], 3, "template, cpf and phone")
	w.as(agent, http.MethodPost, "/conversations", goodStart()).Is(http.StatusCreated)
	body := goodStart()
	delete(body, "confirm")
	again := check(body)
	require.Equal(t, "waiting", again["existing"].(map[string]any)["state"])
	require.Equal(t, "conversation_exists", again["refusal"].(map[string]any)["code"])
	require.Equal(t, true, again["refusal"].(map[string]any)["can_confirm"])

	// From when on it would go is told where time alone is in the way.
	body["confirm"] = true
	delete(body, "reason")
	require.Equal(t, []any{"cooldown", float64(now + 6*hour)}, refusalOf(check(body)))
	w.exec("UPDATE waa_contacts SET blocked_until = $1, last_template_at = 0", now+hour)
	require.Equal(t, []any{"cooldown", float64(now + hour)}, refusalOf(check(body)))
	w.exec("UPDATE waa_contacts SET marketing_stop_at = 1")
	w.exec("UPDATE waa_templates SET category = 'MARKETING'")
	require.Equal(t, []any{"cooldown", nil}, refusalOf(check(body)), "that never ends by itself")

	w.as(agent, http.MethodPost, "/conversations/check", map[string]any{"queue_id": 7}).Is(http.StatusBadRequest, "bad_request")
	w.as(stranger, http.MethodPost, "/conversations/check", goodStart()).Is(http.StatusForbidden, "forbidden")
}

// refusalOf is a check's refusal: its code, and from when on it would go.
func refusalOf(check map[string]any) []any {
	refusal, _ := check["refusal"].(map[string]any)
	return []any{refusal["code"], refusal["next_at"]}
}

// TestAKnownCustomerNeedNotBeTyped: what is stored stands in for what is empty, and the document leaves the server for nobody.
func TestAKnownCustomerNeedNotBeTyped(t *testing.T) {
	w := newAgentWorld(t)
	conversation := w.start()
	contact := w.row("SELECT contact_id FROM waa_conversations WHERE id = $1", conversation)["contact_id"]
	start := func(customer map[string]any) map[string]any {
		body := goodStart()
		body["customer"] = customer
		delete(body, "confirm")
		return body
	}
	for name, test := range map[string]struct {
		customer map[string]any
		fields   []string
		exists   bool
	}{
		"all of it":          {map[string]any{"id": contact}, nil, true},
		"under another name": {map[string]any{"id": contact, "name": "Maria Lima", "phone": "11 98765-4321"}, nil, true},
		"with a new number":  {map[string]any{"id": contact, "phone": "(11) 91234-5678"}, []string{"cpf"}, false},
		"nobody":             {map[string]any{"id": id("nobody")}, []string{"customer"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			check := w.as(agent, http.MethodPost, "/conversations/check", start(test.customer)).Is(http.StatusOK).JSON
			require.ElementsMatch(t, test.fields, slices.Collect(maps.Keys(check["fields"].(map[string]any))))
			require.Equal(t, test.exists, check["existing"] != nil)
		})
	}
	w.as(agent, http.MethodPost, "/conversations/"+conversation+"/close", nil).Is(http.StatusOK)
	w.exec("UPDATE waa_contacts SET last_template_at = 0")
	w.as(agent, http.MethodPost, "/conversations", map[string]any{
		"queue_id": queue1, "template": map[string]any{"name": "hello", "language": "pt_BR"}, "variables": map[string]any{"body_1": "Maria"},
		"customer": map[string]any{"id": contact}, "confirm": true, "reason": "pediu",
	}).Is(http.StatusCreated)
	require.Equal(t, "encrypted:52998224725", w.row("SELECT cpf_cipher FROM waa_contacts WHERE id = $1", contact)["cpf_cipher"])
	require.Equal(t, "+5511987654321", w.meta.sent[1].To)
}

func TestKnownCustomers(t *testing.T) {
	w := newWorld(t)
	w.exec("UPDATE waa_contacts SET phone = '+5511987654321', cpf_masked = '***.456.789-**'")
	w.conversation(id("conversation1"), contact1, account1)
	found := []any{map[string]any{
		"id": contact1, "name": "Maria", "phone": "+5511987654321", "cpf_masked": "***.456.789-**", "consent": map[string]any{"status": "none", "origin": "", "note": "", "at": nil, "by": ""},
		"last_conversation": map[string]any{"id": id("conversation1"), "state": "waiting", "closed_at": nil},
	}}
	require.Equal(t, found, w.as(agent, http.MethodGet, "/customers?q=mari", nil).Is(http.StatusOK).Items())
	require.Equal(t, found, w.as(agent, http.MethodPost, "/customers/search?q=ignored", map[string]any{"q": "98765"}).Is(http.StatusOK).Items())
	require.Empty(t, w.as(stranger, http.MethodGet, "/customers?q=mari", nil).Is(http.StatusOK).Items())
}
