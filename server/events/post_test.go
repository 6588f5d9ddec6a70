package events

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func toDeliver(url string) *domain.EventToDeliver {
	return &domain.EventToDeliver{
		Delivery: domain.EventDelivery{ID: "delivery1"}, Event: domain.Event{ID: "event1", Type: domain.EventMessageSent},
		Subscription: domain.EventSubscription{ID: "sub1", URL: url, Enabled: true, Secret: "new", OldSecret: "old"},
	}
}

// poster is one that may call this machine.
func poster() *Poster { return NewPoster(&Guard{Allowed: func() string { return "127.0.0.1" }}, nil) }

func TestWhatAReceiverGets(t *testing.T) {
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte("ok \xff"))
	}))
	defer server.Close()
	p := poster()
	p.now = func() time.Time { return time.Unix(1_790_000_000, 0) }
	result := p.Post(t.Context(), toDeliver(server.URL+"/hook"), []byte(`{"id":"event1"}`))
	require.Equal(t, domain.DeliveryResult{StatusCode: 202, Answer: "ok �"}, result)
	require.Equal(t, []string{"message.sent", "delivery1", "1790000000", "application/json", "POST /hook"},
		[]string{got.Header.Get("X-Waa-Event"), got.Header.Get("X-Waa-Delivery"), got.Header.Get("X-Waa-Timestamp"), got.Header.Get("Content-Type"), got.Method + " " + got.URL.Path})
	signed := func(secret string) string {
		mac := hmac.New(sha256.New, []byte(secret))
		_, _ = mac.Write([]byte(`1790000000.{"id":"event1"}`))
		return "sha256=" + hex.EncodeToString(mac.Sum(nil))
	}
	require.Equal(t, signed("new")+","+signed("old"), got.Header.Get("X-Waa-Signature"))
	require.Equal(t, `{"id":"event1"}`, string(body))

	d := toDeliver(server.URL)
	d.Subscription.OldSecret = ""
	p.Post(t.Context(), d, nil)
	require.Equal(t, 1, strings.Count(got.Header.Get("X-Waa-Signature"), "sha256="))
	d.Subscription.Secret = ""
	p.Post(t.Context(), d, nil)
	require.Empty(t, got.Header.Values("X-Waa-Signature"))
}

func TestWhatComesOfARequest(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		want   domain.DeliveryResult
	}{
		"no content":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, domain.DeliveryResult{StatusCode: 204}},
		"server error": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) }, domain.DeliveryResult{StatusCode: 500, Error: domain.DeliveryStatus, Answer: "no\n"}},
		"gone":         {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }, domain.DeliveryResult{StatusCode: 410, Error: domain.DeliveryGone}},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
			domain.DeliveryResult{StatusCode: 307, Error: domain.DeliveryRedirect}},
		"an endless answer": {func(w http.ResponseWriter, _ *http.Request) {
			for range 1000 {
				if _, err := w.Write(make([]byte, 1<<10)); err != nil {
					return
				}
			}
		}, domain.DeliveryResult{StatusCode: 200, Answer: string(make([]byte, maxAnswer))}},
		"a broken connection": {func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, domain.DeliveryResult{Error: domain.DeliveryUnreachable}},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(c.handle)
			defer server.Close()
			require.Equal(t, c.want, poster().Post(t.Context(), toDeliver(server.URL), []byte("{}")))
		})
	}
}

func TestAReceiverThatHangs(t *testing.T) {
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		<-ended
	}))
	defer server.Close()
	defer close(ended)
	p := poster()
	p.http.Timeout = 50 * time.Millisecond
	require.Equal(t, domain.DeliveryResult{Error: domain.DeliveryTimeout}, p.Post(t.Context(), toDeliver(server.URL), []byte("{}")))
}

func TestACertificateMustBeValid(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = nil
	defer server.Close()
	require.Equal(t, domain.DeliveryResult{Error: domain.DeliveryTLS}, poster().Post(t.Context(), toDeliver(server.URL), nil))
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	trusting := NewPoster(&Guard{Allowed: func() string { return "127.0.0.1" }}, roots)
	require.Equal(t, domain.DeliveryResult{StatusCode: 200}, trusting.Post(t.Context(), toDeliver(server.URL), nil))
}
