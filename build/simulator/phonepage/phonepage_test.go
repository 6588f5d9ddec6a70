package phonepage_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/phonepage"
)

func TestHandler(t *testing.T) {
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	handler := phonepage.Handler(next)
	get := func(method, path string) (int, string, http.Header) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Code, w.Body.String(), w.Header()
	}
	status, page, header := get(http.MethodGet, "/?lang=en")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	require.NotRegexp(t, `<script>|style=|onclick=`, page, "nothing inline, which the policy forbids")
	for _, file := range regexp.MustCompile(`/phonepage/[a-z.]+`).FindAllString(page, -1) {
		status, body, _ := get(http.MethodGet, file)
		require.Equal(t, http.StatusOK, status, file)
		require.NotRegexp(t, `innerHTML|outerHTML|insertAdjacentHTML|document\.write`, body, "text of strangers never becomes markup")
	}
	for _, other := range []string{"/v25.0/1", "/simulator/state", "/index.html"} {
		status, _, _ := get(http.MethodGet, other)
		require.Equal(t, http.StatusTeapot, status)
	}
	status, _, _ = get(http.MethodPost, "/")
	require.Equal(t, http.StatusTeapot, status)
	status, _, _ = get(http.MethodGet, "/phonepage/../main.go")
	require.Equal(t, http.StatusNotFound, status)
}
