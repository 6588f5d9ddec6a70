//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// The agents of this world have these roles.
const (
	supervisor = iota // of the queue
	starter           // starts the conversations and stays responsible
	invited
	clickerC
	clickerD
	leaver   // of the queue; deactivated in the end
	stranger // in the team, but in no queue
	peopleAgents
)

// clicks is how often two agents click on one card at the same moment.
const clicks = 50

// handoverWorld is the world in which conversations change hands: two servers on one database that do not notify each other of changes.
type handoverWorld struct {
	*scenario.World
	t         *testing.T
	other     scenario.Queue         // a second queue of the team, with the same agents
	listeners map[int]*eventListener // by agent
}

// eventListener collects the websocket events that are sent to one agent only.
type eventListener struct {
	mu       sync.Mutex
	whispers []string
}

// TestPeople hands conversations over between agents, through both servers.
func TestPeople(t *testing.T) {
	t.Parallel()
	w := startWorld(t, scenario.Options{
		Nodes: 2, Agents: peopleAgents, Simulator: func(s *cloudapi.Settings) { s.PairRate, s.RetryMax = false, 2*time.Second },
	})
	h := &handoverWorld{World: w, t: t, listeners: map[int]*eventListener{}}
	h.secondQueue()
	h.listen(clickerC, 0)
	h.listen(clickerD, 1)
	for _, part := range []struct {
		name string
		try  func(h *handoverWorld)
	}{
		{"two agents click at the same moment", (*handoverWorld).tryClicks},
		{"who comes, who goes, who only looks", (*handoverWorld).tryMembers},
		{"only a supervisor changes the owner", (*handoverWorld).tryOwner},
		{"a transfer by name that cannot be", (*handoverWorld).tryRefusals},
		{"the sidebar and the list of mine", (*handoverWorld).trySidebar},
		{"somebody stands in for who is away", (*handoverWorld).tryAbsence},
		{"customers who wait", (*handoverWorld).tryWaits},
		{"somebody is deactivated", (*handoverWorld).tryDeactivated},
	} {
		if !t.Run(part.name, func(t *testing.T) {
			part.try(&handoverWorld{World: h.World, t: t, other: h.other, listeners: h.listeners})
		}) {
			break
		}
	}
}

func (h *handoverWorld) ctx(limit time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(h.t.Context(), limit)
	h.t.Cleanup(cancel)
	return ctx
}

func (h *handoverWorld) within(limit time.Duration, what string, check func(ctx context.Context) error) {
	h.t.Helper()
	ctx := h.ctx(limit)
	var last error
	err := testenv.WaitFor(ctx, what, func() (bool, error) {
		err := check(ctx)
		if err != nil && ctx.Err() == nil {
			last = err
		}
		return err == nil, err
	})
	require.NoError(h.t, err, "%v", last)
}

func (h *handoverWorld) secondQueue() {
	h.t.Helper()
	ctx := h.ctx(time.Minute)
	channel, _, err := h.Admin().CreateChannel(ctx, &model.Channel{TeamId: h.Env.Team.ID, Name: "fila-suporte", DisplayName: "Fila Suporte", Type: model.ChannelTypePrivate})
	require.NoError(h.t, err)
	for _, agent := range []int{supervisor, starter, invited, clickerC, clickerD} {
		_, _, err := h.Admin().AddChannelMember(ctx, channel.Id, h.User(agent).ID)
		require.NoError(h.t, err)
	}
	body := map[string]any{"name": "Suporte", "team_id": h.Env.Team.ID, "channel_id": channel.Id, "account_id": h.Account.ID}
	require.NoError(h.t, h.Ask(ctx, h.Admin(), http.MethodPost, "/queues", body, http.StatusCreated, &h.other))
}

// listen collects the events that a server sends to one agent only, until the test ends.
func (h *handoverWorld) listen(agent, node int) {
	h.t.Helper()
	events, err := h.Env.Listen(h.t.Context(), node, h.Env.Client(node, agent))
	require.NoError(h.t, err)
	e := &eventListener{}
	h.listeners[agent] = e
	go func() {
		for event := range events {
			if event.EventType() == model.WebsocketEventEphemeralMessage {
				var post model.Post
				text, _ := event.GetData()["post"].(string)
				_ = json.Unmarshal([]byte(text), &post)
				e.mu.Lock()
				e.whispers = append(e.whispers, post.Message)
				e.mu.Unlock()
			}
		}
	}()
}

func (e *eventListener) heard() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.whispers)
}

// as returns an agent's client for a server.
func (h *handoverWorld) as(node, agent int) *model.Client4 { return h.Env.Client(node, agent) }

func (h *handoverWorld) open() scenario.Conversation {
	h.t.Helper()
	c, err := h.Opened(h.ctx(time.Minute), starter, newCustomer())
	require.NoError(h.t, err)
	return c
}

func (h *handoverWorld) read(node int, c scenario.Conversation) scenario.Conversation {
	h.t.Helper()
	now, err := h.Conversation(h.ctx(20*time.Second), h.Env.AdminClient(node), c.ID)
	require.NoError(h.t, err)
	return now
}

func (h *handoverWorld) transfer(node, agent int, c scenario.Conversation, body map[string]any) {
	h.t.Helper()
	require.NoError(h.t, h.Ask(h.ctx(30*time.Second), h.as(node, agent), http.MethodPost, "/conversations/"+c.ID+"/transfer", body, http.StatusOK, nil))
}

// member does something that only members of a channel may do. If the server does not know of the membership yet, it uses the other server.
func (h *handoverWorld) member(node, agent int, act func(ctx context.Context, client *model.Client4) error) {
	h.t.Helper()
	ctx := h.ctx(20 * time.Second)
	err := act(ctx, h.as(node, agent))
	if err != nil {
		err = act(ctx, h.as(1-node, agent))
	}
	require.NoError(h.t, err)
}

// invite adds somebody to the channel as the web client does.
func (h *handoverWorld) invite(node, agent int, c scenario.Conversation, userID string) {
	h.t.Helper()
	h.member(node, agent, func(ctx context.Context, client *model.Client4) error {
		_, _, err := client.AddChannelMember(ctx, c.ChannelID, userID)
		return err
	})
}

// leave removes an agent from the channel.
func (h *handoverWorld) leave(node, agent int, c scenario.Conversation) {
	h.t.Helper()
	h.member(node, agent, func(ctx context.Context, client *model.Client4) error {
		_, err := client.RemoveUserFromChannel(ctx, c.ChannelID, h.User(agent).ID)
		return err
	})
}

// write posts in the conversation's channel and waits for the tick.
func (h *handoverWorld) write(agent int, c scenario.Conversation, text, tick string) {
	h.t.Helper()
	var post *model.Post
	h.member(0, agent, func(ctx context.Context, client *model.Client4) (err error) {
		post, _, err = client.CreatePost(ctx, &model.Post{ChannelId: c.ChannelID, Message: text})
		return err
	})
	require.NoError(h.t, h.WaitTick(h.ctx(30*time.Second), post.Id, tick))
}

func (h *handoverWorld) attended(c scenario.Conversation, agent string) {
	h.t.Helper()
	h.within(30*time.Second, "the attendant to change", func(ctx context.Context) error {
		now, err := h.Conversation(ctx, h.Admin(), c.ID)
		if err != nil {
			return err
		}
		return errorUnless(now.AttendantID == agent, "it is %q", now.AttendantID)
	})
	require.Equal(h.t, h.User(starter).ID, h.read(1, c).OwnerID, "the responsável stays")
}

// lines counts the lines of the plugin in the conversation's channel that contain all of these texts.
func (h *handoverWorld) lines(ctx context.Context, c scenario.Conversation, saying ...string) (int, error) {
	posts, err := h.Posts(ctx, c.ChannelID)
	return len(scenario.Matching(posts, func(p *model.Post) bool {
		return p.Type == scenario.TypeEvent && !slices.ContainsFunc(saying, func(text string) bool { return !strings.Contains(p.Message, text) })
	})), err
}

func (h *handoverWorld) oneLine(c scenario.Conversation, saying ...string) {
	h.t.Helper()
	h.within(oneMinute, "one line with "+strings.Join(saying, ", "), func(ctx context.Context) error {
		n, err := h.lines(ctx, c, saying...)
		if err != nil {
			return err
		}
		return errorUnless(n == 1, "there are %d", n)
	})
}

func at(user testenv.User) string { return "@" + user.Username }

// cards returns the conversation's cards in a queue's channel, the oldest first.
func (h *handoverWorld) cards(ctx context.Context, queue scenario.Queue, c scenario.Conversation) ([]*model.Post, error) {
	posts, err := h.Posts(ctx, queue.ChannelID)
	return scenario.Matching(posts, func(p *model.Post) bool {
		event, _ := p.GetProp("waa_event").(string)
		return strings.HasPrefix(event, "card:"+c.ID+":")
	}), err
}

func claimable(card *model.Post) bool {
	attachments := card.Attachments()
	return len(attachments) == 1 && len(attachments[0].Actions) == 1 && !attachments[0].Actions[0].Disabled
}

// card waits until the queue has this many cards of the conversation, of which only the last one can be claimed, and returns that one.
func (h *handoverWorld) card(queue scenario.Queue, c scenario.Conversation, count int) *model.Post {
	h.t.Helper()
	var last *model.Post
	h.within(30*time.Second, "the card", func(ctx context.Context) error {
		cards, err := h.cards(ctx, queue, c)
		if err != nil {
			return err
		}
		if len(cards) != count {
			return errors.Errorf("there are %d of %d", len(cards), count)
		}
		last = cards[count-1]
		waiting := scenario.Matching(cards, claimable)
		return errorUnless(len(waiting) == 1 && waiting[0] == last, "%d of %d can be claimed", len(waiting), count)
	})
	return last
}

func (h *handoverWorld) tryClicks() {
	const talks = 5
	for talk := range talks {
		c := h.open()
		h.invite(talk%2, starter, c, h.User(invited).ID)
		h.attended(c, h.User(invited).ID)
		h.oneLine(c, at(h.User(starter))+" convidou "+at(h.User(invited)), "Responsável: "+at(h.User(starter)))
		giver := invited
		for round := range clicks / talks {
			queue := []scenario.Queue{h.Queue, h.other}[round%2]
			h.transfer(round%2, giver, c, map[string]any{"queue_id": queue.ID})
			now := h.read((round+1)%2, c)
			require.Empty(h.t, now.AttendantID)
			require.Equal(h.t, queue.ID, now.QueueID)
			winner := h.clickBoth(h.card(queue, c, round/2+1))
			for node := range h.Env.Nodes {
				now := h.read(node, c)
				require.Equal(h.t, h.User(winner).ID, now.AttendantID)
				require.Equal(h.t, h.User(starter).ID, now.OwnerID)
			}
			h.within(20*time.Second, "the card to say who took it", func(ctx context.Context) error {
				cards, err := h.cards(ctx, queue, c)
				if err != nil {
					return err
				}
				last := cards[len(cards)-1]
				return errorUnless(!claimable(last) && strings.Contains(last.Message, at(h.User(winner))), "it says %q", last.Message)
			})
			giver = winner
		}
		h.settled(c, clicks/talks)
	}
}

// clickBoth has two agents click at the same moment, each on a different server, and returns the one who got the conversation. The other
// one must be told who has it.
func (h *handoverWorld) clickBoth(card *model.Post) (winner int) {
	h.t.Helper()
	loser := 0
	agents := []int{clickerC, clickerD}
	before := map[int]int{}
	for _, agent := range agents {
		before[agent] = len(h.listeners[agent].heard())
	}
	ctx := h.ctx(30 * time.Second)
	problems := make([]error, 2)
	ready := make(chan struct{})
	var both sync.WaitGroup
	for node, agent := range agents {
		both.Go(func() {
			<-ready
			_, problems[node] = h.as(node, agent).DoPostAction(ctx, card.Id, "claim")
		})
	}
	close(ready)
	both.Wait()
	require.NoError(h.t, problems[0])
	require.NoError(h.t, problems[1])
	h.within(20*time.Second, "one of two to be told that the other has it", func(context.Context) error {
		c, d := len(h.listeners[clickerC].heard())-before[clickerC], len(h.listeners[clickerD].heard())-before[clickerD]
		winner, loser = clickerC, clickerD
		if c > d {
			winner, loser = clickerD, clickerC
		}
		return errorUnless(c+d == 1, "%d and %d were told", c, d)
	})
	heard := h.listeners[loser].heard()
	require.Contains(h.t, heard[len(heard)-1], at(h.User(winner)))
	return winner
}

// settled checks the lines of a conversation that was handed over this many times.
func (h *handoverWorld) settled(c scenario.Conversation, rounds int) {
	h.t.Helper()
	h.within(20*time.Second, "a line for each change", func(ctx context.Context) error {
		given, err := h.lines(ctx, c, "transferiu o atendimento para a fila", "Responsável: "+at(h.User(starter)))
		if err != nil {
			return err
		}
		taken, err := h.lines(ctx, c, "assumiu o atendimento", "Responsável: "+at(h.User(starter)))
		if err != nil {
			return err
		}
		return errorUnless(given == rounds && taken == rounds, "%d transfers and %d claims are told of %d", given, taken, rounds)
	})
}

func (h *handoverWorld) tryMembers() {
	ctx := h.ctx(time.Minute)
	c := h.open()

	// An administrator who joins the channel only wants to look, so the conversation must stay where it is.
	_, _, err := h.Env.AdminClient(1).AddChannelMember(ctx, c.ChannelID, h.Env.Admin.ID)
	require.NoError(h.t, err)
	h.invite(1, starter, c, h.User(leaver).ID)
	h.attended(c, h.User(leaver).ID)
	h.oneLine(c, "convidou", "que atende a partir de agora")
	h.within(20*time.Second, "notifications of every message", func(ctx context.Context) error {
		member, _, err := h.Env.AdminClient(1).GetChannelMember(ctx, c.ChannelID, h.User(leaver).ID, "")
		if err != nil {
			return err
		}
		return errorUnless(member.NotifyProps["desktop"] == "all" && member.NotifyProps["push"] == "all", "they are %v", member.NotifyProps)
	})

	// When the plugin itself adds somebody to the channel, this must not count as an invitation.
	h.transfer(0, leaver, c, map[string]any{"user_id": h.User(clickerC).ID})
	h.attended(c, h.User(clickerC).ID)

	// When the attendant leaves, the conversation must return to the queue with a card.
	h.leave(1, clickerC, c)
	h.attended(c, "")
	h.oneLine(c, at(h.User(clickerC))+" não está mais no canal")
	h.card(h.Queue, c, 1)

	// When somebody who is not the attendant leaves, nothing may change.
	h.leave(0, leaver, c)
	require.NoError(h.t, h.Ask(ctx, h.as(1, clickerD), http.MethodPost, "/conversations/"+c.ID+"/claim", nil, http.StatusOK, nil))
	h.attended(c, h.User(clickerD).ID)
	total, err := h.lines(ctx, c, "não está mais no canal")
	require.NoError(h.t, err)
	require.Equal(h.t, 1, total)
	total, err = h.lines(ctx, c, "convidou")
	require.NoError(h.t, err)
	require.Equal(h.t, 1, total, "neither the plugin nor somebody who came by themselves invited")

	// In a closed conversation, an invitation must add the person and do nothing else.
	require.NoError(h.t, h.Ask(ctx, h.as(0, clickerD), http.MethodPost, "/conversations/"+c.ID+"/close", nil, http.StatusOK, nil))
	h.invite(0, starter, c, h.User(invited).ID)
	// The plugin looks every ten seconds for changes that no hook reported, so after two rounds everything has happened that will.
	h.rounds(2)
	require.Equal(h.t, h.User(clickerD).ID, h.read(0, c).AttendantID)
}

// rounds waits until the search for changes that no hook reported has run n times.
func (h *handoverWorld) rounds(n int) {
	h.t.Helper()
	for range n {
		read := func(ctx context.Context) (value int64, err error) {
			err = h.Env.DB().QueryRowContext(ctx, "SELECT coalesce(max(value), 0) FROM waa_facts WHERE name = 'invitations'").Scan(&value)
			return value, errors.Wrap(err, "cannot read the database")
		}
		before, err := read(h.ctx(10 * time.Second))
		require.NoError(h.t, err)
		h.within(time.Minute, "a round", func(ctx context.Context) error {
			now, err := read(ctx)
			if err != nil {
				return err
			}
			return errorUnless(now > before, "not yet")
		})
	}
}

func (h *handoverWorld) tryOwner() {
	ctx := h.ctx(time.Minute)
	c := h.open()
	path := "/conversations/" + c.ID + "/owner"
	body := map[string]any{"user_id": h.User(invited).ID}
	for _, agent := range []int{starter, invited} {
		_, err := h.AskRefused(ctx, h.as(1, agent), http.MethodPost, path, body, http.StatusForbidden, "forbidden")
		require.NoError(h.t, err)
	}
	_, err := h.AskRefused(ctx, h.as(0, stranger), http.MethodPost, path, body, http.StatusNotFound, "not_found")
	require.NoError(h.t, err)
	var now scenario.Conversation
	require.NoError(h.t, h.Ask(ctx, h.as(1, supervisor), http.MethodPost, path, body, http.StatusOK, &now))
	require.Equal(h.t, h.User(invited).ID, now.OwnerID)
	require.Equal(h.t, h.User(starter).ID, now.AttendantID)
	h.oneLine(c, at(h.User(supervisor))+" mudou o responsável de "+at(h.User(starter))+" para "+at(h.User(invited)))

	// The conversation is handed over with the command, and back again.
	_, _, err = h.Admin().AddChannelMember(ctx, c.ChannelID, h.User(supervisor).ID)
	require.NoError(h.t, err)
	h.within(20*time.Second, "the command to be taken", func(ctx context.Context) error {
		answer, err := h.Env.ExecuteSlash(ctx, h.as(0, supervisor), c.ChannelID, "/whatsapp responsável "+at(h.User(starter)))
		if err != nil {
			return err
		}
		return errorUnless(strings.Contains(answer.Text, at(h.User(starter))), "it says %q", answer.Text)
	})
	require.Equal(h.t, h.User(starter).ID, h.read(1, c).OwnerID)
	var audited int
	require.NoError(h.t, h.Env.DB().QueryRowContext(ctx, "SELECT count(*) FROM waa_audit WHERE action = 'owner' AND object_id = $1 AND actor_id = $2",
		c.ID, h.User(supervisor).ID).Scan(&audited))
	require.Equal(h.t, 2, audited)
}

func (h *handoverWorld) tryRefusals() {
	ctx := h.ctx(time.Minute)
	c := h.open()
	for target, answer := range map[string]string{
		"@ninguem.aqui": "ninguém", "@whatsapp": "bot", "~fila-que-nao-ha": "Nenhuma fila", "alguém": "Diga para quem",
	} {
		got, err := h.Env.ExecuteSlash(ctx, h.as(0, starter), c.ChannelID, "/whatsapp transferir "+target)
		require.NoError(h.t, err)
		require.Contains(h.t, got.Text, answer, target)
	}
	// The second queue has the same name as the first, so the name of its channel must be shown to tell them apart.
	channel, _, err := h.Admin().CreateChannel(ctx, &model.Channel{TeamId: h.Env.Team.ID, Name: "fila-suporte-2", DisplayName: "x", Type: model.ChannelTypePrivate})
	require.NoError(h.t, err)
	var twin scenario.Queue
	body := map[string]any{"name": "suporte", "team_id": h.Env.Team.ID, "channel_id": channel.Id, "account_id": h.Account.ID}
	require.NoError(h.t, h.Ask(ctx, h.Admin(), http.MethodPost, "/queues", body, http.StatusCreated, &twin))
	got, err := h.Env.ExecuteSlash(ctx, h.as(0, starter), c.ChannelID, "/whatsapp transferir ~Suporte")
	require.NoError(h.t, err)
	require.Contains(h.t, got.Text, "mais de uma fila")
	require.Equal(h.t, h.User(starter).ID, h.read(0, c).AttendantID)
	_, err = h.Env.ExecuteSlash(ctx, h.as(0, starter), c.ChannelID, "/whatsapp transferir ~fila-suporte")
	require.NoError(h.t, err)
	require.Equal(h.t, h.other.ID, h.read(1, c).QueueID)
	require.NoError(h.t, h.Ask(ctx, h.Admin(), http.MethodDelete, "/queues/"+twin.ID, nil, http.StatusOK, nil))
}
