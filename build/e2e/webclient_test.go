//go:build unix

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// These are expressions for what the real web client shows.
const (
	banner   = `document.querySelector('.WhatsappAtivoBanner')`
	composer = `document.querySelector('#post_textbox')`
	appBar   = `[...document.querySelectorAll('.app-bar__icon')]`
	rowNames = `[...document.querySelectorAll('.WhatsappAtivoRow__name')].map((e) => e.textContent)`
	notes    = `[...document.querySelectorAll('.WhatsappAtivoNote')].map((e) => e.textContent)`
	queue    = "/atendimento/channels/fila-vendas"
)

// TestWebClient carries out a whole conversation with mouse and keyboard: the agent in the real web client, the customer on the phones'
// page.
func TestWebClient(t *testing.T) {
	needClient(t)
	chromium(t)
	world := startWorld(t, scenario.Options{})
	site := world.Env.Nodes[0].URL
	agent := openAs(t, site, world.User(1), queue)
	agent.resize(1440, 860)

	t.Run("an empty list teaches, and the window starts the conversation and opens its channel", func(t *testing.T) {
		page := agent.in(t)
		page.wait("the channel", composer)
		page.click("Atendimentos in the app bar", appBar+`[1]`)
		page.see("Nada espera por você")
		page.click("Criar Atendimento in the app bar", appBar+`[0]`)
		page.startInPopup("confirmar_visita", scenario.Customer{Name: "Marina Duarte", CPF: "10000000108", Phone: "+5511980000001"}, "7305", "Marina", "12/11", "9h e 12h")
		page.click("the tab of those who wait", `[...document.querySelectorAll('[role=tab]')].find((e) => e.textContent.includes('Aguardando'))`)
		page.wait("the row", contains(rowNames, "Marina Duarte"))
		page.wait("the banner", banner+`?.textContent.includes('Aguardando resposta')`)
		page.wait("the template's card", `document.querySelector('.WhatsappAtivoTemplate')?.textContent.includes('Visita técnica 7305')`)
	})

	t.Run("a start is put off, listed and cancelled", func(t *testing.T) {
		page, customer := agent.in(t), newCustomer()
		page.click("Criar Atendimento in the app bar", appBar+`[0]`)
		page.fillInPopup("confirmar_visita", customer, "7306", "José", "13/11", "9h e 12h")
		page.click("that it is for later", popup+`.querySelector('[type=checkbox]')`)
		page.wait("the button that schedules", popup+`.querySelector('[type=submit]').textContent.startsWith('Agendar')`)
		page.screenshot("popup-later")
		page.sendPopup()
		page.see("Agendado para")
		page.press("Fechar aviso")
		page.press("Agendados")
		page.see(customer.Name)
		page.screenshot("scheduled")
		page.press("Cancelar: " + customer.Name)
		page.press("Sim")
		page.see("Nada agendado.")
		page.press("Voltar à lista")
	})

	t.Run("what is written while it is locked stays, and is kept for later", func(t *testing.T) {
		page := agent.in(t)
		write(page, "Bom dia, Marina")
		page.wait("the offer", banner+`.textContent.includes('Guardar para depois')`)
		page.wait("the text", composer+`.value === 'Bom dia, Marina'`)
		page.press("Guardar para depois")
		page.wait("the empty composer", composer+`.value === ''`)
		page.press("Nota interna")
		write(page, "Cliente do plano ouro")
		page.wait("the note", contains(notes, "Cliente do plano ouro"))
		page.press("Nota interna")
	})

	phone := openPage(t, world.SimURL+"/")
	t.Run("the customer answers, and text goes both ways with its ticks", func(t *testing.T) {
		page, phone := agent.in(t), phone.in(t)
		phone.click("the customer", `document.querySelector('#list li')`)
		phone.click("the answer", theirs+`[0].querySelector('button.tap')`)
		page.wait("the open window", banner+`.textContent.includes('Janela aberta')`)
		page.wait("its clock", `/^23 h 5\d min$/.test(document.querySelector('.WhatsappAtivoBanner__clock')?.textContent)`)
		page.wait("the kept text's button", `[...document.querySelectorAll('button')].some((b) => b.textContent.trim() === 'Enviar')`)
		write(page, "O técnico se chama Paulo")
		phone.wait("the text", contains(theirs+`.map((li) => li.textContent)`, "O técnico se chama Paulo"))
		page.wait("its ticks", `/Entregue|Lida/.test([...document.querySelectorAll('.post')].find((p) => p.textContent.includes('O técnico se chama Paulo')).textContent)`)
		page.click("the tab of the open ones", `[...document.querySelectorAll('[role=tab]')].find((e) => e.textContent.includes('Janela aberta'))`)
		page.wait("the row", contains(rowNames, "Marina Duarte"))
		t.Log("the page looks like this: " + page.screenshot("webclient"))
	})

	t.Run("the banner's buttons do the rest", func(t *testing.T) {
		page := agent.in(t)
		page.press("Cliente")
		page.see("+55 ••••••• 0001")
		page.press("Mostrar dados")
		page.see("100.000.001-08")
		page.press("Transferir")
		page.wait("the colleagues", `[...document.querySelectorAll('datalist option')].some((o) => o.value === '@carla')`)
		page.fill("whom to", `document.querySelector('.WhatsappAtivoBanner__form input')`, "@carla")
		page.press("Transferir atendimento")
		page.wait("the new attendant", `document.querySelector('.WhatsappAtivoCustomer')?.textContent.includes('@carla')`)
		page.press("Encerrar")
		page.fill("the reason", `document.querySelector('.WhatsappAtivoBanner__form input')`, "Resolvido")
		page.press("Encerrar atendimento")
		page.wait("the closed conversation", banner+`.textContent.includes('Reabrir')`)
	})
}

// write posts a text with the composer.
func write(page *browserPage, text string) {
	page.t.Helper()
	page.fill("the composer", composer, text)
	for _, kind := range []string{"keyDown", "keyUp"} {
		page.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}, nil)
	}
}

// socketAway is how long the client's network is cut.
const socketAway = time.Minute

// TestWebClientAfterTheSocketWasAway changes fifty conversations while the client's network is cut. After the network is back, the client's
// list must be right.
func TestWebClientAfterTheSocketWasAway(t *testing.T) {
	needClient(t)
	chromium(t)
	const changes = 50
	world := startWorld(t, scenario.Options{})
	ctx := t.Context()
	ids := make([]string, changes)
	for i := range ids {
		c, err := world.Start(ctx, 1, scenario.NewCustomer(i))
		require.NoError(t, err)
		ids[i] = c.ID
	}
	wire := newCuttableNetwork(t, world.Env.Nodes[0].URL)
	page := openAs(t, wire.address, world.User(1), queue)
	page.resize(1440, 860)
	page.wait("the channel", composer)
	page.click("Atendimentos in the app bar", appBar+`[1]`)
	page.click("the tab of those who wait", `[...document.querySelectorAll('[role=tab]')].find((e) => e.textContent.includes('Aguardando'))`)
	page.wait("the list", fmt.Sprintf(`document.querySelector('.WhatsappAtivoTabs [aria-selected=true]')?.textContent.includes('%d')`, changes))

	wire.setCut(true)
	cut := time.Now()
	closeAll(ctx, t, world, ids)
	time.Sleep(time.Until(cut.Add(socketAway)))
	wire.setCut(false)
	page.wait("the empty list", `document.querySelector('.WhatsappAtivoTabs [aria-selected=true]')?.textContent.startsWith('0') && document.querySelector('.WhatsappAtivoEmpty')`)
}

// closeAll closes conversations as their owner.
func closeAll(ctx context.Context, t *testing.T, world *scenario.World, ids []string) {
	t.Helper()
	for _, id := range ids {
		require.NoError(t, world.Ask(ctx, world.Agent(1), http.MethodPost, "/conversations/"+id+"/close", map[string]string{}, http.StatusOK, nil))
	}
}
