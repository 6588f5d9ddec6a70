package whatsapp

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pkg/errors"
)

// Limits of what is read of an answer, in bytes.
const (
	maxAnswer       = 1 << 20
	maxTemplatePage = 16 << 20
)

const (
	// callPatience is how long a call may take whose context has no end before, besides the time for its body.
	callPatience = time.Minute
	// slowest is the transfer, in bytes a second, that a body is given time for.
	slowest = 32 << 10
)

// call is one request to the Graph API.
type call struct {
	method      string
	url         string
	contentType string
	body        io.Reader
	length      int64 // of the body
	limit       int64 // of the answer, 0 means maxAnswer
	harmless    bool  // repeating it sends nothing twice
}

// get is a harmless call without a body.
func get(address string) call {
	return call{method: http.MethodGet, url: address, harmless: true}
}

// post is a call with a JSON body.
func post(address string, body []byte) call {
	return call{
		method: http.MethodPost, url: address, contentType: "application/json", body: bytes.NewReader(body), length: int64(len(body)),
	}
}

// do makes the call and reads the answer as JSON into a node. Its errors are *APIError, *TransportError, *RequestError.
func (c *Client) do(ctx context.Context, cred Credentials, k call) (node, error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience+time.Duration(k.length/slowest)*time.Second)
	defer cancel()
	response, err := c.open(ctx, cred, k)
	if err != nil {
		return node{}, err
	}
	defer closeBody(response)
	limit := k.limit
	if limit == 0 {
		limit = maxAnswer
	}
	body, readErr := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if readErr == nil && int64(len(body)) > limit {
		readErr = errors.New("answer too long")
	}
	if readErr == nil {
		if refusal, ok := readAPIError(response.StatusCode, response.Header, body, c.now()); ok {
			return node{}, refusal
		}
	}
	if err := c.judge(response, k); err != nil {
		return node{}, err
	}
	unusable := func(err error) error {
		return &TransportError{Left: true, Harmless: k.harmless, HTTPStatus: response.StatusCode, Err: bare(err)}
	}
	if readErr != nil {
		return node{}, unusable(readErr)
	}
	if !json.Valid(body) {
		return node{}, unusable(errors.New("answer is not JSON"))
	}
	answer, err := parseNode(body)
	if err != nil {
		return node{}, unusable(err)
	}
	if !answer.isObject() {
		return node{}, unusable(errors.New("answer is not an object"))
	}
	return answer, nil
}

// judge decides on the status alone, when the body held no error of Meta's. Who
// stands between us and Meta wrote such an answer, be it a page, a redirect or
// nothing: it tells nothing of what Meta did with a call that can do harm.
func (c *Client) judge(response *http.Response, k call) error {
	status := response.StatusCode
	switch {
	case status >= 200 && status < 300:
		return nil
	case !k.harmless:
		return &TransportError{Left: true, HTTPStatus: status, Err: errors.New("answer is not Meta's")}
	case status == http.StatusGatewayTimeout:
		return &TransportError{Left: true, Harmless: true, HTTPStatus: status, Err: errors.New("gateway time-out")}
	}
	return &APIError{HTTPStatus: status, RetryAfter: retryAfter(response.Header, c.now())}
}

// open sends the request and returns the answer with its body unread.
func (c *Client) open(ctx context.Context, cred Credentials, k call) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, &TransportError{Harmless: k.harmless, Err: err}
	}
	var left, seen atomic.Bool
	trace := &httptrace.ClientTrace{
		// The transport repeats a POST only where nothing of it was written, so a new look for a connection starts over.
		GetConn: func(string) { seen.Store(true); left.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { left.Store(true) },
	}
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), k.method, k.url, k.body)
	if err != nil {
		return nil, &RequestError{Err: errors.New("address cannot be used")}
	}
	if request.URL.Host == "" || (request.URL.Scheme != "https" && request.URL.Scheme != "http") {
		return nil, &RequestError{Err: errors.New("address needs http or https and a host")}
	}
	if k.body != nil {
		request.ContentLength = k.length
		request.Header.Set("Content-Type", k.contentType)
	}
	if cred.Token == "" {
		return nil, &RequestError{Err: errors.New("no access token")}
	}
	if strings.ContainsFunc(cred.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, &RequestError{Err: errors.New("token holds characters that cannot be sent")}
	}
	request.Header.Set("Authorization", "Bearer "+cred.Token)
	response, err := c.http.Do(request)
	if err != nil {
		mayHaveLeft := left.Load() || (!seen.Load() && !c.traced)
		return nil, &TransportError{Left: mayHaveLeft, Harmless: k.harmless, Err: bare(err)}
	}
	c.report(response)
	return response, nil
}

// bare takes the address off an error: it may hold a token.
func bare(err error) error {
	var withURL *url.Error
	if errors.As(err, &withURL) {
		return withURL.Err
	}
	return err
}

// closeBody reads a little of what is left, so that the connection can be used again.
func closeBody(response *http.Response) {
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10)
	_ = response.Body.Close()
}
