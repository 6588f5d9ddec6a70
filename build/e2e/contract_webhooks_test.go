//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// TestContractWebhooks delivers hand-written webhooks that Meta may send but the simulator does not produce.
func TestContractWebhooks(t *testing.T) {
	o := newOutsider(t)
	for _, part := range []struct {
		name string
		try  func(o *outsider)
	}{
		{"several accounts in one delivery", contractManyAccounts}, {"a status before its message", contractEarlyStatus}, {"one message in two deliveries at once", contractSameTwice},
		{"no default queue", contractNoDefaultQueue}, {"dead letters", contractDeadLetters}, {"names", contractInboundNames},
	} {
		t.Run(part.name, func(t *testing.T) { part.try(o.in(t)) })
	}
}

// message returns a message for a webhook, with a time of Meta's clock.
func (o *outsider) message(from, text string, at time.Time) webhookMessage {
	return webhookMessage{
		ID: "wamid.contract." + model.NewId(), From: strings.TrimPrefix(from, "+"), Timestamp: strconv.FormatInt(at.Unix(), 10), Type: "text", Text: map[string]string{"body": text},
	}
}

// change returns one change of a delivery, with the fields in an order that Meta does not use.
func change(number, name string, messages ...webhookMessage) string {
	content, err := json.Marshal(messages)
	if err != nil {
		panic(err)
	}
	contacts, err := json.Marshal([]any{map[string]any{"profile": map[string]any{"name": name}, "wa_id": messages[0].From}})
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"value": {"messages": %s, "contacts": %s, "something_new": {"a": [1]}, "metadata": {"phone_number_id": %q, "display_phone_number": "1"}, "messaging_product": "whatsapp"}, "field": "messages"}`,
		content, contacts, number)
}

func entries(list ...string) []byte {
	return []byte(`{"entry": [` + strings.Join(list, ", ") + `], "object": "whatsapp_business_account"}`)
}

func entry(waba string, changes ...string) string {
	return fmt.Sprintf(`{"changes": [%s], "time": 1, "id": %q}`, strings.Join(changes, ", "), waba)
}

// inboundPost waits for the one post that shows a message.
func (o *outsider) inboundPost(channelID, wamid string) *model.Post {
	o.t.Helper()
	found, err := o.WaitPosts(o.ctx(oneMinute), channelID, 1, "the message's post", func(p *model.Post) bool { return p.GetProp(scenario.PropWAMID) == wamid })
	require.NoError(o.t, err)
	return found[0]
}

// otherAccount adds a second number of the same business account, without a default queue.
func (o *outsider) otherAccount(name string) (id string, number cloudapi.Number) {
	o.t.Helper()
	number = o.Sim.AddNumber(cloudapi.Number{WABAID: o.Number.WABAID, Token: o.Number.Token})
	return o.asks(o.Admin(), http.MethodPost, "/accounts", map[string]any{
		"name": name, "phone_number_id": number.ID, "waba_id": number.WABAID, "access_token": number.Token, "app_secret": number.AppSecret, "verify_token": "v",
	}).is(201).field("id"), number
}

func contractManyAccounts(o *outsider) {
	a, b := o.open(0), o.open(1)
	account, number := o.otherAccount("Segundo")
	o.asks(o.Admin(), http.MethodPatch, "/accounts/"+account, map[string]any{"default_queue_id": o.Queue.ID}).is(200)
	stranger := newCustomer()
	now := o.Sim.Now()
	first, second, third := o.message(a.customer.Phone, "da a", now), o.message(b.customer.Phone, "da b", now), o.message(stranger.Phone, "para o segundo", now)
	foreign := o.message(stranger.Phone, "de ninguém", now)
	ignored := o.ignored()
	body := entries(entry(o.Number.WABAID, change(o.Number.ID, "A", first), change(o.Number.ID, "B", second)), entry("1", change("2", "X", foreign)), entry(number.WABAID, change(number.ID, "C", third)))
	status, answer := o.deliver(body, o.signed(body))
	require.Equal(o.t, 200, status, answer)
	require.Equal(o.t, "da a", o.inboundPost(a.ChannelID, first.ID).Message)
	require.Equal(o.t, "da b", o.inboundPost(b.ChannelID, second.ID).Message)
	var found []map[string]any
	o.within(oneMinute, "the other number's conversation", func(context.Context) error {
		found = o.asks(o.Admin(), http.MethodGet, "/conversations?q="+strings.TrimPrefix(stranger.Phone, "+"), nil).is(200).items()
		return errorUnless(len(found) == 1, "there are %d", len(found))
	})
	require.Equal(o.t, account, found[0]["account_id"])
	require.Equal(o.t, ignored+1, o.ignored(), "what belongs to no number of ours is counted")
	require.Zero(o.t, o.count("SELECT count(*) FROM posts WHERE message = 'de ninguém'"))
	// A disabled number still accepts its webhooks.
	o.asks(o.Admin(), http.MethodPatch, "/accounts/"+account, map[string]any{"enabled": false}).is(200)
	again := o.message(stranger.Phone, "desligado", now.Add(time.Second))
	body = entries(entry(number.WABAID, change(number.ID, "C", again)))
	status, _ = o.deliverTo(strings.Replace(o.Account.WebhookURL, o.Account.ID, account, 1), body, signature(number.AppSecret, body))
	require.Equal(o.t, 200, status)
	channelID, _ := found[0]["channel_id"].(string)
	if channelID == "" {
		channelID = o.channelOf(stranger.Phone)
	}
	require.Equal(o.t, "desligado", o.inboundPost(channelID, again.ID).Message)
	o.waitUntilIdle(oneMinute)
}

// contractEarlyStatus delays Meta's response to a send until the statuses of the message have been delivered.
func contractEarlyStatus(o *outsider) {
	k := o.open(0)
	o.Sim.Faults().Next(1, cloudapi.Fault{Match: hereTo(k.customer.Phone), Kind: cloudapi.FaultLate, Delay: 2 * time.Second})
	post := o.post(k, "o status chega antes")
	o.ticks(oneMinute, post.Id, "delivered")
	o.waitUntilIdle(oneMinute)
	o.ticks(oneMinute, post.Id, "delivered")
	require.Equal(o.t, 1, k.arrived("o status chega antes"))
	notice, err := o.notice(o.ctx(oneMinute), post.Id)
	require.NoError(o.t, err)
	require.Empty(o.t, notice)
}

func contractSameTwice(o *outsider) {
	k := o.open(0)
	m := o.message(k.customer.Phone, "uma vez só", o.Sim.Now())
	bodies := [][]byte{entries(entry(o.Number.WABAID, change(o.Number.ID, "A", m))), entries(entry(o.Number.WABAID, change(o.Number.ID, "A", m), change(o.Number.ID, "A", m)))}
	var hands sync.WaitGroup
	for i := range 8 {
		hands.Go(func() {
			body := bodies[i%2]
			if status, answer := o.deliver(body, o.signed(body)); status != 200 {
				o.t.Errorf("%d %s", status, answer)
			}
		})
	}
	hands.Wait()
	o.waitUntilIdle(oneMinute)
	posts, err := o.Posts(o.ctx(oneMinute), k.ChannelID)
	require.NoError(o.t, err)
	require.Len(o.t, postsOf(posts, m.ID), 1)
	count := 0
	for _, item := range o.asks(o.Agent(0), http.MethodGet, "/conversations/"+k.ID+"/messages", nil).is(200).items() {
		if item["wamid"] == m.ID {
			count++
		}
	}
	require.Equal(o.t, 1, count)
}

// contractNoDefaultQueue checks that messages of unknown people are kept until there is a queue for them, and that the doctor reports it.
func contractNoDefaultQueue(o *outsider) {
	account, number := o.otherAccount("Sem fila")
	stranger := newCustomer()
	m := o.message(stranger.Phone, "alguém?", o.Sim.Now())
	body := entries(entry(number.WABAID, change(number.ID, "Zé", m)))
	dead := o.deadLetters()
	status, _ := o.deliverTo(strings.Replace(o.Account.WebhookURL, o.Account.ID, account, 1), body, signature(number.AppSecret, body))
	require.Equal(o.t, 200, status)
	o.within(oneMinute, "the doctor to say so", func(context.Context) error {
		for _, f := range o.asks(o.Admin(), http.MethodGet, "/doctor", nil).is(200).items() {
			if f["account_id"] == account && f["ok"] == false && f["fix"] != "" {
				return nil
			}
		}
		return errorUnless(false, "it says nothing of the account")
	})
	require.Zero(o.t, o.count("SELECT count(*) FROM posts WHERE message = 'alguém?'"))
	o.asks(o.Admin(), http.MethodPatch, "/accounts/"+account, map[string]any{"default_queue_id": o.Queue.ID}).is(200)
	o.within(2*oneMinute, "the message's post", func(ctx context.Context) error {
		n, err := o.number(ctx, "SELECT count(*) FROM posts WHERE message = 'alguém?'")
		return firstError(err, errorUnless(n == 1, "there are %d", n))
	})
	require.Equal(o.t, dead, o.deadLetters())
}

func contractDeadLetters(o *outsider) {
	mark := model.NewId()
	body := []byte(`{"object": "whatsapp_business_account", "entry": "` + mark)
	status, _ := o.deliver(body, o.signed(body))
	require.Equal(o.t, 200, status)
	begin := time.Now()
	id := ""
	o.within(oneMinute, "the dead letter", func(context.Context) error {
		for _, letter := range o.asks(o.Admin(), http.MethodGet, "/dead-letters", nil).is(200).items() {
			payload, _ := letter["payload"].(string)
			if strings.Contains(payload, mark) {
				id, _ = letter["id"].(string)
				require.Equal(o.t, o.Account.ID, letter["account_id"])
				require.NotEmpty(o.t, letter["reason"])
				require.NotNil(o.t, letter["received_at"])
			}
		}
		return errorUnless(id != "", "there is none")
	})
	require.Less(o.t, time.Since(begin), 10*time.Second+slack)
	o.asks(o.Admin(), http.MethodPost, "/dead-letters/"+id+"/replay", nil).is(200).has("id", id)
	o.within(oneMinute, "the dead letter again", func(context.Context) error {
		for _, letter := range o.asks(o.Admin(), http.MethodGet, "/dead-letters", nil).is(200).items() {
			if payload, _ := letter["payload"].(string); strings.Contains(payload, mark) {
				return nil
			}
		}
		return errorUnless(false, "there is none")
	})
	o.asks(o.Admin(), http.MethodPost, "/dead-letters/999999999/replay", nil).is(404, "not_found")
	o.asks(o.Admin(), http.MethodPost, "/dead-letters/x/replay", nil).is(404, "not_found")
}

// contractInboundNames checks that a customer's name of any length and with any characters is shortened and cleaned, and that the webhook
// gets the same response as always.
func contractInboundNames(o *outsider) {
	for _, name := range []string{strings.Repeat("n", 5000), "", "\u202eoãoJ @all", "\u200d", "a\nb\tc", "</script>~town-square", strings.Repeat("👩‍👩‍👧‍👦", 40), strings.Repeat("e\u0301\u0302\u0303\u0304", 500)} {
		stranger := newCustomer()
		m := o.message(stranger.Phone, "oi", o.Sim.Now())
		body := entries(entry(o.Number.WABAID, change(o.Number.ID, name, m)))
		status, answer := o.deliver(body, o.signed(body))
		require.Equal(o.t, 200, status, answer)
		var found []map[string]any
		o.within(oneMinute, "the conversation", func(context.Context) error {
			found = o.asks(o.Admin(), http.MethodGet, "/conversations?q="+strings.TrimPrefix(stranger.Phone, "+"), nil).is(200).items()
			return errorUnless(len(found) == 1 && found[0]["channel_id"] != "", "there are %d", len(found))
		})
		channelID, _ := found[0]["channel_id"].(string)
		channel, _, err := o.Admin().GetChannel(o.ctx(oneMinute), channelID)
		require.NoError(o.t, err)
		require.NotEmpty(o.t, channel.DisplayName)
		require.LessOrEqual(o.t, len([]rune(channel.DisplayName)), 64)
		require.NotContains(o.t, channel.DisplayName, "\u202e")
		o.inboundPost(channelID, m.ID)
	}
}
