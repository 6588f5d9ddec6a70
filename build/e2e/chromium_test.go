//go:build unix

package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// pageLimit is how long a page may take to show something.
const pageLimit = 60 * time.Second

// browserPage is one page of a headless Chromium, controlled through its DevTools protocol.
type browserPage struct {
	t      *testing.T
	socket *websocket.Conn
	lastID *int
}

// in returns the same page for use in a subtest.
func (p *browserPage) in(t *testing.T) *browserPage {
	t.Helper()
	return &browserPage{t: t, socket: p.socket, lastID: p.lastID}
}

// chromium finds the browser: either CHROMIUM_PATH or one of the usual program names. Without a browser the test is skipped.
func chromium(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("CHROMIUM_PATH"); path != "" {
		require.FileExists(t, path, "CHROMIUM_PATH names no browser")
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium on this machine; CHROMIUM_PATH may name one")
	return ""
}

// openPage starts a browser with one page and stops it at the end of the test.
func openPage(t *testing.T, address string) *browserPage {
	t.Helper()
	profile := t.TempDir()
	browser := exec.Command(chromium(t), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1280,900",
		"--remote-debugging-port=0", "--user-data-dir="+profile, "about:blank")
	browser.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that the browser's many processes can be ended together
	require.NoError(t, browser.Start())
	t.Cleanup(func() {
		_ = syscall.Kill(-browser.Process.Pid, syscall.SIGKILL)
		_ = browser.Wait()
	})
	p := &browserPage{t: t, lastID: new(int)}
	p.socket = connect(t, filepath.Join(profile, "DevToolsActivePort"))
	t.Cleanup(func() { _ = p.socket.Close() })
	p.call("Page.navigate", map[string]any{"url": address}, nil)
	return p
}

// connect waits until the browser has written its debugging port into a file, and connects to its first page.
func connect(t *testing.T, portFile string) *websocket.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), pageLimit)
	defer cancel()
	var socket *websocket.Conn
	require.NoError(t, testenv.WaitFor(ctx, "the browser to start", func() (bool, error) {
		content, err := os.ReadFile(portFile)
		if err != nil {
			return false, err
		}
		port, _, _ := strings.Cut(string(content), "\n")
		response, err := http.Get("http://127.0.0.1:" + port + "/json/list")
		if err != nil {
			return false, err
		}
		defer func() { _ = response.Body.Close() }()
		var targets []struct {
			Type   string `json:"type"`
			Socket string `json:"webSocketDebuggerUrl"`
		}
		if err := json.NewDecoder(response.Body).Decode(&targets); err != nil {
			return false, err
		}
		for _, target := range targets {
			if target.Type == "page" {
				socket, _, err = websocket.DefaultDialer.DialContext(ctx, target.Socket, nil)
				return err == nil, err
			}
		}
		return false, nil
	}))
	return socket
}

// call runs one command of the protocol and decodes its result. A command that the browser refuses fails the test.
func (p *browserPage) call(method string, params, into any) {
	p.t.Helper()
	require.Empty(p.t, p.ask(method, params, into), method)
}

// ask is like call, except that the browser may refuse the command: then ask returns the reason.
func (p *browserPage) ask(method string, params, into any) (refusal string) {
	p.t.Helper()
	*p.lastID++
	require.NoError(p.t, p.socket.SetReadDeadline(time.Now().Add(pageLimit)))
	require.NoError(p.t, p.socket.WriteJSON(map[string]any{"id": *p.lastID, "method": method, "params": params}))
	for {
		var answer struct {
			ID     int             `json:"id"`
			Error  json.RawMessage `json:"error"`
			Result json.RawMessage `json:"result"`
		}
		require.NoError(p.t, p.socket.ReadJSON(&answer))
		if answer.ID != *p.lastID {
			continue // an event, not the reply
		}
		if into != nil && len(answer.Error) == 0 {
			require.NoError(p.t, json.Unmarshal(answer.Result, into))
		}
		return string(answer.Error)
	}
}

// eval evaluates an expression in the page and decodes its value. It returns false if there was no value, because the expression threw an
// exception or because the page was just being replaced by another one.
func (p *browserPage) eval(expression string, into any) bool {
	p.t.Helper()
	var answer struct {
		Result    struct{ Value json.RawMessage } `json:"result"`
		Exception json.RawMessage                 `json:"exceptionDetails"`
	}
	refusal := p.ask("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &answer)
	return refusal == "" && len(answer.Exception) == 0 && len(answer.Result.Value) > 0 && json.Unmarshal(answer.Result.Value, into) == nil
}

// wait waits until an expression is true in the page.
func (p *browserPage) wait(what, expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), pageLimit)
	defer cancel()
	require.NoError(p.t, testenv.WaitFor(ctx, what, func() (bool, error) {
		var holds bool
		return p.eval("(async () => Boolean(await "+expression+"))()", &holds) && holds, nil
	}))
}

// click clicks the middle of the element that an expression returns, with the mouse. It first waits until the element stays in place,
// because a page that redraws itself between press and release does not register the click.
func (p *browserPage) click(what, element string) {
	p.t.Helper()
	p.wait(what, `(async () => { const before = `+element+`; await new Promise((done) => setTimeout(done, 300)); return before && before === `+element+`; })()`)
	var at struct{ X, Y float64 }
	require.True(p.t, p.eval(`(() => { const e = `+element+`; e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();
		return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })()`, &at), what)
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		p.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil)
	}
}

// enter types a text at the cursor and presses Enter.
func (p *browserPage) enter(text string) {
	p.t.Helper()
	p.call("Input.insertText", map[string]any{"text": text}, nil)
	for _, kind := range []string{"keyDown", "keyUp"} {
		p.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}, nil)
	}
}

// screenshot saves a picture of the page in the folder that WAA_SCREENSHOTS names, or else in the test's own folder, and returns its path.
func (p *browserPage) screenshot(name string) string {
	p.t.Helper()
	return p.screenshotOf(name, nil)
}

// screenshotOf is screenshot for a part of the page: x, y, width and height in CSS pixels, and scale. nil means everything that is in view.
func (p *browserPage) screenshotOf(name string, clip map[string]float64) string {
	p.t.Helper()
	params := map[string]any{"format": "png"}
	if clip != nil {
		params["clip"] = clip
	}
	var picture struct{ Data string }
	p.call("Page.captureScreenshot", params, &picture)
	content, err := base64.StdEncoding.DecodeString(picture.Data)
	require.NoError(p.t, err)
	dir := os.Getenv("WAA_SCREENSHOTS")
	if dir == "" {
		dir = p.t.TempDir()
	}
	path := filepath.Join(dir, name+".png")
	require.NoError(p.t, os.WriteFile(path, content, 0o600))
	return path
}
