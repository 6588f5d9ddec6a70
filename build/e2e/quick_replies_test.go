//go:build unix

package e2e

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestQuickReplies sends a reply with all variables by `/r`, and as the picker puts it into the composer: the phone shows both times what
// REST showed before, and the lock holds.
func TestQuickReplies(t *testing.T) {
	o := newOutsider(t)
	agent := o.Agent(0)
	k := o.open(0)
	kept := o.asks(o.Admin(), http.MethodPost, "/quick-replies", map[string]any{
		"scope": "queue", "queue_id": o.Queue.ID, "shortcut": "tudo", "title": "Tudo", "text": "{{saudacao}}, {{primeiro_nome}}! {{nome}}, {{atendente}} de {{fila}}, com {{responsavel}}. **Até!**",
	}).is(http.StatusCreated).field("id")
	defer func() { o.asks(o.Admin(), http.MethodDelete, "/quick-replies/"+kept, nil).is(http.StatusOK) }()
	o.asks(agent, http.MethodPost, "/quick-replies", map[string]any{"scope": "personal", "shortcut": "x", "text": "{{cpf}}"}).refusesField("text")
	text := o.asks(agent, http.MethodGet, "/conversations/"+k.ID+"/quick-replies/"+kept, nil).is(http.StatusOK).field("text")
	require.Contains(t, text, k.customer.Name)

	suggestions, _, err := agent.ListCommandAutocompleteSuggestions(o.ctx(oneMinute), "/r tu", o.Env.Team.ID)
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(suggestions, func(s model.AutocompleteSuggestion) bool {
		return s.Complete == "r tudo" && s.Hint == "Tudo" && s.Description != ""
	}), "%v", suggestions)

	require.Empty(t, o.says(0, k.ChannelID, "/r tudo"))
	o.within(oneMinute, "the reply to arrive", func(context.Context) error {
		last, _ := k.phone.Last()
		want := text[:len(text)-len("**Até!**")] + "*Até!*"
		return errorUnless(last.Text == want, "the phone shows %q, not %q", last.Text, want)
	})
	byCommand, _ := k.phone.Last()
	_, _, err = agent.CreatePost(o.ctx(oneMinute), &model.Post{ChannelId: k.ChannelID, Message: text})
	require.NoError(t, err)
	o.within(oneMinute, "the picked reply to arrive", func(context.Context) error {
		last, _ := k.phone.Last()
		return errorUnless(last.ID != byCommand.ID && last.Text == byCommand.Text, "the phone shows %q, not %q", last.Text, byCommand.Text)
	})
	posts, _, err := agent.GetPostsForChannel(o.ctx(oneMinute), k.ChannelID, 0, 10, "", false, false)
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(posts.ToSlice(), func(p *model.Post) bool { return p.Message == text && p.UserId == o.User(0).ID }))

	o.keepsByDialog()

	waiting, err := o.Start(o.ctx(oneMinute), 0, newCustomer())
	require.NoError(t, err)
	require.NotEmpty(t, o.says(0, waiting.ChannelID, "/r tudo"), "the lock")
	require.NotEmpty(t, o.says(0, k.ChannelID, "/r nada"))
	require.NotEmpty(t, o.says(0, o.lobby(), "/r tudo"))
}

// keepsByDialog keeps a reply of the queue by command, changes it and removes it, as somebody on the phone does.
func (o *outsider) keepsByDialog() {
	ctx := o.ctx(oneMinute)
	open := func(command string) *scenario.Dialog {
		d, err := o.OpenDialog(ctx, 0, o.lobby(), command)
		require.NoError(o.t, err)
		return d
	}
	d := open("/whatsapp respostas")
	require.NoError(o.t, d.Next(ctx, map[string]any{}))
	wrong, err := d.Submit(ctx, map[string]any{"scope": o.Queue.ID, "shortcut": "Tchau", "text": "{{cpf}}"})
	require.NoError(o.t, err)
	require.Len(o.t, wrong.Errors, 2, "shortcut and text")
	require.NoError(o.t, d.Finish(ctx, map[string]any{"scope": o.Queue.ID, "shortcut": "tchau", "text": "Até logo!"}))
	list := func() (found []string) {
		for _, item := range o.asks(o.Agent(0), http.MethodGet, "/quick-replies?q=logo&scope=queue", nil).is(http.StatusOK).items() {
			found = append(found, item["shortcut"].(string))
		}
		return found
	}
	require.Equal(o.t, []string{"tchau"}, list())
	require.NoError(o.t, open("/whatsapp respostas tchau").Finish(ctx, map[string]any{"shortcut": "ate", "text": "Até logo!"}))
	require.Equal(o.t, []string{"ate"}, list())
	require.NoError(o.t, open("/whatsapp respostas ate").Finish(ctx, map[string]any{"shortcut": "ate", "text": "Até logo!", "remove": true}))
	require.Empty(o.t, list())
}
