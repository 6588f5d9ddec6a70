//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// customersPost waits for the post of a customer's message.
func (s *stage) customersPost(k *openConversation, wamid string) *model.Post {
	s.t.Helper()
	posts, err := s.WaitPosts(s.ctx(30*time.Second), k.ChannelID, 1, "the customer's post", func(p *model.Post) bool { return p.GetProp(scenario.PropWAMID) == wamid })
	require.NoError(s.t, err)
	return posts[0]
}

// slash runs the slash command as the conversation's agent.
func (s *stage) slash(k *openConversation, command string) {
	s.t.Helper()
	_, err := s.Env.ExecuteSlash(s.ctx(30*time.Second), s.Agent(k.agent), k.ChannelID, command)
	require.NoError(s.t, err)
}

// TestOutgoingKinds sends everything that is not a file: formatted text, locations, contacts, reactions and read receipts.
func TestOutgoingKinds(t *testing.T) {
	s := newStage(t)
	k := s.open(0)
	one := func(name string, act func()) {
		t.Run(name, func(t *testing.T) {
			before := len(k.phone.Messages())
			act()
			(&stage{World: s.World, t: t}).golden(name, s.got(k, before, 1))
		})
	}
	one("text", func() {
		s.post(k, "**Olá**, _Marina_! :smile:\n- um\n- ~~dois~~\n\n[a loja](https://loja.example/x_y_z)")
	})
	one("location", func() { s.slash(k, "/whatsapp local -23.561, -46.656 Loja da Paulista") })
	one("contact", func() { s.slash(k, "/whatsapp contato José da Silva (11) 98765-4321") })
	posts, err := s.Posts(s.ctx(30*time.Second), k.ChannelID)
	require.NoError(t, err)
	s.ticks(30*time.Second, posts[len(posts)-1].Id, "delivered")

	t.Run("reactions", func(t *testing.T) {
		wamid, err := k.phone.Reply("gostei")
		require.NoError(t, err)
		post := s.customersPost(k, wamid)
		me := s.User(k.agent).ID
		react := func(emoji string, remove bool) {
			r := &model.Reaction{UserId: me, PostId: post.Id, EmojiName: emoji}
			if remove {
				_, err = s.Agent(k.agent).DeleteReaction(s.ctx(30*time.Second), r)
			} else {
				_, _, err = s.Agent(k.agent).SaveReaction(s.ctx(30*time.Second), r)
			}
			require.NoError(t, err)
		}
		for i, step := range []struct {
			emoji  string
			remove bool
			shows  string
		}{{"+1", false, "👍"}, {"heart", false, "❤️"}, {"heart", true, "👍"}, {"+1", true, ""}} {
			react(step.emoji, step.remove)
			s.within(30*time.Second, "the customer to see "+step.shows, func(context.Context) error {
				m, _ := s.Sim.Message(wamid)
				return errorUnless(m.Reaction["business"] == step.shows, "it is %q", m.Reaction["business"])
			})
			sends := s.Sim.Sends()
			last := sends[len(sends)-1]
			require.Equal(t, wamid, last.Reacts)
			(&stage{World: s.World, t: t}).golden("reaction "+strconv.Itoa(i+1), sends[len(sends)-1:])
		}
	})

	t.Run("reading", func(t *testing.T) {
		wamid, err := k.phone.Reply("leu?")
		require.NoError(t, err)
		s.customersPost(k, wamid)
		isRead := func() bool {
			m, _ := s.Sim.Message(wamid)
			return m.Status == "read"
		}
		require.False(t, isRead())
		s.post(k, "li")
		s.within(30*time.Second, "the customer's message to be read", func(context.Context) error {
			return errorUnless(isRead(), "it is not")
		})
		client, err := model.NewWebSocketClient4(strings.Replace(s.Agent(k.agent).URL, "http", "ws", 1), s.Agent(k.agent).AuthToken)
		require.NoError(t, err)
		defer client.Close()
		client.Listen()
		client.UserTyping(k.ChannelID, "")
		s.within(30*time.Second, "the typing sign", func(context.Context) error {
			for _, r := range s.Sim.Requests() {
				if r.Edge == "messages" && strings.Contains(r.Body, "typing_indicator") {
					return nil
				}
			}
			return errorUnless(false, "there is none")
		})
	})

	t.Run("deleted", func(t *testing.T) {
		post := s.post(k, "não era isso")
		s.ticks(30*time.Second, post.Id, "delivered")
		_, err := s.Agent(k.agent).DeletePost(s.ctx(30*time.Second), post.Id)
		require.NoError(t, err)
		_, err = s.WaitPosts(s.ctx(30*time.Second), k.ChannelID, 1, "a line about the deleted post", func(p *model.Post) bool {
			return p.Type == scenario.TypeEvent && strings.Contains(p.Message, "continua com ela")
		})
		require.NoError(t, err)
	})
}

// TestOutgoingTemplateHeaders starts conversations with templates whose headers contain a file of the queue's channel, a file at an
// address, or a location.
func TestOutgoingTemplateHeaders(t *testing.T) {
	s := newStage(t)
	header := func(format string) string {
		return `{"name":"cabecalho_` + strings.ToLower(format) + `","language":"pt_BR","category":"UTILITY","components":[{"type":"HEADER","format":"` + format +
			`"},{"type":"BODY","text":"Olá {{1}}, tudo bem?","example":{"body_text":[["Ana"]]}}]}`
	}
	for _, format := range []string{"IMAGE", "VIDEO", "DOCUMENT", "LOCATION"} {
		_, err := s.Sim.AddTemplate(s.Number.WABAID, header(format))
		require.NoError(t, err)
	}
	require.NoError(t, s.Ask(s.ctx(time.Minute), s.Admin(), http.MethodPost, "/templates/sync", map[string]string{"account_id": s.Account.ID}, http.StatusOK, nil))
	var list struct {
		Items []scenario.Template `json:"items"`
	}
	require.NoError(t, s.Ask(s.ctx(time.Minute), s.Admin(), http.MethodGet, "/templates?per_page=200&account_id="+s.Account.ID, nil, http.StatusOK, &list))
	for _, template := range list.Items {
		if strings.HasPrefix(template.Name, "cabecalho_") {
			require.NoError(t, s.Ask(s.ctx(time.Minute), s.Admin(), http.MethodPatch, "/templates/"+template.ID,
				map[string]any{"approved": true, "queue_ids": []string{s.Queue.ID}}, http.StatusOK, nil))
		}
	}
	large := sendFile{"foto.png", []byte(strings.Repeat("x", 3<<20))} // it is streamed, from a channel that the bot is not a member of
	var ids []string
	for _, f := range []sendFile{large, plain("filme.mp4"), plain("contrato.pdf")} {
		ids = append(ids, s.upload(0, s.Queue.ChannelID, f))
	}
	_, _, err := s.Agent(0).CreatePost(s.ctx(30*time.Second), &model.Post{ChannelId: s.Queue.ChannelID, FileIds: ids})
	require.NoError(t, err)
	start := func(format string, variables map[string]string, status int) (json.RawMessage, scenario.Customer) {
		customer := newCustomer()
		variables["body_1"] = "Ana"
		got, answer, err := s.REST(s.ctx(time.Minute), s.Agent(0), http.MethodPost, "/conversations", map[string]any{
			"account_id": s.Account.ID, "queue_id": s.Queue.ID, "variables": variables, "customer": customer,
			"template": map[string]string{"name": "cabecalho_" + strings.ToLower(format), "language": "pt_BR"},
		})
		require.NoError(t, err)
		require.Equal(t, status, got, string(answer))
		return answer, customer
	}
	for format, variables := range map[string]map[string]string{
		"IMAGE": {"header_1": ids[0]}, "VIDEO": {"header_1": ids[1]}, "DOCUMENT": {"header_1": ids[2]},
		"LOCATION": {"header_1": "-23.561, -46.656", "header_2": "Loja", "header_3": "Av. Paulista, 1"},
	} {
		_, customer := start(format, variables, http.StatusCreated)
		messages := s.Phone(customer.Phone).Messages()
		require.Len(t, messages, 1)
		s.golden("template "+strings.ToLower(format), messages)
	}
	_, customer := start("IMAGE", map[string]string{"header_1": "https://loja.example/foto.jpg"}, http.StatusCreated)
	s.golden("template by address", s.Phone(customer.Phone).Messages())
	answer, _ := start("VIDEO", map[string]string{"header_1": ids[2]}, http.StatusUnprocessableEntity)
	require.Contains(t, string(answer), "header_1")
}
