package cloudapi

import (
	"bytes"
	"net/http"
	"strings"
	"time"
)

// serveStoredMedia serves a stored file to the phone page, without a token. Only images, audio and video are displayed; everything else is
// a download.
func (s *Server) serveStoredMedia(w http.ResponseWriter, r *http.Request) {
	m, ok := s.Media(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	kind := "application/octet-stream"
	for _, shown := range []string{"image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/"} {
		if strings.HasPrefix(m.MIMEType, shown) {
			kind = m.MIMEType
		}
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if kind == "application/octet-stream" {
		h.Set("Content-Disposition", "attachment")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(m.Data))
}
