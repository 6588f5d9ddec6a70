//go:build unix

package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// TestContractAgain repeats actions, and tries actions on what is already finished.
func TestContractAgain(t *testing.T) {
	o := newOutsider(t)
	for _, part := range []struct {
		name string
		try  func(o *outsider)
	}{
		{"a start that fails later", contractFailedLater}, {"erased twice", contractErasedTwice}, {"reopened twice", contractReopenedTwice},
		{"a start that Meta takes at the second try", contractRetriedStart}, {"a new conversation after the end", contractAfterClose}, {"every send can be told", contractCallbackData},
	} {
		t.Run(part.name, func(t *testing.T) { part.try(o.in(t)) })
	}
}

// reopenings returns the lines in a channel which say that the conversation was reopened.
func (o *outsider) reopenings(channelID string) []*model.Post {
	o.t.Helper()
	posts, err := o.Posts(o.ctx(oneMinute), channelID)
	require.NoError(o.t, err)
	return scenario.Matching(posts, func(p *model.Post) bool {
		return p.Type == scenario.TypeEvent && strings.Contains(p.Message, "reaberto")
	})
}

// contractFailedLater covers a template that Meta accepts and later reports as failed: it costs nothing, and the next template may be sent.
func contractFailedLater(o *outsider) {
	customer := newCustomer()
	o.Sim.FailNextLater(hereTo(customer.Phone), 131026, 1)
	a := o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(customer)).is(201)
	posts, err := o.Posts(o.ctx(oneMinute), a.field("channel_id"))
	require.NoError(o.t, err)
	first := scenario.Matching(posts, func(p *model.Post) bool { return p.Type == typeTemplate })
	require.Len(o.t, first, 1)
	o.ticks(oneMinute, first[0].Id, "failed")
	require.NotEmpty(o.t, o.noticed(oneMinute, first[0].Id))
	o.asks(o.Agent(1), http.MethodGet, "/conversations/"+a.field("id"), nil).is(200).has("state", "waiting", "cooldown_until", nil, "window_until", nil)
	o.asks(o.Agent(1), http.MethodPost, "/conversations/"+a.field("id")+"/template", map[string]any{
		"variables": scenario.Variables(), "template": map[string]any{"name": o.Positional.Name, "language": "pt_BR"},
	}).is(200)
	require.Len(o.t, o.Phone(customer.Phone).Messages(), 1)
}

func contractErasedTwice(o *outsider) {
	k := o.open(1)
	path := "/contacts/" + k.Contact.ID
	first := o.asks(o.Admin(), http.MethodDelete, path, nil)
	require.Equal(o.t, 200, first.status, first.text)
	second := o.asks(o.Admin(), http.MethodDelete, path, nil)
	require.Contains(o.t, []int{200, 404}, second.status, second.text)
	require.Empty(o.t, o.asks(o.Admin(), http.MethodGet, "/conversations?q="+k.customer.CPF, nil).is(200).items())
	o.asks(o.Admin(), http.MethodGet, "/conversations/"+k.ID, nil)
	// The person writes again and must be treated as somebody unknown.
	_, err := k.phone.Reply("sou eu de novo")
	require.NoError(o.t, err)
	o.within(oneMinute, "the message's post", func(ctx context.Context) error {
		n, err := o.number(ctx, "SELECT count(*) FROM posts WHERE message = 'sou eu de novo' AND deleteat = 0")
		return firstError(err, errorUnless(n == 1, "there are %d", n))
	})
}

func contractReopenedTwice(o *outsider) {
	k := o.open(1)
	a := o.asks(o.Agent(1), http.MethodPost, "/conversations/"+k.ID+"/reopen", nil)
	require.Contains(o.t, []int{200, 409}, a.status, a.text)
	require.Empty(o.t, o.reopenings(k.ChannelID), "nothing happened, and nothing is told: %s", a.text)
	o.asks(o.Agent(1), http.MethodPost, "/conversations/"+k.ID+"/close", "{}").is(200).has("state", "closed")
	o.asks(o.Agent(1), http.MethodPost, "/conversations/"+k.ID+"/reopen", "{}").is(200).has("state", "open")
	again := o.asks(o.Agent(1), http.MethodPost, "/conversations/"+k.ID+"/reopen", nil)
	require.Contains(o.t, []int{200, 409}, again.status, again.text)
	require.Len(o.t, o.reopenings(k.ChannelID), 1)
}

// contractRetriedStart covers starts that Meta refuses at first. After a temporary refusal the template is sent again without anybody's
// help; after a final one no channel is left.
func contractRetriedStart(o *outsider) {
	good, bad := newCustomer(), newCustomer()
	busy := cloudapi.Fault{Kind: cloudapi.FaultHTTP, Status: http.StatusServiceUnavailable}
	for _, customer := range []scenario.Customer{good, bad} {
		busy.Match = hereTo(customer.Phone)
		o.Sim.Faults().Next(1, busy)
	}
	o.Sim.FailNext(hereTo(bad.Phone), 131026, 1)
	first := o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(good))
	second := o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(bad))
	require.Contains(o.t, []int{201, 202}, first.status, first.text)
	o.within(firstRetry+slack, "the template", func(context.Context) error {
		n := len(o.Phone(good.Phone).Messages())
		return errorUnless(n == 1, "there are %d", n)
	})
	o.within(oneMinute, "the channel", func(context.Context) error {
		a := o.asks(o.Agent(1), http.MethodGet, "/conversations/"+first.field("id"), nil).is(200)
		return errorUnless(a.field("channel_id") != "", "there is none")
	})
	require.Contains(o.t, []int{201, 202, 502}, second.status, second.text)
	o.within(firstRetry+slack, "the conversation to be gone", func(context.Context) error {
		n := len(o.asks(o.Admin(), http.MethodGet, "/conversations?q="+bad.CPF, nil).is(200).items())
		return errorUnless(n == 0, "there are %d", n)
	})
	require.Zero(o.t, o.count(`SELECT count(*) FROM channels ch JOIN waa_conversations c ON ch.name = 'wa-' || c.id JOIN waa_contacts ct ON ct.id = c.contact_id WHERE ct.phone = $1 AND ch.deleteat = 0`, bad.Phone))
	o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(bad)).is(201)
	o.waitUntilIdle(oneMinute)
	require.Len(o.t, o.Phone(good.Phone).Messages(), 1)
	require.Len(o.t, o.Phone(bad.Phone).Messages(), 1)
}

// contractAfterClose covers a closed conversation: it stays closed, a new start creates another conversation, and the first one cannot be
// reopened while the second is open.
func contractAfterClose(o *outsider) {
	k := o.open(0)
	o.asks(o.Agent(0), http.MethodPost, "/conversations/"+k.ID+"/close", map[string]any{"reason": "resolvido"}).is(200)
	body := o.startOf(k.customer)
	o.asks(o.Agent(1), http.MethodPost, "/conversations", body).is(409, "cooldown")
	body["confirm"], body["reason"] = true, "pediu outro assunto"
	o.asks(o.Agent(1), http.MethodPost, "/conversations", body).is(409, "cooldown") // this agent is not a supervisor
	second := o.asks(o.Agent(0), http.MethodPost, "/conversations", body).is(201)
	require.NotEqual(o.t, k.ID, second.field("id"))
	o.asks(o.Agent(0), http.MethodPost, "/conversations/"+k.ID+"/reopen", nil).is(409, "conversation_exists")
	o.asks(o.Agent(0), http.MethodGet, "/conversations/"+k.ID, nil).is(200).has("state", "closed")
	require.Len(o.t, o.asks(o.Admin(), http.MethodGet, "/conversations?q="+k.customer.CPF, nil).is(200).items(), 2)
	require.Len(o.t, o.asks(o.Admin(), http.MethodGet, "/conversations?state=closed&q="+k.customer.CPF, nil).is(200).items(), 1)
	// The customer's answer belongs to the conversation whose template was sent last.
	wamid, err := k.phone.Reply("certo")
	require.NoError(o.t, err)
	o.inboundPost(second.field("channel_id"), wamid)
	// A reply that quotes a message of the closed conversation may appear there or in the open one, but nowhere else and only once.
	old := k.phone.Messages()[0]
	quoted, err := k.phone.Quote(old.ID, "sobre o antigo")
	require.NoError(o.t, err)
	o.within(oneMinute, "the post of the answer", func(ctx context.Context) error {
		n, err := o.number(ctx, "SELECT count(*) FROM posts WHERE props ->> 'waa_wamid' = $1 AND channelid IN ($2, $3)", quoted, k.ChannelID, second.field("channel_id"))
		return firstError(err, errorUnless(n == 1, "there are %d", n))
	})
}

// contractCallbackData checks that every message sent to Meta since the world started carries callback data.
func contractCallbackData(o *outsider) {
	sends := 0
	for _, r := range o.Sim.Requests() {
		if r.Edge != "messages" || !strings.Contains(r.Body, `"to"`) && !strings.Contains(r.Body, `"recipient"`) {
			continue
		}
		sends++
		require.Contains(o.t, r.Body, "biz_opaque_callback_data", r.Body)
	}
	require.NotZero(o.t, sends)
}
