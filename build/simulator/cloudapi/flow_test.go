package cloudapi_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

func TestConversation(t *testing.T) {
	w := newWorld(t, nil)
	sent := w.send(templateSend)
	require.Equal(t, http.StatusOK, sent.status, string(sent.raw))
	require.True(t, strings.HasPrefix(sent.wamid(), "wamid."))
	require.Equal(t, "v25.0", sent.header.Get("facebook-api-version"))
	require.NotEmpty(t, sent.header.Get("x-fb-request-id"))
	require.Contains(t, sent.header.Get("x-business-use-case-usage"), w.number.WABAID)
	w.settle()

	ph := w.sim.Phone(dialled)
	got, ok := ph.Last()
	require.True(t, ok)
	require.Equal(t, "Olá Ana, o pedido 77 saiu.", got.Text)
	require.Equal(t, []string{"Sim", "Não"}, []string{got.Buttons[0].Text, got.Buttons[1].Text})
	require.Equal(t, []string{"sent", "delivered"}, words(w.statuses(), "status"))
	require.Equal(t, []string{"post-1", "post-1"}, words(w.statuses(), "biz_opaque_callback_data"))
	require.Equal(t, map[string]any{"billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility"}, w.statuses()[0]["pricing"])

	require.Equal(t, []string{sent.wamid()}, ph.Read())
	require.Empty(t, ph.Read(), "read once")
	_, err := ph.Tap(0)
	require.NoError(t, err)
	w.settle()
	require.Equal(t, []string{"sent", "delivered", "read"}, words(w.statuses(), "status"))
	answer := w.inbound()[0]
	require.Equal(t, map[string]any{"text": "Sim", "payload": "YES"}, answer["button"])
	require.Equal(t, map[string]any{"from": "551155550100", "id": sent.wamid()}, answer["context"])
	require.Equal(t, "5511987654321", answer["from"])

	_, err = ph.Tap(1)
	require.NoError(t, err)
	w.settle()
	require.Equal(t, map[string]any{"text": "Não", "payload": "Não"}, w.inbound()[1]["button"], "without a payload Meta gives the label")
}

func TestSignatureCoversTheExactBytes(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.sim.Phone(dialled).Reply("ação 😀 a/b")
	require.NoError(t, err)
	w.settle()
	d := w.hook.deliveries()[0]
	mac := hmac.New(sha256.New, []byte(w.number.AppSecret))
	mac.Write(d.body)
	require.Equal(t, "sha256="+hex.EncodeToString(mac.Sum(nil)), d.header.Get("X-Hub-Signature-256"))
	require.Contains(t, string(d.body), `a\u00e7\u00e3o \ud83d\ude00 a\/b`)
	require.Equal(t, "ação 😀 a/b", w.inbound()[0]["text"].(map[string]any)["body"])
}

func TestWindow(t *testing.T) {
	w := newWorld(t, func(s *cloudapi.Settings) { s.RefuseAtOnce = true })
	ph := w.sim.Phone(dialled)
	require.Equal(t, 131047, w.send(textTo(dialled, "oi")).code(), "never wrote")
	require.Equal(t, http.StatusOK, w.send(templateSend).status)
	w.settle()
	ph.Read()
	require.Equal(t, 131047, w.send(textTo(dialled, "oi")).code(), "a template opens nothing, read or not")

	_, err := ph.Reply("oi")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, w.send(textTo(dialled, "oi")).status)
	w.sim.Advance(24*time.Hour - time.Second)
	require.Equal(t, http.StatusOK, w.send(textTo(dialled, "oi")).status)
	w.sim.Advance(time.Second)
	require.Equal(t, 131047, w.send(textTo(dialled, "oi")).code(), "24 h are over")

	_, err = ph.SendMessage(map[string]any{"type": "system", "system": map[string]any{"type": "customer_identity_changed"}})
	require.NoError(t, err)
	require.Equal(t, 131047, w.send(textTo(dialled, "oi")).code(), "a system message opens nothing")
	_, err = ph.Welcome()
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, w.send(textTo(dialled, "oi")).status, "request_welcome opens")
}

func TestRefusedLater(t *testing.T) {
	cases := map[string]struct {
		prepare func(*world)
		body    string
		code    float64
	}{
		"window closed":    {func(*world) {}, textTo(dialled, "oi"), 131047},
		"not on WhatsApp":  {func(w *world) { w.sim.AddCustomer(cloudapi.Customer{Number: dialled, NotOnWhatsApp: true}) }, templateSend, 131026},
		"queued by a test": {func(w *world) { w.sim.FailNextLater(cloudapi.Match{To: dialled}, 131042, 1) }, templateSend, 131042},
		"marketing stopped": {func(w *world) {
			require.NoError(w.t, w.sim.SetTemplateCategory(w.number.WABAID, "pedido", "pt_BR", "MARKETING"))
			require.NoError(w.t, w.sim.Phone(dialled).StopMarketing())
		}, templateSend, 131050},
		"marketing capped": {func(w *world) {
			require.NoError(w.t, w.sim.SetTemplateCategory(w.number.WABAID, "pedido", "pt_BR", "MARKETING"))
			w.sim.Phone(dialled).Configure(func(c *cloudapi.Customer) { c.MarketingCapped = true })
		}, templateSend, 131049},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			c.prepare(w)
			require.Equal(t, http.StatusOK, w.send(c.body).status)
			w.settle()
			require.Equal(t, []string{"failed"}, words(w.statuses(), "status"))
			require.Equal(t, c.code, w.statuses()[0]["errors"].([]any)[0].(map[string]any)["code"])
			require.Empty(t, w.sim.Phone(dialled).Messages())
			require.Empty(t, w.sim.Bill().Lines, "what failed costs nothing")
		})
	}
}

func TestNinthDigitAndBSUID(t *testing.T) {
	w := newWorld(t, nil)
	ph := w.sim.AddCustomer(cloudapi.Customer{Number: "+55 (41) 98888-7777", DropNinthDigit: true, BSUID: "BR.1502576394655843"})
	for _, to := range []string{"+5541988887777", "+554188887777", "+55 41 8888-7777", "41988887777"} {
		a := w.send(strings.ReplaceAll(templateSend, dialled, to))
		require.Equal(t, http.StatusOK, a.status, string(a.raw))
		require.Equal(t, []any{map[string]any{"input": to, "wa_id": "554188887777"}}, a.body["contacts"])
	}
	a := w.send(strings.ReplaceAll(templateSend, `"to":"+5511987654321"`, `"recipient":"BR.1502576394655843"`))
	require.Equal(t, []any{map[string]any{"input": "BR.1502576394655843", "user_id": "BR.1502576394655843"}}, a.body["contacts"])
	w.settle()
	require.Len(t, ph.Messages(), 5)

	ph.Configure(func(c *cloudapi.Customer) { c.HideNumber, c.HideName = true, true })
	w.hook.reset()
	_, err := ph.Reply("oi")
	require.NoError(t, err)
	w.settle()
	require.NotContains(t, w.inbound()[0], "from")
	require.Equal(t, "BR.1502576394655843", w.inbound()[0]["from_user_id"])
	require.Equal(t, []any{map[string]any{"user_id": "BR.1502576394655843"}}, w.values()[0]["contacts"])
}

func TestPhoneOffAndBlocked(t *testing.T) {
	w := newWorld(t, nil)
	ph := w.sim.Phone(dialled)
	ph.TurnOff()
	require.Equal(t, http.StatusOK, w.send(templateSend).status)
	w.settle()
	require.Equal(t, []string{"sent"}, words(w.statuses(), "status"))
	require.Empty(t, ph.Messages())
	require.Empty(t, w.sim.Bill().Lines)
	ph.TurnOn()
	w.settle()
	require.Equal(t, []string{"sent", "delivered"}, words(w.statuses(), "status"))

	ph.TurnOff()
	require.Equal(t, http.StatusOK, w.send(templateSend).status)
	w.settle()
	w.sim.Advance(31 * 24 * time.Hour)
	ph.TurnOn()
	w.settle()
	require.Len(t, ph.Messages(), 1, "the second one's time to live was over, and nobody is told")
	require.Equal(t, []string{"sent", "delivered", "sent"}, words(w.statuses(), "status"))

	ph.Block()
	require.Equal(t, http.StatusOK, w.send(templateSend).status)
	w.settle()
	require.Len(t, ph.Messages(), 1)
}

func TestBill(t *testing.T) {
	w := newWorld(t, func(s *cloudapi.Settings) { s.FreeServiceMessages = 2; s.PairRate = false })
	ph := w.sim.Phone(dialled)
	require.Equal(t, http.StatusOK, w.send(templateSend).status)
	_, err := ph.Reply("oi")
	require.NoError(t, err)
	for range 3 {
		require.Equal(t, http.StatusOK, w.send(textTo(dialled, "oi")).status)
	}
	w.settle()
	ph.Read()
	require.NoError(t, w.sim.SendStatus(ph.Messages()[0].ID, "delivered"))
	w.settle()
	bill := w.sim.Bill()
	require.Len(t, bill.Lines, 4, "one line a message, however often its price is told")
	require.Equal(t, map[string]int{"utility": 1, "service": 3}, bill.Messages)
	require.Equal(t, map[string]int{"utility": 1, "service": 1}, bill.Billable)
	require.InDelta(t, 0.0136, bill.Total, 1e-9)
	types := []string{}
	for _, l := range bill.Lines[1:] {
		types = append(types, l.Type)
	}
	require.Equal(t, []string{"free_customer_service", "free_customer_service", "regular"}, types)

	w.sim.Advance(32 * 24 * time.Hour)
	_, err = ph.Reply("oi")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, w.send(textTo(dialled, "oi")).status)
	w.settle()
	require.False(t, w.sim.Bill().Lines[4].Billable, "a new month")
}

func TestPricingObjects(t *testing.T) {
	prices := func(s *cloudapi.Settings) []bool {
		w := newWorld(t, func(settings *cloudapi.Settings) { *settings = *s; settings.AutomaticRead = true })
		require.Equal(t, http.StatusOK, w.send(templateSend).status)
		w.settle()
		var has []bool
		for _, node := range w.statuses() {
			has = append(has, node["pricing"] != nil)
			require.Equal(t, s.Pricing == cloudapi.PricingCBP, node["conversation"] != nil)
		}
		return has
	}
	s := cloudapi.DefaultSettings()
	require.Equal(t, []bool{true, true, true}, prices(&s))
	s.PricingOnce = true
	require.Equal(t, []bool{true, true, false}, prices(&s))
	s.PricingOnce, s.Pricing = false, cloudapi.PricingCBP
	require.Equal(t, []bool{true, true, true}, prices(&s))
	s.Pricing = cloudapi.PricingNone
	require.Equal(t, []bool{false, false, false}, prices(&s))
}
