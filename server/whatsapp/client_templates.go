package whatsapp

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

const (
	templateFields = "id,name,language,status,category,parameter_format,components,quality_score,rejected_reason,source,correct_category,message_send_ttl_seconds"
	templatePage   = "100"
	maxPages       = 1000
)

// Templates reads all templates of the account, in every status, page by page, and calls yield with each; an error of
// yield ends it. Only a nil error means that all templates were seen, so that a missing one may be taken for deleted.
func (c *Client) Templates(ctx context.Context, cred Credentials, yield func(Template) error) error {
	if cred.WABAID == "" {
		return &RequestError{Err: errors.New("no WABA id")}
	}
	unread, fields := 0, templateFields
	seen := map[string]bool{}
	for after := ""; ; {
		query := url.Values{"fields": {fields}, "limit": {templatePage}}
		if after != "" {
			query.Set("after", after)
		}
		call := get(c.endpoint(query, cred.WABAID, "message_templates"))
		call.limit = maxTemplatePage
		answer, err := c.do(ctx, cred, call)
		if fewer := without(fields, unknownField(err)); fewer != fields {
			fields = fewer
			continue
		} else if err != nil {
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
			return &TransportError{Left: true, Repeatable: true, Err: errors.New("list of templates does not end")}
		}
		seen[after] = true
	}
	if unread > 0 {
		return errors.Errorf("%d templates could not be read", unread)
	}
	return nil
}

// nonexistingField is how Meta names a field that the version of the Graph API does not know.
var nonexistingField = regexp.MustCompile(`nonexisting field \((\w+)\)`)

// unknownField returns the field for which Meta refused a call, because it does not exist; "" = it was refused for
// something else, or not at all.
func unknownField(err error) string {
	var refused *APIError
	if errors.As(err, &refused) && refused.Code == 100 {
		if found := nonexistingField.FindStringSubmatch(refused.Message); found != nil {
			return found[1]
		}
	}
	return ""
}

// without takes a field out of a list of fields.
func without(fields, field string) string {
	kept := slices.DeleteFunc(strings.Split(fields, ","), func(one string) bool { return one == field })
	return strings.Join(kept, ",")
}

// nextCursor is the cursor of the next page, "" after the last. Meta also gives the whole address of the next page; only
// the cursor in it is used, because the token must not be sent to an address that an answer names.
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
