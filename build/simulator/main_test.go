package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// output is a writer that may be read while something writes to it.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func TestRun(t *testing.T) {
	got := make(chan string, 10)
	callback := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
			return
		}
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
	}))
	t.Cleanup(callback.Close)
	ctx, cancel := context.WithCancel(t.Context())
	var out output
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"-addr", "127.0.0.1:0", "-webhook", callback.URL, "-token", "t0ken"}, &out)
	}()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "Webhook subscribed") }, 20*time.Second, 10*time.Millisecond)
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(out.String())
	require.Contains(t, out.String(), "t0ken")

	do := func(method, path, body string) (int, string) {
		r, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer t0ken")
		r.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode, string(text)
	}
	status, page := do(http.MethodGet, "/", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "/phonepage/app.js")
	status, templates := do(http.MethodGet, "/v25.0/102290129340398/message_templates?status=APPROVED", "")
	require.Equal(t, http.StatusOK, status)
	var list struct{ Data []struct{ Language string } }
	require.NoError(t, json.Unmarshal([]byte(templates), &list))
	require.Len(t, list.Data, 7)
	status, _ = do(http.MethodPost, "/simulator/phones/5511987654321/reply", `{"text":"oi"}`)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, <-got, `"body":"oi"`)

	cancel()
	require.NoError(t, <-done)
}

func TestRunRefusesBadFlags(t *testing.T) {
	require.Error(t, run(t.Context(), []string{"-templates", "/does/not/exist.json"}, io.Discard))
	require.Error(t, run(t.Context(), []string{"-addr", "nowhere"}, io.Discard))
}
