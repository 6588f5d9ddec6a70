//go:build unix

package e2e

import (
	"context"
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
)

// TestReturnAndArchive covers what happens to conversations as time passes, through two Mattermost servers on one database. All parts share
// one world, and each uses its own customers.
func TestReturnAndArchive(t *testing.T) {
	t.Parallel()
	world := startWorld(t, scenario.Options{Nodes: 2})
	for _, part := range []struct {
		name string
		play func(*stage)
	}{
		{"an unknown customer is in the queue at once", (*stage).unknownCustomer},
		{"a team without room starts nothing", (*stage).fullTeam},
		{"nothing of a customer is lost while the team has no room", (*stage).customerWithoutRoom},
		{"who returns in time finds the same people", (*stage).returnsInTime},
		{"who returns to nobody waits in the queue", (*stage).returnsToNobody},
		{"who returns later gets a new conversation", (*stage).returnsLate},
		{"the header tells times in the queue's zone", (*stage).queueZone},
		{"the attendant is reminded once before the window closes", (*stage).reminder},
		{"a closed channel is archived after seven days", (*stage).archived},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.play(&stage{World: world, t: t}) }) {
			return
		}
	}
}

// bothForms returns the two forms in which WhatsApp may write a Brazilian mobile number: with the ninth digit and without it.
func bothForms(phone string) []string {
	digits := strings.TrimPrefix(phone, "+")
	return []string{digits, digits[:4] + digits[5:]}
}

// writeManyAtOnce has a customer send several messages at the same moment. Each is a webhook of its own; they alternate between the two
// servers, and between numbers with and without the ninth digit.
func (s *stage) writeManyAtOnce(phone string, messages int) (wamids []string) {
	s.t.Helper()
	var all sync.WaitGroup
	for i := range messages {
		id := fmt.Sprintf("wamid.storm.%s.%d.%d", phone, time.Now().UnixNano(), i)
		wamids = append(wamids, id)
		body := s.heapBody([][][]webhookMessage{{{{
			ID: id, From: bothForms(phone)[i/2%2], Timestamp: strconv.FormatInt(s.Now()/1000, 10), Type: "text", Text: map[string]string{"body": fmt.Sprintf("mensagem %d", i)},
		}}}})
		all.Go(func() {
			status, answer := s.deliverTo(s.Webhook(i%2), body, s.signed(body))
			if status != http.StatusOK {
				s.t.Errorf("the webhook of server %d answered %d: %s", i%2, status, answer)
			}
		})
	}
	all.Wait()
	return wamids
}

// openOnes returns the customer's conversations that are not closed, in the order in which they started.
func (s *stage) openOnes(phone string) (ids []string) {
	s.t.Helper()
	forms := bothForms(phone)
	rows, err := s.Env.DB().QueryContext(s.ctx(oneMinute), `SELECT c.id FROM waa_conversations c JOIN waa_contacts ct ON ct.id = c.contact_id
		WHERE ltrim(ct.phone, '+') IN ($1, $2) AND c.closed_at = 0 AND c.aborted_at = 0 ORDER BY c.created_at`, forms[0], forms[1])
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, rows.Close()) }()
	for rows.Next() {
		var id string
		require.NoError(s.t, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(s.t, rows.Err())
	return ids
}

// arrivedIn waits until each of a customer's messages has exactly one post in a channel.
func (s *stage) arrivedIn(channelID string, wamids []string) []*model.Post {
	s.t.Helper()
	var posts []*model.Post
	s.within(oneMinute, "the customer's messages in the channel", func(ctx context.Context) error {
		var err error
		if posts, err = s.Posts(ctx, channelID); err != nil {
			return err
		}
		for _, wamid := range wamids {
			if n := len(postsOf(posts, wamid)); n != 1 {
				return fmt.Errorf("%s has %d posts", wamid, n)
			}
		}
		return nil
	})
	return posts
}

// lines waits until a channel has exactly count lines of the plugin that contain a text, and returns them.
func (s *stage) lines(channelID string, count int, says string) []*model.Post {
	s.t.Helper()
	found, err := s.WaitPosts(s.ctx(oneMinute), channelID, count, "lines that say "+says, func(p *model.Post) bool {
		return p.Type == scenario.TypeEvent && strings.Contains(scenario.Shown(p), says)
	})
	require.NoError(s.t, err)
	return found
}

// end closes a conversation through one of the servers.
func (s *stage) end(node int, k *openConversation, reason string) {
	s.t.Helper()
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Env.Client(node, k.agent), http.MethodPost, "/conversations/"+k.ID+"/close", map[string]any{"reason": reason}, http.StatusOK, nil))
}

// read returns a conversation as the administrator sees it on a server.
func (s *stage) read(node int, id string) scenario.Conversation {
	s.t.Helper()
	c, err := s.Conversation(s.ctx(oneMinute), s.Env.AdminClient(node), id)
	require.NoError(s.t, err)
	return c
}

func (s *stage) unknownCustomer() {
	customer := newCustomer()
	wamids := s.writeManyAtOnce(customer.Phone, 4)
	var ids []string
	s.within(oneMinute, "a conversation", func(context.Context) error {
		ids = s.openOnes(customer.Phone)
		return errorUnless(len(ids) == 1, "there are %d", len(ids))
	})
	s.within(oneMinute, "the channel", func(context.Context) error { return errorUnless(s.read(1, ids[0]).ChannelID != "", "there is none") })
	c := s.read(1, ids[0])
	s.arrivedIn(c.ChannelID, wamids)
	require.Equal(s.t, []string{"", "", s.Queue.ID}, []string{c.OwnerID, c.AttendantID, c.QueueID})
	cards, err := s.WaitPosts(s.ctx(oneMinute), s.Queue.ChannelID, 1, "the card", func(p *model.Post) bool { return p.GetProp("waa_event") == "card:"+c.ID+":1" })
	require.NoError(s.t, err)
	stored := s.count("SELECT min(created_at) FROM waa_inbox WHERE dedupe_key = $1", storedKey("m:"+wamids[0]))
	took := time.Duration(cards[0].CreateAt-int64(stored)) * time.Millisecond
	s.t.Logf("from the stored webhook to the card in the queue: %v", took)
	require.Less(s.t, took, 10*time.Second)

	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Env.Client(1, 1), http.MethodPost, "/conversations/"+c.ID+"/claim", nil, http.StatusOK, nil))
	_, err = s.AskRefused(s.ctx(oneMinute), s.Env.Client(0, 2), http.MethodPost, "/conversations/"+c.ID+"/claim", nil, http.StatusConflict, "already_claimed")
	require.NoError(s.t, err)
	require.Equal(s.t, s.User(1).ID, s.read(0, c.ID).AttendantID)
}

func (s *stage) returnsInTime() {
	k := s.open(1)
	s.ticks(oneMinute, s.post(k, "bom dia").Id, "sent", "delivered", "read")
	s.waitUntilIdle(oneMinute)
	s.end(1, k, "resolvido")
	summary := scenario.Shown(s.lines(k.ChannelID, 1, "Atendimento encerrado")[0])
	for _, part := range []string{"por @" + s.User(1).Username, "Motivo: resolvido", "Atendido por: @" + s.User(1).Username, "Duração: 0 min", "Mensagens: 1 do cliente, 2 enviadas", "`" + s.Positional.Name + "`: 1×, R$ 0,0355", "Custo: R$"} {
		require.Contains(s.t, summary, part)
	}
	_, err := s.PostAs(s.ctx(oneMinute), k.agent, k.ChannelID, "ainda aí?")
	require.ErrorContains(s.t, err, "encerrado", "a closed conversation takes no post")

	wamids := s.writeManyAtOnce(k.customer.Phone, 6)
	s.arrivedIn(k.ChannelID, wamids)
	require.Equal(s.t, []string{k.ID}, s.openOnes(k.customer.Phone))
	s.lines(k.ChannelID, 1, "o atendimento foi reaberto com as mesmas pessoas")
	c := s.read(0, k.ID)
	require.Equal(s.t, []string{"open", s.User(1).ID, s.User(1).ID}, []string{c.State, c.OwnerID, c.AttendantID})
	s.post(k, "voltou")

	// An agent can undo a close too, and the second summary must count everything.
	s.end(0, k, "")
	s.lines(k.ChannelID, 2, "Atendimento encerrado")
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Env.Client(1, k.agent), http.MethodPost, "/conversations/"+k.ID+"/reopen", nil, http.StatusOK, nil))
	s.lines(k.ChannelID, 1, "Atendimento reaberto por @"+s.User(1).Username)
}

func (s *stage) returnsToNobody() {
	k := s.open(2)
	s.end(0, k, "")
	s.lines(k.ChannelID, 1, "Atendimento encerrado")
	_, err := s.Admin().UpdateUserActive(s.ctx(oneMinute), s.User(2).ID, false)
	require.NoError(s.t, err)
	defer func() {
		_, err := s.Admin().UpdateUserActive(s.ctx(oneMinute), s.User(2).ID, true)
		require.NoError(s.t, err)
	}()
	s.arrivedIn(k.ChannelID, s.writeManyAtOnce(k.customer.Phone, 4))
	require.Equal(s.t, []string{k.ID}, s.openOnes(k.customer.Phone))
	c := s.read(1, k.ID)
	require.Equal(s.t, []string{s.User(2).ID, ""}, []string{c.OwnerID, c.AttendantID}, "the owner stays, nobody serves")
	s.lines(k.ChannelID, 1, "espera na fila")
	s.lines(s.Queue.ChannelID, 1, k.customer.Name+" voltou a escrever")
}

func (s *stage) returnsLate() {
	k := s.open(1)
	s.waitUntilIdle(oneMinute)
	s.end(0, k, "volta amanhã")
	s.lines(k.ChannelID, 1, "Atendimento encerrado")
	require.NoError(s.t, s.Advance(s.ctx(oneMinute), 25*time.Hour))
	wamids := s.writeManyAtOnce(k.customer.Phone, 6)
	var ids []string
	s.within(oneMinute, "a new conversation", func(context.Context) error {
		ids = s.openOnes(k.customer.Phone)
		return errorUnless(len(ids) == 1 && s.read(0, ids[0]).ChannelID != "", "there are %d", len(ids))
	})
	require.NotEqual(s.t, k.ID, ids[0])
	c := s.read(1, ids[0])
	require.Equal(s.t, []string{s.Queue.ID, "", "", k.Contact.ID}, []string{c.QueueID, c.OwnerID, c.AttendantID, c.Contact.ID})
	posts := s.arrivedIn(c.ChannelID, wamids)
	posts = scenario.Matching(posts, func(p *model.Post) bool { return !p.IsSystemMessage() })
	first := scenario.Shown(posts[0])
	for _, part := range []string{"/channels/" + k.ChannelID, "com @" + s.User(1).Username, "volta amanhã"} {
		require.Contains(s.t, first, part, "the first post")
	}
	s.lines(c.ChannelID, 1, "O cliente já foi atendido antes")
	require.Contains(s.t, scenario.Shown(s.lines(k.ChannelID, 1, "O cliente voltou a escrever")[0]), "/channels/"+c.ChannelID)
	s.waitUntilIdle(oneMinute)
	require.Equal(s.t, ids, s.openOnes(k.customer.Phone))
}
