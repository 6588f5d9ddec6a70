//go:build unix

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// console is a new administrator who does everything in the System Console and nothing over REST.
type console struct {
	*scenario.World
	page *browserPage
	site string // address of the pages: the server's own, or the host page's
}

// TestConsole goes from an empty installation to the first template that a customer receives, using only the System Console and, in the
// end, the dialog. It uses the real web client if there is one, and otherwise the web part's host page in front of the real server.
func TestConsole(t *testing.T) {
	t.Parallel()
	chromium(t)
	w := openWorld(t, scenario.Options{})
	c := &console{World: w, site: w.Env.Nodes[0].URL}
	path := "/admin_console/plugins/plugin_" + w.Env.Plugin.ID
	if !testenv.WebClient() {
		c.site, path = hostPage(t, w), "/?page=console"
	}
	c.page = openAs(t, c.site, w.Env.Admin, path)
	c.page.resize(980, 1400)
	for _, step := range []struct {
		name string
		do   func(c *console)
	}{
		{"the number", (*console).addNumber},
		{"the webhook at Meta", (*console).subscribe},
		{"the queue", (*console).addQueue},
		{"the templates", (*console).approveTemplate},
		{"the plan", (*console).approvePlan},
		{"the first template", (*console).start},
		{"a template is written", (*console).writeTemplate},
		{"other software is told", (*console).addReceiver},
		{"what it cost, and the health of it all", (*console).look},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.do(&console{World: c.World, page: c.page.in(t), site: c.site}) }) {
			break // the later parts depend on this one
		}
	}
}

func (c *console) addNumber() {
	p := c.page
	p.see("Primeiros passos (0 de 6)")
	c.picture("console-primeiros-passos")
	p.press("Ir para este passo")
	p.press("Adicionar número")
	for _, field := range [][2]string{
		{"Nome", "Loja"}, {"Telefone", c.Number.Display}, {"ID do número de telefone", c.Number.ID}, {"ID da conta do WhatsApp Business (WABA)", c.Number.WABAID},
		{"Token de acesso", c.Number.Token}, {"Chave secreta do aplicativo", c.Number.AppSecret},
	} {
		p.fill(field[0], labelled(field[0]), field[1])
	}
	p.press("Salvar")
	p.see("Primeiros passos (1 de 6)")
	p.press("Testar conexão: Loja")
	p.see("Nenhum aplicativo recebe os webhooks desta conta.")
}

// subscribe enters at Meta the values that the console shows, and a customer writes. The console must then show the webhook without being
// reloaded.
func (c *console) subscribe() {
	p := c.page
	var callback, token string
	require.True(p.t, p.eval(labelled("URL de callback")+".value", &callback))
	require.True(p.t, p.eval(labelled("Token de verificação")+".value", &token))
	require.True(p.t, strings.HasPrefix(callback, c.Env.Nodes[0].URL+"/plugins/"), callback)
	require.NoError(p.t, c.Sim.Subscribe(c.Number.WABAID, callback, token))
	_, err := c.Phone(scenario.NewCustomer(1).Phone).Reply("teste")
	require.NoError(p.t, err)
	p.see("Primeiros passos (2 de 6)")
	p.press("Testar conexão: Loja")
	p.see("Conexão certa")
	p.wait("the number's buttons", `!`+named("button", "Testar conexão: Loja")+`.disabled`)
	c.picture("console-numeros")
}

func (c *console) addQueue() {
	p := c.page
	p.press("Ir para este passo")
	p.press("Adicionar fila")
	p.choose("the team", labelled("Equipe"), "Atendimento")
	p.choose("the channel", labelled("Canal"), "Vendas")
	p.press("Salvar")
	p.press("Agentes e supervisores: Vendas")
	p.see("(@ana)")
	p.see("Primeiros passos (3 de 6)")
	c.picture("console-filas")
}

func (c *console) approveTemplate() {
	p := c.page
	p.press("Ir para este passo")
	p.press("Sincronizar agora")
	p.see(fmt.Sprintf("Modelos: %d. Novos: %[1]d.", len(c.Sim.Templates(c.Number.WABAID))))
	p.press("Conferir e aprovar: confirmar_visita")
	p.see("Responda por aqui mesmo")
	c.picture("console-modelos")
	p.press("Aprovar para uso")
	p.see("Primeiros passos (5 de 6)")
}

func (c *console) approvePlan() {
	p := c.page
	p.press("Ir para este passo")
	p.press("Criar plano")
	p.fill("the limit", labelled("Limite mensal"), "500,00")
	for category, label := range map[string]string{"marketing": "Marketing", "utility": "Utilidade", "authentication": "Autenticação", "service": "Texto livre (serviço)"} {
		p.fill(label, labelled(label), strings.Replace(fmt.Sprint(scenario.Prices()[category]), ".", ",", 1))
	}
	p.press("Salvar")
	p.press("Aprovar plano: Vendas")
	p.press("Sim")
	p.see("@" + c.Env.Admin.Username)
	p.wait("the first steps to go away", `!document.body.innerText.includes('Primeiros passos')`)
	c.picture("console-plano")
}

// start starts the first conversation as an agent, with the dialog. The customer must receive the template.
func (c *console) start() {
	t := c.page.t
	customer := scenario.NewCustomer(2)
	values := scenario.Variables()
	values["customer_name"], values["cpf"], values["phone"] = customer.Name, customer.CPF, customer.Phone
	if testenv.WebClient() {
		c.startInClient(customer)
	} else {
		ctx := t.Context()
		dialog, err := c.OpenDialog(ctx, 0, c.Env.QueueChannel.ID, "/whatsapp novo")
		require.NoError(t, err)
		options := dialog.Element("template").Options
		require.Len(t, options, 1, "one template is approved")
		require.NoError(t, dialog.Next(ctx, map[string]any{"template": options[0].Value}))
		filled := map[string]any{}
		for name, value := range values {
			filled[name] = value
		}
		require.NoError(t, dialog.Finish(ctx, filled))
	}
	ctx, cancel := context.WithTimeout(t.Context(), pageLimit)
	defer cancel()
	require.NoError(t, testenv.WaitFor(ctx, "the customer to get the template", func() (bool, error) {
		return len(c.Phone(customer.Phone).Messages()) > 0, nil
	}))
	messages := c.Phone(customer.Phone).Messages()
	require.Len(t, messages, 1)
	require.Equal(t, "Olá, Marina!\nNossa equipe passa aí no dia 12/11, entre 9h e 12h. Está bom para você?", messages[0].Text)
}

// startInClient does the same in the web client: the agent clicks the button and fills in the window.
func (c *console) startInClient(customer scenario.Customer) {
	needClient(c.page.t)
	p := openAs(c.page.t, c.site, c.User(0), "/"+c.Env.Team.Name+"/channels/"+c.Env.QueueChannel.Name)
	p.click("the button that starts", `document.getElementById('app-bar-icon-`+c.Env.Plugin.ID+`')`)
	p.startInPopup("confirmar_visita", customer, "7305", "Marina", "12/11", "9h e 12h")
	p.see(customer.Name)
}

// addReceiver adds a receiver of events that takes the first and refuses the second.
func (c *console) addReceiver() {
	p := c.page
	answers := []int{http.StatusNoContent, http.StatusBadGateway}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(answers[0])
		answers = answers[1:]
	}))
	p.t.Cleanup(receiver.Close)
	p.press("Integrações")
	p.press("Adicionar endereço")
	p.fill("the address", labelled("Endereço"), "https://192.168.0.7/crm")
	p.fill("the secret", labelled("Segredo"), "um-segredo-do-crm")
	p.press("Salvar")
	p.see("Este endereço não é público.")
	p.fill("the address", labelled("Endereço"), receiver.URL+"/crm")
	p.press("Salvar")
	p.see("Último evento recebido")
	p.press("Enviar teste")
	p.see("O teste foi recebido.")
	p.press("Enviar teste")
	p.see("respondeu 502")
	p.press("Entregas")
	p.see("Não entregue")
	c.picture("console-integracoes")
	p.press("Desativar")
	p.see("Desativado")
}

// look returns to the console, which must show what came of the template and what it cost, and that the doctor finds no problem.
func (c *console) look() {
	p := c.page
	p.press("Resultados")
	p.wait("what came of the template", `document.querySelector('table') && document.body.innerText.includes('confirmar_visita (pt_BR)')`)
	c.picture("console-resultados")
	p.press("Custos")
	p.see("0,0355")
	p.see("Vendas")
	c.picture("console-custos")
	p.press("Saúde")
	p.see("Pontos a resolver: 0.")
	c.picture("console-saude")

	if testenv.WebClient() {
		_, _, err := c.Admin().PatchUser(p.t.Context(), c.Env.Admin.ID, &model.UserPatch{Locale: model.NewPointer("en")})
		require.NoError(p.t, err)
		p.call("Page.reload", map[string]any{}, nil)
	} else {
		p.call("Page.navigate", map[string]any{"url": c.site + "/?page=console&locale=en"}, nil)
	}
	p.press("Templates")
	p.press("Details and queues: confirmar_visita")
	p.see("As the customer sees it")
	c.picture("console-templates-en")
}

// picture takes a screenshot of our part of the page, from its top, and runs axe to find accessibility problems.
func (c *console) picture(name string) {
	p := c.page
	axe, err := os.ReadFile(filepath.Join("..", "..", "webapp", "node_modules", "axe-core", "axe.min.js"))
	require.NoError(p.t, err, "make webapp fetches it")
	p.wait("colours to come to rest", `document.querySelector('.WhatsappAtivoAdmin').getAnimations({subtree: true}).length === 0`)
	var problems []string
	require.True(p.t, p.eval(string(axe)+`;axe.run({include: ['.WhatsappAtivoAdmin']}).then(({violations}) => violations.
		filter((v) => ['serious', 'critical'].includes(v.impact)).flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.html + ' ' + n.failureSummary)))`, &problems), "axe has a result")
	require.Empty(p.t, problems, name)
	var clip map[string]float64
	require.True(p.t, p.eval(`(() => { const e = document.querySelector('.WhatsappAtivoAdmin'); e.scrollIntoView({block: 'start'});
		const r = e.getBoundingClientRect(), bottom = Math.min(r.bottom + 16, innerHeight - 64);
		return {x: r.x - 16, y: r.y, width: r.width + 32, height: bottom - r.y, scale: 1}; })()`, &clip))
	p.screenshotOf(name, clip)
}
