package cloudapi_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// TestInboundHasTheDocumentedShape compares messages[0] with real payloads: it must have all their keys, and no others except the newer
// ones.
func TestInboundHasTheDocumentedShape(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.sim.Phone(dialled).Reply("oi")
	require.NoError(t, err)
	interactive := func(kind, action string) {
		a := w.send(`{"messaging_product":"whatsapp","to":"+5511987654321","type":"interactive","interactive":{"type":"` + kind + `","body":{"text":"oi"},"action":` + action + `}}`)
		require.Equal(t, http.StatusOK, a.status, string(a.raw))
		w.settle()
	}
	ph := w.sim.Phone(dialled)
	file := cloudapi.Media{MIMEType: "audio/ogg; codecs=opus", Filename: "a.ogg", Voice: true, Data: []byte("OggS")}
	cases := map[string]func() (string, error){
		"002-text-metadocs.json":         func() (string, error) { return ph.Reply("oi") },
		"054-audio-voice-metadocs.json":  func() (string, error) { return ph.SendMedia("audio", file, "") },
		"045-image-metadocs.json":        func() (string, error) { return ph.SendMedia("image", file, "uma foto") },
		"065-document-metadocs.json":     func() (string, error) { return ph.SendMedia("document", file, "um arquivo") },
		"070-sticker-metadocs.json":      func() (string, error) { return ph.SendMedia("sticker", file, "") },
		"116-reaction-metadocs.json":     func() (string, error) { return ph.React(ph.Sent()[0].ID, "👍") },
		"118-reaction-removed-pywa.json": func() (string, error) { return ph.Unreact(ph.Sent()[0].ID) },
		"121-order-metadocs.json": func() (string, error) {
			return ph.SendOrder(cloudapi.Order{CatalogID: "1", Text: "x", Items: []cloudapi.OrderItem{{ProductID: "p", Quantity: 1, Price: 9.9, Currency: "BRL"}}})
		},
		"136-unsupported-err131051-pywa.json":               func() (string, error) { return ph.SendUnsupported("") },
		"139-unsupported-poll_update-err131051-whaloc.json": func() (string, error) { return ph.SendUnsupported("poll_update") },
		"146-request_welcome-metadocs.json":                 func() (string, error) { return ph.Welcome() },
		"096-interactive-button_reply-restfb.json": func() (string, error) {
			interactive("button", `{"buttons":[{"type":"reply","reply":{"id":"1","title":"a"}}]}`)
			return ph.Tap(0)
		},
		"103-interactive-list_reply-reply-metadocs.json": func() (string, error) {
			interactive("list", `{"button":"ver","sections":[{"rows":[{"id":"1","title":"a","description":"d"}]}]}`)
			return ph.Tap(0)
		},
		"129-system-user_changed_number-whaloc.json": func() (string, error) { return w.sim.Phone("+5511933334444").ChangeNumber("+5511900001111") },
		"038-text-referral-whaloc.json": func() (string, error) {
			return ph.ReplyFromAd("oi", cloudapi.Referral{SourceURL: "u", SourceID: "1", SourceType: "ad", Headline: "h", Body: "b", MediaType: "image", ImageURL: "i", VideoURL: "v", ThumbnailURL: "t", ClickID: "c"})
		},
	}
	newer := []string{".from_user_id", ".context", ".context.from", ".context.id", ".system.user_id", ".system.previous_user_id"}
	for file, send := range cases {
		t.Run(file, func(t *testing.T) {
			w.settle() // what was sent before the first case may be on its way
			w.hook.reset()
			id, err := send()
			require.NoError(t, err)
			w.settle()
			messages := w.inbound()
			got := messages[len(messages)-1]
			require.Equal(t, id, got["id"])
			want := readFixture(t, "webhooks", file)["entry"].([]any)[0].(map[string]any)["changes"].([]any)[0].(map[string]any)["value"].(map[string]any)
			wanted := keysOf(want["messages"].([]any)[0])
			for _, key := range wanted {
				require.Contains(t, keysOf(got), key)
			}
			for _, key := range keysOf(got) {
				if !strings.HasSuffix(key, ".url") { // Meta is adding it gradually
					require.Contains(t, append(wanted, newer...), key)
				}
			}
			_, contacts := w.values()[len(w.values())-1]["contacts"]
			require.Equal(t, want["contacts"] != nil, contacts)
		})
	}
}

func TestEditRevokeQuoteReplace(t *testing.T) {
	w := newWorld(t, nil)
	ph := w.sim.Phone(dialled)
	id, err := ph.Reply("oi")
	require.NoError(t, err)
	_, err = ph.Edit(id, "olá")
	require.NoError(t, err)
	_, err = ph.Revoke(id)
	require.NoError(t, err)
	_, err = ph.Quote(id, "sobre isso")
	require.NoError(t, err)
	phantom, err := ph.SendUnsupported("")
	require.NoError(t, err)
	again, err := ph.Replace(phantom, "a de verdade")
	require.NoError(t, err)
	require.Equal(t, phantom, again)
	w.settle()
	got := w.inbound()
	require.Equal(t, []string{"text", "edit", "revoke", "text", "unsupported", "text"}, words(got, "type"))
	require.Equal(t, map[string]any{"original_message_id": id, "message": map[string]any{"type": "text", "text": map[string]any{"body": "olá"}}}, got[1]["edit"])
	require.Equal(t, map[string]any{"original_message_id": id}, got[2]["revoke"])
	require.Equal(t, map[string]any{"from": "5511987654321", "id": id}, got[3]["context"])
	require.Equal(t, got[4]["id"], got[5]["id"])
	chat := ph.Chat()
	require.True(t, chat[0].Revoked)
	require.Equal(t, "a de verdade", chat[len(chat)-1].Text, "the placeholder was replaced")
	for name, wrong := range map[string]func() (string, error){
		"no button":        func() (string, error) { return ph.Tap(0) },
		"unknown message":  func() (string, error) { return ph.Quote("wamid.x", "a") },
		"unknown original": func() (string, error) { return ph.Edit("wamid.x", "a") },
		"unknown number":   func() (string, error) { return ph.On("1").Reply("a") },
		"unknown kind":     func() (string, error) { return ph.SendMedia("fax", cloudapi.Media{}, "") },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := wrong()
			require.Error(t, err)
		})
	}
}

func TestReactionsGetOnlySent(t *testing.T) {
	w := newWorld(t, nil)
	ph := w.sim.Phone(dialled)
	id, err := ph.Reply("oi")
	require.NoError(t, err)
	a := w.send(`{"messaging_product":"whatsapp","to":"+5511987654321","type":"reaction","reaction":{"message_id":"` + id + `","emoji":"👍"}}`)
	require.Equal(t, http.StatusOK, a.status, string(a.raw))
	w.settle()
	require.Equal(t, []string{"sent"}, words(w.statuses(), "status"))
	require.Equal(t, map[string]string{"business": "👍"}, ph.Chat()[0].Reaction)
	w.sim.Advance(31 * 24 * time.Hour)
	_, err = ph.Reply("de novo")
	require.NoError(t, err)
	require.Equal(t, 131009, w.send(`{"messaging_product":"whatsapp","to":"+5511987654321","type":"reaction","reaction":{"message_id":"`+id+`","emoji":"👍"}}`).code(), "older than 30 days")
}

func TestStatusesByHand(t *testing.T) {
	w := newWorld(t, func(s *cloudapi.Settings) { s.AutomaticStatuses = false })
	id := w.send(templateSend).wamid()
	w.settle()
	require.Empty(t, w.statuses())
	require.Len(t, w.sim.Phone(dialled).Messages(), 1)
	for _, status := range []string{"read", "delivered", "sent", "sent"} {
		require.NoError(t, w.sim.SendStatus(id, status))
	}
	w.settle()
	require.Equal(t, []string{"read", "delivered", "sent", "sent"}, words(w.statuses(), "status"))
	m, _ := w.sim.Message(id)
	require.Equal(t, "read", m.Status, "what is known never goes back")
	require.Error(t, w.sim.SendStatus("wamid.x", "read"))
	require.NoError(t, w.sim.FailMessage(id, 131026))
	w.settle()
	require.NotContains(t, w.values()[4], "contacts", "failed comes without contacts")
}

func TestDelaysFollowTheClock(t *testing.T) {
	w := newWorld(t, func(s *cloudapi.Settings) {
		s.SentDelay, s.DeliveredDelay, s.ReadDelay, s.AutomaticRead = time.Hour, time.Hour, time.Hour, true
	})
	require.Equal(t, http.StatusOK, w.send(templateSend).status)
	for _, want := range [][]string{{"sent"}, {"sent", "delivered"}, {"sent", "delivered", "read"}} {
		w.sim.Advance(time.Hour)
		w.settle()
		require.Equal(t, want, words(w.statuses(), "status"))
	}
}

func TestMediaBothWays(t *testing.T) {
	w := newWorld(t, nil)
	data := []byte("OggS and so on")
	id, err := w.sim.Phone(dialled).SendMedia("audio", cloudapi.Media{MIMEType: "audio/ogg; codecs=opus", Voice: true, Data: data}, "")
	require.NoError(t, err)
	w.settle()
	node := w.inbound()[0]["audio"].(map[string]any)
	sum := sha256.Sum256(data)
	require.Equal(t, base64.StdEncoding.EncodeToString(sum[:]), node["sha256"])
	require.NotEmpty(t, id)

	info := w.graph("GET", node["id"].(string), "")
	link := strings.TrimPrefix(info.body["url"].(string), w.url)
	download := func(token string) answer {
		a, err := w.call("GET", link, token, nil)
		require.NoError(t, err)
		return a
	}
	require.Equal(t, data, download(w.number.Token).raw)
	require.Equal(t, "audio/ogg; codecs=opus", download(w.number.Token).header.Get("Content-Type"))
	require.Equal(t, http.StatusUnauthorized, download("").status)
	require.Equal(t, http.StatusNotFound, download(w.sim.AddNumber(cloudapi.Number{}).Token).status, "another business's token")
	w.sim.Advance(5 * time.Minute)
	require.Equal(t, http.StatusNotFound, download(w.number.Token).status, "the link lived 5 minutes")
	require.Equal(t, http.StatusOK, w.graph("GET", node["id"].(string), "").status)
	w.sim.Advance(7 * 24 * time.Hour)
	require.Equal(t, 100, w.graph("GET", node["id"].(string), "").code(), "an inbound file is kept for 7 days")
}
