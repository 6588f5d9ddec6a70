//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/phonepage"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// templateFolder holds real templates of Meta's. It is next to the repository, not in it.
const templateFolder = "../../../shared/fixtures/templates"

// bubbleTexts are the texts of a message on a screen, without the signs of what is a file.
type bubbleTexts struct {
	Header, Offer, Text, Footer string
	Cards                       []string // the texts of a carousel's cards
	Buttons                     []string // theirs too
}

// TestPreviewIsWhatThePhoneShows fills in every real template that can be sent, sends it, and compares the popup's preview with the
// customer's phone, character for character.
func TestPreviewIsWhatThePhoneShows(t *testing.T) {
	chromium(t)
	templates := realTemplates(t)
	sim := cloudapi.New(cloudapi.Options{})
	t.Cleanup(sim.Close)
	phones := httptest.NewServer(phonepage.Handler(sim))
	t.Cleanup(phones.Close)
	sim.SetBaseURL(phones.URL)

	var shown atomic.Int64
	popup := openPage(t, popupPage(t, func() any { return startOption(&templates[shown.Load()]) }))
	phone := openPage(t, phones.URL+"/")
	for i := range templates {
		template := &templates[i]
		t.Run(fmt.Sprintf("%s %s %d", template.Name, template.Language, i), func(t *testing.T) {
			customer := sendTo(t, sim, phones.URL, template, i)
			phone, popup := phone.in(t), popup.in(t)
			phone.wait("the message", `(document.querySelector('#chat')?.dataset.of === `+quote(customer)+` || (choose(`+quote(customer)+`), false)) && document.querySelectorAll('#chat li.theirs').length === 1`)
			shown.Store(int64(i))
			popup.wait("the popup of the template before to close", `!document.querySelector('[role=dialog]') || (document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true})), false)`)
			popup.wait("the popup", `document.querySelector('.WhatsappAtivoPhonePreview')?.dataset.of === `+quote(template.ID)+` || (document.querySelector('[role=dialog]') ? false : (document.querySelector('.channel-header__icon')?.click(), false))`)
			var want, got bubbleTexts
			require.True(t, phone.eval(textsOf("#chat li.theirs", ".heading", ".offer", ".text", ".bubble > .footer", ".card", ".tap"), &want))
			require.True(t, popup.eval(textsOf(".WhatsappAtivoPhonePreview", ".WhatsappAtivoPhonePreview__header", ".WhatsappAtivoPhonePreview__offer", ".WhatsappAtivoPhonePreview__text", ".WhatsappAtivoPhonePreview__footer",
				".WhatsappAtivoPhonePreview__card", "li"), &got))
			if strings.HasPrefix(want.Header, "[") {
				want.Header = "" // the phone's word for a place
			}
			require.NotEmpty(t, want.Text)
			require.Len(t, want.Cards, template.Cards())
			require.Equal(t, want, got)
			var phoneMarks, popupMarks []string
			require.True(t, phone.eval(marksOf("#chat li.theirs .text"), &phoneMarks))
			require.True(t, popup.eval(marksOf(".WhatsappAtivoPhonePreview__text"), &popupMarks))
			require.Equal(t, phoneMarks, popupMarks, "what is bold, italic or struck")
		})
	}
}

// textsOf is an expression for the texts of a message in a page.
func textsOf(message, header, offer, text, footer, card, button string) string {
	return fmt.Sprintf(`(() => { const all = document.querySelector(%q); const text = (s, of = all) => of.querySelector(s)?.textContent ?? '';
		return {Header: text(%q), Offer: text(%q), Text: text(%q), Footer: text(%q), Cards: [...all.querySelectorAll(%q)].map((e) => text(%[4]q, e)),
			Buttons: [...all.querySelectorAll(%[7]q)].map((e) => e.textContent)}; })()`, message, header, offer, text, footer, card, button)
}

func marksOf(text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].flatMap((e) => [...e.querySelectorAll('b, i, s')].map((m) => m.tagName + ' ' + m.textContent))`, text)
}

// realTemplates reads the templates that can be sent from here.
func realTemplates(t *testing.T) []whatsapp.Template {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(templateFolder, "*.json"))
	require.NoError(t, err)
	if len(paths) == 0 {
		t.Skipf("there are no templates in %s: they are kept outside of the repository", templateFolder)
	}
	var found []whatsapp.Template
	for _, path := range paths {
		body, err := os.ReadFile(path)
		require.NoError(t, err)
		var list struct {
			Data []whatsapp.Template `json:"data"`
		}
		var one whatsapp.Template
		if json.Unmarshal(body, &list) != nil || list.Data == nil {
			if json.Unmarshal(body, &one) != nil {
				continue // parts of a template, which is no template
			}
			list.Data = []whatsapp.Template{one}
		}
		for _, template := range list.Data {
			if template.Sendable() == nil {
				template.ID = "t" + strconv.Itoa(len(found))
				found = append(found, template)
			}
		}
	}
	require.NotEmpty(t, found)
	return found
}

// values fills in a template with Meta's examples.
func values(template *whatsapp.Template) map[string]string {
	filled := map[string]string{}
	for _, v := range template.Variables() {
		value := strings.Join(strings.Fields(v.Example), " ")
		switch {
		case v.Kind.Media():
			value = "https://example.com/file"
		case v.Kind == whatsapp.VariableMoment:
			value = "2090-12-31T18:00"
		case value == "":
			value = "*" + v.Element + "*"
		}
		filled[v.Element] = value
	}
	return filled
}

// sendTo sends a template from a number of its own to a customer of its own, and returns the customer's number.
func sendTo(t *testing.T, sim *cloudapi.Server, url string, template *whatsapp.Template, i int) string {
	t.Helper()
	number := cloudapi.Number{ID: "1065" + strconv.Itoa(i), WABAID: "1022" + strconv.Itoa(i), Display: "+55 11 5555-0100", VerifiedName: "Loja", Token: "token" + strconv.Itoa(i)}
	sim.AddNumber(number)
	approved := *template
	approved.Status = "APPROVED"
	definition, err := json.Marshal(approved)
	require.NoError(t, err)
	_, err = sim.AddTemplate(number.WABAID, string(definition))
	require.NoError(t, err)
	read, problems := template.ReadMoments(values(template), domain.Reading{Zone: time.Local}) // the pages' zone
	require.Empty(t, problems)
	message, problems := template.Build(read)
	require.Empty(t, problems)
	customer := fmt.Sprintf("55119%08d", 80000000+i)
	body, err := json.Marshal(map[string]any{"messaging_product": "whatsapp", "to": customer, "type": "template", "template": message})
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v25.0/"+number.ID+"/messages", strings.NewReader(string(body)))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+number.Token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", body)
	require.NoError(t, sim.Settle(t.Context()))
	return customer
}

// startOption is a template as the REST API offers it to the popup. Its examples are filled in from the beginning.
func startOption(template *whatsapp.Template) map[string]any {
	empty := template.Render(nil)
	filled := values(template)
	variables := []map[string]any{}
	for _, v := range template.Variables() {
		kind := "text"
		if v.Kind == whatsapp.VariableMoment {
			kind = "moment"
		}
		variables = append(variables, map[string]any{"element": v.Element, "kind": kind, "name": v.Name, "label": v.Element, "example": v.Example, "default": filled[v.Element], "max": 1024})
	}
	part := func(r whatsapp.Rendered) map[string]any {
		buttons := []map[string]any{}
		for _, b := range r.Buttons {
			buttons = append(buttons, map[string]any{"type": b.Type, "text": b.Text, "url": b.URL})
		}
		return map[string]any{"header": map[string]any{"format": r.HeaderFormat, "text": r.Header}, "text": r.Body, "footer": r.Footer, "buttons": buttons}
	}
	cards := []map[string]any{}
	for _, card := range empty.Cards {
		cards = append(cards, part(card))
	}
	option := map[string]any{
		"id": template.ID, "name": template.Name, "title": "", "language": template.Language, "category": template.Category, "price": nil, "currency": "",
		"offer": empty.Offer, "cards": cards, "variables": variables, "usable": true, "why": "",
	}
	maps.Copy(option, part(empty))
	return option
}

// popupPage serves the web part on its host page, with a REST API that offers one template. It returns the page's address.
func popupPage(t *testing.T, template func() any) string {
	t.Helper()
	host, out := buildHostPage(t), t.TempDir()
	build := exec.CommandContext(t.Context(), "node", "node_modules/vite/bin/vite.js", "build", "--outDir", out, "--logLevel", "error")
	build.Dir, build.Env = filepath.Join("..", "..", "webapp"), append(os.Environ(), "NODE_ENV=production")
	said, err := build.CombinedOutput()
	require.NoError(t, err, "the web part was not built: %s", said)
	mux := http.NewServeMux()
	for path, file := range map[string]string{"/{$}": "../../webapp/test/host.html", "/host.js": host, "/main.js": filepath.Join(out, "main.js")} {
		mux.HandleFunc("GET "+path, func(rw http.ResponseWriter, r *http.Request) { http.ServeFile(rw, r, file) })
	}
	answer := func(path string, body func() any) {
		mux.HandleFunc("/plugins/whatsapp-ativo/api/v1/"+path, func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(rw).Encode(body())
		})
	}
	answer("start-options", func() any {
		queue := map[string]any{"id": "q1", "name": "Vendas", "account_id": "a1", "team_id": "team1", "channel_id": "channel1"}
		return map[string]any{"queues": []any{queue}, "queue_id": "q1", "templates": []any{template()}, "left": nil, "currency": ""}
	})
	answer("conversations/check", func() any {
		return map[string]any{"fields": map[string]any{}, "refusal": nil, "existing": nil, "price": nil, "currency": ""}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/"
}
