package api

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/mux"
)

// reply is the answer of a handler that succeeded.
type reply struct {
	status int
	body   any
}

func ok(body any) (reply, error)      { return reply{http.StatusOK, body}, nil }
func created(body any) (reply, error) { return reply{http.StatusCreated, body}, nil }

// handler serves one route. Its errors go to API.fail.
type handler func(r *http.Request) (reply, error)

// withID makes a handler of a route whose path has an id. What cannot be an id is answered with 404, without a question to
// the database.
func withID(h func(r *http.Request, id string) (reply, error)) handler {
	return func(r *http.Request) (reply, error) {
		id, err := pathID(r)
		if err != nil {
			return reply{}, err
		}
		return h(r, id)
	}
}

// handle puts a handler on a route.
func (a *API) handle(router *mux.Router, method, path string, h handler) {
	router.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		answer, err := h(r)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		a.write(w, answer.status, answer.body)
	}).Methods(method)
}

// write writes an answer as JSON.
func (a *API) write(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil { // only for a type that has no JSON, which would be a mistake of ours
		a.LogError("An answer could not be written", "error", err.Error())
		status, data = http.StatusServiceUnavailable, []byte(`{"error":{"code":"unavailable","message":"unavailable"}}`)
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(data) // the client is gone if this fails
}

// millisOrNull is milliseconds since epoch; 0 is null in JSON.
type millisOrNull int64

// MarshalJSON writes null for 0.
func (m millisOrNull) MarshalJSON() ([]byte, error) {
	if m == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(int64(m))
}

// list is one page of a list.
type list[T any] struct {
	Items   []T `json:"items"`
	Total   int `json:"total"`
	Page    int `json:"page"`
	PerPage int `json:"per_page"`
}

// listOf makes a page of the views of rows. An empty one is [] in JSON, never null.
func listOf[T, V any](rows []T, total int, p page, view func(T) V) list[V] {
	items := make([]V, 0, len(rows))
	for _, row := range rows {
		items = append(items, view(row))
	}
	return list[V]{Items: items, Total: total, Page: p.number, PerPage: p.size}
}

// nonNil makes an empty list [] in JSON, and not null.
func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
