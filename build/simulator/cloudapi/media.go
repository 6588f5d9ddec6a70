package cloudapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Media is a file that Meta stores for a business number.
type Media struct {
	ID            string    `json:"id"`
	PhoneNumberID string    `json:"phone_number_id"`
	MIMEType      string    `json:"mime_type"`
	Filename      string    `json:"filename,omitempty"`
	Voice         bool      `json:"voice,omitempty"`    // of audio a customer records
	Animated      bool      `json:"animated,omitempty"` // of a sticker
	ExpiresAt     time.Time `json:"expires_at"`         // default: 30 days from now, 7 for inbound
	Data          []byte    `json:"-"`
}

type storedMedia struct {
	Media
	sum    [sha256.Size]byte
	secret string // part of its URLs
	served atomic.Int64
}

// This is how long Meta keeps files.
const (
	uploadLife  = 30 * 24 * time.Hour
	inboundLife = 7 * 24 * time.Hour
)

// mediaRule is what one kind of message accepts.
type mediaRule struct {
	types []string
	limit int
}

func mediaRuleOf(kind string) mediaRule {
	const mb = 1 << 20
	return map[string]mediaRule{
		"image":   {[]string{"image/jpeg", "image/png"}, 5 * mb},
		"video":   {[]string{"video/mp4", "video/3gpp"}, 16 * mb},
		"audio":   {[]string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}, 16 * mb},
		"sticker": {[]string{"image/webp"}, 500 << 10},
		"document": {[]string{
			"text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			"application/vnd.openxmlformats-officedocument.presentationml.presentation",
		}, 100 * mb},
	}[kind]
}

// mediaFits returns what is wrong with sending a file as this kind of message, or "" if nothing is. Any file that can be uploaded can be
// sent as a document.
func mediaFits(m Media, kind string, voice bool) string {
	rule := mediaRuleOf(kind)
	base, _, _ := strings.Cut(m.MIMEType, ";")
	switch {
	case kind != "document" && !slices.Contains(rule.types, base):
		return fmt.Sprintf("Unsupported %s mime type %s. Please use one of %s.", titleCase(kind), m.MIMEType, strings.Join(rule.types, ", "))
	case len(m.Data) > rule.limit:
		return fmt.Sprintf("%s of %d bytes is larger than %d bytes.", titleCase(kind), len(m.Data), rule.limit)
	case voice && base != "audio/ogg":
		return "A voice message must be audio/ogg with the opus codec."
	}
	return ""
}

// kindOfMIME returns the kind of message whose rules an upload must meet.
func kindOfMIME(base string) string {
	for _, kind := range []string{"image", "video", "audio", "sticker", "document"} {
		if slices.Contains(mediaRuleOf(kind).types, base) {
			return kind
		}
	}
	return ""
}

// AddMedia stores a file as if it had been uploaded.
func (s *Server) AddMedia(m Media) Media {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.storeMedia(m, uploadLife).Media
}

// Media returns a stored file.
func (s *Server) Media(id string) (Media, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.media[id]
	if m == nil {
		return Media{}, false
	}
	return m.Media, true
}

// Downloaded returns how many bytes of a file were sent to the business in all its downloads.
func (s *Server) Downloaded(id string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.media[id]; m != nil {
		return m.served.Load()
	}
	return 0
}

// pacedWriter counts the bytes that are sent, and sends no more than a number of bytes per second (0 = no limit).
type pacedWriter struct {
	http.ResponseWriter
	sent *atomic.Int64
	rate int64
}

func (w pacedWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.sent.Add(int64(n))
	if w.rate > 0 {
		time.Sleep(time.Duration(n) * time.Second / time.Duration(w.rate))
	}
	return n, err
}

func (s *Server) storeMedia(m Media, life time.Duration) *storedMedia {
	if m.ID == "" {
		m.ID = s.digits(16)
	}
	if m.ExpiresAt.IsZero() {
		m.ExpiresAt = s.now().Add(life)
	}
	stored := &storedMedia{Media: m, sum: sha256.Sum256(m.Data), secret: s.alphanumeric(24)}
	s.media[m.ID] = stored
	s.bump()
	return stored
}

// sameBusiness reports whether a number may use a file, which all numbers of the file's WABA may.
func (s *Server) sameBusiness(m *storedMedia, n *Number) bool {
	owner := s.numbers[m.PhoneNumberID]
	return m.PhoneNumberID == "" || (owner != nil && owner.WABAID == n.WABAID)
}

// mediaURL returns a link that works for a few minutes.
func (s *Server) mediaURL(m *storedMedia) string {
	if s.baseURL == "" {
		return ""
	}
	until := s.now().Add(s.settings.MediaURLLife).Unix()
	return fmt.Sprintf("%s%s?mid=%s&ext=%d&hash=%s", s.baseURL, mediaPath, m.ID, until, m.link(until))
}

// link returns a signature that ties a URL to its expiry.
func (m *storedMedia) link(until int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", m.secret, m.ID, until))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}

// postMedia implements POST /{phone-number-id}/media.
func (s *Server) postMedia(c *call, n *Number) reply {
	out := s.upload(c, n)
	out.wabaID = n.WABAID
	return out
}

func (s *Server) upload(c *call, n *Number) reply {
	required := func(name string) reply {
		return s.refuse(newError(100).message("(#100) The parameter " + name + " is required."))
	}
	kind, attributes, err := mime.ParseMediaType(c.contentType)
	if err != nil || kind != "multipart/form-data" {
		return required("messaging_product")
	}
	form, err := multipart.NewReader(bytes.NewReader(c.body), attributes["boundary"]).ReadForm(maxUpload)
	if err != nil {
		return required("messaging_product")
	}
	defer func() { _ = form.RemoveAll() }()
	value := func(name string) string {
		if v := form.Value[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	if value("messaging_product") != "whatsapp" {
		return required("messaging_product")
	}
	if len(form.File["file"]) == 0 {
		return required("file")
	}
	file := form.File["file"][0]
	m := Media{PhoneNumberID: n.ID, Filename: file.Filename, MIMEType: uploadType(file.Header.Get("Content-Type"), value("type"), file.Filename)}
	opened, err := file.Open()
	if err == nil {
		m.Data, err = io.ReadAll(opened)
		_ = opened.Close()
	}
	if err != nil || len(m.Data) == 0 {
		return required("file")
	}
	base, _, _ := strings.Cut(m.MIMEType, ";")
	fits := kindOfMIME(base)
	if fits == "" {
		return s.refuse(newError(131053).detail("Param file has the unsupported type %s.", m.MIMEType))
	}
	if problem := mediaFits(m, fits, false); problem != "" {
		return s.refuse(newError(131053).detail("%s", problem))
	}
	return s.ok(map[string]any{"id": s.storeMedia(m, uploadLife).ID})
}

// uploadType returns the type that Meta gives a file: that of the part, or else that of the field type. A voice note whose name does not
// end in .ogg is not recognised.
func uploadType(part, field, filename string) string {
	chosen := part
	if chosen == "" || chosen == "application/octet-stream" {
		chosen = field
	}
	base, attributes, err := mime.ParseMediaType(chosen)
	if err != nil || (base == "audio/ogg" && !strings.EqualFold(path.Ext(filename), ".ogg")) {
		return "application/octet-stream"
	}
	if base == "audio/ogg" && attributes["codecs"] != "" {
		return "audio/ogg; codecs=" + attributes["codecs"]
	}
	return base
}

// onMedia implements GET and DELETE of a media id.
func (s *Server) onMedia(c *call, m *storedMedia) reply {
	owner := s.numbers[m.PhoneNumberID]
	asked := c.query.Get("phone_number_id")
	gone := !s.now().Before(m.ExpiresAt) || (owner != nil && !c.token.mayReach(s.wabas[owner.WABAID])) || (asked != "" && asked != m.PhoneNumberID)
	if gone || (c.method != http.MethodGet && c.method != http.MethodDelete) {
		return s.refuse(unknownObject(c.method, c.objectID))
	}
	return s.needs(c, ScopeMessaging, func() reply {
		if c.method == http.MethodDelete {
			delete(s.media, m.ID)
			return s.success()
		}
		return s.ok(map[string]any{
			"messaging_product": "whatsapp", "id": m.ID, "url": s.mediaURL(m), "mime_type": m.MIMEType,
			"sha256": hex.EncodeToString(m.sum[:]), "file_size": len(m.Data),
		})
	})
}

// serveDownload serves the bytes of a media URL. It takes the lock.
func (s *Server) serveDownload(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	m := s.media[query.Get("mid")]
	c := &call{query: query}
	c.query.Set("access_token", token)
	refused := s.authenticate(c)
	allowed := refused == nil && m != nil && (s.numbers[m.PhoneNumberID] == nil || c.token.mayReach(s.wabas[s.numbers[m.PhoneNumberID].WABAID]))
	until, err := strconv.ParseInt(query.Get("ext"), 10, 64)
	rate := s.settings.DownloadRate
	found := err == nil && m != nil && m.link(until) == query.Get("hash") && s.now().Unix() < until && s.now().Before(m.ExpiresAt)
	s.mu.Unlock()
	switch {
	case refused != nil:
		http.Error(w, "", http.StatusUnauthorized)
	case !found || !allowed:
		http.Error(w, "", http.StatusNotFound)
	default:
		w.Header().Set("Content-Type", m.MIMEType)
		w.Header().Set("Content-Disposition", "inline;filename="+strconv.Quote(m.Filename))
		http.ServeContent(pacedWriter{w, &m.served, rate}, r, "", time.Time{}, bytes.NewReader(m.Data))
	}
}
