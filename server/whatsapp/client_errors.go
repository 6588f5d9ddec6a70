package whatsapp

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// APIError is a definite refusal: Meta answered and nothing was sent. For a call that can be repeated it may also be the
// answer of a proxy or gateway in front of Meta.
type APIError struct {
	HTTPStatus int
	// Code is Meta's error code. If Code, Type and Message are all empty, the answer was not Meta's JSON.
	Code    int
	Subcode int
	Type    string
	// Message and Details are Meta's own text, for an administrator; it may be in any language.
	Message   string
	Details   string
	Title     string // Meta's title and text for the person at the screen; both may be ""
	UserText  string
	FBTraceID string
	// RetryAfter is how long Meta asks to wait, 0 where it does not say.
	RetryAfter time.Duration
	// Transient is Meta's is_transient.
	Transient bool
}

// ForPeople is what Meta says to the person at the screen, else its message for developers. It may quote what was sent.
func (e *APIError) ForPeople() string {
	switch {
	case e.Title != "" && e.UserText != "":
		return e.Title + ": " + e.UserText
	case e.UserText != "":
		return e.UserText
	case e.Details != "":
		return e.Details
	default:
		return e.Message
	}
}

// Error contains the codes only, because Meta's text may quote what was sent.
func (e *APIError) Error() string {
	if !e.fromMeta() {
		return fmt.Sprintf("whatsapp: answer without a Meta error (http %d)", e.HTTPStatus)
	}
	return fmt.Sprintf("whatsapp: Meta error %d (subcode %d, http %d, trace %s)", e.Code, e.Subcode, e.HTTPStatus, e.FBTraceID)
}

func (e *APIError) fromMeta() bool { return e.Code != 0 || e.Type != "" || e.Message != "" }

// TransportError says that no usable answer was received.
type TransportError struct {
	// Left says that the request may have left this machine, so that Meta may have acted on it.
	Left bool
	// Repeatable says that repeating the call sends no message twice; that holds for all calls but Send.
	Repeatable bool
	// HTTPStatus is that of the unusable answer, 0 if there was none.
	HTTPStatus int
	Err        error
}

// Error never contains the address, because that of a token check holds the token.
func (e *TransportError) Error() string {
	place := "before the request left"
	if e.Left {
		place = "after the request left"
	}
	if e.HTTPStatus != 0 {
		place += ", http " + strconv.Itoa(e.HTTPStatus)
	}
	return "whatsapp: " + place + ": " + e.Err.Error()
}

// Unwrap returns the cause, such as context.DeadlineExceeded.
func (e *TransportError) Unwrap() error { return e.Err }

// RequestError says that the arguments cannot be made into a request; nothing was sent.
type RequestError struct{ Err error }

func (e *RequestError) Error() string { return "whatsapp: bad request: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *RequestError) Unwrap() error { return e.Err }

// readAPIError finds Meta's error in a body, whatever the HTTP status. A proxy may answer with an error object of its own
// whose code is an HTTP status, so only an error with a type, a trace or a code beyond the statuses is taken for Meta's.
func readAPIError(status int, header http.Header, body []byte, now time.Time) (*APIError, bool) {
	found := readNode(body).at("error")
	metas := found.str("type") != "" || found.str("fbtrace_id") != "" || found.int("code") > 999
	if found.at("code").value == nil || !metas {
		return nil, false
	}
	return &APIError{
		HTTPStatus: status,
		Code:       found.int("code"),
		Subcode:    found.int("error_subcode"),
		Type:       found.str("type"),
		Message:    firstOf(found.str("message"), found.str("error_user_title")),
		Details:    firstOf(found.str("error_data", "details"), found.str("error_user_msg")),
		Title:      found.str("error_user_title"),
		UserText:   found.str("error_user_msg"),
		FBTraceID:  found.str("fbtrace_id"),
		RetryAfter: retryAfter(header, now),
		Transient:  found.bool("is_transient"),
	}, true
}

// retryAfter is how long to wait by the header Retry-After (seconds or a date), else by the minutes in Meta's usage
// header; 0 where neither says.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return min(time.Duration(min(seconds, 7*24*3600))*time.Second, maxRetryAfter)
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return min(at.Sub(now), maxRetryAfter)
	}
	usage := readNode([]byte(header.Get("X-Business-Use-Case-Usage")))
	accounts, _ := usage.value.(map[string]any)
	var minutes float64
	for account := range accounts {
		for _, use := range usage.at(account).list() {
			minutes = max(minutes, use.float("estimated_time_to_regain_access"))
		}
	}
	return min(time.Duration(min(minutes, 24*60)*float64(time.Minute)), maxRetryAfter)
}

// maxRetryAfter is the longest wait that a header can ask for.
const maxRetryAfter = 24 * time.Hour
