//go:build unix

package e2e

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const hookSecret = "segredo-do-crm"

// told is one event as a receiver got it.
type told struct {
	ID, Type string
	At       int64
	came     time.Time
	Data     struct {
		Conversation struct {
			ID        string
			ChannelID string `json:"channel_id"`
		}
		Message struct{ ID, Status string }
	}
}

// recorder is a receiver of events that keeps those it could verify.
type recorder struct {
	*httptest.Server
	mu     sync.Mutex
	events []told
	wrong  []string
}

func newRecorder() *recorder {
	r := &recorder{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		mac := hmac.New(sha256.New, []byte(hookSecret))
		_, _ = mac.Write([]byte(request.Header.Get("X-Waa-Timestamp") + "."))
		_, _ = mac.Write(body)
		var event told
		err := json.Unmarshal(body, &event)
		r.mu.Lock()
		defer r.mu.Unlock()
		if err != nil || request.Header.Get("X-Waa-Signature") != "sha256="+hex.EncodeToString(mac.Sum(nil)) || request.Header.Get("X-Waa-Event") != event.Type {
			r.wrong = append(r.wrong, string(body))
			return
		}
		event.came = time.Now()
		r.events = append(r.events, event)
	}))
	return r
}

// of returns what was told of a conversation, in its order.
func (r *recorder) of(conversation string) (types []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.Data.Conversation.ID == conversation {
			types = append(types, e.Type)
			if e.Type == "message.status" {
				types[len(types)-1] += " " + e.Data.Message.Status
			}
		}
	}
	return types
}

// TestEvents does with a conversation what can be done with one and compares that with what a receiver is told.
func TestEvents(t *testing.T) {
	o := newOutsider(t)
	admin, agent, r := o.Admin(), o.Agent(0), newRecorder()
	defer r.Close()
	o.asks(admin, http.MethodPost, "/event-subscriptions", map[string]any{"url": "https://169.254.169.254/x"}).refusesField("url")
	o.asks(admin, http.MethodPost, "/event-subscriptions", map[string]any{"url": "http://10.0.0.1/x"}).refusesField("url")
	subscription := "/event-subscriptions/" + o.asks(admin, http.MethodPost, "/event-subscriptions", map[string]any{"url": r.URL + "/hook", "secret": hookSecret}).is(http.StatusCreated).has("has_secret", true).field("id")
	defer o.asks(admin, http.MethodDelete, subscription, nil)
	o.asks(admin, http.MethodPost, subscription+"/test", nil).is(http.StatusOK).has("type", "test", "status_code", 200, "error", "", "attempts", 1)

	k := &openConversation{customer: newCustomer()}
	var err error
	k.Conversation, err = o.Start(o.ctx(oneMinute), 0, k.customer)
	require.NoError(t, err)
	k.phone = o.Phone(k.customer.Phone)
	expected := []string{"conversation.started", "message.sent", "message.status delivered"}
	happens := func(what string, types ...string) {
		t.Helper()
		expected = append(expected, types...)
		o.within(oneMinute, "the receiver to be told "+what, func(context.Context) error {
			got := r.of(k.ID)
			return errorUnless(len(got) >= len(expected), "%v", got)
		})
		got := slices.Clone(r.of(k.ID))
		require.ElementsMatch(t, expected, got, what)
	}
	happens("of the start")
	require.Equal(t, k.ChannelID, r.events[1].Data.Conversation.ChannelID, "the channel is there when it is told")
	k.phone.Read()
	happens("that it was read", "message.status read")
	_, err = k.phone.Reply("Quero sim")
	require.NoError(t, err)
	happens("of the answer", "conversation.answered", "message.received")
	_, err = k.phone.Reply("Ainda hoje?")
	require.NoError(t, err)
	happens("of another message", "message.received")
	post := o.post(k, "Hoje mesmo.")
	o.ticks(oneMinute, post.Id, "delivered")
	k.phone.Read()
	happens("of the agent's text", "message.sent", "message.status delivered", "message.status read")
	path := "/conversations/" + k.ID
	o.asks(agent, http.MethodPost, path+"/transfer", map[string]any{"user_id": o.User(1).ID}).is(http.StatusOK)
	happens("of the transfer", "conversation.transferred")
	_, err = k.phone.Reply("Sair")
	require.NoError(t, err)
	happens("of the opt-out", "message.received", "contact.opted_out")
	o.asks(agent, http.MethodPost, path+"/close", map[string]any{"reason": "fim"}).is(http.StatusOK)
	o.asks(agent, http.MethodPost, path+"/reopen", nil).is(http.StatusOK)
	happens("of the close and what took it back", "conversation.closed", "conversation.reopened")
	require.Empty(t, r.wrong)

	deliveries := o.asks(admin, http.MethodGet, subscription+"/deliveries", nil).is(http.StatusOK).items()
	require.GreaterOrEqual(t, len(deliveries), len(expected))
	last, _ := deliveries[0]["id"].(string)
	o.within(oneMinute, "the record of what the receiver said", func(ctx context.Context) error {
		n, err := o.number(ctx, "SELECT count(*) FROM waa_event_deliveries WHERE dedupe_key = $1 AND finished_at > 0", last)
		return firstError(err, errorUnless(n == 1, "it is not recorded"))
	})
	o.asks(admin, http.MethodGet, subscription+"/deliveries/"+last, nil).is(http.StatusOK).has("error", "", "attempts", 1)
	o.asks(admin, http.MethodPost, subscription+"/deliveries/"+last+"/resend", nil).is(http.StatusOK)
	happens("once more", "conversation.reopened")
	ids := map[string]int{}
	for _, e := range r.events {
		ids[e.ID]++
	}
	require.Equal(t, 2, ids[r.events[len(r.events)-1].ID], "it is the same event")
}
