//go:build unix

package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// oneMinute is the usual limit for what normally takes a moment; it is generous because the machine may be busy with other things.
const oneMinute = time.Minute

func TestTheSameWebhookFiveTimes(t *testing.T) {
	s := newStage(t)
	k := s.open(0)
	s.Sim.Webhooks().Hold()
	wamid, err := k.phone.Reply("cinco vezes")
	require.NoError(t, err)
	_, err = k.phone.Reply("e depois disto")
	require.NoError(t, err)
	require.Equal(t, 10, 5*s.Sim.Webhooks().Release(cloudapi.Release{Times: 5}))
	s.waitUntilIdle(oneMinute)
	posts, err := s.Posts(s.ctx(oneMinute), k.ChannelID)
	require.NoError(t, err)
	require.Len(t, postsOf(posts, wamid), 1)
	require.Equal(t, []string{"oi", "cinco vezes", "e depois disto"}, messagesOf(scenario.Matching(posts, scenario.FromCustomer)))
}

func TestStatusesInReverse(t *testing.T) {
	s := newStage(t)
	k := s.open(1)
	events, err := s.Env.Listen(s.ctx(2*oneMinute), 0, s.Agent(k.agent))
	require.NoError(t, err)
	s.Sim.Webhooks().Hold()
	post := s.post(k, "de trás para frente")
	s.within(oneMinute, "the message to arrive", func(context.Context) error {
		return errorUnless(k.arrived(post.Message) == 1, "the phone has it %d times", k.arrived(post.Message))
	})
	require.Len(t, k.phone.Read(), 2, "the template and the message")
	s.Sim.Webhooks().Release(cloudapi.Release{Order: cloudapi.Reversed, Times: 3, OneLane: true})
	s.ticks(oneMinute, post.Id, "read")
	s.waitUntilIdle(oneMinute)
	require.Equal(t, "read", s.ticks(oneMinute, post.Id, "read"))

	last := k.phone.Messages()[1]
	require.Equal(t, []string{"sent", "delivered", "read"}, steps(last), "all of them were told")
	shown := shownTicks(events, post.Id)
	rank := []string{"", "pending", "sent", "delivered", "read"}
	require.True(t, slices.IsSortedFunc(shown, func(a, b string) int { return cmp.Compare(slices.Index(rank, a), slices.Index(rank, b)) }), "the tick went %v", shown)
	require.Equal(t, "read", shown[len(shown)-1])

	ledger, err := s.Ledger(s.ctx(oneMinute))
	require.NoError(t, err)
	for _, m := range k.phone.Messages() {
		charges := slices.DeleteFunc(slices.Clone(ledger), func(c scenario.Charge) bool { return c.WAMID != m.ID })
		require.Len(t, charges, 1, "%s is charged once", m.Type)
		require.Contains(t, []string{"billed", "free"}, charges[0].State)
	}
}

// TestAHeap delivers 40 messages of six customers, one of them unknown, in one delivery: three entries with several changes each,
// timestamps out of order and many of them equal. The same delivery comes three times.
func TestAHeap(t *testing.T) {
	const heap = 40
	s := newStage(t)
	talks := s.openMany(5)
	stranger := newCustomer()
	from := []string{stranger.Phone}
	for _, k := range talks {
		from = append(from, k.customer.Phone)
	}
	begin := s.Sim.Now().Add(-time.Minute).Unix()
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	messages := make([]webhookMessage, heap)
	for i := range messages {
		messages[i] = webhookMessage{
			ID: fmt.Sprintf("wamid.heap.%s.%02d", run, i), From: strings.TrimPrefix(from[i%len(from)], "+"),
			Timestamp: strconv.FormatInt(begin+int64(heap-i)/7, 10), Type: "text", Text: map[string]string{"body": fmt.Sprintf("mensagem %02d", i)},
		}
	}
	body := s.heapBody([][][]webhookMessage{{messages[:15]}, {messages[15:22], messages[22:28]}, {messages[28:]}})
	for range 3 {
		_, err := s.Sim.Webhooks().Raw(s.Number.WABAID, body, cloudapi.SignatureValid)
		require.NoError(t, err)
	}
	s.waitUntilIdle(oneMinute)
	all := 0
	for i, phone := range from {
		var wanted []webhookMessage
		for _, m := range messages {
			if m.From == strings.TrimPrefix(phone, "+") {
				wanted = append(wanted, m)
			}
		}
		slices.SortStableFunc(wanted, func(a, b webhookMessage) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
		channelID := s.channelOf(phone)
		posts, err := s.Posts(s.ctx(oneMinute), channelID)
		require.NoError(t, err)
		var texts []string
		for _, m := range wanted {
			require.Len(t, postsOf(posts, m.ID), 1, "%s has one post", m.ID)
			texts = append(texts, m.Text["body"])
		}
		if i > 0 {
			texts = append([]string{"oi"}, texts...)
		}
		require.Equal(t, texts, messagesOf(scenario.Matching(posts, scenario.FromCustomer)), "in the order of the timestamps, equal ones in that of the delivery")
		all += len(wanted)
	}
	require.Equal(t, heap, all)
}

// webhookMessage is a message in the form that a webhook has it.
type webhookMessage struct {
	ID        string            `json:"id"`
	From      string            `json:"from"`
	Timestamp string            `json:"timestamp"`
	Type      string            `json:"type"`
	Text      map[string]string `json:"text"`
}

// heapBody builds a delivery from entries, which consist of changes, which consist of messages.
func (s *stage) heapBody(entries [][][]webhookMessage) []byte {
	s.t.Helper()
	type object = map[string]any
	list := []object{}
	for _, changes := range entries {
		entry := object{"id": s.Number.WABAID}
		made := []object{}
		for _, messages := range changes {
			contacts := []object{}
			for _, m := range messages {
				contacts = append(contacts, object{"wa_id": m.From, "profile": object{"name": "Cliente"}})
			}
			made = append(made, object{"field": "messages", "value": object{
				"messaging_product": "whatsapp", "metadata": object{"display_phone_number": "551155550100", "phone_number_id": s.Number.ID},
				"contacts": contacts, "messages": messages,
			}})
		}
		entry["changes"] = made
		list = append(list, entry)
	}
	body, err := json.Marshal(object{"object": "whatsapp_business_account", "entry": list})
	require.NoError(s.t, err)
	return body
}

// channelOf returns the channel of a customer's open conversation.
func (s *stage) channelOf(phone string) string {
	s.t.Helper()
	var id string
	require.NoError(s.t, s.Env.DB().QueryRowContext(s.ctx(oneMinute), `SELECT c.channel_id FROM waa_conversations c JOIN waa_contacts ct ON ct.id = c.contact_id
		WHERE '+' || ct.wa_id = $1 OR ct.phone = $1`, phone).Scan(&id), phone)
	return id
}

// steps returns the statuses that were reported for a message.
func steps(m cloudapi.Message) []string {
	words := make([]string, len(m.Statuses))
	for i, step := range m.Statuses {
		words[i] = step.Status
	}
	return words
}

// messagesOf returns the texts of posts.
func messagesOf(posts []*model.Post) []string {
	texts := make([]string, len(posts))
	for i, p := range posts {
		texts[i] = p.Message
	}
	return texts
}

// shownTicks returns the statuses that a post showed to its readers, in order.
func shownTicks(events <-chan *model.WebSocketEvent, postID string) (shown []string) {
	for {
		select {
		case event := <-events:
			content, _ := event.GetData()["post"].(string)
			var post model.Post
			if json.Unmarshal([]byte(content), &post) == nil && post.Id == postID {
				status, _ := post.GetProp(scenario.PropStatus).(string)
				shown = append(shown, status)
			}
		case <-time.After(500 * time.Millisecond): // the post was read over REST since, so all earlier events were sent
			return shown
		}
	}
}
