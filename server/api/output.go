package api

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/mux"
)

// reply is what a handler answers when all went well.
type reply struct {
	status int
	body   any
}

func ok(body any) (reply, error)      { return reply{http.StatusOK, body}, nil }
func created(body any) (reply, error) { return reply{http.StatusCreated, body}, nil }

// handler answers one route: a reply, or an error for API.fail.
type handler func(r *http.Request) (reply, error)

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

// write answers JSON.
func (a *API) write(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil { // only a type that cannot be written: a mistake of ours
		a.Log.Error("An answer could not be written", "error", err.Error())
		status, data = http.StatusServiceUnavailable, []byte(`{"error":{"code":"unavailable","message":"unavailable"}}`)
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(data) // the client is gone if this fails
}

// moment is milliseconds since epoch, null in JSON where there is none.
type moment int64

// MarshalJSON writes null for 0.
func (m moment) MarshalJSON() ([]byte, error) {
	if m == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(int64(m))
}

// list is the envelope of all lists.
type list[T any] struct {
	Items   []T `json:"items"`
	Total   int `json:"total"`
	Page    int `json:"page"`
	PerPage int `json:"per_page"`
}

// listOf puts a page into its envelope; an empty one is [], never null.
func listOf[T, V any](rows []T, total int, p page, view func(T) V) list[V] {
	items := make([]V, 0, len(rows))
	for _, row := range rows {
		items = append(items, view(row))
	}
	return list[V]{Items: items, Total: total, Page: p.number, PerPage: p.size}
}

// texts makes a list of texts that is [] and not null when empty.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
