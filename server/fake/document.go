package fake

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/gorilla/mux"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Document is docs/openapi.yaml, against which tests check what the plugin answers.
type Document struct {
	*openapi3.T
	router routers.Router
}

// OpenAPI reads docs/openapi.yaml, once a process, and checks that it is a valid document. It may only be read.
func OpenAPI(t testing.TB) *Document {
	t.Helper()
	document, err := openAPI()
	require.NoError(t, err)
	return document
}

var openAPI = sync.OnceValues(func() (*Document, error) {
	openapi3filter.RegisterBodyDecoder("text/csv", openapi3filter.PlainBodyDecoder) // its own takes no other separator than the comma
	doc, err := openapi3.NewLoader().LoadFromFile("../../docs/openapi.yaml")        // seen from a package's folder
	if err != nil {
		return nil, errors.Wrap(err, "read the document")
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, errors.Wrap(err, "check the document")
	}
	router, err := gorillamux.NewRouter(doc)
	return &Document{T: doc, router: router}, errors.Wrap(err, "route by the document")
})

// Routes lists "METHOD /path" of every route that the document describes behind a prefix, sorted.
func (d *Document) Routes(prefix string) (described []string) {
	for _, path := range d.Paths.InMatchingOrder() {
		if !strings.HasPrefix(path, prefix) {
			continue
		}
		for method := range d.Paths.Value(path).Operations() {
			described = append(described, method+" "+path)
		}
	}
	slices.Sort(described)
	return described
}

// Routes lists "METHOD /path" of every route of a router, sorted.
func Routes(t testing.TB, router *mux.Router) (found []string) {
	t.Helper()
	require.NoError(t, router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		methods, _ := route.GetMethods() // a subrouter's prefix has none
		path, err := route.GetPathTemplate()
		for _, method := range methods {
			found = append(found, method+" "+path)
		}
		return errors.Wrap(err, "read a route's path")
	}))
	slices.Sort(found)
	return found
}

// checkAnswer checks an answer against the document and, where it is a success and the request has a body, the request
// too. The request's path is the one behind the plugin's own.
func (d *Document) checkAnswer(t testing.TB, r *http.Request, sent string, status int, header http.Header, body string) {
	t.Helper()
	outside := r.Clone(context.Background())
	outside.URL.Path = domain.PluginPath + r.URL.Path
	outside.Body = io.NopCloser(strings.NewReader(sent))
	outside.ContentLength = int64(len(sent))
	route, params, err := d.router.FindRoute(outside)
	require.NoError(t, err, "%s %s", r.Method, r.URL.Path)
	input := &openapi3filter.RequestValidationInput{
		Request: outside, PathParams: params, Route: route,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if status < 300 && strings.HasPrefix(r.URL.Path, "/api/v1") { // Meta's requests are described no further than their path
		require.NoError(t, openapi3filter.ValidateRequest(context.Background(), input), "%s %s %s", r.Method, r.URL.Path, sent)
		outside.Body = io.NopCloser(strings.NewReader(sent))
	}
	require.NoError(t, openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: status, Header: header, Options: input.Options,
		Body: io.NopCloser(strings.NewReader(body)),
	}), "%s %s answered %d %s", r.Method, r.URL.Path, status, body)
}
