//go:build unix

package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestClosingInTheWebClient closes a conversation in the real web client, in a queue that requires a reason, and opens the history from a
// bookmark.
func TestClosingInTheWebClient(t *testing.T) {
	needClient(t)
	chromium(t)
	w := startWorld(t, scenario.Options{})
	s := &stage{World: w, t: t}
	customer := newCustomer()
	c, err := w.Start(s.ctx(oneMinute), 1, customer)
	require.NoError(t, err)
	channel, err := w.ChannelOf(s.ctx(oneMinute), c)
	require.NoError(t, err)
	require.NoError(t, w.Ask(s.ctx(oneMinute), w.Admin(), http.MethodPatch, "/queues/"+w.Queue.ID, map[string]any{"closing_reason_required": true}, http.StatusOK, nil))
	require.NoError(t, w.Ask(s.ctx(oneMinute), w.Admin(), http.MethodPost, "/closing-reasons", map[string]any{
		"queue_id": w.Queue.ID, "label": "Vendido", "fields": []map[string]any{{"name": "value", "label": "Valor", "type": "number", "required": true}},
	}, http.StatusCreated, nil))

	site := w.Env.Nodes[0].URL
	page := openAs(t, site, w.User(1), "/"+w.Env.Team.Name+"/channels/"+channel.Name)
	page.resize(1440, 860)
	page.press("Encerrar")
	page.choose("the reason", `document.querySelector('.WhatsappAtivoBanner__form select')`, "Vendido")
	page.press("Encerrar atendimento")
	page.see("Preencha este campo.")
	page.fill("the value", `document.querySelector('.WhatsappAtivoBanner__field input')`, "1500,5")
	page.press("Encerrar atendimento")
	page.wait("the closed conversation", banner+`.textContent.includes('Reabrir')`)

	marked := openAs(t, site, w.User(1), queue+"#whatsapp-ativo?tab=closed&scope=all")
	marked.wait("the list of the bookmark", contains(rowNames, customer.Name))
	marked.see("Vendido")
}
