package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

// deadLetter stores a dead letter of the inbox.
func (w *world) deadLetter(number int, accountID, reason, payload string) {
	w.Helper()
	w.exec("INSERT INTO waa_inbox (id, lane, ord, dedupe_key, account_id, payload, created_at, finished_at, dead_at, reason) VALUES ($1::int, 'l', 1, $1::int::text, $2, $3, $1::int, $4::int, $4::int, $5)",
		number, accountID, []byte(payload), 100-number, reason)
}

// dead counts the dead letters that are left.
func (w *world) dead() (n int) {
	w.Helper()
	require.NoError(w, w.db.QueryRowContext(w.Context(), "SELECT (SELECT count(*) FROM waa_inbox WHERE dead_at > 0) + (SELECT count(*) FROM waa_outbox WHERE dead_at > 0)").Scan(&n))
	return n
}

func TestDeadLetters(t *testing.T) {
	w := newWorld(t)
	w.deadLetter(7, account1, "the body is no webhook", "not json \xff\x00<script>")
	w.deadLetter(8, "", "large", long(maxShownPayload)+"behind the end")
	a := w.as(admin, http.MethodGet, "/dead-letters", nil).Is(http.StatusOK)
	require.Equal(t, map[string]any{
		"id": "inbox-7", "account_id": account1, "received_at": 7.0, "reason": "the body is no webhook", "payload": "not json \uFFFD\x00<script>",
	}, a.Items()[0])
	require.NotContains(t, a.Text, "behind the end")

	require.Equal(t, "inbox-8", w.as(admin, http.MethodPost, "/dead-letters/inbox-8/replay", nil).Is(http.StatusOK).JSON["id"])
	require.Equal(t, 1, w.dead())
	require.Equal(t, 1, w.woken["jobs"])
	for _, unknown := range []string{"inbox-8", "inbox-9", "9", long(65), "%00", "a%20b"} {
		t.Run(unknown, func(t *testing.T) {
			w.as(admin, http.MethodPost, "/dead-letters/"+unknown+"/replay", nil).Is(http.StatusNotFound, "not_found")
		})
	}
}

func TestManyDeadLettersAreReplayed(t *testing.T) {
	w := newWorld(t)
	outgoing := func(account, reason string, at int) {
		w.exec("INSERT INTO waa_outbox (lane, ord, dedupe_key, account_id, payload, created_at, finished_at, dead_at, reason) VALUES ('l', 1, $1::int::text, $2, '{}', $1::int, 1, 1, $3)", at, account, reason)
	}
	w.deadLetter(7, account1, "no", "{}")
	w.deadLetter(8, account1, "no", "{}")
	for _, at := range []int{4, 5, 8, 9} {
		outgoing(account1, "no", at)
	}
	outgoing(account2, "no", 6)
	outgoing(account1, "another", 7)
	require.Equal(t, 2.0, w.as(admin, http.MethodPost, "/dead-letters/replay", nil).Is(http.StatusOK).JSON["replayed"], "what came in, unless the request names the outbox")
	require.Equal(t, 6, w.dead())
	replayed := w.as(admin, http.MethodPost, "/dead-letters/replay", map[string]any{
		"account_id": account1, "reason": "no", "queues": []string{"outbox"}, "received_from": 5, "received_until": 9,
	}).Is(http.StatusOK).JSON["replayed"]
	require.Equal(t, 2.0, replayed)
	require.Equal(t, 2, w.woken["jobs"])
	for _, queues := range []any{[]string{}, []string{"waa_charges"}} {
		a := w.as(admin, http.MethodPost, "/dead-letters/replay", map[string]any{"queues": queues}).Is(http.StatusUnprocessableEntity, "invalid_field")
		require.Contains(t, a.Text, "queues")
	}
	w.as(admin, http.MethodPost, "/dead-letters/replay", map[string]any{"account_id": 5}).Is(http.StatusBadRequest)
	require.Equal(t, 4, w.dead())
}

func TestDoctor(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, true, w.as(admin, http.MethodGet, "/doctor", nil).Is(http.StatusOK).JSON["ok"])
	w.findings = []domain.Finding{
		{Check: "number", OK: true, Text: domain.T("config.wrong_number", "Max", 5)},
		{Check: "key", Text: domain.T("config.short_key", "Min", 32), Fix: domain.T("config.wrong_flag")},
	}
	w.mattermost.language = "pt-BR"
	a := w.as(admin, http.MethodGet, "/doctor", nil).Is(http.StatusOK)
	require.Equal(t, false, a.JSON["ok"])
	require.Equal(t, 2.0, a.JSON["total"])
	require.Equal(t, "", a.Items()[0].(map[string]any)["fix"])
	key := a.Items()[1].(map[string]any)
	require.Contains(t, key["text"], "32 caracteres")
	require.Contains(t, key["fix"], "verdadeiro")
}

// charge stores a charge.
func (w *world) charge(c domain.Charge) {
	w.Helper()
	w.exec("INSERT INTO waa_charges (message_id, conversation_id, account_id, queue_id, agent_id, wamid, category, amount, currency, state, at) VALUES ($1, '', $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		c.MessageID, account1, c.QueueID, c.AgentID, c.WAMID, c.Category, int64(c.Amount), c.Currency, c.State, c.At)
}

func ledgerWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	month := domain.MonthStart(now)
	for i, at := range []int64{month - 1, month, now, now + 1} {
		queue := queue1
		if i == 2 {
			queue = queue2
		}
		w.charge(domain.Charge{MessageID: id(fmt.Sprintf("m%d", i)), QueueID: queue, Category: "utility", Amount: 312_500, Currency: "BRL", State: domain.ChargeBilled, At: at})
	}
	return w
}

func TestLedger(t *testing.T) {
	w := ledgerWorld(t)
	month := domain.MonthStart(now)
	for query, want := range map[string][]string{
		"":                                  {id("m1"), id("m2")}, // this month, until now
		"?from=0":                           {id("m0"), id("m1"), id("m2")},
		fmt.Sprintf("?from=0&to=%d", month): {id("m0")},
		fmt.Sprintf("?from=%d&to=%d", month, now):  {id("m1")},
		fmt.Sprintf("?from=0&to=%d", now+2):        {id("m0"), id("m1"), id("m2"), id("m3")},
		"?queue_id=" + queue2:                      {id("m2")},
		"?queue_id=" + nowhere:                     {},
		"?from=0&page=1&per_page=2":                {id("m2")},
		"?from=5&to=5":                             {},
		fmt.Sprintf("?to=%d&per_page=1", month+1):  {id("m1")},
		fmt.Sprintf("?to=%d", month-1000):          {}, // before this month
		fmt.Sprintf("?from=%d&to=%d", now, now+99): {id("m2"), id("m3")},
	} {
		t.Run(query, func(t *testing.T) {
			ids := []string{}
			for _, item := range w.as(admin, http.MethodGet, "/ledger"+query, nil).Is(http.StatusOK).Items() {
				ids = append(ids, item.(map[string]any)["id"].(string))
			}
			require.Equal(t, want, ids, query)
		})
	}
	item := w.as(admin, http.MethodGet, "/ledger", nil).Items()[0].(map[string]any)
	require.Equal(t, []any{0.3125, "BRL", "billed", float64(month)}, []any{item["amount"], item["currency"], item["state"], item["at"]})
	for query, status := range map[string]int{
		"from=x": 400, "to=2026-01-01": 400, "from=1.5": 400, "from=-1": 422, "to=-1": 422, "from=2&to=1": 422, "from=253402300800000": 422, "queue_id=x": 422,
	} {
		t.Run(query, func(t *testing.T) {
			w.as(admin, http.MethodGet, "/ledger?"+query, nil).Is(status)
		})
	}
}

func (w *world) csv(query string) (fake.Answer, [][]string) {
	w.Helper()
	r := w.request(admin, http.MethodGet, "/ledger"+query, nil)
	r.Header.Set("Accept", "text/csv")
	a := w.send(r)
	rows, err := csv.NewReader(strings.NewReader(a.Text)).ReadAll()
	require.NoError(w, err)
	return a, rows
}

func TestLedgerAsCSV(t *testing.T) {
	w := ledgerWorld(t)
	w.exec("UPDATE waa_charges SET wamid = $2 WHERE message_id = $1", id("m0"), `=HYPERLINK("http://evil")`)
	w.exec("UPDATE waa_charges SET category = '@SUM(1)' WHERE message_id = $1", id("m1"))
	w.exec("UPDATE waa_charges SET wamid = $2 WHERE message_id = $1", id("m2"), "+1\r\n-2")
	a, rows := w.csv("?from=0&page=7&per_page=1")
	require.Equal(t, http.StatusOK, a.Status)
	require.Contains(t, a.Header.Get("Content-Type"), "text/csv")
	require.Len(t, rows, 4, "all of it, whatever the page")
	require.Equal(t, ledgerColumns(), rows[0])
	require.Equal(t, []string{id("m0"), "2026-08-31T23:59:59Z", "billed", "utility", "0.3125", "BRL"}, rows[1][:6])
	for _, row := range rows {
		for _, cell := range row {
			require.NotRegexp(t, `^[=+\-@\t\r]`, cell)
		}
	}

	_, rows = w.csv("?from=1&to=2")
	require.Equal(t, [][]string{ledgerColumns()}, rows, "a table of nothing")
	r := w.request(admin, http.MethodGet, "/ledger?from=x", nil)
	r.Header.Set("Accept", "text/csv")
	w.send(r).Is(http.StatusBadRequest, "bad_request")
}

func TestLedgerAsCSVWhenTheDatabaseFails(t *testing.T) {
	w := ledgerWorld(t)
	w.store.breakAt = 1
	a, rows := w.csv("?from=0")
	require.Equal(t, http.StatusOK, a.Status)
	require.Len(t, rows, 3)
	require.Contains(t, rows[2][0], "INCOMPLETE")

	w.store.breakAt = 0
	r := w.request(admin, http.MethodGet, "/ledger?from=0", nil)
	r.Header.Set("Accept", "text/csv")
	w.send(r).Is(http.StatusServiceUnavailable, "unavailable")
}

func TestWantsCSV(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "*/*": false, "application/json": false, "text/csv": true, "TEXT/CSV; charset=utf-8": true,
		"application/json, text/csv": false, "application/json;q=0.5, text/csv": true, "text/csv;q=0.5, application/json;q=0.4": true,
		"text/csv;q=0": false, "text/html, text/csv;q=x": true, "text/csvx": false,
	} {
		t.Run(accept, func(t *testing.T) {
			require.Equal(t, want, wantsCSV(accept), accept)
		})
	}
}

// message stores a message of conversation1, and the post and the file that belong to it.
func (w *world) message(id, direction, kind, postID, body string, at int) {
	w.Helper()
	w.exec(`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, post_id, body, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id, conversation1, account1, contact1, direction, kind, postID, body, at)
}

func TestExportContact(t *testing.T) {
	w := newWorld(t)
	w.exec(`UPDATE waa_contacts SET phone = '+5511987654321', wa_id = '5511987654321', user_id = 'BR.1', cpf_cipher = 'encrypted:52998224725', cpf_hash = 'hash', cpf_masked = '***', last_template_at = 3`)
	w.exec("INSERT INTO waa_identities (account_id, kind, value, contact_id) VALUES ($1, 'phone', '5511987654321', $2)", account1, contact1)
	w.conversation(conversation1, contact1, account1)
	w.exec("UPDATE waa_conversations SET closed_at = 9")
	w.conversation(id("quiet"), contact1, account1)
	w.exec("UPDATE waa_conversations SET created_at = 2 WHERE id = $1", id("quiet"))
	w.exec("INSERT INTO waa_drafts (id, conversation_id, author_id, state, body, fingerprint, created_at, updated_at) VALUES ($1, $2, $3, $4, 'rascunho', '', 2, 2)", id("d1"), conversation1, agent, string(domain.DraftHeld))
	w.message(id("m1"), domain.Outbound, "template", "", "Olá Maria", 1)
	w.message(id("m2"), domain.Inbound, "document", id("p2"), "", 2)
	w.exec("INSERT INTO posts (id, channelid, message) VALUES ($1, $2, 'Segue o RG')", id("p2"), conversation1)
	w.exec("INSERT INTO fileinfo (id, postid, name, size, createat) VALUES ($1, $2, 'rg.pdf', 5, 1)", id("f2"), id("p2"))

	a := w.as(admin, http.MethodGet, "/contacts/"+contact1+"/export", nil).Is(http.StatusOK)
	require.Equal(t, []any{"Maria", "+5511987654321", "BR.1", "52998224725", 3.0}, []any{a.JSON["name"], a.JSON["phone"], a.JSON["user_id"], a.JSON["cpf"], a.JSON["last_template_at"]})
	require.Equal(t, []any{map[string]any{"account_id": account1, "kind": "phone", "value": "5511987654321", "origin": ""}}, a.JSON["identities"])
	require.NotContains(t, a.Text, "encrypted")
	conversations := a.JSON["conversations"].([]any)
	require.Len(t, conversations, 2)
	messages := conversations[0].(map[string]any)["messages"].([]any)
	require.Len(t, messages, 2)
	first, second := messages[0].(map[string]any), messages[1].(map[string]any)
	require.Equal(t, []any{"Olá Maria", []any{}}, []any{first["text"], first["files"]})
	require.Equal(t, []any{"Segue o RG", []any{map[string]any{"name": "rg.pdf", "size": 5.0}}}, []any{second["text"], second["files"]})
	require.Equal(t, "rascunho", conversations[0].(map[string]any)["drafts"].([]any)[0].(map[string]any)["text"])
	require.Equal(t, []any{}, conversations[1].(map[string]any)["messages"])
	require.Equal(t, []auditRow{{admin, auditExported, contact1, map[string]string{}}}, w.audits())
	w.as(admin, http.MethodGet, "/contacts/"+nowhere+"/export", nil).Is(http.StatusNotFound, "not_found")
	w.as(admin, http.MethodGet, "/contacts/x/export", nil).Is(http.StatusNotFound, "not_found")
}

// TestALongExportIsWrittenPieceByPiece: no history is in memory as a whole, and half of one is no answer.
func TestALongExportIsWrittenPieceByPiece(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	w.exec(`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, body, created_at)
		SELECT lpad(n::text, 26, 'm'), $1, $2, $3, 'in', 'text', repeat('a', 1000), 1 FROM generate_series(1, 1000) n`, conversation1, account1, contact1)
	path := "/contacts/" + contact1 + "/export"
	a := w.as(admin, http.MethodGet, path, nil).Is(http.StatusOK)
	require.Len(t, a.JSON["conversations"].([]any)[0].(map[string]any)["messages"], 1000)

	pieces := &fakePieceWriter{ResponseRecorder: httptest.NewRecorder()}
	w.api.ServeHTTP(pieces, w.request(admin, http.MethodGet, path, nil))
	require.Greater(t, pieces.count, 10)
	require.LessOrEqual(t, pieces.largest, exportBuffer)

	w.store.breakAt = 10 // nothing was written by then
	w.as(admin, http.MethodGet, path, nil).Is(http.StatusServiceUnavailable, "unavailable")
	w.store.breakAt = 900
	half := httptest.NewRecorder()
	w.api.ServeHTTP(half, w.request(admin, http.MethodGet, path, nil))
	require.False(t, json.Valid(half.Body.Bytes()), "nobody takes it for complete")
	require.Contains(t, w.logs.Text(), "could not be written to its end")
}

// fakePieceWriter knows in which pieces an answer came.
type fakePieceWriter struct {
	*httptest.ResponseRecorder
	count, largest int
}

func (p *fakePieceWriter) Write(data []byte) (int, error) {
	p.count, p.largest = p.count+1, max(p.largest, len(data))
	return p.ResponseRecorder.Write(data)
}

func TestEraseContact(t *testing.T) {
	w := newWorld(t)
	w.conversation(conversation1, contact1, account1)
	w.as(admin, http.MethodDelete, "/contacts/"+nowhere, nil).Is(http.StatusNotFound, "not_found")
	require.Empty(t, w.erased)
	a := w.as(admin, http.MethodDelete, "/contacts/"+contact1, nil).Is(http.StatusOK)
	require.Equal(t, map[string]any{"id": contact1, "erased_at": float64(now), "pending": 1.0, "stays": []any{}}, a.JSON)
	require.Equal(t, []string{contact1}, w.erased)
	var name string
	require.NoError(t, w.db.QueryRowContext(t.Context(), "SELECT coalesce(max(name), '') FROM waa_contacts WHERE id = $1", contact1).Scan(&name))
	require.Empty(t, name)

	w.exec("UPDATE waa_forget SET stays = '{posts,files}', done_at = 1")
	a = w.as(admin, http.MethodDelete, "/contacts/"+contact1, nil).Is(http.StatusOK)
	stays := a.JSON["stays"].([]any)
	require.Len(t, stays, 2)
	require.Contains(t, fmt.Sprint(stays), "EnableAPIPostDeletion", "it says which setting keeps it")
	require.Contains(t, fmt.Sprint(stays), "FileInfo")
}

func TestReleaseGuards(t *testing.T) {
	w := newWorld(t)
	w.released = 3
	require.Equal(t, 3.0, w.as(admin, http.MethodPost, "/guards/release", nil).Is(http.StatusOK).JSON["released"])
}
