package cloudapi

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const (
	newestVersion = 26 // v26.0, 2026-07-29
	oldestVersion = 21 // older ones are upgraded, not refused
	maxBody       = 3 << 20
	maxUpload     = 101 << 20
	mediaPath     = "/whatsapp_business/attachments/"
)

// call is one Graph request, split into its parts.
type call struct {
	method, path string
	objectID     string
	edge         string // messages, media, message_templates, ...; "" for the object itself
	query        url.Values
	body         []byte
	contentType  string
	offset       string // where an upload goes on
	oauth        bool   // the token came under the word that uploads need
	host         string
	token        *Token
	version      string // the one answered with
	warning      string
	entry        *Request
}

// reply is the response to a call. after runs with the lock held once the response was written; it does what follows from an acceptance.
type reply struct {
	status int
	body   []byte
	wabaID string
	trace  string
	err    *apiError
	after  func()
}

// ServeHTTP serves Graph calls, media downloads and the /simulator/ control endpoints.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, controlPath):
		s.serveControl(w, r)
	case strings.HasPrefix(r.URL.Path, mediaPath):
		s.serveDownload(w, r)
	default:
		s.serveGraph(w, r)
	}
}

func (s *Server) serveGraph(w http.ResponseWriter, r *http.Request) {
	c, err := readCall(w, r)
	s.mu.Lock()
	if s.options.BaseURL == "" && s.baseURL == "" {
		s.baseURL = baseOf(r)
	}
	c.entry = s.logRequest(c)
	fault := s.nextFault(c)
	s.mu.Unlock()
	if err != nil {
		s.finish(w, r, c, s.refuse(newError(100).message("(#100) Request body could not be read.")), Fault{})
		return
	}
	if s.faultBefore(w, r, c, fault) {
		return
	}
	s.mu.Lock()
	out := s.answer(c)
	if fault.happensAfter() && out.after != nil {
		out.after() // the call was accepted, whatever happens to the response
		out.after = nil
	}
	if out.after != nil {
		s.answering++
	}
	s.mu.Unlock()
	s.finish(w, r, c, out, fault)
}

// readCall reads the request, before anything else is done with it.
func readCall(w http.ResponseWriter, r *http.Request) (*call, error) {
	c := &call{method: r.Method, path: r.URL.Path, query: r.URL.Query(), contentType: r.Header.Get("Content-Type"), host: r.Host}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) > 0 && isVersion(parts[0]) {
		c.version = parts[0]
		parts = parts[1:]
	}
	if len(parts) > 0 {
		c.objectID = parts[0]
	}
	c.edge = strings.Join(parts[min(1, len(parts)):], "/")
	limit := int64(maxBody)
	if c.edge == "media" || strings.HasPrefix(c.objectID, uploadPrefix) {
		limit = maxUpload
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	c.body = body
	c.offset = r.Header.Get("File_offset")
	for _, scheme := range []string{"Bearer ", "OAuth "} {
		if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), scheme); ok {
			c.query.Set("access_token", strings.TrimSpace(token))
			c.oauth = scheme == "OAuth "
		}
	}
	return c, err
}

func isVersion(part string) bool {
	var major, minor int
	n, err := fmt.Sscanf(part, "v%d.%d", &major, &minor)
	return err == nil && n == 2 && part == fmt.Sprintf("v%d.%d", major, minor)
}

// answer carries out the call.
func (s *Server) answer(c *call) reply {
	if err := c.chooseVersion(); err != nil {
		return s.refuse(err)
	}
	if err := s.authenticate(c); err != nil {
		return s.refuse(err)
	}
	out := s.dispatch(c)
	if out.trace == "" {
		out.trace = s.trace()
	}
	return out
}

func (c *call) chooseVersion() *apiError {
	if c.version == "" {
		c.version = fmt.Sprintf("v%d.0", newestVersion)
		return nil
	}
	var major, minor int
	_, _ = fmt.Sscanf(c.version, "v%d.%d", &major, &minor)
	if major > newestVersion || major < 1 || (minor != 0 && major > 3) {
		asked := c.version
		c.version = fmt.Sprintf("v%d.0", newestVersion)
		e := newError(2500).message(fmt.Sprintf("Unknown path components: /%s", asked))
		return e
	}
	if major < oldestVersion {
		upgraded := fmt.Sprintf("v%d.0", oldestVersion)
		c.warning = fmt.Sprintf("The call has been auto-upgraded to %s as %s has been deprecated.", upgraded, c.version)
		c.version = upgraded
	}
	return nil
}

func (s *Server) authenticate(c *call) *apiError {
	value := c.query.Get("access_token")
	if value == "" {
		return newError(190).message("An access token is required to request this resource.")
	}
	t := s.tokens[value]
	switch {
	case t == nil:
		return newError(190).message("Invalid OAuth access token - Cannot parse access token")
	case t.Revoked:
		return newError(190).message("Error validating access token: The token has been revoked.")
	case !t.ExpiresAt.IsZero() && !s.now().Before(t.ExpiresAt):
		return newError(190).sub(463).message("Error validating access token: Session has expired.")
	}
	c.token = t
	return nil
}

// finish logs the outcome, writes the response and starts what follows from it.
func (s *Server) finish(w http.ResponseWriter, r *http.Request, c *call, out reply, fault Fault) {
	s.mu.Lock()
	c.entry.Status = out.status
	c.entry.Outcome = OutcomeAccepted
	if out.err != nil {
		c.entry.Outcome, c.entry.ErrorCode = OutcomeRefused, out.err.code
	}
	if fault.Kind != "" {
		c.entry.Fault = fault.Kind
	}
	s.bump()
	s.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("facebook-api-version", c.version)
	h.Set("x-fb-request-id", out.trace)
	h.Set("x-fb-trace-id", out.trace[:min(11, len(out.trace))])
	if c.warning != "" {
		h.Set("x-ad-api-version-warning", c.warning)
	}
	if out.wabaID != "" {
		h.Set("x-business-use-case-usage", fmt.Sprintf(`{"%s":[{"type":"whatsapp","call_count":1,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":0}]}`, out.wabaID))
	}
	s.write(w, r, out, fault)
	if out.after != nil {
		s.mu.Lock()
		s.answering--
		out.after()
		s.bump()
		s.mu.Unlock()
	}
}

func baseOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
