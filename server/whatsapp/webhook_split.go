package whatsapp

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/pkg/errors"
)

// Limits of what one body may hold. Meta sends up to a thousand changes at once. A body beyond the limits is refused as a
// whole, so that what it costs is bounded by its size.
const (
	maxItems   = 20_000
	maxValues  = 500_000 // objects, lists and what they hold
	maxInvalid = 10      // invalid items of one part
)

// Split takes a webhook body apart into one Item for every message, status, error and other change, over all entries, in
// the order of the body. A part that cannot be understood becomes a KindInvalid and does not affect the parts beside it.
// An error means that the body is no webhook at all, or beyond the limits.
func Split(body []byte) ([]Item, error) {
	body = bytes.ToValidUTF8(body, []byte("\uFFFD")) // PostgreSQL refuses anything else
	if !json.Valid(body) {
		return nil, errors.New("webhook body is not JSON")
	}
	if countValues(body) > maxValues {
		return nil, errors.New("webhook body holds too many values")
	}
	envelope, err := members(body)
	if err != nil {
		return nil, errors.New("webhook body is not an object")
	}
	items := itemList{whole: body}
	found := false
	for _, part := range envelope {
		if part.name != "entry" {
			continue
		}
		entries, ok := elements(part.raw)
		if !ok {
			return nil, errors.New("webhook body has no list of entries")
		}
		found = true
		for _, entry := range entries {
			items.add(splitEntry(entry)...)
			if len(items.items) > maxItems {
				return nil, errors.New("webhook body holds too many items")
			}
		}
	}
	if !found {
		return nil, errors.New("webhook body has no list of entries")
	}
	return items.items, nil
}

// countValues estimates how many values a body holds, without reading them.
func countValues(body []byte) (n int) {
	for at := 0; at < len(body); at++ {
		switch body[at] {
		case '"':
			s := scanner{raw: body, at: at}
			s.skipString()
			at = s.at - 1
		case ',', '[', '{':
			n++
		}
	}
	return n
}

func splitEntry(raw json.RawMessage) []Item {
	var base Item
	parts, err := members(raw)
	if err != nil {
		return []Item{invalidItem(base, raw, "entry is not an object")}
	}
	var changes []json.RawMessage
	found := false
	for _, part := range parts {
		switch part.name {
		case "id":
			base.WABAID = boundedID(validNode(part.raw).str())
		case "time":
			base.Timestamp = validNode(part.raw).millis()
		case "field": // one level too high, as in one of Meta's own examples
			base.Field = boundedID(validNode(part.raw).str())
		case "changes":
			list, ok := elements(part.raw)
			changes, found = append(changes, list...), found || ok
		}
	}
	if !found {
		return []Item{invalidItem(base, raw, "entry has no list of changes")}
	}
	items := itemList{base: base, whole: raw}
	for _, change := range changes {
		if items.add(splitChange(base, change)...); len(items.items) > maxItems {
			break // too many already
		}
	}
	return items.items
}

func splitChange(base Item, raw json.RawMessage) []Item {
	parts, err := members(raw)
	if err != nil {
		return []Item{invalidItem(base, raw, "change is not an object")}
	}
	var value json.RawMessage
	for _, part := range parts {
		switch part.name {
		case "field":
			if field := boundedID(validNode(part.raw).str()); field != "" {
				base.Field = field
			}
		case "value":
			value = part.raw
		}
	}
	if value == nil {
		return []Item{invalidItem(base, raw, "change has no value")}
	}
	lists, err := members(value)
	if err != nil {
		return []Item{invalidItem(base, raw, "value is not an object")}
	}
	whole := validNode(value)
	// Each item repeats all of this, so none of it may be long.
	base.PhoneNumberID = boundedID(whole.str("metadata", "phone_number_id"))
	base.DisplayPhone = boundedID(whole.str("metadata", "display_phone_number"))
	if base.DisplayPhone == "" {
		base.DisplayPhone = boundedID(whole.firstStr("display_phone_number", "phone_number"))
	}
	if base.Field == "" {
		base.Field = boundedID(whole.str("field")) // one level too low, as in another of Meta's examples
	}
	if base.Field == "" && (whole.at("messages").value != nil || whole.at("statuses").value != nil) {
		base.Field = "messages"
	}
	return splitValue(base, value, whole, lists)
}

// splitValue makes the items of one change: one for each element of the known lists in it, else one for the whole value.
func splitValue(base Item, value json.RawMessage, whole node, lists []member) []Item {
	people := indexContacts(whole)
	items := itemList{base: base, whole: value}
	for _, part := range lists {
		kind, known := listKind(base.Field, part.name)
		if !known || isNull(part.raw) {
			continue
		}
		list, ok := elements(part.raw)
		if !ok {
			items.add(invalidItem(base, value, part.name+" is not a list"))
			continue
		}
		for _, element := range list {
			if items.add(newItem(base, kind, element, people)); len(items.items) > maxItems {
				return items.items // too many already
			}
		}
	}
	if len(items.items) > 0 {
		return items.items
	}
	base.Kind = fieldKind(base.Field)
	base.Data = value
	base.Key = contentKey(base)
	return []Item{base}
}

// itemList collects the items of one part of a body. It keeps the first few invalid items. If there are more, or the part
// itself is invalid, one item holds the whole part and no further invalid ones are made: a hostile body must not become
// thousands of them.
type itemList struct {
	base         Item
	whole        json.RawMessage
	items        []Item
	invalidCount int // how many of the items are invalid
}

func (l *itemList) add(items ...Item) {
	for _, item := range items {
		if item.Kind == KindInvalid && item.Key == "" { // made for this part, and not counted yet
			if len(item.Data) == len(l.whole) {
				l.invalidCount = max(l.invalidCount, maxInvalid)
			}
			if l.invalidCount++; l.invalidCount > maxInvalid+1 {
				continue
			} else if l.invalidCount == maxInvalid+1 && len(item.Data) != len(l.whole) {
				item = invalidItem(l.base, l.whole, "more parts than are told apart cannot be understood")
			}
			item.Key = contentKey(item)
		}
		l.items = append(l.items, item)
	}
}

// listKind says whether a list in a value is taken apart, and the kind of its elements.
func listKind(field, list string) (Kind, bool) {
	switch field {
	case "history", "smb_app_state_sync":
		return "", false // old conversations and address books: one item each
	case "standby":
		return KindOther, list == "messages" || list == "statuses" // another app has the thread
	case "calls":
		return KindCall, list == "calls" || list == "statuses" || list == "errors"
	}
	switch list {
	case "messages":
		return KindMessage, true
	case "statuses":
		return KindStatus, true
	case "errors":
		return KindError, true
	case "message_echoes":
		return KindEcho, true
	case "calls":
		return KindCall, true
	case "user_preferences":
		return KindPreference, true
	}
	return "", false
}

// fieldKind is the kind of a change that becomes one item.
func fieldKind(field string) Kind {
	for prefix, kind := range map[string]Kind{
		"message_template_": KindTemplate, "template_": KindTemplate,
		"account_": KindAccount, "phone_number_": KindAccount, "business_": KindAccount, "partner_": KindAccount,
		"payment_": KindAccount, "security": KindAccount,
	} {
		if strings.HasPrefix(field, prefix) {
			return kind
		}
	}
	return KindOther
}

func isNull(raw json.RawMessage) bool { return bytes.Equal(bytes.TrimSpace(raw), []byte("null")) }
