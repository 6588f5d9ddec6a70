package cloudapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

const (
	verifyToken = "verify-me"
	dialled     = "+5511987654321"
)

// world is a simulator with one number, one template and a callback that keeps what it receives.
type world struct {
	t      *testing.T
	sim    *cloudapi.Server
	url    string
	number cloudapi.Number
	hook   *callback
}

// callback is the business's webhook endpoint.
type callback struct {
	mu     sync.Mutex
	got    []delivered
	status func(n int) int // by count of requests, from 1
	seen   int
	url    string
}

type delivered struct {
	body   []byte
	header http.Header
}

func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		if r.URL.Query().Get("hub.verify_token") != verifyToken {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return
	}
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	c.seen++
	status := http.StatusOK
	if c.status != nil {
		status = c.status(c.seen)
	}
	if status == http.StatusOK {
		c.got = append(c.got, delivered{body, r.Header.Clone()})
	}
	c.mu.Unlock()
	w.WriteHeader(status)
}

func (c *callback) deliveries() []delivered {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]delivered(nil), c.got...)
}

func (c *callback) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = nil
}

func newWorld(t *testing.T, change func(*cloudapi.Settings)) *world {
	t.Helper()
	settings := cloudapi.DefaultSettings()
	settings.RetryFirst = time.Millisecond
	if change != nil {
		change(&settings)
	}
	sim := cloudapi.New(cloudapi.Options{Settings: &settings})
	server := httptest.NewServer(sim)
	hook := &callback{}
	receiver := httptest.NewServer(hook)
	t.Cleanup(func() { sim.Close(); server.Close(); receiver.Close() })
	sim.SetBaseURL(server.URL)
	hook.url = receiver.URL
	w := &world{t: t, sim: sim, url: server.URL, number: sim.AddNumber(cloudapi.Number{Display: "+55 11 5555-0100"}), hook: hook}
	_, err := sim.AddTemplate(w.number.WABAID, `{"name":"pedido","language":"pt_BR","category":"UTILITY","components":[
		{"type":"BODY","text":"Olá {{1}}, o pedido {{2}} saiu."},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Sim"},{"type":"QUICK_REPLY","text":"Não"}]}]}`)
	require.NoError(t, err)
	require.NoError(t, sim.Subscribe(w.number.WABAID, receiver.URL, verifyToken))
	return w
}

// answer is a response of Graph.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    []byte
}

func (a answer) code() int {
	e, _ := a.body["error"].(map[string]any)
	code, _ := e["code"].(float64)
	return int(code)
}

func (a answer) errorField(key string) any {
	e, _ := a.body["error"].(map[string]any)
	return e[key]
}

func (a answer) details() string {
	data, _ := a.errorField("error_data").(map[string]any)
	text, _ := data["details"].(string)
	return text
}

func (a answer) wamid() string {
	list, _ := a.body["messages"].([]any)
	if len(list) == 0 {
		return ""
	}
	m, _ := list[0].(map[string]any)
	id, _ := m["id"].(string)
	return id
}

func (w *world) call(method, path, token string, body []byte) (answer, error) {
	r, err := http.NewRequestWithContext(context.Background(), method, w.url+path, bytes.NewReader(body))
	require.NoError(w.t, err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	a := answer{status: response.StatusCode, header: response.Header}
	a.raw, err = io.ReadAll(response.Body)
	_ = json.Unmarshal(a.raw, &a.body)
	return a, err
}

func (w *world) graph(method, path string, body string) answer {
	w.t.Helper()
	a, err := w.call(method, "/v25.0/"+path, w.number.Token, []byte(body))
	require.NoError(w.t, err)
	return a
}

func (w *world) send(body string) answer {
	w.t.Helper()
	return w.graph(http.MethodPost, w.number.ID+"/messages", body)
}

const templateSend = `{"messaging_product":"whatsapp","to":"+5511987654321","type":"template","biz_opaque_callback_data":"post-1","template":{"name":"pedido","language":{"code":"pt_BR"},
	"components":[{"type":"body","parameters":[{"type":"text","text":"Ana"},{"type":"text","text":"77"}]},{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"YES"}]}]}}`

func textTo(to, text string) string {
	body, _ := json.Marshal(map[string]any{"messaging_product": "whatsapp", "to": to, "type": "text", "text": map[string]any{"body": text}})
	return string(body)
}

// settle waits until all webhooks have been delivered.
func (w *world) settle() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	require.NoError(w.t, w.sim.Settle(ctx))
}

// values returns the values of all changes that the callback has received, in order.
func (w *world) values() []map[string]any {
	w.t.Helper()
	var out []map[string]any
	for _, d := range w.hook.deliveries() {
		var body struct {
			Object string
			Entry  []struct {
				ID      string
				Changes []struct {
					Field string
					Value map[string]any
				}
			}
		}
		require.NoError(w.t, json.Unmarshal(d.body, &body))
		require.Equal(w.t, "whatsapp_business_account", body.Object)
		for _, e := range body.Entry {
			for _, c := range e.Changes {
				c.Value["_field"], c.Value["_waba"] = c.Field, e.ID
				out = append(out, c.Value)
			}
		}
	}
	return out
}

// statuses returns the status objects that the callback has received.
func (w *world) statuses() []map[string]any {
	return w.nodes("statuses")
}

func (w *world) inbound() []map[string]any { return w.nodes("messages") }

func (w *world) nodes(key string) []map[string]any {
	w.t.Helper()
	var out []map[string]any
	for _, v := range w.values() {
		list, _ := v[key].([]any)
		for _, item := range list {
			node, _ := item.(map[string]any)
			out = append(out, node)
		}
	}
	return out
}

func words(nodes []map[string]any, key string) []string {
	var out []string
	for _, n := range nodes {
		text, _ := n[key].(string)
		out = append(out, text)
	}
	return out
}

// fixtures returns a folder of real payloads, which is next to the repository and not in it.
func fixtures(t *testing.T, folder string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "shared", "fixtures", folder)
	if _, err := os.Stat(path); err != nil {
		t.Skip("the folder of real payloads, ../shared/fixtures beside the repository, is not here")
	}
	return path
}

func readFixture(t *testing.T, folder, name string) map[string]any {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(fixtures(t, folder), name))
	require.NoError(t, err)
	var v map[string]any
	require.NoError(t, json.Unmarshal(body, &v))
	return v
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}
