package api

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

func goodStart() map[string]any {
	return map[string]any{
		"account_id": account1, "queue_id": queue1, "template": map[string]any{"name": "hello", "language": "pt_BR"},
		"variables": map[string]any{"body_1": "Maria da Silva"},
		"customer":  map[string]any{"name": "Maria", "cpf": "529.982.247-25", "phone": "(11) 98765-4321"}, "confirm": true, "reason": "pediu",
	}
}

// start starts a conversation as the agent and returns its id.
func (w *world) start() (conversation string) {
	w.Helper()
	conversation, _ = w.as(agent, http.MethodPost, "/conversations", goodStart()).Is(http.StatusCreated).JSON["id"].(string)
	return conversation
}

func TestStart(t *testing.T) {
	w := newAgentWorld(t)
	a := w.as(agent, http.MethodPost, "/conversations", goodStart()).Is(http.StatusCreated)
	made := w.row("SELECT id, channel_id, contact_id FROM waa_conversations")
	require.Equal(t, map[string]any{
		"id": made["id"], "state": "waiting", "window_until": nil, "cooldown_until": float64(now + 6*hour), "owner_id": agent, "attendant_id": agent,
		"queue_id": queue1, "account_id": account1, "team_id": team1, "channel_id": made["channel_id"],
		"contact":     map[string]any{"id": made["contact_id"], "name": "Maria", "phone": "+5511987654321", "cpf_masked": "***.982.247-**", "consent": map[string]any{"status": "none", "origin": "", "note": "", "at": nil, "by": ""}},
		"attended_at": nil, "last_inbound_at": nil, "last_outbound_at": float64(now),
		"closed_at": nil, "close_reason": "", "closing": nil, "created_at": float64(now), "updated_at": float64(now),
	}, a.JSON)
	require.NotEmpty(t, made["channel_id"])
	require.Equal(t, "encrypted:52998224725", w.row("SELECT cpf_cipher FROM waa_contacts WHERE id = $1", made["contact_id"])["cpf_cipher"])
	require.Equal(t, map[string]any{"author_id": agent, "body": "Olá Maria da Silva"}, w.row("SELECT author_id, body FROM waa_messages"))
	require.Len(t, w.meta.sent, 1)
	require.Equal(t, "+5511987654321", w.meta.sent[0].To)
	require.Equal(t, []string{"hello", "pt_BR"}, []string{w.meta.sent[0].Template.Name, w.meta.sent[0].Template.Language.Code})
}

func TestAStartOfWhichNobodyKnowsTheOutcomeIsAccepted(t *testing.T) {
	w := newAgentWorld(t)
	w.meta.err = errCut
	require.NotEmpty(t, w.as(agent, http.MethodPost, "/conversations", goodStart()).Is(http.StatusAccepted).JSON["channel_id"])
}

func TestAStartMayLeaveOutWhatIsOptional(t *testing.T) {
	w := newWorld(t)
	for _, optional := range []string{"account_id", "confirm", "reason"} {
		t.Run(optional, func(t *testing.T) {
			w.begin()
			w.allowStarts()
			body := goodStart()
			delete(body, optional)
			w.as(agent, http.MethodPost, "/conversations", body).Is(http.StatusCreated)
		})
	}
	t.Run("variables", func(t *testing.T) {
		w.exec("TRUNCATE waa_templates")
		plain := helloTemplate()
		plain.Definition = []byte(`{"name":"hello","language":"pt_BR","category":"UTILITY","status":"APPROVED","components":[{"type":"BODY","text":"Olá"}]}`)
		_, _, _, _, err := w.store.SyncTemplates(t.Context(), account1, []domain.Template{plain}, 1)
		require.NoError(t, err)
		w.exec("UPDATE waa_templates SET approved = true, queue_ids = ARRAY[$1]", queue1)
		body := goodStart()
		delete(body, "variables")
		body["customer"] = map[string]any{"name": "Bia", "cpf": "529.982.247-25", "phone": "(11) 98765-0000"}
		w.as(agent, http.MethodPost, "/conversations", body).Is(http.StatusCreated)
	})
}

func TestAStartMayNameItsTemplateByID(t *testing.T) {
	w := newAgentWorld(t)
	body := goodStart()
	body["template"] = map[string]any{"id": template1}
	w.as(agent, http.MethodPost, "/conversations", body).Is(http.StatusCreated)
	require.Equal(t, template1, w.row("SELECT template_id FROM waa_messages")["template_id"])
}

func TestAStartThatCannotBeReadIsStillAStart(t *testing.T) {
	w := newAgentWorld(t)
	w.meta.onSend = func() { w.store.rightsErr = errDown }
	a := w.as(agent, http.MethodPost, "/conversations", goodStart()).Is(http.StatusCreated)
	require.Equal(t, w.row("SELECT id FROM waa_conversations")["id"], a.JSON["id"])
	require.Equal(t, "waiting", a.JSON["state"])
}

func TestStartRefuses(t *testing.T) {
	w := newAgentWorld(t)
	customer := func(field string, value any) any {
		c := map[string]any{"name": "Maria", "cpf": "1", "phone": "11"}
		c[field] = value
		return c
	}
	template := func(field string, value any) any {
		c := map[string]any{"name": "hello", "language": "pt_BR"}
		c[field] = value
		return c
	}
	many := map[string]string{}
	for _, a := range "abcdefghijklmno" {
		for _, b := range "abcdefghijklmno" {
			many[string(a)+string(b)] = "x"
		}
	}
	for _, c := range []struct {
		field string // in the body
		named string // in the error
		wrong []wrong
	}{
		{"account_id", "account_id", append(badValue("x", "\x00"), notText()...)},
		{"queue_id", "queue", append(badValue("", "x", strings.ToUpper(queue1)), notText()...)},
		{"template", "template", badValue(map[string]any{}, template("name", ""), template("name", "a b"), template("name", "../x"), template("name", long(513)),
			template("name", "\x00"), template("language", ""), template("language", "pt BR"), template("language", long(17)), template("id", "x"))},
		{"template", "", badType("hello", 5, []string{"hello"}, template("name", 5), template("id", 5))},
		{"variables", "body_1", badValue(map[string]any{"body_1": long(4097)}, map[string]any{"body_1": "a\x00b"}, map[string]any{"body_1": "\x1b"})},
		{"variables", "variables", badValue(map[string]any{"": "x"}, map[string]any{long(601): "x"}, many)},
		{"variables", "", badType("x", []string{"x"}, map[string]any{"body_1": 5}, map[string]any{"body_1": map[string]any{}})},
		{"customer", "customer_name", badValue(customer("name", ""), customer("name", " "), customer("name", long(257)), customer("name", "a\x00"))},
		{"customer", "cpf", badValue(customer("cpf", long(257)), customer("cpf", "\x00"))},
		{"customer", "phone", badValue(customer("phone", ""), customer("phone", long(257)), customer("phone", "\x00"))},
		{"customer", "", badType("Maria", []any{}, customer("name", 5), customer("cpf", 52998224725))},
		{"confirm", "", badType("true", 1)},
		{"reason", "reason", badValue(long(1001), "\x00")},
		{"reason", "", notText()},
	} {
		t.Run(c.field+" "+c.named, func(t *testing.T) {
			for _, wrong := range c.wrong {
				body := maps.Clone(goodStart())
				body[c.field] = wrong.value
				a := w.as(agent, http.MethodPost, "/conversations", body)
				require.Equal(t, wrong.status, a.Status, "%s = %v: %s", c.field, wrong.value, a.Text)
				if wrong.status == http.StatusUnprocessableEntity {
					require.Equal(t, []string{c.named}, a.Fields(), "%s = %v", c.field, wrong.value)
				}
			}
		})
	}
	a := w.as(agent, http.MethodPost, "/conversations", `{}`).Is(http.StatusUnprocessableEntity, "invalid_field")
	require.ElementsMatch(t, []string{"queue", "template", "customer_name", "phone"}, a.Fields())
	w.noObjects(agent, http.MethodPost, "/conversations")
	require.Zero(t, w.count("waa_conversations"))
	require.Empty(t, w.meta.sent)
}

// TestTheServiceRefusesAtTheFieldsOfTheRequest holds that what only the service can judge is named as the request named it.
func TestTheServiceRefusesAtTheFieldsOfTheRequest(t *testing.T) {
	w := newAgentWorld(t)
	for field, value := range map[string]any{
		"account_id": account2, "queue": nowhere, "template": map[string]any{"id": nowhere}, "body_1": map[string]any{"body_1": "a\nb"},
		"cpf": map[string]any{"name": "Maria", "cpf": "1", "phone": "11987654321"}, "phone": map[string]any{"name": "Maria", "cpf": "529.982.247-25", "phone": "1"},
	} {
		t.Run(field, func(t *testing.T) {
			names := map[string]string{"queue": "queue_id", "body_1": "variables", "cpf": "customer", "phone": "customer"}
			name := field
			if of, renamed := names[field]; renamed {
				name = of
			}
			body := goodStart()
			body[name] = value
			a := w.as(agent, http.MethodPost, "/conversations", body).Is(http.StatusUnprocessableEntity, "invalid_field")
			require.Equal(t, []string{field}, a.Fields())
		})
	}
	require.Zero(t, w.count("waa_conversations"))
}

func TestAConfirmedReasonGoesOverTheCooldown(t *testing.T) {
	w := newAgentWorld(t)
	conversation := w.start()
	body := goodStart()
	delete(body, "confirm")
	problem := w.as(admin, http.MethodPost, "/conversations", body).Is(http.StatusConflict, "conversation_exists").Problem()
	require.Equal(t, []any{true, true, conversation}, []any{problem["can_confirm"], problem["needs_reason"], problem["conversation_id"]})
	body["confirm"] = true
	delete(body, "reason")
	require.Equal(t, []string{"reason"}, w.as(admin, http.MethodPost, "/conversations", body).Is(http.StatusConflict, "cooldown").Fields())
	require.Equal(t, conversation, w.as(admin, http.MethodPost, "/conversations", goodStart()).Is(http.StatusCreated).JSON["id"])
	override := w.row("SELECT actor_id, details FROM waa_audit WHERE action = 'cooldown_override'")
	require.Equal(t, admin, override["actor_id"])
	require.Equal(t, "pediu", override["details"].(map[string]any)["reason"])
}

func TestARefusalSaysWhatTheReaderCanDo(t *testing.T) {
	w := newWorld(t)
	problem := w.fails(&domain.Refusal{
		Code: domain.CodeCooldown, Agree: true, NeedsReason: true, ConversationID: conversation1,
		Text:   domain.T("refusal.marketing_stopped"),
		Fields: map[string]domain.Text{"phone": domain.T("refusal.phone_invalid")},
	}).Is(http.StatusConflict, "cooldown").Problem()
	require.Equal(t, []any{true, true, conversation1}, []any{problem["can_confirm"], problem["needs_reason"], problem["conversation_id"]})
	require.NotContains(t, problem["message"], "refusal.")
	require.NotContains(t, problem["fields"].(map[string]any)["phone"], "refusal.")
}

func TestARefusalOfMetasHasMetasCode(t *testing.T) {
	w := newAgentWorld(t)
	w.meta.err = &whatsapp.APIError{HTTPStatus: http.StatusBadRequest, Code: 131026}
	require.Equal(t, 131026.0, w.as(agent, http.MethodPost, "/conversations", goodStart()).Is(http.StatusBadGateway, "meta_refused").Problem()["meta_code"])
	require.Equal(t, 0.0, w.fails(domain.Refuse(domain.CodeMetaRefused, domain.Text{})).Is(http.StatusBadGateway, "meta_refused").Problem()["meta_code"])
}

func TestAnErrorTellsNoDetails(t *testing.T) {
	w := newWorld(t)
	require.NotContains(t, w.fails(errors.Wrap(errDown, "secret detail")).Is(http.StatusServiceUnavailable, "unavailable").Text, "detail")
}

func TestSendTemplate(t *testing.T) {
	w := newAgentWorld(t)
	conversation := w.start()
	path := "/conversations/" + conversation + "/template"
	body := map[string]any{
		"template": map[string]any{"name": "hello", "language": "pt_BR"}, "variables": map[string]any{"body_1": "x"}, "confirm": true, "reason": "pediu outro",
	}
	w.as(agent, http.MethodPost, path, body).Is(http.StatusConflict, "cooldown")
	require.Equal(t, conversation, w.as(admin, http.MethodPost, path, body).Is(http.StatusOK).JSON["id"])
	require.Equal(t, "Olá x", w.row("SELECT body FROM waa_messages WHERE author_id = $1", admin)["body"])
	require.Equal(t, "pediu outro", w.row("SELECT details FROM waa_audit WHERE action = 'cooldown_override'")["details"].(map[string]any)["reason"])

	w.answered(conversation)
	unconfirmed := maps.Clone(body)
	delete(unconfirmed, "confirm")
	a := w.as(agent, http.MethodPost, path, unconfirmed).Is(http.StatusUnprocessableEntity, "invalid_field")
	require.Equal(t, []string{"confirm"}, a.Fields())
	w.meta.err = errCut
	require.Equal(t, conversation, w.as(agent, http.MethodPost, path, body).Is(http.StatusOK).JSON["id"], "nobody knows its outcome")

	require.Equal(t, []string{"template"}, w.as(agent, http.MethodPost, path, `{}`).Is(http.StatusUnprocessableEntity).Fields())
	w.noObjects(agent, http.MethodPost, path)
}
