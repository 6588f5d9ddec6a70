package api

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func goodStart() map[string]any {
	return map[string]any{
		"account_id": account1, "queue_id": queue1, "template": map[string]any{"name": "hello", "language": "pt_BR"},
		"variables": map[string]any{"body_1": "Maria\nda Silva", "button_0": "x"},
		"customer":  map[string]any{"name": "Maria", "cpf": "529.982.247-25", "phone": "(11) 98765-4321"}, "confirm": true, "reason": "pediu",
	}
}

func TestStart(t *testing.T) {
	w := newWorld(t)
	a := w.as(agent, http.MethodPost, "/conversations", goodStart()).is(http.StatusCreated)
	require.Equal(t, map[string]any{
		"id": conversation1, "state": "waiting", "window_until": nil, "cooldown_until": float64(now + 1), "owner_id": agent, "attendant_id": agent,
		"queue_id": queue1, "account_id": account1, "team_id": team1, "channel_id": id("wa"),
		"contact":     map[string]any{"id": contact1, "name": "Maria", "phone": "+5511987654321", "cpf_masked": "***.456.789-**"},
		"attended_at": nil, "last_inbound_at": nil, "last_outbound_at": float64(now),
		"closed_at": nil, "close_reason": "", "created_at": float64(now), "updated_at": nil,
	}, a.json)
	require.Equal(t, domain.StartRequest{
		ActorID: agent, AccountID: account1, QueueID: queue1, Template: domain.TemplateRef{Name: "hello", Language: "pt_BR"},
		Variables: map[string]string{"body_1": "Maria\nda Silva", "button_0": "x"},
		Customer:  domain.Customer{Name: "Maria", CPF: "529.982.247-25", Phone: "(11) 98765-4321"}, Confirm: true, Reason: "pediu",
	}, w.service.start)

	w.service.status = domain.Unknown
	w.as(agent, http.MethodPost, "/conversations", goodStart()).is(http.StatusAccepted)

	body := goodStart()
	body["template"] = map[string]any{"id": template1}
	for _, optional := range []string{"account_id", "variables", "confirm", "reason"} {
		t.Run(optional, func(t *testing.T) {
			delete(body, optional)
		})
	}
	w.as(agent, http.MethodPost, "/conversations", body).is(http.StatusAccepted)
	require.Equal(t, domain.TemplateRef{ID: template1}, w.service.start.Template)
}

func TestAStartThatCannotBeReadIsStillAStart(t *testing.T) {
	w := newWorld(t)
	w.service.viewErr = errDown
	a := w.as(agent, http.MethodPost, "/conversations", goodStart()).is(http.StatusCreated)
	require.Equal(t, conversation1, a.json["id"])
	require.Equal(t, "waiting", a.json["state"])
}

func TestStartRefuses(t *testing.T) {
	w := newWorld(t)
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
				require.Equal(t, wrong.status, a.status, "%s = %v: %s", c.field, wrong.value, a.text)
				if wrong.status == http.StatusUnprocessableEntity {
					require.Equal(t, []string{c.named}, a.fields(), "%s = %v", c.field, wrong.value)
				}
			}
		})
	}
	a := w.as(agent, http.MethodPost, "/conversations", `{}`).is(http.StatusUnprocessableEntity, "invalid_field")
	require.ElementsMatch(t, []string{"queue", "template", "customer_name", "phone"}, a.fields())
	w.noObjects(agent, http.MethodPost, "/conversations")
	require.Empty(t, w.service.calls, "the service was not asked")
}

func TestARefusalSaysWhatTheReaderCanDo(t *testing.T) {
	w := newWorld(t)
	w.service.err = &domain.Refusal{
		Code: domain.CodeCooldown, Agree: true, NeedsReason: true, ConversationID: conversation1,
		Text:   domain.T("refusal.marketing_stopped"),
		Fields: map[string]domain.Text{"phone": domain.T("refusal.phone_invalid")},
	}
	problem := w.as(agent, http.MethodPost, "/conversations", goodStart()).is(http.StatusConflict, "cooldown").problem()
	require.Equal(t, []any{true, true, conversation1}, []any{problem["can_confirm"], problem["needs_reason"], problem["conversation_id"]})
	require.NotContains(t, problem["message"], "refusal.")
	require.NotContains(t, problem["fields"].(map[string]any)["phone"], "refusal.")

	w.service.err = &domain.Refusal{Code: domain.CodeMetaRefused, MetaCode: 131026}
	require.Equal(t, 131026.0, w.as(agent, http.MethodPost, "/conversations", goodStart()).is(http.StatusBadGateway, "meta_refused").problem()["meta_code"])
	w.service.err = domain.Refuse(domain.CodeMetaRefused, domain.Text{})
	require.Equal(t, 0.0, w.as(agent, http.MethodPost, "/conversations", goodStart()).is(http.StatusBadGateway, "meta_refused").problem()["meta_code"])
	w.service.err = errors.Wrap(errDown, "secret detail")
	require.NotContains(t, w.as(agent, http.MethodPost, "/conversations", goodStart()).is(http.StatusServiceUnavailable, "unavailable").text, "detail")
}

func TestSendTemplate(t *testing.T) {
	w := newWorld(t)
	path := "/conversations/" + conversation1 + "/template"
	body := map[string]any{"template": map[string]any{"name": "hello", "language": "pt_BR"}, "variables": map[string]any{"body_1": "x"}, "confirm": true, "reason": "r"}
	for _, status := range []domain.Status{domain.Sent, domain.Unknown} {
		w.service.status = status
		require.Equal(t, conversation1, w.as(agent, http.MethodPost, path, body).is(http.StatusOK).json["id"])
	}
	require.Equal(t, domain.TemplateRequest{
		ActorID: agent, ConversationID: conversation1, Template: domain.TemplateRef{Name: "hello", Language: "pt_BR"},
		Variables: map[string]string{"body_1": "x"}, Confirm: true, Reason: "r",
	}, w.service.send)
	require.Equal(t, []string{"template"}, w.as(agent, http.MethodPost, path, `{}`).is(http.StatusUnprocessableEntity).fields())
	w.noObjects(agent, http.MethodPost, path)
}

func TestActions(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		action string
		body   any
		call   string
	}{
		{"/note", map[string]any{"text": "linha 1\nlinha 2"}, "note AGENT ID linha 1\nlinha 2"},
		{"/transfer", map[string]any{"user_id": id("colleague")}, "to user AGENT ID " + id("colleague")},
		{"/owner", map[string]any{"user_id": id("colleague")}, "owner AGENT ID " + id("colleague")},
		{"/transfer", map[string]any{"queue_id": queue2, "user_id": ""}, "to queue AGENT ID " + queue2},
		{"/claim", nil, "claim AGENT ID"},
		{"/claim", `{}`, "claim AGENT ID"},
		{"/close", nil, "close AGENT ID "},
		{"/close", `{}`, "close AGENT ID "},
		{"/close", map[string]any{"reason": "resolvido"}, "close AGENT ID resolvido"},
		{"/reopen", nil, "reopen AGENT ID"},
	} {
		t.Run(strings.TrimSpace(c.call), func(t *testing.T) {
			w.service.calls = nil
			require.Equal(t, conversation1, w.as(agent, http.MethodPost, "/conversations/"+conversation1+c.action, c.body).is(http.StatusOK).json["id"])
			require.Equal(t, []string{strings.NewReplacer("AGENT", agent, "ID", conversation1).Replace(c.call)}, w.service.calls)
		})
	}
}

func TestActionsRefuse(t *testing.T) {
	w := newWorld(t)
	path := "/conversations/" + conversation1
	for _, c := range []struct {
		action, field string
		others        []string
		wrong         []wrong
	}{
		{"/note", "text", nil, append(badValue("", " \n", long(16384), "a\x00"), notText()...)},
		{"/owner", "user_id", nil, append(badValue("", "x", "@maria"), notText()...)},
		{"/transfer", "user_id", nil, append(badValue("x", "\x00", "@maria"), notText()...)},
		{"/transfer", "queue_id", nil, append(badValue("x", "~vendas"), notText()...)},
		{"/transfer", "queue_id", []string{"user_id"}, badValue("")},
		{"/close", "reason", nil, append(badValue(long(1001), "\x00"), notText()...)},
	} {
		t.Run(c.action+" "+c.field, func(t *testing.T) {
			for _, wrong := range c.wrong {
				a := w.as(agent, http.MethodPost, path+c.action, map[string]any{c.field: wrong.value})
				require.Equal(t, wrong.status, a.status, "%s %v", c.action, wrong.value)
				if wrong.status == http.StatusUnprocessableEntity {
					require.ElementsMatch(t, append(c.others, c.field), a.fields())
				}
			}
		})
	}
	both := map[string]any{"user_id": agent, "queue_id": queue1}
	require.ElementsMatch(t, []string{"user_id", "queue_id"}, w.as(agent, http.MethodPost, path+"/transfer", both).is(http.StatusUnprocessableEntity).fields())
	w.noObjects(agent, http.MethodPost, path+"/note")
	w.noObjects(agent, http.MethodPost, path+"/transfer")
	w.as(agent, http.MethodPost, path+"/close", `[]`).is(http.StatusBadRequest, "bad_request")
	require.Empty(t, w.service.calls, "the service was not asked")
}

func TestListConversations(t *testing.T) {
	w := newWorld(t)
	w.service.list = []*domain.View{{Conversation: w.service.conv, State: domain.Open}}
	a := w.as(agent, http.MethodGet, "/conversations?state=open&mine=1&queue_id="+queue1+"&q=maria+da&page=2&per_page=500", nil).is(http.StatusOK)
	require.Equal(t, domain.Filter{State: domain.Open, Mine: true, QueueID: queue1, Query: "maria da", Page: 2, PerPage: 200}, w.service.filter)
	require.Len(t, a.items(), 1)
	require.NotContains(t, a.text, "cipher")
	require.NotContains(t, a.text, `"hash"`)

	w.as(agent, http.MethodGet, "/conversations", nil).is(http.StatusOK)
	require.Equal(t, domain.Filter{PerPage: 60}, w.service.filter)
	for query, status := range map[string]int{
		"state=opened": 422, "state=%00": 422, "queue_id=x": 422, "q=" + long(129): 422, "q=%00": 422, "q=%FF": 422, "mine=maybe": 400,
	} {
		t.Run(query, func(t *testing.T) {
			w.as(agent, http.MethodGet, "/conversations?"+query, nil).is(status)
		})
	}
}

// TestASearchHasItsTermInTheBody holds that a document never needs to be part of a URL.
func TestASearchHasItsTermInTheBody(t *testing.T) {
	w := newWorld(t)
	w.service.list = []*domain.View{{Conversation: w.service.conv, State: domain.Open}}
	term := map[string]any{"q": " 529.982.247-25 "}
	waited, _ := domain.UnansweredFor("1d")
	found := w.as(agent, http.MethodPost, "/conversations/search?state=open&mine=1&queue_id="+queue1+"&unanswered=1d&page=2&per_page=500", term).is(http.StatusOK)
	require.Equal(t, domain.Filter{
		State: domain.Open, Mine: true, QueueID: queue1, Unanswered: waited, Query: "529.982.247-25", Page: 2, PerPage: 200,
	}, w.service.filter)
	listed := w.as(agent, http.MethodGet, "/conversations?page=2&per_page=500", nil).is(http.StatusOK)
	require.Equal(t, listed.text, found.text, "the same answer")

	counts := w.as(agent, http.MethodPost, "/conversations/counts?mine=1&queue_id="+queue1, term).is(http.StatusOK)
	require.Equal(t, domain.Filter{Mine: true, QueueID: queue1, Query: "529.982.247-25"}, w.service.filter)
	require.Equal(t, w.as(agent, http.MethodGet, "/conversations/counts", nil).text, counts.text)
	require.Empty(t, w.audits(), "reading leaves no trace")

	for _, path := range []string{"/conversations/search", "/conversations/counts"} {
		t.Run(path, func(t *testing.T) {
			w.as(agent, http.MethodPost, path+"?q=maria", `{}`).is(http.StatusOK)
			require.Empty(t, w.service.filter.Query, "only the body says what is searched")
			for body, status := range map[string]int{
				"": 400, `[]`: 400, `{"q":5}`: 400, `{"q":"` + long(129) + `"}`: 422, `{"q":"\u0000"}`: 422,
			} {
				w.as(agent, http.MethodPost, path, body).is(status)
			}
			a := w.as(agent, http.MethodPost, path+"?queue_id=x", `{"q":"`+long(129)+`"}`).is(http.StatusUnprocessableEntity)
			require.ElementsMatch(t, []string{"queue_id", "q"}, a.fields())
		})
	}
}

func TestReadConversation(t *testing.T) {
	w := newWorld(t)
	w.as(agent, http.MethodGet, "/conversations/"+conversation1, nil).is(http.StatusOK)
	require.Equal(t, []string{"view " + agent + " " + conversation1}, w.service.calls)
	w.service.err = domain.Refuse(domain.CodeNotFound, domain.T("refusal.not_found"))
	w.as(agent, http.MethodGet, "/conversations/"+conversation1, nil).is(http.StatusNotFound, "not_found")
}

func TestMessages(t *testing.T) {
	w := newWorld(t)
	w.service.history = []*domain.Message{
		{ID: id("m1"), Direction: domain.Inbound, Kind: "text", PostID: id("p1"), WAMID: "wamid.1", CreatedAt: 1},
		{ID: id("m2"), Direction: domain.Outbound, Kind: "text", Status: domain.Failed, ReasonCode: 131026, AuthorID: agent, CreatedAt: 2, Text: "inner"},
		{ID: id("m3"), Direction: domain.Outbound, Kind: "text", Status: domain.Read, ReasonCode: 131026, CreatedAt: 3},
		{ID: id("m4"), Direction: domain.Outbound, Kind: "text", Status: domain.Failed, CreatedAt: 4},
	}
	for _, code := range []int{
		domain.ReasonLocked, domain.ReasonTooOld, domain.ReasonUnknown, domain.ReasonClosed, domain.ReasonNotPermitted, domain.ReasonFile, domain.ReasonDeleted,
	} {
		w.service.history = append(w.service.history,
			&domain.Message{ID: id("m9"), Direction: domain.Outbound, Kind: "text", Status: domain.NotSent, ReasonCode: code, CreatedAt: 5})
	}
	for _, language := range []string{"en", "pt-BR"} {
		t.Run(language, func(t *testing.T) {
			w.mattermost.language = language
			a := w.as(agent, http.MethodGet, "/conversations/"+conversation1+"/messages?page=1&per_page=5", nil).is(http.StatusOK)
			reasons := map[string]bool{}
			for i, item := range a.items() {
				reason := item.(map[string]any)["reason"].(string)
				require.NotContains(t, reason, "api.")
				require.Equal(t, i == 0 || i == 2 || i == 3, reason == "", "message %d: %s", i, reason)
				reasons[reason] = true
			}
			require.Len(t, reasons, 9, "each its own")
		})
	}
	require.Equal(t, "messages "+agent+" "+conversation1+" 1 5", w.service.calls[0])
}

func TestClaimByButton(t *testing.T) {
	w := newWorld(t)
	body := map[string]any{"user_id": id("somebodyelse"), "context": map[string]any{"conversation_id": conversation1}}
	a := w.as(agent, http.MethodPost, "/actions/claim", body).is(http.StatusOK)
	require.Equal(t, map[string]any{"ephemeral_text": "", "skip_slack_parsing": true}, a.json)
	require.Equal(t, []string{"claim " + agent + " " + conversation1}, w.service.calls, "the session says who")

	for _, refusal := range []error{domain.Refuse(domain.CodeAlreadyClaimed, domain.T("refusal.already_claimed")), domain.ErrNotFound} {
		w.service.err = errors.Wrap(refusal, "deep down")
		require.NotEmpty(t, w.as(agent, http.MethodPost, "/actions/claim", body).is(http.StatusOK).json["ephemeral_text"])
	}
	w.service.err = errDown
	w.as(agent, http.MethodPost, "/actions/claim", body).is(http.StatusServiceUnavailable, "unavailable")
	for _, context := range []any{map[string]any{}, map[string]any{"conversation_id": "x"}} {
		w.as(agent, http.MethodPost, "/actions/claim", map[string]any{"context": context}).is(http.StatusUnprocessableEntity, "invalid_field")
	}
	w.as(agent, http.MethodPost, "/actions/claim", `{}`).is(http.StatusUnprocessableEntity, "invalid_field")
	w.as(agent, http.MethodPost, "/actions/claim", `{"context":5}`).is(http.StatusBadRequest, "bad_request")
}

func TestCountConversations(t *testing.T) {
	w := newWorld(t)
	a := w.as(agent, http.MethodGet, "/conversations/counts?mine=1&queue_id="+queue1+"&q=maria", nil).is(http.StatusOK)
	require.Equal(t, domain.Filter{Mine: true, QueueID: queue1, Query: "maria"}, w.service.filter)
	require.Equal(t, map[string]any{
		"waiting": 4.0, "open": 3.0, "expired": 2.0, "unclaimed": 1.0, "now": float64(now),
		"queues": []any{map[string]any{"id": queue1, "name": "Vendas", "team_id": team1, "channel_id": id("fila")}},
	}, a.json)
	w.as(agent, http.MethodGet, "/conversations/counts?queue_id=x", nil).is(http.StatusUnprocessableEntity)
	w.service.err = errDown
	w.as(agent, http.MethodGet, "/conversations/counts", nil).is(http.StatusServiceUnavailable)
}

func TestAListNamesWhoServesAndTheTemplate(t *testing.T) {
	w := newWorld(t)
	w.service.conv.TemplateName, w.service.conv.AttendantID = "visita", ""
	w.service.list = []*domain.View{{Conversation: w.service.conv, State: domain.Open}}
	a := w.as(agent, http.MethodGet, "/conversations?unclaimed=1&contact_id="+contact1, nil).is(http.StatusOK)
	require.Equal(t, domain.Filter{Unclaimed: true, ContactID: contact1, PerPage: 60}, w.service.filter)
	row := a.items()[0].(map[string]any)
	require.Equal(t, []any{"visita", "name." + agent, nil}, []any{row["template"], row["owner_username"], row["attendant_username"]})
	w.as(agent, http.MethodGet, "/conversations?contact_id=x", nil).is(http.StatusUnprocessableEntity)
}

func TestTheMessageOfAPost(t *testing.T) {
	w := newWorld(t)
	w.service.history = []*domain.Message{{ID: id("m1"), PostID: id("p1"), Direction: domain.Outbound, Kind: "text", Status: domain.Failed, ReasonCode: 131026}}
	path := "/conversations/" + conversation1 + "/messages?post_id="
	require.Len(t, w.as(agent, http.MethodGet, path+id("p1"), nil).is(http.StatusOK).items(), 1)
	require.Empty(t, w.as(agent, http.MethodGet, path+id("p2"), nil).is(http.StatusOK).items())
	w.as(agent, http.MethodGet, path+"x", nil).is(http.StatusUnprocessableEntity)
}

func TestRevealContact(t *testing.T) {
	w := newWorld(t)
	path := "/contacts/" + contact1 + "/reveal"
	a := w.as(agent, http.MethodPost, path, nil).is(http.StatusOK)
	require.Equal(t, map[string]any{"id": contact1, "phone": "+5511987654321", "cpf": "52998224725"}, a.json)
	require.Equal(t, []string{"reveal " + agent + " " + contact1}, w.service.calls)
	w.service.err = domain.Refuse(domain.CodeNotFound, domain.T("refusal.not_found"))
	w.as(agent, http.MethodPost, path, nil).is(http.StatusNotFound, "not_found")
}

func TestTheConversationOfAChannel(t *testing.T) {
	w := newWorld(t)
	a := w.as(agent, http.MethodGet, "/channels/"+id("wa")+"/conversation", nil).is(http.StatusOK)
	require.Equal(t, conversation1, a.json["id"])
	w.as(agent, http.MethodGet, "/channels/"+id("other")+"/conversation", nil).is(http.StatusNotFound)
	require.Equal(t, map[string]any{"creator_id": id("bot")}, w.as(agent, http.MethodGet, "/channels", nil).is(http.StatusOK).json)
}
