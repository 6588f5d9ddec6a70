package api

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Rules of all lists.
const (
	defaultPerPage = 60
	maxPerPage     = 200
)

// page is the part of a list that is asked for.
type page struct {
	number int // from 0
	size   int
}

// query reads the part of a URL behind the question mark.
type query struct {
	*faults
	values url.Values
}

func readQuery(r *http.Request) query { return query{&faults{}, r.URL.Query()} }

// readSearch reads the filters of a list. A POST has the search term in its body, because in a URL a customer's document or
// number would stand in the logs of every proxy on the way.
func readSearch(r *http.Request) (query, error) {
	q := readQuery(r)
	if r.Method == http.MethodGet {
		return q, nil
	}
	f, err := readForm(r, false)
	if err != nil {
		return q, err
	}
	f.faults = q.faults
	var term string
	f.text("q", &term)
	q.values.Set("q", term)
	return q, nil
}

// number reads an integer; def where there is none.
func (q query) number(name string, def, lowest, highest int64) int64 {
	text := q.values.Get(name)
	if text == "" {
		return def
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		q.addWrongType(name)
	case n < lowest || n > highest:
		q.addFault(name, domain.T("api.field_range", "Min", lowest, "Max", highest))
	default:
		return n
	}
	return def
}

// page reads page and per_page. A per_page above the maximum means the maximum.
func (q query) page() page {
	return page{
		number: int(q.number("page", 0, 0, math.MaxInt32)),
		size:   min(int(q.number("per_page", defaultPerPage, 1, math.MaxInt32)), maxPerPage),
	}
}

// id reads an id; "" where there is none.
func (q query) id(name string) string {
	id := q.values.Get(name)
	if id != "" && !idPattern.MatchString(id) {
		q.addFault(name, domain.T("api.field_id"))
	}
	return id
}

func (q query) flag(name string) bool {
	switch strings.ToLower(q.values.Get(name)) {
	case "1", "true":
		return true
	case "", "0", "false":
	default:
		q.addWrongType(name)
	}
	return false
}

func (q query) line(name string, longest int) string {
	text := strings.TrimSpace(q.values.Get(name))
	switch {
	case utf8.RuneCountInString(text) > longest:
		q.addFault(name, domain.T("api.field_too_long", "Max", longest))
	case !utf8.ValidString(text) || strings.ContainsFunc(text, domain.UnsafeInLine):
		q.addFault(name, domain.T("api.field_characters"))
	}
	return text
}

// pathID is the id in the path. What cannot be an id is domain.ErrNotFound, without a question to the database.
func pathID(r *http.Request) (string, error) {
	id := mux.Vars(r)["id"]
	if !idPattern.MatchString(id) {
		return "", domain.ErrNotFound
	}
	return id, nil
}
