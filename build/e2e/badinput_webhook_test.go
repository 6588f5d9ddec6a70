//go:build unix

package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// nobodysID is a well-formed id that belongs to no object.
const nobodysID = "abcdefghijklmnopqrstuvwxyz"

func TestWebhookHandshake(t *testing.T) {
	s := newStage(t)
	hook, elsewhere := s.Account.WebhookURL, strings.Replace(s.Account.WebhookURL, s.Account.ID, nobodysID, 1)
	token := s.verifyToken()
	before := s.stored()
	for name, c := range map[string]struct {
		address string
		query   url.Values
		status  int
	}{
		"right":                 {hook, url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {token}, "hub.challenge": {"1158201444"}}, 200},
		"a challenge of markup": {hook, url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {token}, "hub.challenge": {"<script>alert(1)</script>"}}, 200},
		"wrong token":           {hook, url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {token + "x"}, "hub.challenge": {"1"}}, 403},
		"empty token":           {hook, url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {""}, "hub.challenge": {"1"}}, 403},
		"no token":              {hook, url.Values{}, 403},
		"unknown account":       {elsewhere, url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {token}, "hub.challenge": {"1"}}, 404},
		"an id that is none":    {strings.Replace(hook, s.Account.ID, "..%2f..%2fx", 1), url.Values{"hub.verify_token": {token}}, 404},
	} {
		request, err := http.NewRequestWithContext(s.ctx(oneMinute), http.MethodGet, c.address+"?"+c.query.Encode(), http.NoBody)
		require.NoError(t, err)
		status, answer := s.send(request)
		require.Equal(t, c.status, status, "%s: %s", name, answer)
		if status == http.StatusOK {
			require.Equal(t, c.query.Get("hub.challenge"), answer, name)
		} else {
			require.NotContains(t, answer, token, name)
		}
	}
	s.unchanged(before, "a handshake")
}

func TestWebhookRefuses(t *testing.T) {
	s := newStage(t)
	s.waitUntilIdle(oneMinute)
	before := s.stored()
	body := s.heapBody([][][]webhookMessage{{{{ID: "wamid.refused", From: "5511988887777", Timestamp: strconv.FormatInt(time.Now().Unix(), 10), Type: "text", Text: map[string]string{"body": secretText}}}}})
	large := append(slices.Clone(body), []byte(strings.Repeat(" ", 5<<20))...)
	good := s.signed(body)
	for name, c := range map[string]struct {
		address   string
		body      []byte
		signature string
		status    int
	}{
		"unsigned":                     {s.Account.WebhookURL, body, "", 401},
		"signed by somebody else":      {s.Account.WebhookURL, body, signature("another secret", body), 401},
		"signed without a secret":      {s.Account.WebhookURL, body, signature("", body), 401},
		"a signature of another body":  {s.Account.WebhookURL, append(slices.Clone(body), ' '), good, 401},
		"half a signature":             {s.Account.WebhookURL, body, good[:40], 401},
		"no signature but its name":    {s.Account.WebhookURL, body, "sha256=", 401},
		"the older kind of signature":  {s.Account.WebhookURL, body, "sha1=" + strings.TrimPrefix(good, "sha256="), 401},
		"a signature of odd letters":   {s.Account.WebhookURL, body, "sha256=" + strings.Repeat("zz", 32), 401},
		"empty and unsigned":           {s.Account.WebhookURL, nil, "", 401},
		"five MiB, signed":             {s.Account.WebhookURL, large, s.signed(large), 413},
		"five MiB, unsigned":           {s.Account.WebhookURL, large, "", 413},
		"signed, for nobody's account": {strings.Replace(s.Account.WebhookURL, s.Account.ID, nobodysID, 1), body, good, 404},
	} {
		status, answer := s.deliverTo(c.address, c.body, c.signature)
		require.Equal(t, c.status, status, "%s: %s", name, answer)
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		request, err := http.NewRequestWithContext(s.ctx(oneMinute), method, s.Account.WebhookURL, http.NoBody)
		require.NoError(t, err)
		status, _ := s.send(request)
		require.Contains(t, []int{404, 405}, status, method)
	}
	s.unchanged(before, "a refused delivery")
	s.discreet()
}

// TestWebhookTakesWhateverIsSigned requires that every signed delivery gets a 200, because Meta would send it again otherwise. A delivery
// that the plugin cannot understand becomes a dead letter at once.
func TestWebhookTakesWhateverIsSigned(t *testing.T) {
	s := newStage(t)
	pids, err := s.Env.PluginPIDs(0)
	require.NoError(t, err)
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	for name, body := range map[string]string{
		"garbage":             "nada de JSON " + secretText + run,
		"half an object":      `{"entry": [{"id": "` + run,
		"a list":              `["` + run + `"]`,
		"a text":              `"` + run + `"`,
		"null":                `null`,
		"nothing":             ``,
		"entries of no list":  `{"entry": "` + run + `"}`,
		"deep lists":          `{"object": "` + run + `", "entry": ` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + `}`,
		"deep objects":        `{"object": "` + run + `", "entry": [{"id": "1", "changes": [{"field": "messages", "value": ` + strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000) + `}]}]}`,
		"bytes of no letters": "\xff\xfe\x00" + run,
		"almost four MiB":     "x" + run + strings.Repeat("y", 4<<20-100),
	} {
		key := "raw:" + sum(body)
		status, answer := s.deliver([]byte(body), s.signed([]byte(body)))
		require.Equal(t, 200, status, "%s: %s", name, answer)
		s.within(10*time.Second+slack, "the dead letter of "+name, func(ctx context.Context) error {
			dead, err := s.number(ctx, "SELECT count(*) FROM waa_inbox WHERE dedupe_key = $1 AND dead_at > 0 AND reason <> ''", key)
			return firstError(err, errorUnless(dead == 1, "there is none"))
		})
	}
	var letters struct {
		Items []struct {
			ID, Reason, Payload string
			AccountID           string `json:"account_id"`
			ReceivedAt          int64  `json:"received_at"`
		}
		Total int
	}
	require.NoError(t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodGet, "/dead-letters?per_page=200", nil, 200, &letters))
	require.GreaterOrEqual(t, letters.Total, 11)
	for _, letter := range letters.Items {
		require.NotEmpty(t, letter.Reason)
		require.Equal(t, s.Account.ID, letter.AccountID)
		require.Positive(t, letter.ReceivedAt)
	}

	// Names of any length and with any characters are shortened and cleaned.
	from := newCustomer()
	for i, name := range []string{strings.Repeat("nome ", 20_000), "\u202e@all \x07#canal <img src=x>", "", "\x00"} {
		body := fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":%q,"changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
			"metadata":{"phone_number_id":%q},"contacts":[{"wa_id":%q,"profile":{"name":%s}}],"messages":[{"id":"wamid.name.%s.%d","from":%q,"timestamp":"%d","type":"text","text":{"body":"oi"}}]}}]}]}`,
			s.Number.WABAID, s.Number.ID, from.Phone[1:], strconv.QuoteToASCII(name), run, i, from.Phone[1:], time.Now().Unix())
		body = strings.NewReplacer(`\x00`, `\u0000`, `\a`, `\u0007`, `\x07`, `\u0007`).Replace(body)
		status, answer := s.deliver([]byte(body), s.signed([]byte(body)))
		require.Equal(t, 200, status, answer)
	}
	s.waitUntilIdle(oneMinute)
	posts, err := s.Posts(s.ctx(oneMinute), s.channelOf(from.Phone))
	require.NoError(t, err)
	require.Len(t, scenario.Matching(posts, scenario.FromCustomer), 4)
	channel, _, err := s.Admin().GetChannel(s.ctx(oneMinute), s.channelOf(from.Phone))
	require.NoError(t, err)
	require.LessOrEqual(t, len([]rune(channel.DisplayName)), 64)

	after, err := s.Env.PluginPIDs(0)
	require.NoError(t, err)
	require.Equal(t, pids, after, "the plugin did not die")
	s.discreet()
}

// TestAThousandInOneDelivery sends the largest number of messages that Meta puts into one delivery.
func TestAThousandInOneDelivery(t *testing.T) {
	s := newStage(t)
	talks := s.openMany(4)
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	begin := time.Now().Unix()
	entry := make([]webhookMessage, 1000)
	for i := range entry {
		entry[i] = webhookMessage{
			ID: fmt.Sprintf("wamid.thousand.%s.%04d", run, i), From: talks[i%4].customer.Phone[1:], Timestamp: strconv.FormatInt(begin+int64(i)/100, 10),
			Type: "text", Text: map[string]string{"body": fmt.Sprintf("linha %04d", i)},
		}
	}
	body := s.heapBody([][][]webhookMessage{{entry}})
	status, answer := s.deliver(body, s.signed(body))
	require.Equal(t, 200, status, answer)
	s.waitUntilIdle(2 * oneMinute)
	for i, k := range talks {
		wanted := []string{"oi"}
		for n := i; n < len(entry); n += 4 {
			wanted = append(wanted, entry[n].Text["body"])
		}
		posts, err := s.Posts(s.ctx(oneMinute), k.ChannelID)
		require.NoError(t, err)
		require.Equal(t, wanted, messagesOf(scenario.Matching(posts, scenario.FromCustomer)))
	}
}

// TestWebhookThatCannotBeStored requires a 503 for a webhook that the plugin cannot store, so that Meta sends it again and it is not lost.
// It also checks that a disabled account still accepts webhooks.
func TestWebhookThatCannotBeStored(t *testing.T) {
	s := newStage(t)
	k := s.open(0)
	s.waitUntilIdle(oneMinute)
	body := s.heapBody([][][]webhookMessage{{{{
		ID: "wamid.again." + strconv.FormatInt(time.Now().UnixNano(), 36), From: k.customer.Phone[1:], Timestamp: strconv.FormatInt(time.Now().Unix(), 10),
		Type: "text", Text: map[string]string{"body": "de novo"},
	}}}})
	lock, err := s.Env.DB().BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = lock.Rollback() }()
	_, err = lock.ExecContext(t.Context(), "LOCK TABLE waa_inbox IN ACCESS EXCLUSIVE MODE")
	require.NoError(t, err)
	status, answer := s.deliver(body, s.signed(body))
	require.Equal(t, 503, status, answer)
	require.NoError(t, lock.Rollback())

	patch := func(enabled bool) {
		require.NoError(t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodPatch, "/accounts/"+s.Account.ID, map[string]any{"enabled": enabled}, 200, nil))
	}
	patch(false)
	defer patch(true)
	status, answer = s.deliver(body, s.signed(body))
	require.Equal(t, 200, status, answer)
	s.within(oneMinute, "the message's post", func(ctx context.Context) error {
		posts, err := s.Posts(ctx, k.ChannelID)
		got := messagesOf(scenario.Matching(posts, scenario.FromCustomer))
		return firstError(err, errorUnless(slices.Equal(got, []string{"oi", "de novo"}), "the posts are %q", got))
	})
}

// sum returns the SHA-256 of a body.
func sum(body string) string {
	hash := sha256.Sum256([]byte(body))
	return hex.EncodeToString(hash[:])
}

// verifyToken gives the account a verify token that the test knows, because the plugin never shows the one that is stored.
func (s *stage) verifyToken() string {
	s.t.Helper()
	const token = "a0verify0token0of0this0test"
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodPatch, "/accounts/"+s.Account.ID, map[string]any{"verify_token": token}, 200, nil))
	return token
}
