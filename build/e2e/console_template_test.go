//go:build unix

package e2e

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// dot is a picture of one pixel.
const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// writeTemplate writes a template with a picture, which Meta refuses, rejects for five reasons, approves, pauses and moves to another
// category, and corrects it each time, all by clicks. Without a real web client webapp/test/console_templates.test.ts does it.
func (c *console) writeTemplate() {
	p := c.page
	if !testenv.WebClient() {
		p.t.Skip("the real System Console needs the web client's files: set MM_CLIENT_DIR or MM_SERVER_DIR")
	}
	p.press("Modelos")
	p.press("Novo modelo")
	p.fill("the name", labelled("Nome na Meta"), "entrega_feita")
	p.choose("the header", labelled("Cabeçalho"), "🖼")
	picture, err := base64.StdEncoding.DecodeString(dot)
	require.NoError(p.t, err)
	path := filepath.Join(p.t.TempDir(), "ponto.png")
	require.NoError(p.t, os.WriteFile(path, picture, 0o600))
	p.wait("the field for the sample", labelled("Amostra"))
	p.chooseFile("input[type=file]", path)
	p.see("A Meta tem a amostra.")
	p.wait("the sample in the preview", `document.querySelector('[data-of=editor] img')?.naturalWidth === 1`)
	p.fill("the text", labelled("Texto"), "{{1}}, seu pedido chegou hoje.")
	p.fill("the example", labelled("Exemplo para {{1}}"), "Ana")
	p.see("O texto começa ou termina com {{1}}.")
	c.picture("console-editor")
	p.press("Enviar à Meta")
	p.see("Variables can't be at the start or end of the template.")
	write := func(text string) {
		p.fill("the text", labelled("Texto"), text)
		p.press("Enviar à Meta")
		p.see("A Meta ainda está analisando este modelo.")
	}
	write("Olá {{1}}, seu pedido chegou hoje.")
	p.fill("the search", labelled("Procurar pelo nome"), "entrega_feita")
	p.see("1 modelo")
	p.press("Detalhes e filas: entrega_feita")

	for i, reason := range []string{"ABUSIVE_CONTENT", "INVALID_FORMAT", "PROMOTIONAL", "SCAM", "TAG_CONTENT_MISMATCH"} {
		c.atMeta("REJECTED", reason)
		p.see("Motivo da rejeição na Meta: " + reason)
		p.press("Editar")
		write("Olá {{1}}, seu pedido chegou hoje" + strings.Repeat("!", i+1))
	}
	c.atMeta("PAUSED", "")
	p.see("A Meta pausou este modelo por baixa qualidade.")
	p.press("Editar")
	write("Olá {{1}}, o seu pedido chegou hoje.")
	c.atMeta("APPROVED", "")
	p.wait("the approval", named("button", "Conferir e aprovar: entrega_feita"))
	p.press("Editar")
	write("Olá {{1}}, o seu pedido chegou agora.")
	c.atMeta("APPROVED", "")
	p.see("uma vez por dia")
	p.wait("no edit on the same day", named("button", "Editar")+`.disabled`)
	require.NoError(p.t, c.Sim.SetTemplateCategory(c.Number.WABAID, "entrega_feita", "pt_BR", "MARKETING"))
	c.showNews("MARKETING")
	p.wait("the new category", named("button", "Conferir e aprovar: entrega_feita")+`.parentElement.parentElement.innerText.includes('Marketing')`)
}

// atMeta gives the template another status at Meta, and shows it in the console.
func (c *console) atMeta(status, reason string) {
	require.NoError(c.page.t, c.Sim.SetTemplateStatus(c.Number.WABAID, "entrega_feita", "pt_BR", status, reason))
	c.showNews(status)
}

// showNews waits until the plugin has heard of a template's new status or category, and comes back to the page, which then reads it.
func (c *console) showNews(word string) {
	p := c.page
	ctx := p.t.Context()
	require.NoError(p.t, testenv.WaitFor(ctx, "the plugin to hear of "+word, func() (bool, error) {
		var list struct {
			Items []struct{ Status, Category string } `json:"items"`
		}
		err := c.Ask(ctx, c.Admin(), http.MethodGet, "/templates?q=entrega_feita", nil, http.StatusOK, &list)
		return err == nil && len(list.Items) == 1 && (list.Items[0].Status == word || list.Items[0].Category == word), err
	}))
	p.wait("the page to read it", `(window.dispatchEvent(new Event('focus')), true)`)
}

// chooseFile puts a file of this machine into a file field.
func (p *browserPage) chooseFile(field, path string) {
	p.t.Helper()
	var document struct{ Root struct{ NodeID int } }
	p.call("DOM.getDocument", map[string]any{}, &document)
	var found struct{ NodeID int }
	p.call("DOM.querySelector", map[string]any{"nodeId": document.Root.NodeID, "selector": field}, &found)
	p.call("DOM.setFileInputFiles", map[string]any{"nodeId": found.NodeID, "files": []string{path}}, nil)
}
