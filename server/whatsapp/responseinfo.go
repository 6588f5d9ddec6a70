package whatsapp

import (
	"encoding/json"
	"net/http"
	"time"
)

// ResponseInfo is what Meta tells about its limits and versions beside an answer.
type ResponseInfo struct {
	HTTPStatus int
	// Version is the Graph version that answered; an expired one is upgraded in silence.
	Version string
	// Warning is Meta's word about such an upgrade, "" normally.
	Warning string
	// Usage is Meta's x-business-use-case-usage, by account; nil if absent.
	Usage json.RawMessage
	// RequestID is Meta's x-fb-request-id, for its support.
	RequestID string
	// Date is when Meta answered, by its clock, to a second; zero where it does not say.
	Date time.Time
}

func (c *Client) report(response *http.Response) {
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
