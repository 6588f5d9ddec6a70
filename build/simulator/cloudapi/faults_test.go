package cloudapi_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

func TestFaults(t *testing.T) {
	messages := cloudapi.Match{Edge: "messages"}
	cases := map[string]struct {
		fault    cloudapi.Fault
		status   int // 0 = no answer
		recorded int
		contains string
	}{
		"cut before":     {cloudapi.Fault{Match: messages, Kind: cloudapi.FaultCutBefore}, 0, 0, ""},
		"cut after":      {cloudapi.Fault{Match: messages, Kind: cloudapi.FaultCutAfter}, 0, 1, ""},
		"500 JSON":       {cloudapi.Fault{Match: messages, Kind: cloudapi.FaultHTTP}, 500, 0, `"is_transient":true`},
		"502 HTML":       {cloudapi.Fault{Match: messages, Kind: cloudapi.FaultHTTP, Status: 502, HTML: true}, 502, 0, "<html>"},
		"503 after":      {cloudapi.Fault{Match: messages, Kind: cloudapi.FaultHTTPAfter, Status: 503}, 503, 1, ""},
		"429":            {cloudapi.Fault{Match: messages, Kind: cloudapi.FaultRateLimit}, 429, 0, `"code":4`},
		"slow":           {cloudapi.Fault{Match: messages, Kind: cloudapi.FaultSlow, Delay: 5 * time.Millisecond}, 200, 1, "wamid."},
		"late":           {cloudapi.Fault{Match: messages, Kind: cloudapi.FaultLate, Delay: 5 * time.Millisecond}, 200, 1, "wamid."},
		"delay":          {cloudapi.Fault{Match: messages, Kind: cloudapi.FaultDelay, Delay: 5 * time.Millisecond}, 200, 1, "wamid."},
		"another number": {cloudapi.Fault{Match: cloudapi.Match{PhoneNumberID: "1"}, Kind: cloudapi.FaultHTTP}, 200, 1, "wamid."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.sim.Faults().Next(1, c.fault)
			a, err := w.call("POST", "/v25.0/"+w.number.ID+"/messages", w.number.Token, []byte(templateSend))
			require.Equal(t, c.status == 0, err != nil)
			require.Equal(t, c.status, a.status)
			require.Contains(t, string(a.raw), c.contains)
			w.settle()
			require.Len(t, w.sim.Sends(), c.recorded)
			require.Len(t, w.sim.Phone(dialled).Messages(), c.recorded)
			require.Len(t, w.statuses(), 2*c.recorded)
			require.Len(t, w.sim.Bill().Lines, c.recorded)

			w.sim.Faults().Clear()
			require.Equal(t, http.StatusOK, w.send(templateSend).status, "once and no more")
			require.Len(t, w.sim.Duplicates(), c.recorded, "the second send says the same")
		})
	}
}

func TestFaultsCountAndStay(t *testing.T) {
	w := newWorld(t, nil)
	w.sim.Faults().Next(2, cloudapi.Fault{Kind: cloudapi.FaultHTTP, Status: 503})
	w.sim.Faults().Always(cloudapi.Fault{Match: cloudapi.Match{Method: "GET"}, Kind: cloudapi.FaultHTTP, Status: 504})
	status := func() int { return w.graph("GET", w.number.ID, "").status }
	require.Equal(t, []int{503, 503, 504, 504}, []int{status(), status(), status(), status()})
	require.Len(t, w.sim.Faults().List(), 1)
	require.Equal(t, http.StatusOK, w.send(templateSend).status)
}

func TestLateAnswerComesAfterTheStatuses(t *testing.T) {
	w := newWorld(t, nil)
	w.sim.Faults().Next(1, cloudapi.Fault{Kind: cloudapi.FaultLate, Delay: time.Hour})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+"/v25.0/"+w.number.ID+"/messages", strings.NewReader(templateSend))
		if err == nil {
			r.Header.Set("Authorization", "Bearer "+w.number.Token)
			r.Header.Set("Content-Type", "application/json")
			_, err = http.DefaultClient.Do(r)
		}
		done <- err
	}()
	require.Eventually(t, func() bool { return len(w.statuses()) == 2 }, 20*time.Second, time.Millisecond)
	require.Equal(t, "post-1", w.statuses()[0]["biz_opaque_callback_data"])
	cancel()
	require.Error(t, <-done)
}

func TestWebhookRetries(t *testing.T) {
	w := newWorld(t, nil)
	w.hook.status = func(n int) int {
		if n <= 2 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	}
	_, err := w.sim.Phone(dialled).Reply("oi")
	require.NoError(t, err)
	w.settle()
	list := w.sim.Webhooks().List()
	require.Len(t, list, 1)
	require.Equal(t, cloudapi.DeliveryDelivered, list[0].State)
	require.Equal(t, []int{503, 503, 200}, []int{list[0].Attempts[0].Status, list[0].Attempts[1].Status, list[0].Attempts[2].Status})
	require.Len(t, w.inbound(), 1)
}

func TestWebhookIsGivenUp(t *testing.T) {
	w := newWorld(t, nil)
	w.hook.status = func(int) int { return http.StatusNoContent }
	_, err := w.sim.Phone(dialled).Reply("oi")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(w.sim.Webhooks().List()[0].Attempts) > 2 }, 20*time.Second, time.Millisecond)
	w.sim.Advance(8 * 24 * time.Hour)
	w.settle()
	require.Equal(t, cloudapi.DeliveryAbandoned, w.sim.Webhooks().List()[0].State, "204 is not 200")
}

func TestHoldAndRelease(t *testing.T) {
	texts := func(w *world) []string {
		var out []string
		for _, m := range w.inbound() {
			out = append(out, m["text"].(map[string]any)["body"].(string))
		}
		return out
	}
	hold := func(t *testing.T) *world {
		w := newWorld(t, nil)
		w.sim.Webhooks().Hold()
		for _, text := range []string{"1", "2", "3"} {
			_, err := w.sim.Phone(dialled).Reply(text)
			require.NoError(t, err)
		}
		require.NoError(t, w.sim.SetTemplateStatus(w.number.WABAID, "pedido", "pt_BR", "PAUSED", ""))
		require.Equal(t, 4, w.sim.Webhooks().Held())
		w.settle()
		require.Empty(t, w.hook.deliveries())
		return w
	}
	t.Run("in order", func(t *testing.T) {
		w := hold(t)
		require.Equal(t, 4, w.sim.Webhooks().Release(cloudapi.Release{}))
		w.settle()
		require.Equal(t, []string{"1", "2", "3"}, texts(w))
	})
	t.Run("reversed", func(t *testing.T) {
		w := hold(t)
		w.sim.Webhooks().Release(cloudapi.Release{Order: cloudapi.Reversed})
		w.settle()
		require.Equal(t, []string{"3", "2", "1"}, texts(w))
	})
	t.Run("twice each", func(t *testing.T) {
		w := hold(t)
		w.sim.Webhooks().Release(cloudapi.Release{Times: 2})
		w.settle()
		require.Equal(t, []string{"1", "1", "2", "2", "3", "3"}, texts(w))
	})
	t.Run("dropped", func(t *testing.T) {
		w := hold(t)
		w.sim.Webhooks().Release(cloudapi.Release{Drop: true})
		w.settle()
		require.Empty(t, texts(w))
		require.Equal(t, cloudapi.DeliveryDropped, w.sim.Webhooks().List()[0].State)
	})
	for shape, entries := range map[cloudapi.Shape]int{cloudapi.EntryPerUpdate: 4, cloudapi.ChangePerUpdate: 1, cloudapi.Merged: 1} {
		t.Run("batch of "+string(shape), func(t *testing.T) {
			w := hold(t)
			require.Equal(t, 1, w.sim.Webhooks().Release(cloudapi.Release{Batch: 100, Shape: shape}))
			w.settle()
			require.Len(t, w.hook.deliveries(), 1)
			require.Equal(t, []string{"1", "2", "3"}, texts(w))
			require.Equal(t, entries, strings.Count(string(w.hook.deliveries()[0].body), `"changes":`))
			changes := len(w.values())
			if shape == cloudapi.Merged {
				require.Equal(t, 2, changes)
			} else {
				require.Equal(t, 4, changes)
			}
		})
	}
}

func TestDropRepeatRedeliverRaw(t *testing.T) {
	w := newWorld(t, nil)
	ph := w.sim.Phone(dialled)
	hooks := w.sim.Webhooks()
	hooks.DropNext(1)
	hooks.Repeat(3)
	for _, text := range []string{"lost", "kept"} {
		_, err := ph.Reply(text)
		require.NoError(t, err)
	}
	w.settle()
	require.Len(t, w.inbound(), 3)
	require.Equal(t, w.hook.deliveries()[0].body, w.hook.deliveries()[2].body)
	hooks.Repeat(1)
	w.hook.reset()
	require.NoError(t, hooks.Redeliver(hooks.List()[0].ID), "the lost one comes after all")
	w.settle()
	require.Len(t, w.inbound(), 1)

	w.hook.reset()
	raw := []byte(`{"object": "whatsapp_business_account", "entry":[]} `)
	for _, signature := range []cloudapi.Signature{cloudapi.SignatureValid, cloudapi.SignatureWrong, cloudapi.SignatureMissing} {
		_, err := hooks.Raw(w.number.WABAID, raw, signature)
		require.NoError(t, err)
	}
	w.settle()
	got := w.hook.deliveries()
	require.Equal(t, raw, got[0].body)
	require.NotEqual(t, got[0].header.Get("X-Hub-Signature-256"), got[1].header.Get("X-Hub-Signature-256"))
	require.Empty(t, got[2].header.Get("X-Hub-Signature-256"))
}

func TestSubscriptions(t *testing.T) {
	w := newWorld(t, nil)
	require.Error(t, w.sim.Subscribe(w.number.WABAID, w.hook.url, "wrong"))
	path := w.number.WABAID + "/subscribed_apps"
	require.Len(t, w.graph("GET", path, "").body["data"], 1)
	require.Equal(t, http.StatusOK, w.graph("DELETE", path, "").status)
	require.Empty(t, w.graph("GET", path, "").body["data"])
	_, err := w.sim.Phone(dialled).Reply("nobody hears")
	require.NoError(t, err)
	w.settle()
	require.Empty(t, w.hook.deliveries())
	require.Equal(t, 2200, w.graph("POST", path, `{"override_callback_uri":"`+w.hook.url+`","verify_token":"wrong"}`).code())
	require.Equal(t, http.StatusOK, w.graph("POST", path, `{"override_callback_uri":"`+w.hook.url+`","verify_token":"`+verifyToken+`"}`).status)
	_, err = w.sim.Phone(dialled).Reply("heard")
	require.NoError(t, err)
	w.settle()
	require.Len(t, w.inbound(), 1)
}
