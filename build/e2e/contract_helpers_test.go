//go:build unix

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"
)

// outsider uses the real server like somebody who knows docs/openapi.yaml and nothing about the plugin's internals: every response is
// checked against that document.
type outsider struct {
	*stage
	router routers.Router
}

func newOutsider(t *testing.T) *outsider {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../docs/openapi.yaml")
	require.NoError(t, err)
	router, err := gorillamux.NewRouter(doc)
	require.NoError(t, err)
	return &outsider{stage: newStage(t), router: router}
}

// in returns the same outsider for use in a subtest.
func (o *outsider) in(t *testing.T) *outsider {
	return &outsider{stage: &stage{World: o.World, t: t}, router: o.router}
}

// restAnswer is the response to a REST request, with its fields decoded.
type restAnswer struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	text   string
	object map[string]any // the decoded JSON object
}

// asks sends a request to the REST API as a client's user and checks the response against the document.
func (o *outsider) asks(client *model.Client4, method, path string, body any, header ...string) restAnswer {
	o.t.Helper()
	request, a := o.sends(client, method, "/plugins/"+o.Env.Plugin.ID+"/api/v1"+path, body, header...)
	o.documented(request, a)
	return a
}

// sends sends a request as a client's user. A string body is sent unchanged, any other value is sent as JSON, and nil sends no body.
func (o *outsider) sends(client *model.Client4, method, path string, body any, header ...string) (*http.Request, restAnswer) {
	o.t.Helper()
	var content []byte
	switch b := body.(type) {
	case nil:
	case string:
		content = []byte(b)
	default:
		var err error
		content, err = json.Marshal(b)
		require.NoError(o.t, err)
	}
	request, err := http.NewRequestWithContext(o.ctx(oneMinute), method, client.URL+path, bytes.NewReader(content))
	require.NoError(o.t, err)
	request.Header.Set("Content-Type", "application/json")
	if client.AuthToken != "" {
		request.Header.Set("Authorization", "Bearer "+client.AuthToken)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(o.t, err)
	got, err := io.ReadAll(response.Body)
	require.NoError(o.t, err)
	require.NoError(o.t, response.Body.Close())
	a := restAnswer{t: o.t, what: method + " " + path + " " + string(content[:min(len(content), 200)]), status: response.StatusCode, header: response.Header, text: string(got)}
	if strings.HasPrefix(a.header.Get("Content-Type"), "application/json") && !strings.HasPrefix(a.text, "[") {
		require.NoError(o.t, json.Unmarshal(got, &a.object), "%s: %s", a.what, a.text)
	}
	return request, a
}

// documented checks a response against docs/openapi.yaml.
func (o *outsider) documented(request *http.Request, a restAnswer) {
	o.t.Helper()
	inside := request.Clone(context.Background())
	inside.URL.Scheme, inside.URL.Host, inside.Host = "", "", ""
	route, params, err := o.router.FindRoute(inside)
	if err != nil {
		require.Contains(o.t, []int{401, 404}, a.status, "%s is not in the document: %s", a.what, a.text)
		return
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	require.NoError(o.t, openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: inside, PathParams: params, Route: route, Options: options},
		Status:                 a.status, Header: a.header, Options: options, Body: io.NopCloser(strings.NewReader(a.text)),
	}), "%s answered %d %s", a.what, a.status, a.text)
}

// is requires a status and, for an error, its code.
func (a restAnswer) is(status int, code ...string) restAnswer {
	a.t.Helper()
	require.Equal(a.t, status, a.status, "%s answered %s", a.what, a.text)
	if len(code) > 0 {
		require.Equal(a.t, code[0], a.problem()["code"], "%s answered %s", a.what, a.text)
		require.NotEmpty(a.t, a.problem()["message"], a.what)
	}
	return a
}

func (a restAnswer) problem() map[string]any {
	problem, _ := a.object["error"].(map[string]any)
	return problem
}

// field returns a string field, or "" if there is none.
func (a restAnswer) field(name string) string {
	text, _ := a.object[name].(string)
	return text
}

// has requires fields of the response, given as names and values by turns.
func (a restAnswer) has(pairs ...any) restAnswer {
	a.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		require.Contains(a.t, a.object, name, "%s answered %s", a.what, a.text)
		require.EqualValues(a.t, pairs[i+1], a.object[name], "%s: %s of %s", a.what, name, a.text)
	}
	return a
}

// items returns the items of a list.
func (a restAnswer) items() []map[string]any {
	a.t.Helper()
	list, ok := a.object["items"].([]any)
	require.True(a.t, ok, "%s answered %s", a.what, a.text)
	items := make([]map[string]any, len(list))
	for i := range list {
		items[i], _ = list[i].(map[string]any)
		require.NotEmpty(a.t, items[i]["id"], "%s: every object has an id: %s", a.what, a.text)
	}
	return items
}
