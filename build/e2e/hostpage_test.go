//go:build unix

package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// hostPage serves the page that the web part's own tests use instead of the Mattermost web client, with the web part as the server has
// installed it. The page's requests are forwarded to the real server. hostPage returns the page's address, without a trailing slash.
func hostPage(t *testing.T, w *scenario.World) string {
	t.Helper()
	script := buildHostPage(t)
	site, err := url.Parse(w.Env.Nodes[0].URL)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/", httputil.NewSingleHostReverseProxy(site))
	mux.HandleFunc("GET /{$}", func(rw http.ResponseWriter, r *http.Request) {
		http.ServeFile(rw, r, filepath.Join("..", "..", "webapp", "test", "host.html"))
	})
	mux.HandleFunc("GET /host.js", func(rw http.ResponseWriter, r *http.Request) { http.ServeFile(rw, r, script) })
	mux.HandleFunc("GET /main.js", func(rw http.ResponseWriter, r *http.Request) {
		http.ServeFile(rw, r, filepath.Join(w.Env.Nodes[0].Dir, "plugins", w.Env.Plugin.ID, "webapp", "dist", "main.js"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// buildHostPage bundles the page's script.
func buildHostPage(t *testing.T) string {
	t.Helper()
	out := t.TempDir()
	build := exec.CommandContext(t.Context(), "node", "node_modules/vite/bin/vite.js", "build", "--config", "test/host.config.ts", "--outDir", out)
	build.Dir, build.Env = filepath.Join("..", "..", "webapp"), append(os.Environ(), "NODE_ENV=production")
	said, err := build.CombinedOutput()
	require.NoError(t, err, "the host page was not built (make webapp fetches what it needs): %s", said)
	return filepath.Join(out, "host.js")
}
