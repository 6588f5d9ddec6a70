package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// sample is a value that a schema allows, of an object with the named properties or, without names, the required ones.
func sample(s *openapi3.Schema, only ...string) any {
	switch {
	case len(s.AllOf) > 0:
		whole := map[string]any{}
		for _, part := range s.AllOf {
			if inner, ok := sample(part.Value, only...).(map[string]any); ok {
				maps.Copy(whole, inner)
			}
		}
		return whole
	case s.Example != nil:
		return s.Example
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type.Is("object"):
		object := map[string]any{}
		for _, name := range append(slices.Clone(s.Required), only...) {
			if property := s.Properties[name]; property != nil {
				object[name] = sample(property.Value)
			}
		}
		return object
	case s.Type.Is("array"):
		return []any{}
	case s.Type.Is("boolean"):
		return true
	case s.Type.Is("integer"), s.Type.Is("number"):
		return max(1, orZero(s.Min))
	case strings.HasPrefix(s.Pattern, "^[a-z0-9]{26}"):
		return nowhere
	}
	return "abc"
}

func orZero(n *float64) float64 {
	if n == nil {
		return 0
	}
	return *n
}

// optionals are the optional properties of a schema's objects, as paths.
func optionals(s *openapi3.Schema, path []string) (found [][]string) {
	for _, part := range s.AllOf {
		found = append(found, optionals(part.Value, path)...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		here := append(slices.Clone(path), name)
		if !slices.Contains(s.Required, name) {
			found = append(found, here)
		}
		found = append(found, optionals(s.Properties[name].Value, here)...)
	}
	return found
}

// place sets a property at a path; the objects on the way are made of what their schemas require.
func place(s *openapi3.Schema, object map[string]any, path []string, value any) {
	if len(path) == 1 {
		object[path[0]] = value
		return
	}
	property := s.Properties[path[0]]
	for _, part := range s.AllOf {
		if property == nil {
			property = part.Value.Properties[path[0]]
		}
	}
	inner, ok := object[path[0]].(map[string]any)
	if !ok {
		inner, _ = sample(property.Value).(map[string]any)
		object[path[0]] = inner
	}
	place(property.Value, inner, path[1:], value)
}

// TestNullIsAbsent sends every optional property of every request of the document as null, and without it: both get one answer.
func TestNullIsAbsent(t *testing.T) {
	w := newWorld(t)
	doc := w.document
	tried, made, changed := 0, 0, true
	fresh := func() { // a request that was refused changed nothing but the audit
		if changed {
			w.begin()
			w.allowStarts()
			w.conversation(conversation1, contact1, account1)
			made = w.made
		}
		w.exec("DELETE FROM waa_audit")
		w.made = made
	}
	for _, path := range doc.Paths.InMatchingOrder() {
		if !strings.HasPrefix(path, restPath) {
			continue
		}
		for method, operation := range doc.Paths.Value(path).Operations() {
			if operation.RequestBody == nil {
				continue
			}
			media := operation.RequestBody.Value.Content.Get("application/json")
			if media == nil { // a file
				continue
			}
			schema := media.Schema.Value
			for _, property := range optionals(schema, nil) {
				answer := func(present bool) (int, string) {
					fresh()
					body := goodBody(path, schema)
					place(schema, body, property, nil)
					if !present {
						without(body, property)
					}
					status, text := w.raw(method, path, body)
					changed = status < http.StatusMultipleChoices
					return status, text
				}
				absent, absentBody := answer(false)
				null, nullBody := answer(true)
				require.Equal(t, absent, null, "%s %s: %s null answers %s, without it %s", method, path, strings.Join(property, "."), nullBody, absentBody)
				require.Equal(t, absentBody, nullBody, "%s %s: %s", method, path, strings.Join(property, "."))
				require.NotEqual(t, http.StatusBadRequest, null, "%s %s: %s %s", method, path, strings.Join(property, "."), nullBody)
				tried++
			}
		}
	}
	require.Greater(t, tried, 40)
}

// goodBody is a body that the route takes, as far as the document says what that is.
func goodBody(path string, schema *openapi3.Schema) map[string]any {
	if path == restPath+"/conversations" {
		return goodStart()
	}
	body, _ := sample(schema).(map[string]any)
	return body
}

func without(object map[string]any, path []string) {
	for _, name := range path[:len(path)-1] {
		object, _ = object[name].(map[string]any)
	}
	delete(object, path[len(path)-1])
}

// raw sends a request as an admin about a thing that is there; the document does not know null.
func (w *world) raw(method, path string, body any) (status int, answer string) {
	w.Helper()
	for prefix, known := range map[string]string{"accounts": account1, "queues": queue1, "templates": template1, "plans": plan1, "contacts": contact1, "conversations": conversation1} {
		path = strings.Replace(path, "/"+prefix+"/{id}", "/"+prefix+"/"+known, 1)
	}
	data, err := json.Marshal(body)
	require.NoError(w, err)
	r := httptest.NewRequest(method, strings.ReplaceAll(path, "{id}", nowhere), bytes.NewReader(data))
	r.Header.Set(userHeader, admin)
	recorder := httptest.NewRecorder()
	w.api.ServeHTTP(recorder, r)
	return recorder.Code, recorder.Body.String()
}

func TestNullTakesNothingFromAnObjectOfTexts(t *testing.T) {
	w := newAgentWorld(t)
	w.settings.RequireCPF = false
	status, text := w.raw(http.MethodPost, restPath+"/conversations", map[string]any{
		"queue_id": queue1, "template": map[string]any{"name": "hello", "language": "pt_BR", "id": nil}, "reason": nil, "confirm": nil,
		"variables": map[string]any{"body_1": "Ana", "body_2": nil}, "customer": map[string]any{"name": "Ana", "phone": "11987654321", "cpf": nil},
	})
	require.Equal(t, http.StatusCreated, status, text)
	require.Equal(t, "Olá Ana", w.row("SELECT body FROM waa_messages")["body"])
}
