package webhook

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"
)

func TestRoutesAndDocumentAreTheSame(t *testing.T) {
	w := newWorld(t)
	var documented, routes []string
	for _, path := range w.document.Paths.InMatchingOrder() {
		if strings.HasPrefix(path, Path) {
			for method := range w.document.Paths.Value(path).Operations() {
				documented = append(documented, method+" "+path)
			}
		}
	}
	require.NoError(t, w.handler.router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		methods, err := route.GetMethods()
		require.NoError(t, err)
		path, err := route.GetPathTemplate()
		require.NoError(t, err)
		for _, method := range methods {
			routes = append(routes, method+" "+path)
		}
		return nil
	}))
	slices.Sort(documented)
	slices.Sort(routes)
	require.Equal(t, documented, routes)
	require.Len(t, routes, 2)
}

func TestUnknownPathsAndMethods(t *testing.T) {
	w := newWorld(t)
	for _, route := range []string{"GET /webhook/", "GET /webhook/a/b", "DELETE /webhook/" + account1} {
		t.Run(route, func(t *testing.T) {
			method, path, _ := strings.Cut(route, " ")
			recorder := httptest.NewRecorder()
			w.handler.ServeHTTP(recorder, httptest.NewRequest(method, "http://chat"+path, nil))
			require.Equal(t, http.StatusNotFound, recorder.Code)
			require.Contains(t, recorder.Body.String(), `{"error":{"code":"not_found"`)
		})
	}
}
