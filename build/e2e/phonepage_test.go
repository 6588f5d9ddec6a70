//go:build unix

package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// These are expressions for the bubbles in the chat. The page is the customer's, so theirs are those of the business and mine those of the
// customer.
const (
	theirs = `[...document.querySelectorAll('#chat li.theirs')]`
	mine   = `[...document.querySelectorAll('#chat li.mine .bubble .text')].map((e) => e.textContent)`
)

// TestPhonePage uses the phones' page as a person does after make run: the template is there, the customer clicks its button, and
// everything arrives.
func TestPhonePage(t *testing.T) {
	chromium(t)
	world := startWorld(t, scenario.Options{})
	ctx := t.Context()
	customer := scenario.NewCustomer(77)
	conversation, err := world.Start(ctx, 1, customer)
	require.NoError(t, err)

	page := openPage(t, world.SimURL+"/")
	page.click("the customer in the list of phones", `document.querySelector('#list li')`)

	t.Run("the template is shown as the customer sees it", func(t *testing.T) {
		page := page.in(t)
		page.wait("the template's bubble", theirs+`.length === 1`)
		var shown struct {
			Heading, Text, Footer string
			Buttons               []string
		}
		require.True(t, page.eval(`(() => { const li = `+theirs+`[0]; const text = (s) => li.querySelector(s).textContent;
			return {Heading: text('.heading'), Text: text('.text'), Footer: text('.footer'), Buttons: [...li.querySelectorAll('button.tap')].map((b) => b.textContent)}; })()`, &shown))
		require.Equal(t, "Visita técnica 7305", shown.Heading)
		require.Equal(t, "Olá, Marina!\nNossa equipe passa aí no dia 12/11, entre 9h e 12h. Está bom para você?", shown.Text)
		require.Equal(t, "Responda por aqui mesmo", shown.Footer)
		require.Equal(t, []string{"↩ Pode vir", "↩ Outro dia, por favor"}, shown.Buttons)
	})

	t.Run("a click on a button answers, here and in Mattermost", func(t *testing.T) {
		page := page.in(t)
		page.click("the button", theirs+`[0].querySelector('button.tap')`)
		page.wait("the customer's bubble", contains(mine, "Pode vir"))
		posts, err := world.WaitPosts(ctx, conversation.ChannelID, 1, "the answer's post", scenario.FromCustomer)
		require.NoError(t, err)
		require.Contains(t, posts[0].Message, "Pode vir")
		_, err = world.WaitState(ctx, 1, conversation.ID, "open")
		require.NoError(t, err)
	})

	t.Run("text goes both ways", func(t *testing.T) {
		page := page.in(t)
		page.click("the text field", `document.querySelector('#text')`)
		page.enter("Até amanhã, então")
		page.wait("the customer's text", contains(mine, "Até amanhã, então"))
		posts, err := world.WaitPosts(ctx, conversation.ChannelID, 2, "the text's post", scenario.FromCustomer)
		require.NoError(t, err)
		require.Contains(t, posts[1].Message, "Até amanhã, então")

		_, err = world.PostAs(ctx, 1, conversation.ChannelID, "Até amanhã, Marina.")
		require.NoError(t, err)
		page.wait("the agent's bubble", contains(theirs+`.map((li) => li.textContent)`, "Até amanhã, Marina."))
		t.Log("the page looks like this: " + page.screenshot("phonepage"))
	})

	t.Run("the clock moved on the page moves the plugin's", func(t *testing.T) {
		page := page.in(t)
		page.click("the button that lets a day pass", `[...document.querySelectorAll('#clock-buttons button')].find((b) => b.textContent === '+24 h')`)
		_, err := world.WaitState(ctx, 1, conversation.ID, "expired")
		require.NoError(t, err)
		_, err = world.WaitPosts(ctx, conversation.ChannelID, 1, "the line about the window's end", func(p *model.Post) bool {
			return p.Type == scenario.TypeEvent && strings.Contains(p.Message, "janela de 24 horas terminou")
		})
		require.NoError(t, err)
	})
}

// contains returns an expression that is true if one of a list of texts contains a text.
func contains(list, text string) string {
	quoted, _ := json.Marshal(text) // a string can always be encoded
	return list + `.some((t) => t.includes(` + string(quoted) + `))`
}
