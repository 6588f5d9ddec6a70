//go:build unix

package e2e

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/stretchr/testify/require"
)

// signed returns the signature that Meta puts on a body.
func (s *stage) signed(body []byte) string { return signature(s.Number.AppSecret, body) }

func signature(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// deliver posts a body to the account's webhook and returns the response. If signature is "", none is sent.
func (s *stage) deliver(body []byte, signature string) (status int, answer string) {
	s.t.Helper()
	return s.deliverTo(s.Account.WebhookURL, body, signature)
}

func (s *stage) deliverTo(address string, body []byte, signature string) (status int, answer string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	require.NoError(s.t, err)
	request.Header.Set("Content-Type", "application/json")
	if signature != "" {
		request.Header.Set("X-Hub-Signature-256", signature)
	}
	return s.send(request)
}

func (s *stage) send(request *http.Request) (status int, answer string) {
	s.t.Helper()
	response, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	content, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	require.NoError(s.t, response.Body.Close())
	return response.StatusCode, string(content)
}

var ignoredTotal = regexp.MustCompile(`(?m)^waa_webhook_ignored_total (\S+)$`)

// ignored returns how many items of webhooks the plugin has counted as not meant for it.
func (s *stage) ignored() int {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.ctx(time.Minute), http.MethodGet, s.Env.Nodes[0].MetricsURL+"/plugins/"+s.Env.Plugin.ID+"/metrics", http.NoBody)
	require.NoError(s.t, err)
	status, answer := s.send(request)
	require.Equal(s.t, http.StatusOK, status)
	found := ignoredTotal.FindStringSubmatch(answer)
	require.Len(s.t, found, 2, "the metric is there")
	n, err := strconv.ParseFloat(found[1], 64)
	require.NoError(s.t, err)
	return int(n)
}
