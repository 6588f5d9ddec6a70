//go:build unix

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// needClient skips a test that needs the real web client if that is not available.
func needClient(t *testing.T) {
	t.Helper()
	if !testenv.WebClient() {
		t.Skip("needs the Mattermost web client: MM_SERVER_DIR names the folder of a release, MM_CLIENT_DIR that of the client's files alone")
	}
}

// openAs starts a browser on a page of a Mattermost server with a user logged in. site is the server's address, path begins with a slash.
func openAs(t *testing.T, site string, user testenv.User, path string) *browserPage {
	t.Helper()
	page := openPage(t, "about:blank")
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("the page looked like this: " + page.screenshot("failed-"+user.Username))
		}
	})
	credentials, err := json.Marshal(map[string]string{"login_id": user.Username, "password": user.Password})
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+"/api/v4/users/login", bytes.NewReader(credentials))
	require.NoError(t, err)
	request.Header.Set("X-Requested-With", "XMLHttpRequest") // makes the server reply with a browser's cookies
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(t, http.StatusOK, response.StatusCode, "log in as %s", user.Username)
	for _, cookie := range response.Cookies() {
		page.call("Network.setCookie", map[string]any{"name": cookie.Name, "value": cookie.Value, "url": site, "httpOnly": cookie.HttpOnly}, nil)
	}
	page.call("Browser.grantPermissions", map[string]any{"origin": site, "permissions": []string{"notifications"}}, nil) // otherwise a banner asks for it
	// The client asks first-time visitors whether they would rather use the desktop app.
	page.call("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": `try { localStorage.setItem('__landingPageSeen__', 'true'); } catch {}`}, nil)
	page.call("Page.navigate", map[string]any{"url": site + path}, nil)
	return page
}

// resize changes the size of the page, in CSS pixels.
func (p *browserPage) resize(width, height int) {
	p.t.Helper()
	p.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
}

// fill replaces the contents of a field by typing a text.
func (p *browserPage) fill(what, field, text string) {
	p.t.Helper()
	p.click(what, field)
	p.wait(what+" to take the keys", `(() => { const e = `+field+`; e.focus(); if (e.select && e.type !== 'number') e.select(); return document.activeElement === e; })()`)
	p.call("Input.insertText", map[string]any{"text": text}, nil)
	p.wait(what+" to hold the text", field+`.value === `+quote(text))
}

// choose selects the option of a select element whose text begins with option.
func (p *browserPage) choose(what, field, option string) {
	p.t.Helper()
	found := `[...(` + field + `?.options ?? [])].find((o) => o.text.startsWith(` + quote(option) + `))`
	p.wait(what, found)
	p.wait(what+" to be chosen", `(() => { const e = `+field+`, o = `+found+`; if (e.value === o.value) return true;
		Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(e, o.value);
		e.dispatchEvent(new Event('change', {bubbles: true})); return false; })()`)
}

// press clicks the button, tab or link with an accessible name; see named.
func (p *browserPage) press(name string) {
	p.t.Helper()
	p.click(name, named(`button, [role="button"], [role="tab"], [role="menuitem"], a`, name))
}

// see waits until a text is on the page.
func (p *browserPage) see(text string) {
	p.t.Helper()
	p.wait("the text "+text, `document.body.innerText.includes(`+quote(text)+`)`)
}

// named returns an expression for the visible element that matches a selector and has a name. The name is the label for screen readers, or
// the text if there is no such label. If no element has exactly this name, it is the first one whose name begins with it.
func named(selector, name string) string {
	return fmt.Sprintf(`(() => { const name = %s;
		const all = [...document.querySelectorAll(%s)].filter((e) => e.checkVisibility()).map((e) => [(e.getAttribute('aria-label') || e.textContent).trim(), e]);
		return (all.find(([n]) => n === name) ?? all.find(([n]) => n.startsWith(name)))?.[1]; })()`, quote(name), quote(selector))
}

// labelled returns an expression for the visible field whose label is this text.
func labelled(label string) string {
	return `[...document.querySelectorAll('label')].find((l) => l.checkVisibility() && l.textContent.trim() === ` + quote(label) + `)?.control`
}

// quote returns a text as a JavaScript string literal.
func quote(text string) string {
	quoted, _ := json.Marshal(text) // a string can always be encoded
	return string(quoted)
}
