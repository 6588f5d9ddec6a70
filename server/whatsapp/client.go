package whatsapp

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
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
	// HTTP is the client whose transport is used; nil means a transport of the Client's own. Its CheckRedirect and Timeout
	// are ignored: redirects are never followed, and a call lasts as long as its context allows, but no longer than a
	// minute and the time for its body.
	HTTP *http.Client
	// Now is the clock, needed for Retry-After dates. Nil means time.Now.
	Now func() time.Time
	// Observe, when set, is called with every answer of Meta: usage, version, warnings. It must not block.
	Observe func(ResponseInfo)
}

// Client calls the Cloud API. It holds no credentials and is safe for concurrent use.
type Client struct {
	base    string
	version string
	http    *http.Client
	now     func() time.Time
	observe func(ResponseInfo)
	timeout time.Duration // of a call, besides the time for its body
	traced  bool          // the transport reports to httptrace, so where it reports nothing, nothing was sent
}

// NewClient makes a client. A BaseURL that cannot be used is reported by the first call.
func NewClient(options Options) *Client {
	c := &Client{
		base:    strings.TrimRight(options.BaseURL, "/"),
		version: strings.Trim(options.Version, "/"),
		now:     options.Now,
		observe: options.Observe,
		timeout: callTimeout,
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
	// A redirect would carry the token to a host that we did not choose.
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

// Credentials name the business number to act for and the token to act with. Printing them never shows the token.
type Credentials struct {
	// PhoneNumberID is Meta's id of the business phone number (not the number itself).
	PhoneNumberID string
	// WABAID is the id of the WhatsApp Business Account that owns the number and its templates.
	WABAID string
	// Token is the access token. It goes into the Authorization header and nowhere else.
	Token string `json:"-"`
}

// String names the number and the account, never the token.
func (c Credentials) String() string {
	return fmt.Sprintf("whatsapp.Credentials{PhoneNumberID:%q, WABAID:%q}", c.PhoneNumberID, c.WABAID)
}

// GoString is String, because the verb %#v must not show the token either.
func (c Credentials) GoString() string { return c.String() }

// Format prints String for every verb of package fmt, so that none shows the token.
func (c Credentials) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.String()) }

// LogValue keeps the token out of structured logs.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// ResponseInfo is what the headers of an answer tell about Meta's limits and versions.
type ResponseInfo struct {
	HTTPStatus int
	// Version is the Graph version that answered. Meta answers a call with an expired version by a newer one, silently.
	Version string
	// Warning is Meta's notice of such an upgrade; normally "".
	Warning string
	// Usage is Meta's x-business-use-case-usage, by account; nil if absent.
	Usage json.RawMessage
	// RequestID is Meta's x-fb-request-id; Meta's support asks for it.
	RequestID string
	// Date is the time of the answer by Meta's clock, to the second; zero where the header is missing.
	Date time.Time
}

func (c *Client) observeAnswer(response *http.Response) {
	if c.observe == nil {
		return
	}
	info := ResponseInfo{
		HTTPStatus: response.StatusCode,
		Version:    response.Header.Get("Facebook-Api-Version"),
		Warning:    response.Header.Get("X-Ad-Api-Version-Warning"),
		RequestID:  response.Header.Get("X-Fb-Request-Id"),
	}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		info.Date = date
	}
	if usage := response.Header.Get("X-Business-Use-Case-Usage"); json.Valid([]byte(usage)) {
		info.Usage = json.RawMessage(usage)
	}
	c.observe(info)
}
