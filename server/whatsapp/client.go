// Package whatsapp is a client for Meta's WhatsApp Business Cloud API: sending, media, templates, the meaning of
// its errors, and the parsing of its webhooks. It knows nothing of Mattermost and can be used without it.
package whatsapp

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultBaseURL is Meta's Graph API.
const DefaultBaseURL = "https://graph.facebook.com"

// DefaultVersion is the Graph version used when none is set. It is always sent: without one Meta picks for us.
const DefaultVersion = "v25.0"

// Options configures a Client. The zero value talks to Meta itself.
type Options struct {
	// BaseURL is scheme, host and port of the Graph API, without a path. Empty means DefaultBaseURL.
	BaseURL string
	// Version is the Graph version, such as "v25.0". Empty means DefaultVersion.
	Version string
	// HTTP is the client whose transport is used. Its CheckRedirect and Timeout are not: redirects are never
	// followed, and a call lasts as long as its context allows, a minute and the time for its body at the most. Nil means a transport of its own.
	HTTP *http.Client
	// Now is the clock, needed for Retry-After dates. Nil means time.Now.
	Now func() time.Time
	// Observe, when set, is told of every answer of Meta: usage, version, warnings. It must not block.
	Observe func(ResponseInfo)
}

// Client calls the Cloud API. It holds no credentials and is safe for concurrent use.
type Client struct {
	base     string
	version  string
	http     *http.Client
	now      func() time.Time
	observe  func(ResponseInfo)
	patience time.Duration // with a call, besides its body
	traced   bool          // the transport reports to httptrace, so silence there means that nothing was sent
}

// NewClient makes a client. A BaseURL that cannot be used is reported by the first call.
func NewClient(options Options) *Client {
	c := &Client{
		base:     strings.TrimRight(options.BaseURL, "/"),
		version:  strings.Trim(options.Version, "/"),
		now:      options.Now,
		observe:  options.Observe,
		patience: callPatience,
	}
	if c.base == "" {
		c.base = DefaultBaseURL
	}
	if c.version == "" {
		c.version = DefaultVersion
	}
	if c.now == nil {
		c.now = time.Now
	}
	var transport http.RoundTripper
	if options.HTTP != nil {
		transport = options.HTTP.Transport
	}
	if transport == nil {
		transport = ownTransport()
	}
	_, c.traced = transport.(*http.Transport)
	// The token must not follow a redirect to a place we did not choose.
	c.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	return c
}

// ownTransport is Go's default one with room for many sends at once to the same host.
func ownTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	transport := standard.Clone()
	transport.MaxIdleConnsPerHost = 64
	return transport
}

// endpoint builds the address of a Graph node; each part is one escaped path segment.
func (c *Client) endpoint(query url.Values, parts ...string) string {
	var b strings.Builder
	b.WriteString(c.base)
	b.WriteString("/")
	b.WriteString(url.PathEscape(c.version))
	for _, part := range parts {
		b.WriteString("/")
		b.WriteString(url.PathEscape(part))
	}
	if len(query) > 0 {
		b.WriteString("?")
		b.WriteString(query.Encode())
	}
	return b.String()
}
