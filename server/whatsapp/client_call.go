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
	// callTimeout bounds a call whose context has no earlier deadline; the time for its body is added.
	callTimeout = time.Minute
	// slowestTransfer is the rate, in bytes a second, from which the time for a body is calculated.
	slowestTransfer = 32 << 10
)

// apiCall is one request to the Graph API.
type apiCall struct {
	method      string
	url         string
	contentType string
	body        io.Reader
	length      int64 // of the body
	limit       int64 // of the answer, 0 means maxAnswer
	repeatable  bool  // repeating it sends no message twice
	// resumes says that the body continues an upload from its first byte; Meta wants the token under another word there.
	resumes bool
}

// get is a repeatable call without a body.
func get(address string) apiCall {
	return apiCall{method: http.MethodGet, url: address, repeatable: true}
}

// post is a call with a JSON body.
func post(address string, body []byte) apiCall {
	return apiCall{
		method: http.MethodPost, url: address, contentType: "application/json", body: bytes.NewReader(body), length: int64(len(body)),
	}
}

// do makes the call and returns the JSON of the answer. Its errors are *APIError, *TransportError and *RequestError.
func (c *Client) do(ctx context.Context, cred Credentials, call apiCall) (node, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout+time.Duration(call.length/slowestTransfer)*time.Second)
	defer cancel()
	response, err := c.open(ctx, cred, call)
	if err != nil {
		return node{}, err
	}
	defer closeBody(response)
	limit := call.limit
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
	if err := c.checkStatus(response, call); err != nil {
		return node{}, err
	}
	unusable := func(err error) error {
		return &TransportError{Left: true, Repeatable: call.repeatable, HTTPStatus: response.StatusCode, Err: withoutURL(err)}
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

// checkStatus decides by the HTTP status alone, for an answer whose body holds no error of Meta's. An answer with an
// error status and no such body comes from something between us and Meta, whether it is a page, a redirect or empty. It
// does not say what Meta did with the call, so the outcome of a call that must not be repeated is unknown.
func (c *Client) checkStatus(response *http.Response, call apiCall) error {
	status := response.StatusCode
	switch {
	case status >= 200 && status < 300:
		return nil
	case !call.repeatable:
		return &TransportError{Left: true, HTTPStatus: status, Err: errors.New("answer is not Meta's")}
	case status == http.StatusGatewayTimeout:
		return &TransportError{Left: true, Repeatable: true, HTTPStatus: status, Err: errors.New("gateway time-out")}
	}
	return &APIError{HTTPStatus: status, RetryAfter: retryAfter(response.Header, c.now())}
}

// open sends the request and returns the answer with its body unread.
func (c *Client) open(ctx context.Context, cred Credentials, call apiCall) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, &TransportError{Repeatable: call.repeatable, Err: err}
	}
	var left, seen atomic.Bool
	trace := &httptrace.ClientTrace{
		// The transport repeats a POST only if nothing of it was written, so each search for a connection starts over.
		GetConn: func(string) { seen.Store(true); left.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { left.Store(true) },
	}
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), call.method, call.url, call.body)
	if err != nil {
		return nil, &RequestError{Err: errors.New("address cannot be used")}
	}
	if request.URL.Host == "" || (request.URL.Scheme != "https" && request.URL.Scheme != "http") {
		return nil, &RequestError{Err: errors.New("address needs http or https and a host")}
	}
	if call.body != nil {
		request.ContentLength = call.length
		request.Header.Set("Content-Type", call.contentType)
	}
	if cred.Token == "" {
		return nil, &RequestError{Err: errors.New("no access token")}
	}
	if strings.ContainsFunc(cred.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, &RequestError{Err: errors.New("token holds characters that cannot be sent")}
	}
	request.Header.Set("Authorization", "Bearer "+cred.Token)
	if call.resumes {
		request.Header.Set("Authorization", "OAuth "+cred.Token)
		request.Header.Set("File_offset", "0")
	}
	response, err := c.http.Do(request)
	if err != nil {
		mayHaveLeft := left.Load() || (!seen.Load() && !c.traced)
		return nil, &TransportError{Left: mayHaveLeft, Repeatable: call.repeatable, Err: withoutURL(err)}
	}
	c.observeAnswer(response)
	return response, nil
}

// withoutURL removes the address from an error, because it may hold a token.
func withoutURL(err error) error {
	var withURL *url.Error
	if errors.As(err, &withURL) {
		return withURL.Err
	}
	return err
}

// closeBody reads the rest of a short body before it closes it: only then can the connection be used again.
func closeBody(response *http.Response) {
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10)
	_ = response.Body.Close()
}
