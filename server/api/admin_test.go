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
)

func TestDeadLetters(t *testing.T) {
	w := newWorld(t)
	w.store.letters = []*domain.DeadLetter{
		{ID: "7", AccountID: account1, ReceivedAt: 5, Reason: "the body is no webhook", Payload: []byte("not json \xff\x00<script>")},
		{ID: "in-8", Payload: []byte(long(MaxShownPayload) + "behind the end")},
	}
	a := w.as(admin, http.MethodGet, "/dead-letters", nil).is(http.StatusOK)
	require.Equal(t, map[string]any{
		"id": "7", "account_id": account1, "received_at": 5.0, "reason": "the body is no webhook", "payload": "not json \uFFFD\x00<script>",
	}, a.items()[0])
	require.NotContains(t, a.text, "behind the end")

	require.Equal(t, "in-8", w.as(admin, http.MethodPost, "/dead-letters/in-8/replay", nil).is(http.StatusOK).json["id"])
	require.Equal(t, []string{"in-8"}, w.store.replayed)
	require.Equal(t, 1, w.woken)
	for _, unknown := range []string{"9", long(65), "%00", "a%20b"} {
		w.as(admin, http.MethodPost, "/dead-letters/"+unknown+"/replay", nil).is(http.StatusNotFound, "not_found")
	}
}

func TestManyDeadLettersAreReplayed(t *testing.T) {
	w := newWorld(t)
	w.store.letters = []*domain.DeadLetter{{ID: "7"}, {ID: "8"}}
	require.Equal(t, 2.0, w.as(admin, http.MethodPost, "/dead-letters/replay", nil).is(http.StatusOK).json["replayed"])
	w.as(admin, http.MethodPost, "/dead-letters/replay", map[string]any{
		"account_id": account1, "reason": "no", "queues": []string{"outbox"}, "received_from": 5, "received_until": 9,
	}).is(http.StatusOK)
	require.Equal(t, []domain.DeadLetterFilter{
		{Queues: []string{"inbox", "media"}}, {Queues: []string{"outbox"}, AccountID: account1, Reason: "no", From: 5, Until: 9},
	}, w.store.replays)
	require.Equal(t, 2, w.woken)
	for _, queues := range []any{[]string{}, []string{"waa_charges"}} {
		a := w.as(admin, http.MethodPost, "/dead-letters/replay", map[string]any{"queues": queues}).is(http.StatusUnprocessableEntity, "invalid_field")
		require.Contains(t, a.text, "queues")
	}
	w.as(admin, http.MethodPost, "/dead-letters/replay", map[string]any{"account_id": 5}).is(http.StatusBadRequest)
	require.Len(t, w.store.replays, 2)
}

func TestDoctor(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, true, w.as(admin, http.MethodGet, "/doctor", nil).is(http.StatusOK).json["ok"])
	w.store.findings = []domain.Finding{
		{Check: "number", OK: true, Text: domain.T("config.wrong_number", "Max", 5)},
		{Check: "key", Text: domain.T("config.short_key", "Min", 32), Fix: domain.T("config.wrong_flag")},
	}
	w.language = "pt-BR"
	a := w.as(admin, http.MethodGet, "/doctor", nil).is(http.StatusOK)
	require.Equal(t, false, a.json["ok"])
	require.Equal(t, 2.0, a.json["total"])
	require.Equal(t, "", a.items()[0].(map[string]any)["fix"])
	key := a.items()[1].(map[string]any)
	require.Contains(t, key["text"], "32 caracteres")
	require.Contains(t, key["fix"], "verdadeiro")
}

func ledgerWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	month := domain.MonthStart(now)
	for i, at := range []int64{month - 1, month, now, now + 1} {
		w.store.charges = append(w.store.charges, &domain.Charge{
			MessageID: id(fmt.Sprintf("m%d", i)), QueueID: queue1, Category: "utility", Amount: 312_500, Currency: "BRL", State: domain.ChargeBilled, At: at,
		})
	}
	w.store.charges[2].QueueID = queue2
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
		ids := []string{}
		for _, item := range w.as(admin, http.MethodGet, "/ledger"+query, nil).is(http.StatusOK).items() {
			ids = append(ids, item.(map[string]any)["id"].(string))
		}
		require.Equal(t, want, ids, query)
	}
	item := w.as(admin, http.MethodGet, "/ledger", nil).items()[0].(map[string]any)
	require.Equal(t, []any{0.3125, "BRL", "billed", float64(month)}, []any{item["amount"], item["currency"], item["state"], item["at"]})
	for query, status := range map[string]int{
		"from=x": 400, "to=2026-01-01": 400, "from=1.5": 400, "from=-1": 422, "to=-1": 422, "from=2&to=1": 422, "from=253402300800000": 422, "queue_id=x": 422,
	} {
		w.as(admin, http.MethodGet, "/ledger?"+query, nil).is(status)
	}
}

func (w *world) csv(query string) (answer, [][]string) {
	w.Helper()
	r := w.request(admin, http.MethodGet, "/ledger"+query, nil)
	r.Header.Set("Accept", "text/csv")
	a := w.send(r)
	rows, err := csv.NewReader(strings.NewReader(a.text)).ReadAll()
	require.NoError(w, err)
	return a, rows
}

func TestLedgerAsCSV(t *testing.T) {
	w := ledgerWorld(t)
	w.store.charges[0].WAMID = `=HYPERLINK("http://evil")`
	w.store.charges[1].Category = "@SUM(1)"
	w.store.charges[2].WAMID = "+1\r\n-2"
	a, rows := w.csv("?from=0&page=7&per_page=1")
	require.Equal(t, http.StatusOK, a.status)
	require.Contains(t, a.header.Get("Content-Type"), "text/csv")
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
	w.send(r).is(http.StatusBadRequest, "bad_request")
}

func TestLedgerAsCSVWhenTheDatabaseFails(t *testing.T) {
	w := ledgerWorld(t)
	w.store.breakAt = 1
	a, rows := w.csv("?from=0")
	require.Equal(t, http.StatusOK, a.status)
	require.Len(t, rows, 3)
	require.Contains(t, rows[2][0], "INCOMPLETE")

	w.store.breakAt = 0
	r := w.request(admin, http.MethodGet, "/ledger?from=0", nil)
	r.Header.Set("Accept", "text/csv")
	w.send(r).is(http.StatusServiceUnavailable, "unavailable")
}

func TestWantsCSV(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "*/*": false, "application/json": false, "text/csv": true, "TEXT/CSV; charset=utf-8": true,
		"application/json, text/csv": false, "application/json;q=0.5, text/csv": true, "text/csv;q=0.5, application/json;q=0.4": true,
		"text/csv;q=0": false, "text/html, text/csv;q=x": true, "text/csvx": false,
	} {
		require.Equal(t, want, wantsCSV(accept), accept)
	}
}

func TestExportContact(t *testing.T) {
	w := newWorld(t)
	w.store.exports[contact1] = &domain.PersonExport{
		Contact: domain.Contact{
			ID: contact1, Name: "Maria", Phone: "+5511987654321", WAID: "5511987654321", UserID: "BR.1", CPFCipher: "cipher", CPFHash: "hash",
			CPFMasked: "***", LastTemplateAt: 3, CreatedAt: 1, UpdatedAt: 2,
		},
		CPF:           "52998224725",
		Identities:    []domain.ContactIdentity{{AccountID: account1, Kind: "phone", Value: "5511987654321"}},
		Conversations: []*domain.Conversation{{ID: conversation1, AccountID: account1, QueueID: queue1, CreatedAt: 1}, {ID: id("quiet"), AccountID: account1, CreatedAt: 2}},
		Drafts:        []*domain.Draft{{ID: id("d1"), ConversationID: conversation1, AuthorID: agent, State: domain.DraftHeld, Text: "rascunho", CreatedAt: 2}},
	}
	w.store.exported[conversation1] = []*domain.ExportedMessage{
		{Message: domain.Message{ID: id("m1"), Direction: domain.Outbound, Kind: "template", Text: "Olá Maria", CreatedAt: 1}},
		{
			Message: domain.Message{ID: id("m2"), Direction: domain.Inbound, Kind: "document", PostID: id("p2"), Text: "Segue o RG", CreatedAt: 2},
			Files:   []domain.ExportedFile{{Name: "rg.pdf", Size: 5}},
		},
	}
	a := w.as(admin, http.MethodGet, "/contacts/"+contact1+"/export", nil).is(http.StatusOK)
	require.Equal(t, "52998224725", a.json["cpf"])
	require.NotContains(t, a.text, "cipher")
	conversations := a.json["conversations"].([]any)
	require.Len(t, conversations, 2)
	messages := conversations[0].(map[string]any)["messages"].([]any)
	require.Len(t, messages, 2)
	first, second := messages[0].(map[string]any), messages[1].(map[string]any)
	require.Equal(t, []any{"Olá Maria", []any{}}, []any{first["text"], first["files"]})
	require.Equal(t, []any{"Segue o RG", []any{map[string]any{"name": "rg.pdf", "size": 5.0}}}, []any{second["text"], second["files"]})
	require.Equal(t, "rascunho", conversations[0].(map[string]any)["drafts"].([]any)[0].(map[string]any)["text"])
	require.Equal(t, []any{}, conversations[1].(map[string]any)["messages"])
	w.as(admin, http.MethodGet, "/contacts/"+nowhere+"/export", nil).is(http.StatusNotFound, "not_found")
	w.as(admin, http.MethodGet, "/contacts/x/export", nil).is(http.StatusNotFound, "not_found")
}

// TestALongExportIsWrittenPieceByPiece holds that no history is in memory as a whole, and that half of one is no answer.
func TestALongExportIsWrittenPieceByPiece(t *testing.T) {
	w := newWorld(t)
	w.store.exports[contact1] = &domain.PersonExport{
		Contact: domain.Contact{ID: contact1}, Conversations: []*domain.Conversation{{ID: conversation1, AccountID: account1, QueueID: queue1, CreatedAt: 1}},
	}
	for i := range 1000 {
		w.store.exported[conversation1] = append(w.store.exported[conversation1], &domain.ExportedMessage{Message: domain.Message{
			ID: id(fmt.Sprintf("m%dx", i)), Direction: domain.Inbound, Kind: "text", Text: long(1000), CreatedAt: 1,
		}})
	}
	path := "/contacts/" + contact1 + "/export"
	a := w.as(admin, http.MethodGet, path, nil).is(http.StatusOK)
	require.Len(t, a.json["conversations"].([]any)[0].(map[string]any)["messages"], 1000)

	pieces := &pieceWriter{ResponseRecorder: httptest.NewRecorder()}
	w.api.ServeHTTP(pieces, w.request(admin, http.MethodGet, path, nil))
	require.Greater(t, pieces.count, 10)
	require.LessOrEqual(t, pieces.largest, exportBuffer)

	w.store.breakAt = 10 // nothing was written by then
	w.as(admin, http.MethodGet, path, nil).is(http.StatusServiceUnavailable, "unavailable")
	w.store.breakAt = 900
	half := httptest.NewRecorder()
	w.api.ServeHTTP(half, w.request(admin, http.MethodGet, path, nil))
	require.False(t, json.Valid(half.Body.Bytes()), "nobody takes it for all there is")
	require.Contains(t, w.logs.all(), "could not be written to its end")
}

// pieceWriter knows in which pieces an answer came.
type pieceWriter struct {
	*httptest.ResponseRecorder
	count, largest int
}

func (p *pieceWriter) Write(data []byte) (int, error) {
	p.count, p.largest = p.count+1, max(p.largest, len(data))
	return p.ResponseRecorder.Write(data)
}

func TestEraseContact(t *testing.T) {
	w := newWorld(t)
	a := w.as(admin, http.MethodDelete, "/contacts/"+contact1, nil).is(http.StatusOK)
	require.Equal(t, map[string]any{"id": contact1, "erased_at": float64(now), "pending": 0.0, "stays": []any{}}, a.json)
	w.store.pending, w.store.stays = 2, []string{"posts", "files"}
	a = w.as(admin, http.MethodDelete, "/contacts/"+contact1, nil).is(http.StatusOK)
	require.Equal(t, 2.0, a.json["pending"])
	require.Contains(t, a.json["stays"].([]any)[0], "EnableAPIPostDeletion", "it says which setting keeps it")
	require.Contains(t, a.json["stays"].([]any)[1], "FileInfo")
	require.Equal(t, contact1+" by "+admin, w.store.erased[0])
	w.as(admin, http.MethodDelete, "/contacts/"+nowhere, nil).is(http.StatusNotFound, "not_found")
}

func TestReleaseGuards(t *testing.T) {
	w := newWorld(t)
	w.store.released = 3
	require.Equal(t, 3.0, w.as(admin, http.MethodPost, "/guards/release", nil).is(http.StatusOK).json["released"])
}
