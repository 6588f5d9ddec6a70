package webhook

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
)

func TestRoutesAndDocumentAreTheSame(t *testing.T) {
	w := newWorld(t)
	routes := fake.Routes(t, w.handler.router)
	require.Equal(t, w.document.Routes(Path), routes)
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
