//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// draftsWorld has two agents who write before the customer answers, each on a different server.
type draftsWorld struct {
	*stage
	*openConversation
	ana, bia *model.Client4 // agent 1 on the first server, agent 2 on the second
}

// TestHeldDrafts has agents write too early, on two servers of one database. Nothing may be sent at first. After the customer's answer
// everything must be offered, and what an agent chooses must arrive in order and only once, however often they click and whatever crashes.
func TestHeldDrafts(t *testing.T) {
	t.Parallel()
	w := startWorld(t, scenario.Options{Nodes: 2, Simulator: func(s *cloudapi.Settings) { s.PairRate, s.RetryMax = false, 2*time.Second }})
	s := &stage{World: w, t: t}
	t.Run("twenty posts of two agents", func(t *testing.T) { tryDrafts(newDraftsWorld(t, s)) })
	t.Run("the phone app's ways", func(t *testing.T) { tryDraftList(newDraftsWorld(t, s)) })
	t.Run("killed on the way", func(t *testing.T) { tryKilledDrafts(t, s) })
	t.Run("told each morning", func(t *testing.T) { tryFollowUp(&administration{World: w, t: t}) })
}

// newDraftsWorld starts a conversation and puts both agents into its channel.
func newDraftsWorld(t *testing.T, in *stage) *draftsWorld {
	t.Helper()
	s := &stage{World: in.World, t: t}
	k := &openConversation{customer: newCustomer(), agent: 1}
	var err error
	k.Conversation, err = s.Start(s.ctx(oneMinute), k.agent, k.customer)
	require.NoError(t, err)
	k.phone = s.Phone(k.customer.Phone)
	d := &draftsWorld{stage: s, openConversation: k, ana: s.Env.Client(0, 1), bia: s.Env.Client(1, 2)}
	_, _, err = s.Admin().AddChannelMember(s.ctx(oneMinute), k.ChannelID, s.User(2).ID)
	require.NoError(t, err)
	for node := range s.Env.Nodes { // servers without a licence do not tell each other who came into a channel
		_, err := s.Env.AdminClient(node).InvalidateCaches(s.ctx(oneMinute))
		require.NoError(t, err)
	}
	return d
}

// tooEarly posts while the channel is locked, so that the text is kept as a draft.
func (d *draftsWorld) tooEarly(client *model.Client4, text string, files ...string) {
	d.t.Helper()
	_, _, err := client.CreatePost(d.ctx(oneMinute), &model.Post{ChannelId: d.ChannelID, Message: text, FileIds: files})
	var refusal *model.AppError
	require.ErrorAs(d.t, err, &refusal)
	require.Equal(d.t, http.StatusBadRequest, refusal.StatusCode)
	require.Contains(d.t, refusal.Message, "ainda não respondeu")
	require.Contains(d.t, refusal.Message, "rascunho")
}

// held returns the texts of an agent's drafts.
func (d *draftsWorld) held(client *model.Client4) []string {
	d.t.Helper()
	out := []string{}
	for _, draft := range d.drafts(client) {
		out = append(out, draft.Text)
	}
	return out
}

type draft struct {
	ID    string `json:"id"`
	Text  string `json:"text"`
	State string `json:"state"`
}

func (d *draftsWorld) drafts(client *model.Client4) []draft {
	d.t.Helper()
	var answer struct {
		Items []draft `json:"items"`
	}
	require.NoError(d.t, d.Ask(d.ctx(oneMinute), client, http.MethodGet, "/conversations/"+d.ID+"/drafts?per_page=200", nil, http.StatusOK, &answer))
	return answer.Items
}

// answered sends the customer's answer.
func (d *draftsWorld) answered() {
	d.t.Helper()
	_, err := d.phone.Reply("oi")
	require.NoError(d.t, err)
	_, err = d.WaitState(d.ctx(oneMinute), d.agent, d.ID, "open")
	require.NoError(d.t, err)
}

// offer waits for the one post that offers an agent's drafts and has this many send buttons.
func (d *draftsWorld) offer(agent, buttons int) *model.Post {
	d.t.Helper()
	var offer *model.Post
	d.within(oneMinute, "the drafts to be offered", func(ctx context.Context) error {
		posts, err := d.Posts(ctx, d.ChannelID)
		if err != nil {
			return err
		}
		offers := scenario.Matching(posts, func(p *model.Post) bool {
			return p.Type == scenario.TypeEvent && len(p.Attachments()) > 0 && strings.Contains(p.Message, "@"+d.User(agent).Username)
		})
		if len(offers) != 1 {
			return fmt.Errorf("there are %d offers", len(offers))
		}
		offer = offers[0]
		n := len(slices.DeleteFunc(actionsOf(offer), func(id string) bool { return !strings.HasPrefix(id, "send") }))
		return errorUnless(n == buttons, "it has %d send buttons instead of %d", n, buttons)
	})
	return offer
}

// actionsOf returns the ids of a post's buttons, from the top.
func actionsOf(p *model.Post) (ids []string) {
	for _, attachment := range p.Attachments() {
		for _, action := range attachment.Actions {
			ids = append(ids, action.Id)
		}
	}
	return ids
}

// press presses a button on several servers at the same moment.
func (d *draftsWorld) press(post *model.Post, action string, clients ...*model.Client4) {
	d.t.Helper()
	ctx := d.ctx(oneMinute)
	problems := make([]error, len(clients))
	var hands sync.WaitGroup
	for i, client := range clients {
		hands.Go(func() { _, problems[i] = client.DoPostAction(ctx, post.Id, action) })
	}
	hands.Wait()
	for _, err := range problems {
		require.NoError(d.t, err)
	}
}

// said returns the texts that the phone received after the template.
func (d *draftsWorld) said() []string {
	out := []string{}
	for _, m := range d.phone.Messages() {
		if m.Type != "template" && !m.Inbound {
			out = append(out, m.Text)
		}
	}
	return out
}

// arrive waits until the phone has exactly these texts and nothing else is on its way.
func (d *draftsWorld) arrive(texts ...string) {
	d.t.Helper()
	d.within(oneMinute, "the phone to get the messages", func(context.Context) error {
		return errorUnless(len(d.said()) >= len(texts), "it has %q", d.said())
	})
	d.waitUntilIdle(oneMinute)
	require.Equal(d.t, append([]string{}, texts...), d.said())
}

func tryDrafts(d *draftsWorld) {
	t := d.t
	anaElsewhere, biaElsewhere := d.Env.Client(1, 1), d.Env.Client(0, 2)
	var anas, bias []string
	for n := range 10 {
		ana, bia := fmt.Sprintf("ana %d", n), fmt.Sprintf("bia %d", n)
		if n == 8 {
			ana = "ana 8, veja @" + d.User(2).Username
		}
		d.tooEarly(d.ana, ana)
		var files []string
		if n%3 == 1 { // a file with a text is one message with a caption
			files = []string{d.upload(2, d.ChannelID, plain(fmt.Sprintf("anexo%d.txt", n)))}
		}
		d.tooEarly(d.bia, bia, files...)
		anas, bias = append(anas, ana), append(bias, bia)
	}
	d.tooEarly(anaElsewhere, "  ana 3 ") // the same text again makes no second draft, whichever server it is posted on
	require.Equal(t, anas, d.held(d.ana))
	require.Equal(t, bias, d.held(d.bia))
	require.Empty(t, d.said())
	_, err := d.AskRefused(d.ctx(oneMinute), d.ana, http.MethodPost, "/drafts/"+d.drafts(d.ana)[0].ID+"/send", nil, http.StatusConflict, "window_closed")
	require.NoError(t, err)

	d.answered()
	d.arrive() // nothing is sent without a click
	mine, theirs := d.offer(1, 10), d.offer(2, 10)
	send := func(n int) string { return "send" + d.drafts(d.ana)[n].ID }

	// Nobody may touch another agent's drafts, except a supervisor.
	_, err = d.AskRefused(d.ctx(oneMinute), d.bia, http.MethodPost, "/drafts/"+d.drafts(d.ana)[0].ID+"/send", nil, http.StatusForbidden, "forbidden")
	require.NoError(t, err)
	d.press(mine, send(0), d.bia)
	require.Len(t, d.held(d.ana), 10)

	// The agent double-clicks at the same moment on two servers.
	first := send(3)
	d.press(mine, first, d.ana, anaElsewhere, d.ana, anaElsewhere)
	d.arrive("ana 3")
	mine = d.offer(1, 9)

	// One draft is posted by hand instead of with its button. Another one is dropped.
	_, _, err = anaElsewhere.CreatePost(d.ctx(oneMinute), &model.Post{ChannelId: d.ChannelID, Message: "ana 5"})
	require.NoError(t, err)
	d.arrive("ana 3", "ana 5")
	d.within(oneMinute, "the held draft to go", func(context.Context) error {
		return errorUnless(!slices.Contains(d.held(d.ana), "ana 5"), "it is still held")
	})
	d.press(mine, "drop"+d.drafts(d.ana)[0].ID, d.ana)
	require.NotContains(t, d.held(d.ana), "ana 0")
	mine = d.offer(1, 7)

	// All the others are sent, by a click on each server at once. A draft that the plugin refuses stays.
	all := actionsOf(mine)
	d.press(mine, all[len(all)-1], d.ana, anaElsewhere)
	d.arrive("ana 3", "ana 5", "ana 1", "ana 2", "ana 4", "ana 6", "ana 7", "ana 9")
	require.Equal(t, []string{anas[8]}, d.held(d.ana))
	d.offer(1, 1)
	answer, err := d.AskRefused(d.ctx(oneMinute), d.ana, http.MethodPost, "/drafts/"+d.drafts(d.ana)[0].ID+"/send", nil, http.StatusUnprocessableEntity, "invalid_field")
	require.NoError(t, err)
	require.Contains(t, answer.Fields["text"], "nota")
	require.Len(t, d.drafts(d.Agent(0)), 11, "a supervisor sees everybody's, and may")
	require.NoError(t, d.Ask(d.ctx(oneMinute), d.Agent(0), http.MethodDelete, "/drafts/"+d.drafts(d.ana)[0].ID, nil, http.StatusOK, nil))
	d.offer(1, 0)

	// The other agent's drafts are sent with their files, again by a click on each server at once.
	before := len(d.said())
	all = actionsOf(theirs)
	d.press(theirs, all[len(all)-1], d.bia, biaElsewhere)
	d.within(oneMinute, "the other agent's to arrive", func(context.Context) error {
		return errorUnless(len(d.said()) >= before+10, "%d have", len(d.said())-before)
	})
	d.waitUntilIdle(oneMinute)
	require.Equal(t, bias, d.said()[before:])
	documents := 0
	for _, m := range d.phone.Messages() {
		if m.Type == "document" {
			documents++
		}
	}
	require.Equal(t, 3, documents)
	d.offer(2, 0)

	// Every draft was sent only once, and as a post of the agent who wrote it.
	posts, err := d.Posts(d.ctx(oneMinute), d.ChannelID)
	require.NoError(t, err)
	require.Len(t, scenario.Matching(posts, func(p *model.Post) bool { return p.UserId == d.User(1).ID && p.Type == "" }), 8)
	require.Len(t, scenario.Matching(posts, func(p *model.Post) bool { return p.UserId == d.User(2).ID && p.Type == "" }), 10)
}

// tryDraftList edits drafts in the dialog of the button, and sends drafts from the list of the slash command.
func tryDraftList(d *draftsWorld) {
	t := d.t
	d.tooEarly(d.ana, "com erro")
	d.tooEarly(d.ana, "pela lista")
	var saved draft
	require.NoError(t, d.Ask(d.ctx(oneMinute), d.ana, http.MethodPost, "/conversations/"+d.ID+"/drafts", map[string]any{"text": "guardado para depois"}, http.StatusCreated, &saved))
	d.answered()
	offer := d.offer(1, 3)

	ctx := d.ctx(oneMinute)
	events, err := d.Env.Listen(ctx, 0, d.ana)
	require.NoError(t, err)
	d.press(offer, "edit"+d.drafts(d.ana)[0].ID, d.ana)
	var dialog model.OpenDialogRequest
	require.NoError(t, json.Unmarshal([]byte(next(t, events, model.WebsocketEventOpenDialog, "dialog")), &dialog))
	require.Equal(t, "com erro", dialog.Dialog.Elements[0].Default)
	_, _, err = d.ana.SubmitInteractiveDialog(ctx, model.SubmitDialogRequest{
		URL: dialog.URL, CallbackId: dialog.Dialog.CallbackId, State: dialog.Dialog.State, ChannelId: d.ChannelID, TeamId: d.Env.Team.ID,
		Submission: map[string]any{"text": "sem erro"},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"sem erro", "pela lista", "guardado para depois"}, d.held(d.ana))

	_, err = d.Env.ExecuteSlash(ctx, d.ana, d.ChannelID, "/whatsapp rascunhos")
	require.NoError(t, err)
	var list model.Post
	require.NoError(t, json.Unmarshal([]byte(next(t, events, model.WebsocketEventEphemeralMessage, "post")), &list))
	require.Contains(t, list.Message, "Rascunhos")
	var action *model.PostAction
	for _, attachment := range list.Attachments() {
		if strings.Contains(attachment.Text, "pela lista") {
			action = attachment.Actions[0]
		}
	}
	require.NotNil(t, action)
	_, err = d.ana.DoPostActionWithCookie(ctx, list.Id, action.Id, "", action.Cookie, nil, "")
	require.NoError(t, err)
	d.arrive("pela lista")
	d.press(offer, "send"+d.drafts(d.ana)[0].ID, d.ana)
	d.arrive("pela lista", "sem erro")
	require.NoError(t, d.Ask(ctx, d.ana, http.MethodPost, "/drafts/"+saved.ID+"/send", nil, http.StatusOK, &saved))
	require.Equal(t, "sent", saved.State)
	d.arrive("pela lista", "sem erro", "guardado para depois")

	// Notes have commands of their own.
	for _, command := range []string{"/nota primeira nota", "/note second note"} {
		_, err = d.Env.ExecuteSlash(ctx, d.ana, d.ChannelID, command)
		require.NoError(t, err)
	}
	notes, err := d.WaitPosts(ctx, d.ChannelID, 2, "the notes", func(p *model.Post) bool { return p.Type == scenario.TypeNote })
	require.NoError(t, err)
	require.Equal(t, "primeira nota", notes[0].Message)
	file := d.upload(1, d.ChannelID, plain("interno.txt"))
	reply, _, err := d.ana.CreatePost(ctx, &model.Post{ChannelId: d.ChannelID, RootId: notes[0].Id, Message: "veja @" + d.User(2).Username, FileIds: []string{file}})
	require.NoError(t, err)
	require.Equal(t, scenario.TypeNote, reply.Type)
	for _, note := range append(notes, reply) { // a client that does not know the post's type must show it as a note too
		require.Len(t, note.Attachments(), 1)
		require.Contains(t, note.Attachments()[0].Text, "Nota interna")
	}
	d.arrive("pela lista", "sem erro", "guardado para depois")
}

// next waits for an event of a kind and returns one field of its data.
func next(t *testing.T, events <-chan *model.WebSocketEvent, kind model.WebsocketEventType, name string) string {
	t.Helper()
	for event := range events {
		if event.EventType() == kind {
			data, _ := event.GetData()[name].(string)
			return data
		}
	}
	require.Fail(t, "the web socket ended")
	return ""
}

// tryKilledDrafts kills the plugin on the server whose button was pressed, after a draft was chosen and before its post is recorded. The
// other server must finish the work, or the killed plugin after its restart.
func tryKilledDrafts(t *testing.T, in *stage) {
	g := newGates(t, in.World)
	for _, c := range []struct {
		gate string
		lost bool // the statement that the plugin waited in when it was killed is never executed
	}{{gateDraftClaimed, true}, {gateDraftClaimed, false}, {gateDraftSent, true}} {
		d := newDraftsWorld(t, in)
		d.tooEarly(d.ana, "antes")
		d.tooEarly(d.ana, "depois")
		d.answered()
		offer := d.offer(1, 2)
		all := actionsOf(offer)
		gate, err := g.shut(d.ctx(oneMinute), c.gate, d.customer.Phone)
		require.NoError(t, err)
		pressed := make(chan struct{})
		go func() {
			defer close(pressed)
			_, _ = d.ana.DoPostAction(t.Context(), offer.Id, all[len(all)-1]) // the server's plugin is killed during the request
		}()
		d.within(oneMinute, "the plugin to stand at the gate", gate.reached)
		require.NoError(t, d.Env.KillPlugin(d.ctx(oneMinute), 0))
		require.NoError(t, release(d.ctx(oneMinute), gate, c.lost, nil))
		<-pressed
		require.NoError(t, d.Env.ReactivatePlugin(d.ctx(2*oneMinute), 0))
		d.arrive("antes", "depois")
		d.offer(1, 0)
		posts, err := d.Posts(d.ctx(oneMinute), d.ChannelID)
		require.NoError(t, err)
		require.Len(t, scenario.Matching(posts, func(p *model.Post) bool { return p.UserId == d.User(1).ID && p.Type == "" }), 2, c.gate)
	}
}
