package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// deliver posts a body as Meta does, signed with the secret.
func (w *world) deliver(accountID, body, secret string) fake.Answer {
	w.Helper()
	return w.post(accountID, body, whatsapp.Sign(secret, []byte(body)))
}

func (w *world) post(accountID, body, signature string) fake.Answer {
	w.Helper()
	r := httptest.NewRequest(http.MethodPost, Path+"/"+accountID, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if signature != "" {
		r.Header.Set(whatsapp.SignatureHeader, signature)
	}
	return w.send(r)
}

// envelope is a delivery with one change for a number.
func envelope(waba, number string, value map[string]any) string {
	if number != "" {
		value["metadata"] = map[string]any{"phone_number_id": number, "display_phone_number": "5511987654321"}
	}
	body, _ := json.Marshal(map[string]any{
		"object": "whatsapp_business_account",
		"entry":  []any{map[string]any{"id": waba, "changes": []any{map[string]any{"field": "messages", "value": value}}}},
	})
	return string(body)
}

func message(wamid, from, timestamp string) map[string]any {
	return map[string]any{"id": wamid, "from": from, "timestamp": timestamp, "type": "text", "text": map[string]any{"body": "oi"}}
}

func hello(number, wamid string) string {
	return envelope("w1", number, map[string]any{"messages": []any{message(wamid, "551187654321", "1790000000")}})
}

func (w *world) challenge(accountID, token string) fake.Answer {
	w.Helper()
	query := url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {token}, "hub.challenge": {"<b>1158201444</b>"}}
	return w.send(httptest.NewRequest(http.MethodGet, Path+"/"+accountID+"?"+query.Encode(), nil))
}

func TestChallenge(t *testing.T) {
	w := newWorld(t)
	a := w.challenge(account1, fake.SecretVerify).Is(http.StatusOK)
	require.Equal(t, "<b>1158201444</b>", a.Text, "bare")
	require.Contains(t, a.Header.Get("Content-Type"), "text/plain")
	require.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"))
	for _, token := range []string{"", "x", fake.SecretVerify + "x", fake.SecretVerify[1:], strings.ToLower(fake.SecretVerify)} {
		w.challenge(account1, token).Is(http.StatusForbidden, "forbidden")
	}
	w.challenge(account2, "").Is(http.StatusForbidden, "forbidden") // it has none
	for _, unknown := range []string{nowhere, "x", "%00"} {
		w.challenge(unknown, fake.SecretVerify).Is(http.StatusNotFound, "not_found")
	}
}

func TestAChangedTokenOrSecretIsReadAgain(t *testing.T) {
	w := newWorld(t)
	w.challenge(account1, fake.SecretVerify).Is(http.StatusOK)
	w.accounts.accounts[0].VerifyToken = "another" // by another node
	w.clock.ms += minRecheckInterval
	w.challenge(account1, "another").Is(http.StatusOK)
	w.accounts.accounts[0] = &domain.Account{ID: account1, PhoneNumberID: "111", WABAID: "w1", AppSecret: "rotated"}
	w.clock.ms += minRecheckInterval
	w.deliver(account1, hello("111", "wamid.1"), "rotated").Is(http.StatusOK)
	w.deliver(account1, hello("111", "wamid.2"), fake.SecretApp).Is(http.StatusUnauthorized, "unauthorized")

	w.accounts.accounts = append(w.accounts.accounts, &domain.Account{ID: id("late"), PhoneNumberID: "333", AppSecret: "s"})
	w.clock.ms += minRecheckInterval
	w.deliver(id("late"), hello("333", "wamid.3"), "s").Is(http.StatusOK)
	require.Len(t, w.inbox.rows, 2)
}

func TestDeliveriesThatAreNotMetas(t *testing.T) {
	w := newWorld(t)
	body := hello("111", "wamid.1")
	right := whatsapp.Sign(fake.SecretApp, []byte(body))
	for name, signature := range map[string]string{
		"none": "", "blank": " ", "empty": "sha256=", "another secret": whatsapp.Sign("x", []byte(body)), "another body": whatsapp.Sign(fake.SecretApp, []byte(body+" ")),
		"sha1": "sha1=" + right[7:], "cut": right[:len(right)-2], "no hex": "sha256=" + strings.Repeat("z", 64), "bare": right[7:],
	} {
		t.Run(name, func(t *testing.T) {
			w.post(account1, body, signature).Is(http.StatusUnauthorized, "unauthorized")
			require.Zero(t, w.inbox.adds)
		})
	}
	w.deliver(account1, body, "").Is(http.StatusUnauthorized, "unauthorized")
	w.accounts.accounts[0].AppSecret = ""
	w.deliver(account1, body, "").Is(http.StatusUnauthorized, "unauthorized") // no secret verifies nothing
	w.deliver(nowhere, body, fake.SecretApp).Is(http.StatusNotFound, "not_found")
	require.Zero(t, w.inbox.adds, "nothing was stored")
	require.Zero(t, w.woken)
	require.Zero(t, w.handler.LastWebhook(account1))
}

func TestTheLargestDelivery(t *testing.T) {
	w := newWorld(t)
	w.deliver(account1, strings.Repeat(" ", maxBody), fake.SecretApp).Is(http.StatusOK)
	require.Len(t, w.inbox.rows, 1)
	w.deliver(account1, strings.Repeat(" ", maxBody+1), fake.SecretApp).Is(http.StatusRequestEntityTooLarge, "bad_request")
	w.post(account1, strings.Repeat(" ", maxBody+1), "").Is(http.StatusRequestEntityTooLarge, "bad_request")
	require.Len(t, w.inbox.rows, 1)
}

func TestADeliveryIsStoredAtOnce(t *testing.T) {
	w := newWorld(t)
	body := envelope("w1", "111", map[string]any{
		"contacts": []any{map[string]any{"wa_id": "551187654321", "profile": map[string]any{"name": "Maria"}}},
		"messages": []any{message("wamid.1", "551187654321", "1790000000"), message("wamid.2", "5511987654321", "1790000000"), message("wamid.3", "5521999999999", "")},
		"statuses": []any{map[string]any{"id": "wamid.9", "status": "delivered", "timestamp": "1790000001", "recipient_id": "551187654321"}},
	})
	a := w.deliver(account1, body, fake.SecretApp).Is(http.StatusOK)
	require.Empty(t, a.Text)
	require.Equal(t, 1, w.inbox.adds, "one statement")
	require.Equal(t, 1, w.woken)
	require.Equal(t, 1, w.accounts.reads, "no query of its own")
	require.Equal(t, now, w.handler.LastWebhook(account1))

	rows := w.inbox.rows
	require.Len(t, rows, 4)
	lane := "m:" + account1 + ":5511987654321"
	require.Equal(t, []string{lane, lane, "m:" + account1 + ":5521999999999", "s:wamid.9"}, []string{rows[0].Lane, rows[1].Lane, rows[2].Lane, rows[3].Lane},
		"one lane with and without the ninth digit")
	require.Equal(t, []int64{1_790_000_000_000, 1_790_000_000_000, now, 1_790_000_001_000}, []int64{rows[0].Order, rows[1].Order, rows[2].Order, rows[3].Order})
	for i, key := range []string{"m:wamid.1", "m:wamid.2", "m:wamid.3", "s:wamid.9:delivered"} {
		require.Equal(t, hideKey(key), rows[i].Key)
		require.Equal(t, account1, rows[i].AccountID)
		require.Empty(t, rows[i].Dead)
		var item whatsapp.Item
		require.NoError(t, json.Unmarshal(rows[i].Payload, &item))
		require.Equal(t, "111", item.PhoneNumberID)
	}

	w.deliver(account1, body, fake.SecretApp).Is(http.StatusOK)
	require.Len(t, w.inbox.rows, 4, "again changes nothing")
}

func TestWhatCannotBeStoredIsNotAccepted(t *testing.T) {
	w := newWorld(t)
	w.inbox.err = errDown
	w.deliver(account1, hello("111", "wamid.1"), fake.SecretApp).Is(http.StatusServiceUnavailable, "unavailable")
	require.Zero(t, w.woken)
	require.Zero(t, w.handler.LastWebhook(account1))

	w = newWorld(t)
	w.accounts.err = errDown // the accounts were never read
	w.deliver(account1, hello("111", "wamid.1"), fake.SecretApp).Is(http.StatusServiceUnavailable, "unavailable")
	w.challenge(account1, fake.SecretVerify).Is(http.StatusServiceUnavailable, "unavailable")

	w = newWorld(t)
	w.deliver(account1, hello("111", "wamid.1"), fake.SecretApp).Is(http.StatusOK)
	w.clock.ms += minRecheckInterval
	w.accounts.err = errDown // known accounts go on; a wrong signature may be an old secret
	w.deliver(account1, hello("111", "wamid.2"), fake.SecretApp).Is(http.StatusOK)
	w.deliver(account1, hello("111", "wamid.3"), "x").Is(http.StatusServiceUnavailable, "unavailable")
	w.deliver(account1, hello("999", "wamid.4"), fake.SecretApp).Is(http.StatusServiceUnavailable, "unavailable")
	require.Zero(t, w.ignored)
}

func TestABusyInboxIsNotLogged(t *testing.T) {
	w := newWorld(t)
	w.inbox.err = errors.Wrap(errTooMuch, "deep down")
	w.deliver(account1, hello("111", "wamid.1"), fake.SecretApp).Is(http.StatusServiceUnavailable, "unavailable")
	require.Empty(t, w.log.Lines())
	w.inbox.err = errDown
	w.deliver(account1, hello("111", "wamid.1"), fake.SecretApp).Is(http.StatusServiceUnavailable, "unavailable")
	require.Len(t, w.log.Lines(), 1)
}

func TestADisabledAccountTakesItsDeliveries(t *testing.T) {
	w := newWorld(t)
	w.accounts.accounts[0].Enabled = false
	w.challenge(account1, fake.SecretVerify).Is(http.StatusOK)
	w.deliver(account1, hello("111", "wamid.1"), fake.SecretApp).Is(http.StatusOK)
	require.Len(t, w.inbox.rows, 1)
}

func TestWhatIsNoWebhookBecomesADeadLetter(t *testing.T) {
	w := newWorld(t)
	bodies := []string{"not json", "", "null", "[]", "{}", `{"entry":5}`, `"x"`, "\x00\xff", strings.Repeat("[", 100_000), `{"entry":[{]}`}
	for i, body := range bodies {
		w.deliver(account1, body, fake.SecretApp).Is(http.StatusOK)
		require.Len(t, w.inbox.rows, i+1, body)
		row := w.inbox.rows[i]
		require.Equal(t, body, string(row.Payload))
		require.NotEmpty(t, row.Dead)
		require.Equal(t, account1, row.AccountID)
	}
	w.deliver(account1, bodies[0], fake.SecretApp).Is(http.StatusOK)
	require.Len(t, w.inbox.rows, len(bodies), "the same body is the same dead letter")
}

func TestABodyThatBreaksTheParserIsADeadLetter(t *testing.T) {
	items, reason := split(func([]byte) ([]whatsapp.Item, error) { panic("at the disco") }, []byte("x"))
	require.Empty(t, items)
	require.Equal(t, reasonUnreadable, reason)
}

func TestABadItemDisturbsNothingBesideIt(t *testing.T) {
	w := newWorld(t)
	body := envelope("w1", "111", map[string]any{"messages": []any{5, message("wamid.1", "551187654321", "1790000000"), map[string]any{"from": "1"}}})
	w.deliver(account1, body, fake.SecretApp).Is(http.StatusOK)
	dead := map[bool]int{}
	for _, row := range w.inbox.rows {
		dead[row.Dead != ""]++
		require.Equal(t, row.Dead != "", strings.HasPrefix(row.Key, "dead:"+account1+":"))
		require.LessOrEqual(t, len(row.Key), 300)
	}
	require.Equal(t, map[bool]int{true: 2, false: 1}, dead)
}

func TestWhoseNumberItIs(t *testing.T) {
	template := func(waba string) string {
		body, _ := json.Marshal(map[string]any{"entry": []any{map[string]any{"id": waba, "changes": []any{map[string]any{
			"field": "message_template_status_update", "value": map[string]any{"event": "APPROVED", "message_template_id": 5},
		}}}}})
		return string(body)
	}
	for _, c := range []struct {
		name, body string
		sameSecret bool
		account    string // "" = ignored
		dead       string
	}{
		{"its own", hello("111", "wamid.1"), false, account1, ""},
		{"nobody's", hello("123456123", "wamid.1"), false, "", ""},
		{"another of ours, one app", hello("222", "wamid.1"), true, account2, ""},
		{"another of ours, another app", hello("222", "wamid.1"), false, account1, reasonOtherSecret},
		{"no number at all", hello("", "wamid.1"), false, account1, ""},
		{"its business account", template("w1"), false, account1, ""},
		{"another of our business accounts", template("w2"), true, account2, ""},
		{"another of ours, another app's", template("w2"), false, account1, reasonOtherSecret},
		{"nobody's business account", template("0"), false, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.sameSecret {
				w.accounts.accounts[1].AppSecret = fake.SecretApp
			}
			w.deliver(account1, c.body, fake.SecretApp).Is(http.StatusOK)
			if c.account == "" {
				require.Equal(t, 1, w.ignored)
				require.Empty(t, w.inbox.rows)
				require.Equal(t, 2, w.accounts.reads, "looked again, once")
				return
			}
			require.Zero(t, w.ignored)
			require.Len(t, w.inbox.rows, 1)
			row := w.inbox.rows[0]
			require.Equal(t, []string{c.account, c.dead}, []string{row.AccountID, row.Dead})
			require.Equal(t, c.account == account2, w.handler.LastWebhook(account2) == now)
			var item whatsapp.Item
			require.NoError(t, json.Unmarshal(row.Payload, &item))
			require.True(t, item.PhoneNumberID != "" || item.Kind == whatsapp.KindTemplate)
		})
	}
}

func TestADeadLetterOfOneSignerDoesNotStandInTheWayOfTheRightOne(t *testing.T) {
	w := newWorld(t)
	body := hello("222", "wamid.1")
	w.deliver(account1, body, fake.SecretApp).Is(http.StatusOK)
	w.deliver(account2, body, fake.SecretApp+"2").Is(http.StatusOK)
	require.Len(t, w.inbox.rows, 2)
	require.NotEmpty(t, w.inbox.rows[0].Dead)
	require.Equal(t, []string{account2, "", hideKey("m:wamid.1")}, []string{w.inbox.rows[1].AccountID, w.inbox.rows[1].Dead, w.inbox.rows[1].Key})
}

func TestAnAccountMadeElsewhereIsFoundBeforeItsMessageIsIgnored(t *testing.T) {
	w := newWorld(t)
	w.deliver(account1, hello("111", "wamid.1"), fake.SecretApp).Is(http.StatusOK)
	w.accounts.accounts = append(w.accounts.accounts, &domain.Account{ID: id("late"), PhoneNumberID: "333", WABAID: "w1", AppSecret: fake.SecretApp})
	w.deliver(account1, hello("333", "wamid.2"), fake.SecretApp).Is(http.StatusOK)
	require.Zero(t, w.ignored)
	require.Equal(t, id("late"), w.inbox.rows[1].AccountID)
}

func TestHostileNamesOfLanes(t *testing.T) {
	w := newWorld(t)
	for i, from := range []string{strings.Repeat("9", 10_000), strings.Repeat("é", 500), "BR." + strings.Repeat("x", 300), "\x00", "a\x00b"} {
		body := envelope(strings.Repeat("w", 5000), "111", map[string]any{"messages": []any{message(fmt.Sprintf("wamid.%d%s", i, strings.Repeat("x", 5000)), from, "99999999999999999999")}})
		w.deliver(account1, body, fake.SecretApp).Is(http.StatusOK)
	}
	for _, row := range w.inbox.rows {
		require.LessOrEqual(t, len(row.Lane), 256)
		require.LessOrEqual(t, len(row.Key), 300)
		require.NotContains(t, row.Lane+row.Key, "\x00")
		require.Positive(t, row.Order)
	}
	require.Len(t, w.inbox.rows, 5)
}

// TestRealDeliveries posts every recorded delivery there is as it is (to numbers
// that are not ours) and with its number made ours.
func TestRealDeliveries(t *testing.T) {
	files, err := filepath.Glob("../../../shared/fixtures/webhooks/*.json")
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("the recorded deliveries are not part of the project and not here")
	}
	w := newWorld(t)
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		w.deliver(account1, string(body), fake.SecretApp).Is(http.StatusOK)

		before := len(w.inbox.rows)
		var number struct {
			Entry []struct {
				Changes []struct {
					Value struct {
						Metadata struct {
							ID string `json:"phone_number_id"`
						} `json:"metadata"`
					} `json:"value"`
				} `json:"changes"`
			} `json:"entry"`
		}
		if json.Unmarshal(body, &number) != nil || len(number.Entry) == 0 || len(number.Entry[0].Changes) == 0 || number.Entry[0].Changes[0].Value.Metadata.ID == "" {
			continue
		}
		ours := strings.ReplaceAll(string(body), `"`+number.Entry[0].Changes[0].Value.Metadata.ID+`"`, `"111"`)
		ours = strings.ReplaceAll(ours, "wamid.", "wamid."+filepath.Base(file))
		w.deliver(account1, ours, fake.SecretApp).Is(http.StatusOK)
		require.Greater(t, len(w.inbox.rows), before, file)
	}
	require.Positive(t, w.ignored)
	for _, row := range w.inbox.rows {
		require.NotEmpty(t, row.Lane)
		require.NotEmpty(t, row.Payload)
	}
}

// fakeDiscardingInbox is an inbox for measuring what comes before it.
type fakeDiscardingInbox struct{}

func (fakeDiscardingInbox) Deliver(context.Context, []domain.InboxRow) error { return nil }

func BenchmarkDelivery(b *testing.B) {
	clock := &fakeClock{now}
	cache := NewAccountCache(newAccounts().Accounts, clock)
	h := New(Deps{Inbox: fakeDiscardingInbox{}, IsBusy: func(err error) bool { return errors.Is(err, errTooMuch) }, HideName: func(name string) (string, error) { return name, nil }, Accounts: cache, WakeInbox: func() {}, OnIgnored: func(int) {}, Clock: clock})
	body := hello("111", "wamid.1")
	signature := whatsapp.Sign(fake.SecretApp, []byte(body))
	b.ReportAllocs()
	for b.Loop() {
		r, _ := http.NewRequest(http.MethodPost, Path+"/"+account1, strings.NewReader(body))
		r.Header.Set(whatsapp.SignatureHeader, signature)
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
