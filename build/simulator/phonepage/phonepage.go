// Package phonepage is the web page on which people use the simulator's phones: they read what the business sent, reply, tap buttons, move
// the clock and switch faults on and off. It uses only the /simulator/ endpoints.
package phonepage

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed page
var files embed.FS

// prefix is the path below which the page's script and style are served.
const prefix = "/phonepage/"

// Handler serves the page at / and passes every other request to next.
func Handler(next http.Handler) http.Handler {
	page, err := fs.Sub(files, "page")
	if err != nil {
		return next // the folder is embedded above
	}
	static := http.StripPrefix(prefix, http.FileServerFS(page))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		root := r.URL.Path == "/" && (r.Method == http.MethodGet || r.Method == http.MethodHead)
		if !root && !strings.HasPrefix(r.URL.Path, prefix) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		// The page shows text from customers and businesses, so nothing but its own files may run.
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		if root {
			http.ServeFileFS(w, r, page, "index.html")
			return
		}
		static.ServeHTTP(w, r)
	})
}
