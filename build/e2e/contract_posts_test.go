//go:build unix

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// TestContractPosts writes into conversations' channels as people, bots and integrations do.
func TestContractPosts(t *testing.T) {
	o := newOutsider(t)
	for _, part := range []struct {
		name string
		try  func(o *outsider)
	}{
		{"refused posts", contractRefusedPosts}, {"machines", contractMachines}, {"notes in every state", contractNotes}, {"edits and deletes", contractEdits},
		{"threads and reactions", contractThreads}, {"ticks", contractTicks},
	} {
		t.Run(part.name, func(t *testing.T) { part.try(o.in(t)) })
	}
}

// whispered calls act and returns the ephemeral posts that an agent received because of it.
func (o *outsider) whispered(agent int, act func()) (texts []string) {
	o.t.Helper()
	ctx, cancel := context.WithCancel(o.ctx(oneMinute))
	defer cancel()
	events, err := o.Env.Listen(ctx, 0, o.Agent(agent))
	require.NoError(o.t, err)
	act()
	end, err := o.PostAs(ctx, agent, o.Queue.ChannelID, "até aqui "+model.NewId())
	require.NoError(o.t, err)
	for event := range events {
		content, _ := event.GetData()["post"].(string)
		switch event.EventType() {
		case model.WebsocketEventEphemeralMessage:
			texts = append(texts, content)
		case model.WebsocketEventPosted:
			if strings.Contains(content, end.Id) {
				return texts
			}
		}
	}
	require.Fail(o.t, "the web socket ended")
	return nil
}

// refusedAs sends a post that must be refused: with status 400 and a reason, one ephemeral post that gives the reason, and nothing left
// behind.
func (o *outsider) refusedAs(agent int, post *model.Post) string {
	o.t.Helper()
	before, err := o.Posts(o.ctx(oneMinute), post.ChannelId)
	require.NoError(o.t, err)
	reason := ""
	whispers := o.whispered(agent, func() {
		_, response, err := o.Agent(agent).CreatePost(o.ctx(oneMinute), post)
		require.Error(o.t, err, "%q", post.Message)
		require.Equal(o.t, http.StatusBadRequest, response.StatusCode, post.Message)
		var refusal *model.AppError
		require.ErrorAs(o.t, err, &refusal)
		reason = refusal.Message
	})
	require.NotEmpty(o.t, reason)
	require.NotContains(o.t, reason, "DismissPostError")
	require.Len(o.t, whispers, 1, "%q", post.Message)
	after, err := o.Posts(o.ctx(oneMinute), post.ChannelId)
	require.NoError(o.t, err)
	theirs := func(p *model.Post) bool { return p.UserId == o.User(agent).ID } // the bot's lines may come at any time
	require.Len(o.t, scenario.Matching(after, theirs), len(scenario.Matching(before, theirs)), "%q", post.Message)
	return reason
}

func contractRefusedPosts(o *outsider) {
	k := o.open(0)
	site := o.Env.Nodes[0].URL
	team := o.Env.Team.Name
	sent := len(k.phone.Messages())
	for _, text := range []string{
		"@" + o.User(1).Username + " veja", "veja, @" + strings.ToUpper(o.User(1).Username) + ".", "@all", "@channel oi", "oi @here!", "(@" + o.User(1).Username + ")",
		"olha " + site + "/" + team + "/pl/" + nobodysID, "[aqui](" + site + "/" + team + "/channels/town-square)", "[aqui](/" + team + "/pl/" + nobodysID + ")",
		strings.TrimPrefix(site, "http://") + "/" + team + "/channels/town-square", "mattermost://" + strings.TrimPrefix(site, "http://") + "/" + team,
		"[aqui](/" + team + "/channels/town-square)", "<" + site + ">", strings.ToUpper(site) + "/" + team,
	} {
		o.refusedAs(0, &model.Post{ChannelId: k.ChannelID, Message: text})
	}
	o.refusedAs(0, &model.Post{ChannelId: k.ChannelID, Message: "forjado", Type: scenario.TypeEvent})
	for _, fine := range []string{"escreva para ana@example.com", "veja https://example.com/a/b?c=d#e", "custa 5 @ 10", "1/2 e /help", "e ~assim~"} {
		post, err := o.PostAs(o.ctx(oneMinute), 0, k.ChannelID, fine)
		require.NoError(o.t, err, fine)
		o.ticks(oneMinute, post.Id, "delivered")
	}
	require.Len(o.t, k.phone.Messages(), sent+5)
	w, err := o.Start(o.ctx(oneMinute), 1, newCustomer())
	require.NoError(o.t, err)
	o.refusedAs(1, &model.Post{ChannelId: w.ChannelID, Message: "oi"})
	require.NoError(o.t, o.Ask(o.ctx(oneMinute), o.Agent(0), http.MethodPost, "/conversations/"+k.ID+"/close", nil, 200, nil))
	o.refusedAs(0, &model.Post{ChannelId: k.ChannelID, Message: "oi"})
}

// contractMachines checks that nothing written by bots and integrations is sent to the customer.
func contractMachines(o *outsider) {
	k := o.open(0)
	ctx := o.ctx(oneMinute)
	sent := len(k.phone.Messages())
	require.NoError(o.t, configure(ctx, o.Admin(), `{"ServiceSettings": {"EnableIncomingWebhooks": true, "EnableBotAccountCreation": true, "EnableUserAccessTokens": true, "EnablePostUsernameOverride": true}}`))
	hook, _, err := o.Admin().CreateIncomingWebhook(ctx, &model.IncomingWebhook{ChannelId: o.Queue.ChannelID, DisplayName: "robô"})
	require.NoError(o.t, err)
	channel, err := o.ChannelOf(ctx, k.Conversation)
	require.NoError(o.t, err)
	_, _, err = o.Admin().AddChannelMember(ctx, k.ChannelID, o.Env.Admin.ID)
	require.NoError(o.t, err)
	body, err := json.Marshal(map[string]any{"text": "do webhook", "channel": channel.Name})
	require.NoError(o.t, err)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, o.Env.Nodes[0].URL+"/hooks/"+hook.Id, bytes.NewReader(body))
	require.NoError(o.t, err)
	request.Header.Set("Content-Type", "application/json")
	status, answer := o.send(request)
	require.GreaterOrEqual(o.t, status, 400, "%d %s", status, answer)
	bot, _, err := o.Admin().CreateBot(ctx, &model.Bot{Username: "contrato-robo", DisplayName: "Robô"})
	require.NoError(o.t, err)
	_, _, err = o.Admin().AddTeamMember(ctx, o.Env.Team.ID, bot.UserId)
	require.NoError(o.t, err)
	_, _, err = o.Admin().AddChannelMember(ctx, k.ChannelID, bot.UserId)
	require.NoError(o.t, err)
	token, _, err := o.Admin().CreateUserAccessToken(ctx, bot.UserId, "contrato", 0)
	require.NoError(o.t, err)
	client := model.NewAPIv4Client(o.Env.Nodes[0].URL)
	client.SetToken(token.Token)
	_, response, err := client.CreatePost(ctx, &model.Post{ChannelId: k.ChannelID, Message: "do robô"})
	require.Error(o.t, err)
	require.Equal(o.t, http.StatusBadRequest, response.StatusCode)
	o.waitUntilIdle(oneMinute)
	require.Len(o.t, k.phone.Messages(), sent)
	// An administrator who is in the channel counts as a person.
	post, _, err := o.Admin().CreatePost(ctx, &model.Post{ChannelId: k.ChannelID, Message: "sou gente"})
	require.NoError(o.t, err)
	o.ticks(oneMinute, post.Id, "delivered")
}

// configure changes the server's own configuration.
func configure(ctx context.Context, admin *model.Client4, patch string) error {
	response, err := admin.DoAPIPut(ctx, "/config/patch", patch)
	if err != nil {
		return err //nolint:wrapcheck // a test's
	}
	_, _ = io.Copy(io.Discard, response.Body)
	return response.Body.Close() //nolint:wrapcheck // a test's
}

func contractNotes(o *outsider) {
	k := o.open(1)
	w, err := o.Start(o.ctx(oneMinute), 1, newCustomer())
	require.NoError(o.t, err)
	closed := o.open(1)
	require.NoError(o.t, o.Ask(o.ctx(oneMinute), o.Agent(1), http.MethodPost, "/conversations/"+closed.ID+"/close", map[string]any{"reason": "fim"}, 200, nil))
	sends := len(o.Sim.Sends())
	for state, c := range map[string]scenario.Conversation{"open": k.Conversation, "waiting": w, "closed": closed.Conversation} {
		ctx := o.ctx(oneMinute)
		note, _, err := o.Agent(1).CreatePost(ctx, &model.Post{ChannelId: c.ChannelID, Message: "nota com @" + o.User(0).Username, Type: scenario.TypeNote})
		require.NoError(o.t, err, state)
		reply, _, err := o.Agent(1).CreatePost(ctx, &model.Post{ChannelId: c.ChannelID, Message: "resposta", RootId: note.Id})
		require.NoError(o.t, err, state)
		require.Equal(o.t, scenario.TypeNote, reply.Type, state)
		o.asks(o.Agent(1), http.MethodPost, "/conversations/"+c.ID+"/note", map[string]any{"text": "por REST em " + state}).is(200)
		_, err = o.Env.ExecuteSlash(ctx, o.Agent(1), c.ChannelID, "/whatsapp nota escrita em "+state)
		require.NoError(o.t, err)
		_, err = o.Env.ExecuteSlash(ctx, o.Agent(1), c.ChannelID, "/whatsapp note in English in "+state)
		require.NoError(o.t, err)
		posts, err := o.Posts(ctx, c.ChannelID)
		require.NoError(o.t, err)
		notes := scenario.Matching(posts, func(p *model.Post) bool { return p.Type == scenario.TypeNote })
		require.Len(o.t, notes, 5, state)
		for _, p := range notes {
			require.Nil(o.t, p.GetProp(scenario.PropStatus))
			require.Equal(o.t, o.User(1).ID, p.UserId)
		}
	}
	o.waitUntilIdle(oneMinute)
	require.Len(o.t, o.Sim.Sends(), sends, "no note leaves")
}

func contractEdits(o *outsider) {
	k := o.open(0)
	post := o.post(k, "como foi")
	o.ticks(oneMinute, post.Id, "delivered")
	changed := "como não foi"
	_, response, err := o.Agent(0).PatchPost(o.ctx(oneMinute), post.Id, &model.PostPatch{Message: &changed})
	require.Error(o.t, err)
	require.Equal(o.t, http.StatusBadRequest, response.StatusCode)
	props := model.StringInterface{"waa_status": "read", "waa_wamid": "x"}
	_, _, _ = o.Agent(0).PatchPost(o.ctx(oneMinute), post.Id, &model.PostPatch{Props: &props})
	shown, err := o.Tick(o.ctx(oneMinute), post.Id)
	require.NoError(o.t, err)
	require.Equal(o.t, "delivered", shown)
	_, err = o.Agent(0).DeletePost(o.ctx(oneMinute), post.Id)
	require.NoError(o.t, err)
	_, err = k.phone.Reply("ainda aí?")
	require.NoError(o.t, err)
	last := o.post(k, "sim")
	o.ticks(oneMinute, last.Id, "delivered")
	require.Equal(o.t, []string{"como foi", "sim"}, texts(k.phone.Messages())[1:])
}

// contractThreads covers replies and reactions in both directions.
func contractThreads(o *outsider) {
	k := o.open(0)
	post := o.post(k, "qual delas?")
	o.ticks(oneMinute, post.Id, "delivered")
	asked := k.phone.Messages()[1]
	answer, err := k.phone.Quote(asked.ID, "esta")
	require.NoError(o.t, err)
	found, err := o.WaitPosts(o.ctx(oneMinute), k.ChannelID, 1, "the quoted answer", func(p *model.Post) bool { return p.GetProp(scenario.PropWAMID) == answer })
	require.NoError(o.t, err)
	require.Equal(o.t, post.Id, found[0].RootId)
	reply, _, err := o.Agent(0).CreatePost(o.ctx(oneMinute), &model.Post{ChannelId: k.ChannelID, RootId: post.Id, Message: "ótimo"})
	require.NoError(o.t, err)
	o.ticks(oneMinute, reply.Id, "delivered")
	plain, err := k.phone.Reply("e isto")
	require.NoError(o.t, err)
	found, err = o.WaitPosts(o.ctx(oneMinute), k.ChannelID, 1, "the customer's message", func(p *model.Post) bool { return p.GetProp(scenario.PropWAMID) == plain })
	require.NoError(o.t, err)
	require.Empty(o.t, found[0].RootId)
	require.Equal(o.t, "inbound", found[0].GetProp(scenario.PropKind))
	quoting, _, err := o.Agent(0).CreatePost(o.ctx(oneMinute), &model.Post{ChannelId: k.ChannelID, RootId: found[0].Id, Message: "isto mesmo"})
	require.NoError(o.t, err)
	o.ticks(oneMinute, quoting.Id, "delivered")
	last, _ := k.phone.Last()
	require.Equal(o.t, plain, last.Context)

	bot, _, err := o.Admin().GetUserByUsername(o.ctx(oneMinute), "whatsapp-cliente", "")
	require.NoError(o.t, err)
	reactions := func(ctx context.Context) (names []string, err error) {
		all, _, err := o.Admin().GetReactions(ctx, post.Id)
		for _, r := range all {
			if r.UserId == bot.Id {
				names = append(names, r.EmojiName)
			}
		}
		return names, err //nolint:wrapcheck // a test's
	}
	_, err = k.phone.React(asked.ID, "👍")
	require.NoError(o.t, err)
	o.within(oneMinute, "the reaction", func(ctx context.Context) error {
		names, err := reactions(ctx)
		return firstError(err, errorUnless(len(names) == 1 && names[0] == "+1", "the bot's are %q", names))
	})
	_, err = k.phone.React(asked.ID, "❤️")
	require.NoError(o.t, err)
	o.within(oneMinute, "the other reaction", func(ctx context.Context) error {
		names, err := reactions(ctx)
		return firstError(err, errorUnless(len(names) == 1 && names[0] == "heart", "the bot's are %q", names))
	})
	_, err = k.phone.Unreact(asked.ID)
	require.NoError(o.t, err)
	o.within(oneMinute, "no reaction", func(ctx context.Context) error {
		names, err := reactions(ctx)
		return firstError(err, errorUnless(len(names) == 0, "the bot's are %q", names))
	})

	placeholder, err := k.phone.SendUnsupported("")
	require.NoError(o.t, err)
	found, err = o.WaitPosts(o.ctx(oneMinute), k.ChannelID, 1, "the placeholder", func(p *model.Post) bool { return p.GetProp(scenario.PropWAMID) == placeholder })
	require.NoError(o.t, err)
	require.NotEmpty(o.t, found[0].Message)
	_, err = k.phone.Replace(placeholder, "agora sim")
	require.NoError(o.t, err)
	o.within(oneMinute, "the real message in the placeholder's post", func(ctx context.Context) error {
		posts, err := o.Posts(ctx, k.ChannelID)
		same := postsOf(posts, placeholder)
		return firstError(err, errorUnless(len(same) == 1 && same[0].Id == found[0].Id && same[0].Message == "agora sim", "the posts are %d, %q", len(same), same[0].Message))
	})
	props := found[0].GetProps()
	require.NotContains(o.t, props, "waa_status")
}

// contractTicks checks that every failure that somebody must act on leaves a line in the thread, and that ticks never go back to an earlier
// status.
func contractTicks(o *outsider) {
	k := o.open(0)
	o.Sim.FailNext(hereTo(k.customer.Phone), 131026, 1)
	failed := o.post(k, "não chega")
	o.ticks(oneMinute, failed.Id, "failed")
	require.NotEmpty(o.t, o.noticed(oneMinute, failed.Id))
	o.Sim.FailNextLater(hereTo(k.customer.Phone), 131053, 1)
	later := o.post(k, "falha depois")
	o.ticks(oneMinute, later.Id, "failed")
	require.NotEmpty(o.t, o.noticed(oneMinute, later.Id))
	o.Sim.Configure(func(s *cloudapi.Settings) { s.AutomaticStatuses = false })
	defer o.Sim.Configure(func(s *cloudapi.Settings) { s.AutomaticStatuses = true })
	post := o.post(k, "de trás para a frente")
	o.ticks(oneMinute, post.Id, "sent", "pending")
	o.within(oneMinute, "the phone to have it", func(context.Context) error {
		return errorUnless(k.arrived("de trás para a frente") == 1, "it has not")
	})
	wamid := ""
	for _, m := range k.phone.Messages() {
		if m.Text == "de trás para a frente" {
			wamid = m.ID
		}
	}
	for _, status := range []string{"read", "delivered", "sent"} {
		require.NoError(o.t, o.Sim.SendStatus(wamid, status))
		o.ticks(oneMinute, post.Id, "read")
		require.NoError(o.t, o.Sim.Settle(o.ctx(oneMinute)))
	}
	o.waitUntilIdle(oneMinute) // after every status was handled, the tick must be what it was
	o.ticks(oneMinute, post.Id, "read")
	messages := o.asks(o.Agent(0), http.MethodGet, "/conversations/"+k.ID+"/messages", nil).is(200).items()
	for _, m := range messages {
		switch m["post_id"] {
		case post.Id:
			require.Equal(o.t, "read", m["status"])
			require.Equal(o.t, "", m["reason"])
			require.Equal(o.t, wamid, m["wamid"])
		case failed.Id, later.Id:
			require.Equal(o.t, "failed", m["status"])
			require.NotEmpty(o.t, m["reason"])
		}
	}
	posts, err := o.Posts(o.ctx(oneMinute), k.ChannelID)
	require.NoError(o.t, err)
	require.Equal(o.t, typeTemplate, scenario.Matching(posts, func(p *model.Post) bool { return !p.IsSystemMessage() })[0].Type)
}
