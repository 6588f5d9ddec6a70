package fake

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Secrets of the tests' accounts. No answer and no log may tell them.
const (
	SecretToken  = "EAAGsecrettokenSECRET"
	SecretApp    = "appsecretSECRET0123456789"
	SecretVerify = "verifytokenSECRET"
)

// NoSecret fails a test if a text tells a secret; where says which text it is.
func NoSecret(t testing.TB, where, text string) {
	t.Helper()
	for _, secret := range []string{SecretToken, SecretApp, SecretVerify} {
		require.NotContains(t, text, secret, where)
	}
}

// Answer is a handler's answer to a request.
type Answer struct {
	testing.TB
	Status int
	Header http.Header
	Text   string
	JSON   map[string]any // nil where the answer is no JSON object
}

// Serve sends a request to a handler. It checks that the document describes the answer, and that the answer tells no secret.
func (d *Document) Serve(t testing.TB, handler http.Handler, r *http.Request) Answer {
	t.Helper()
	sent, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	r.Body = io.NopCloser(strings.NewReader(string(sent)))
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	a := Answer{TB: t, Status: recorder.Code, Header: recorder.Header(), Text: recorder.Body.String()}
	NoSecret(t, r.Method+" "+r.URL.Path, a.Text)
	d.checkAnswer(t, r, string(sent), a.Status, a.Header, a.Text)
	if strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") && !strings.HasPrefix(a.Text, "[") {
		require.NoError(t, json.Unmarshal([]byte(a.Text), &a.JSON))
	}
	return a
}

// Is checks the status and, of an error, its code and that its message is a text and no key.
func (a Answer) Is(status int, code ...string) Answer {
	a.Helper()
	require.Equal(a, status, a.Status, a.Text)
	if len(code) > 0 {
		require.Equal(a, code[0], a.Problem()["code"], a.Text)
		require.NotContains(a, a.Problem()["message"], "api.", "a text exists")
	}
	return a
}

// Problem is the error that the answer tells.
func (a Answer) Problem() map[string]any {
	problem, _ := a.JSON["error"].(map[string]any)
	return problem
}

// Fields are the names of the fields that the error complains of.
func (a Answer) Fields() []string {
	fields, _ := a.Problem()["fields"].(map[string]any)
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	return names
}

// Items are those of a list.
func (a Answer) Items() []any {
	a.Helper()
	items, isList := a.JSON["items"].([]any)
	require.True(a, isList, a.Text)
	return items
}
