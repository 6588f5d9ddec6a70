package whatsapp

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/pkg/errors"
)

const (
	templateFields = "id,name,language,status,category,parameter_format,components,quality_score,rejected_reason"
	templatePage   = "100"
	maxPages       = 1000
)

// Templates reads all templates of the account, in every status, page by page, and gives each to yield; an error of
// yield ends it. Only a nil error means that all were seen: nothing may be taken for deleted otherwise.
func (c *Client) Templates(ctx context.Context, cred Credentials, yield func(Template) error) error {
	if cred.WABAID == "" {
		return &RequestError{Err: errors.New("no WABA id")}
	}
	unread := 0
	seen := map[string]bool{}
	for after := ""; ; {
		query := url.Values{"fields": {templateFields}, "limit": {templatePage}}
		if after != "" {
			query.Set("after", after)
		}
		k := get(c.endpoint(query, cred.WABAID, "message_templates"))
		k.limit = maxTemplatePage
		answer, err := c.do(ctx, cred, k)
		if err != nil {
			return err
		}
		for _, n := range answer.at("data").list() {
			var template Template
			if err := json.Unmarshal(n.raw(), &template); err != nil {
				unread++
				continue
			}
			if err := yield(template); err != nil {
				return err
			}
		}
		after = nextCursor(answer.at("paging"))
		if after == "" {
			break
		}
		if seen[after] || len(seen) >= maxPages {
			return &TransportError{Left: true, Harmless: true, Err: errors.New("list of templates does not end")}
		}
		seen[after] = true
	}
	if unread > 0 {
		return errors.Errorf("%d templates could not be read", unread)
	}
	return nil
}

// nextCursor is where the next page begins, "" after the last. Of Meta's next address only the cursor is used.
func nextCursor(paging node) string {
	next := paging.str("next")
	if next == "" {
		return ""
	}
	if after := paging.str("cursors", "after"); after != "" {
		return after
	}
	address, err := url.Parse(next)
	if err != nil {
		return ""
	}
	return address.Query().Get("after")
}
