package api

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

// conversationsCSV reads the list of conversations as CSV, with the separator ';' if the query asks for it.
func (w *world) conversationsCSV(user, query string) (fake.Answer, [][]string) {
	w.Helper()
	a := w.as(user, http.MethodGet, "/conversations?format=csv"+query, nil)
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Text, "\ufeff")))
	if strings.Contains(query, "sep=%3B") {
		in.Comma = ';'
	}
	rows, err := in.ReadAll()
	require.NoError(w, err)
	return a, rows
}

// exportedWorld has a closed conversation of the agent's with all that an export tells, and one of another queue of which nothing is known.
func exportedWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	w.exec("UPDATE waa_contacts SET name = '=cmd|''/c calc''!A0', phone = '+5511987654321', cpf_masked = '***.982.247-**'")
	w.exec("UPDATE waa_conversations SET created_at = $1, closed_at = $2, closing_label = 'Vendido; +1', close_reason = 'na hora'", now, now+hour)
	w.exec("UPDATE waa_queues SET time_zone = 'America/Manaus' WHERE id = $1", queue1)
	message := func(name, direction, kind, status string, at int64, more string) {
		w.exec(`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, status, author_id, created_at, sent_at, status_at, delivered_at, template_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)`, id(name), conversation1, account1, contact1, direction, kind, status, more, at, at+5000, at+2000,
			map[bool]string{true: template1}[kind == "template"])
	}
	message("first", "out", "template", "read", now, agent)
	message("answer", "in", "text", "", now+10_000, "")
	message("bots", "out", "text", "sent", now+11_000, "bot")
	message("reply", "out", "text", "sent", now+20_000, agent)
	message("again", "out", "template", "delivered", now+30_000, agent)
	message("lost", "out", "text", "failed", now+40_000, agent)
	message("thumb", "in", "reaction", "", now+50_000, "")
	w.exec("INSERT INTO bots (userid) VALUES ('bot')")
	for name, amount := range map[string]int{"first": 312_500, "again": 100_000} {
		w.exec(`INSERT INTO waa_charges (message_id, conversation_id, account_id, queue_id, category, amount, currency, state, at) VALUES ($1, $2, $3, $4, 'marketing', $5, 'BRL', 'billed', 1)`,
			id(name), conversation1, account1, queue1, amount)
	}
	w.exec("INSERT INTO waa_contacts (id, name, created_at, updated_at) VALUES ($1, 'José, o bom', 1, 1)", id("contact2"))
	w.conversation(id("conversation2"), id("contact2"), account1)
	w.exec("UPDATE waa_conversations SET queue_id = $2, owner_id = '', attendant_id = '' WHERE id = $1", id("conversation2"), queue2)
	return w
}

func TestConversationsAsCSV(t *testing.T) {
	w := exportedWorld(t)
	a, rows := w.conversationsCSV(admin, "&page=7&per_page=1")
	require.Equal(t, http.StatusOK, a.Status)
	require.Equal(t, "text/csv; charset=utf-8", a.Header.Get("Content-Type"))
	require.True(t, strings.HasPrefix(a.Text, "id,account,"), "no byte order mark unless asked")
	require.Equal(t, strings.Split("id,account,queue,customer,phone_masked,cpf_masked,owner,attendant,template,state,started_at,delivered_at,read_at,first_answer_at,"+
		"first_reply_at,closed_at,closing_reason,messages_in,messages_out,templates,cost,currency", ","), rows[0])
	at := func(ms int64) string {
		return time.UnixMilli(ms).In(time.FixedZone("", -4*3600)).Format(time.RFC3339)
	}
	require.Equal(t, []string{id("conversation2"), "Vendas", "Suporte", "José, o bom", "", "", "", "", "", "waiting", "1970-01-01T00:00:00Z", "", "", "", "", "", "", "0", "0", "0", "", ""}, rows[1])
	require.Equal(t, []string{
		conversation1, "Vendas", "Vendas", "'=cmd|'/c calc'!A0", "5511*******21", "***.982.247-**", "name." + agent, "name." + agent, "hello", "closed",
		at(now), at(now + 2000), at(now + 5000), at(now + 10_000), at(now + 20_000), at(now + hour), "Vendido; '+1", "1", "4", "2", "0.4125", "BRL",
	}, rows[2])
	require.Len(t, rows, 3, "all of it, whatever the page")

	a, rows = w.conversationsCSV(admin, "&sep=%3B&bom=1")
	require.True(t, strings.HasPrefix(a.Text, "\ufeffid;account;"))
	require.Equal(t, "0,4125", rows[2][20])
	require.Equal(t, "José, o bom", rows[1][3])
	require.Equal(t, "conversations_exported", w.audits()[0].action)
	require.Equal(t, admin, w.audits()[0].actor)
}

func TestConversationsAsCSVAreThoseOfTheList(t *testing.T) {
	w := exportedWorld(t)
	for query, want := range map[string]int{
		"": 2, "&state=closed": 1, "&state=waiting": 1, "&queue_id=" + queue2: 1, "&attendant_id=" + agent: 1, "&unclaimed=1": 1, "&unanswered=1": 0,
		"&contact_id=" + contact1: 1, "&q=Jos%C3%A9": 1, "&from=2": 1, "&to=2": 1, "&from=3&to=4": 0,
	} {
		_, rows := w.conversationsCSV(admin, query)
		require.Len(t, rows, want+1, query)
		listed := w.as(admin, http.MethodGet, "/conversations?"+strings.TrimPrefix(query, "&"), nil)
		require.Len(t, listed.Items(), want, query)
	}
	_, rows := w.conversationsCSV(agent, "")
	require.Len(t, rows, 2, "those that the reader may see")
	_, rows = w.conversationsCSV(stranger, "")
	require.Len(t, rows, 1)

	r := w.request(admin, http.MethodPost, "/conversations/search", map[string]any{"q": "José"})
	r.Header.Set("Accept", "text/csv")
	require.Equal(t, 2, strings.Count(w.send(r).Is(http.StatusOK).Text, "\n"))

	for query, status := range map[string]int{"sep=x": 422, "bom=x": 400, "from=x": 400, "from=3&to=2": 422, "state=x": 422} {
		w.as(admin, http.MethodGet, "/conversations?format=csv&"+query, nil).Is(status)
	}
	w.down()
	w.as(admin, http.MethodGet, "/conversations?format=csv", nil).Is(http.StatusServiceUnavailable, "unavailable")
}

func TestABareSemicolonSeparates(t *testing.T) {
	for name, address := range map[string]string{"in the query": "/x?sep=;&bom=1", "written out": "/x?sep=%3B", "not at all": "/x?sep=,"} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequest(http.MethodGet, address, nil)
			require.NoError(t, err)
			want := ';'
			if name == "not at all" {
				want = ','
			}
			q := readQuery(r)
			require.Equal(t, want, conversationFile(r, q).separator)
			require.NoError(t, q.err())
			r.RequestURI, r.URL.RawQuery = address, strings.ReplaceAll(r.URL.RawQuery, "sep=;", "") // as the Mattermost server hands it on
			require.Equal(t, want, conversationFile(r, readQuery(r)).separator)
		})
	}
}

func TestInert(t *testing.T) {
	for cell, want := range map[string]string{
		"Maria": "Maria", "": "", "=1": "'=1", "+55": "'+55", "-1": "'-1", "@x": "'@x", "|x": "'|x", "\t=1": "'\t'=1", "＝1": "'＝1",
		"a;=1": "a;'=1", "a, +1": "a, '+1", "a\"=1": "a\"'=1", "a\n-1": "a\n'-1", "a = b": "a = b", "x-y": "x-y", "10:30 - 11:00": "10:30 - 11:00",
	} {
		t.Run(cell, func(t *testing.T) { require.Equal(t, want, inert(cell)) })
	}
}
