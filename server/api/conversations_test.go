package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

// listWorld has conversations that differ from "found" in one thing each: "found" is open, the agent's, in queue1 and
// Maria's.
func listWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.exec("UPDATE waa_contacts SET name = 'Maria da Silva', phone = '+5511987654321', cpf_masked = '***.982.247-**', cpf_cipher = 'encrypted:52998224725', cpf_hash = 'hash:52998224725'")
	another := id("another")
	w.exec("INSERT INTO waa_contacts (id, name, phone, created_at, updated_at) VALUES ($1, 'João', '+5511900000000', 1, 1)", another)
	for i, name := range []string{"found", "waiting", "elsewhere", "theirs", "unclaimed", "joao"} {
		contact, account := contact1, id("account"+name) // one person has one open conversation on each number
		if name == "joao" {
			contact = another
		}
		w.conversation(id(name), contact, account)
		w.exec("UPDATE waa_conversations SET updated_at = $2 WHERE id = $1", id(name), 100-i)
		if name != "waiting" {
			w.answered(id(name))
		}
	}
	w.exec("UPDATE waa_conversations SET queue_id = $2 WHERE id = $1", id("elsewhere"), queue2)
	w.exec("UPDATE waa_conversations SET owner_id = $2, attendant_id = $2 WHERE id = $1", id("theirs"), colleague)
	w.exec("UPDATE waa_conversations SET attendant_id = '' WHERE id = $1", id("unclaimed"))
	return w
}

// listed are the ids of a list of conversations, in their order.
func listed(a fake.Answer) (ids []string) {
	a.Helper()
	for _, item := range a.Is(http.StatusOK).Items() {
		ids = append(ids, item.(map[string]any)["id"].(string))
	}
	return ids
}

func TestListConversations(t *testing.T) {
	w := listWorld(t)
	all := []string{id("found"), id("waiting"), id("elsewhere"), id("theirs"), id("unclaimed"), id("joao")}
	for query, want := range map[string][]string{
		"":                        all,
		"?state=open":             {all[0], all[2], all[3], all[4], all[5]},
		"?state=closed":           nil,
		"?mine=1":                 {all[0], all[1], all[2], all[4], all[5]},
		"?queue_id=" + queue2:     {all[2]},
		"?q=maria+da":             all[:5],
		"?unclaimed=1":            {all[4]},
		"?unanswered=1d":          {all[1]},
		"?contact_id=" + contact1: all[:5],
		"?per_page=2&page=1":      all[2:4],
		"?state=open&mine=1&queue_id=" + queue1 + "&q=maria+da": {all[0], all[4]},
	} {
		t.Run(query, func(t *testing.T) {
			a := w.as(agent, http.MethodGet, "/conversations"+query, nil)
			require.Equal(t, want, listed(a))
			require.NotContains(t, a.Text, "encrypted")
			require.NotContains(t, a.Text, "hash:")
		})
	}
}

func TestAListSaysWhichPageItIs(t *testing.T) {
	w := listWorld(t)
	a := w.as(agent, http.MethodGet, "/conversations?state=open&page=2&per_page=500", nil).Is(http.StatusOK)
	require.Equal(t, []any{5.0, 2.0, 200.0}, []any{a.JSON["total"], a.JSON["page"], a.JSON["per_page"]})
	require.Empty(t, a.Items())
	require.Equal(t, 60.0, w.as(agent, http.MethodGet, "/conversations", nil).Is(http.StatusOK).JSON["per_page"])
}

func TestAListRefuses(t *testing.T) {
	w := newWorld(t)
	for query, status := range map[string]int{
		"state=opened": 422, "state=%00": 422, "queue_id=x": 422, "contact_id=x": 422, "q=" + long(129): 422, "q=%00": 422, "q=%FF": 422, "mine=maybe": 400,
	} {
		t.Run(query, func(t *testing.T) {
			w.as(agent, http.MethodGet, "/conversations?"+query, nil).Is(status)
		})
	}
}

func TestAListNamesWhoServesAndTheTemplate(t *testing.T) {
	w := newAgentWorld(t)
	conversation := w.start()
	w.exec("UPDATE waa_conversations SET attendant_id = ''")
	a := w.as(agent, http.MethodGet, "/conversations?unclaimed=1", nil)
	require.Equal(t, []string{conversation}, listed(a))
	row := a.Items()[0].(map[string]any)
	require.Equal(t, []any{"hello", "name." + agent, nil}, []any{row["template"], row["owner_username"], row["attendant_username"]})
}

func TestAListSaysWhoseAttendantIsAbsent(t *testing.T) {
	w := newAgentWorld(t)
	w.start()
	absent := func() any {
		return w.as(agent, http.MethodGet, "/conversations", nil).Items()[0].(map[string]any)["attendant_absent"]
	}
	require.Nil(t, absent())
	w.exec("UPDATE waa_conversations SET absence = 'offered'")
	require.Equal(t, true, absent())
	w.exec("UPDATE waa_conversations SET absence = 'answered'")
	require.Nil(t, absent(), "the attendant answered all the same")
	w.exec("UPDATE waa_conversations SET absence = 'offered', attendant_id = ''")
	require.Nil(t, absent(), "there is none")
}

// TestASearchHasItsTermInTheBody holds that a document never needs to be part of a URL.
func TestASearchHasItsTermInTheBody(t *testing.T) {
	w := listWorld(t)
	term := map[string]any{"q": " 529.982.247-25 "}
	filter := "?state=open&mine=1&queue_id=" + queue1 + "&per_page=500"
	found := w.as(agent, http.MethodPost, "/conversations/search"+filter, term)
	require.Equal(t, []string{id("found"), id("unclaimed")}, listed(found))
	require.Equal(t, w.as(agent, http.MethodGet, "/conversations"+filter+"&q=maria", nil).Text, found.Text, "the same answer")
	require.Equal(t, []string{id("waiting")}, listed(w.as(agent, http.MethodPost, "/conversations/search?unanswered=1d", term)))
	require.Empty(t, w.audits(), "reading leaves no trace")
}

func TestACountHasItsTermInTheBody(t *testing.T) {
	w := listWorld(t)
	filter := "?mine=1&queue_id=" + queue1
	counts := w.as(agent, http.MethodPost, "/conversations/counts"+filter, map[string]any{"q": " 529.982.247-25 "}).Is(http.StatusOK)
	require.Equal(t, []any{1.0, 2.0, 1.0}, []any{counts.JSON["waiting"], counts.JSON["open"], counts.JSON["unclaimed"]})
	require.Equal(t, w.as(agent, http.MethodGet, "/conversations/counts"+filter+"&q=maria", nil).Text, counts.Text)
	require.Empty(t, w.audits(), "reading leaves no trace")
}

func TestOnlyTheBodySaysWhatIsSearched(t *testing.T) {
	w := listWorld(t)
	for path, everything := range map[string]string{"/conversations/search": "/conversations", "/conversations/counts": "/conversations/counts"} {
		t.Run(path, func(t *testing.T) {
			ignored := w.as(agent, http.MethodPost, path+"?q=joao", `{}`).Is(http.StatusOK)
			require.Equal(t, w.as(agent, http.MethodGet, everything, nil).Text, ignored.Text)
			for body, status := range map[string]int{
				"": 400, `[]`: 400, `{"q":5}`: 400, `{"q":"` + long(129) + `"}`: 422, `{"q":"\u0000"}`: 422,
			} {
				w.as(agent, http.MethodPost, path, body).Is(status)
			}
			a := w.as(agent, http.MethodPost, path+"?queue_id=x", `{"q":"`+long(129)+`"}`).Is(http.StatusUnprocessableEntity)
			require.ElementsMatch(t, []string{"queue_id", "q"}, a.Fields())
		})
	}
}

func TestCountConversations(t *testing.T) {
	w := listWorld(t)
	w.exec("UPDATE waa_conversations SET window_from = 5, window_until = 6 WHERE id = $1", id("elsewhere"))
	a := w.as(agent, http.MethodGet, "/conversations/counts", nil).Is(http.StatusOK)
	require.Equal(t, map[string]any{
		"waiting": 1.0, "open": 4.0, "expired": 1.0, "unclaimed": 1.0, "supervises": false, "now": float64(now),
		"queues": []any{map[string]any{"id": queue1, "name": "Vendas", "team_id": team1, "channel_id": channel1, "supervises": false}},
	}, a.JSON)
	filtered := w.as(agent, http.MethodGet, "/conversations/counts?mine=1&queue_id="+queue1+"&q=maria", nil).Is(http.StatusOK)
	require.Equal(t, []any{1.0, 2.0, 0.0}, []any{filtered.JSON["waiting"], filtered.JSON["open"], filtered.JSON["expired"]})
	w.as(agent, http.MethodGet, "/conversations/counts?queue_id=x", nil).Is(http.StatusUnprocessableEntity)
	w.store.rightsErr = errDown
	w.as(agent, http.MethodGet, "/conversations/counts", nil).Is(http.StatusServiceUnavailable)
}

func TestReadConversation(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	require.Equal(t, conversation1, w.as(agent, http.MethodGet, "/conversations/"+conversation1, nil).Is(http.StatusOK).JSON["id"])
	w.as(stranger, http.MethodGet, "/conversations/"+conversation1, nil).Is(http.StatusNotFound, "not_found")
}

func TestTheConversationOfAChannel(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	w.exec("UPDATE waa_conversations SET channel_id = $1", id("wa"))
	a := w.as(agent, http.MethodGet, "/channels/"+id("wa")+"/conversation", nil).Is(http.StatusOK)
	require.Equal(t, conversation1, a.JSON["id"])
	w.as(agent, http.MethodGet, "/channels/"+id("other")+"/conversation", nil).Is(http.StatusNotFound)
	require.Equal(t, map[string]any{"creator_id": id("bot")}, w.as(agent, http.MethodGet, "/channels", nil).Is(http.StatusOK).JSON)
}

func TestMessages(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	message := func(direction string, status domain.Status, reason int) {
		n := w.count("waa_messages") + 1
		w.message(id(fmt.Sprintf("m%dx", n)), direction, "text", id(fmt.Sprintf("p%dx", n)), "", n)
		w.exec("UPDATE waa_messages SET status = $2, reason_code = $3 WHERE id = $1", id(fmt.Sprintf("m%dx", n)), string(status), reason)
	}
	message(domain.Inbound, "", 0)
	message(domain.Outbound, domain.Failed, 131026)
	message(domain.Outbound, domain.Read, 131026)
	message(domain.Outbound, domain.Failed, 0)
	for _, code := range []int{
		domain.ReasonLocked, domain.ReasonTooOld, domain.ReasonUnknown, domain.ReasonClosed, domain.ReasonNotPermitted, domain.ReasonFile, domain.ReasonDeleted,
	} {
		message(domain.Outbound, domain.NotSent, code)
	}
	path := "/conversations/" + conversation1 + "/messages"
	for _, language := range []string{"en", "pt-BR"} {
		t.Run(language, func(t *testing.T) {
			w.mattermost.language = language
			reasons := map[string]bool{}
			for i, item := range w.as(agent, http.MethodGet, path, nil).Is(http.StatusOK).Items() {
				reason := item.(map[string]any)["reason"].(string)
				require.NotContains(t, reason, "api.")
				require.Equal(t, i == 0 || i == 2 || i == 3, reason == "", "message %d: %s", i, reason)
				reasons[reason] = true
			}
			require.Len(t, reasons, 9, "each its own")
		})
	}
	page := w.as(agent, http.MethodGet, path+"?page=1&per_page=5", nil).Is(http.StatusOK)
	require.Equal(t, []any{11.0, 1.0, 5.0, id("m6x")}, []any{page.JSON["total"], page.JSON["page"], page.JSON["per_page"], page.Items()[0].(map[string]any)["id"]})
	w.as(stranger, http.MethodGet, path, nil).Is(http.StatusNotFound, "not_found")
}

func TestTheMessageOfAPost(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	w.message(id("m1"), domain.Outbound, "text", id("p1"), "", 1)
	path := "/conversations/" + conversation1 + "/messages?post_id="
	require.Len(t, w.as(agent, http.MethodGet, path+id("p1"), nil).Is(http.StatusOK).Items(), 1)
	require.Empty(t, w.as(agent, http.MethodGet, path+id("p2"), nil).Is(http.StatusOK).Items())
	w.as(agent, http.MethodGet, path+"x", nil).Is(http.StatusUnprocessableEntity)
}

func TestRevealContact(t *testing.T) {
	w := listWorld(t)
	path := "/contacts/" + contact1 + "/reveal"
	a := w.as(agent, http.MethodPost, path, nil).Is(http.StatusOK)
	require.Equal(t, map[string]any{"id": contact1, "phone": "+5511987654321", "cpf": "52998224725"}, a.JSON)
	require.Equal(t, []auditRow{{agent, "contact_revealed", contact1, map[string]string{}}}, w.audits())
	w.as(stranger, http.MethodPost, path, nil).Is(http.StatusNotFound, "not_found")
}
