package whatsapp

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// node is a JSON value of any shape. Meta's payloads vary (numbers for strings, missing parts, new types), so they are
// read through a node: a part that is missing or has another type than expected is read as a zero value, never an error.
type node struct{ value any }

// parseNode reads one JSON value; numbers stay as they are written.
func parseNode(raw []byte) (node, error) {
	if !json.Valid(raw) {
		return node{}, errors.New("not JSON")
	}
	return validNode(raw), nil
}

// validNode is parseNode for what is known to be valid JSON.
func validNode(raw []byte) node { return node{(&scanner{raw: raw}).value()} }

// readNode is parseNode for callers to whom a broken value is the same as none.
func readNode(raw []byte) node {
	n, err := parseNode(raw)
	if err != nil {
		return node{}
	}
	return n
}

// at is the member at the end of a path of names; a node without a value where there is none.
func (n node) at(keys ...string) node {
	for _, key := range keys {
		object, ok := n.value.(map[string]any)
		if !ok {
			return node{}
		}
		n = node{object[key]}
	}
	return n
}

func (n node) isObject() bool {
	_, ok := n.value.(map[string]any)
	return ok
}

func (n node) list() []node {
	values, _ := n.value.([]any)
	nodes := make([]node, len(values))
	for i, value := range values {
		nodes[i] = node{value}
	}
	return nodes
}

// str is the text of a string or number, without NUL bytes: PostgreSQL cannot store them.
func (n node) str(keys ...string) string {
	switch value := n.at(keys...).value.(type) {
	case string:
		return strings.ReplaceAll(value, "\x00", "")
	case json.Number:
		return value.String()
	}
	return ""
}

// firstStr is the text of the first of several members that is not empty.
func (n node) firstStr(keys ...string) string {
	for _, key := range keys {
		if text := n.str(key); text != "" {
			return text
		}
	}
	return ""
}

func (n node) float(keys ...string) float64 {
	number, err := strconv.ParseFloat(strings.TrimSpace(n.str(keys...)), 64)
	if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
		return 0
	}
	return number
}

func (n node) int(keys ...string) int {
	number, err := strconv.Atoi(strings.TrimSpace(n.str(keys...)))
	if err != nil {
		return 0
	}
	return number
}

func (n node) bool(keys ...string) bool {
	switch value := n.at(keys...).value.(type) {
	case bool:
		return value
	case string:
		return value == "true"
	}
	return false
}

// maxSeconds is the year 2100: a larger number is no Unix time in seconds.
const maxSeconds = 4102444800

// millis turns Meta's Unix seconds (text or number) into milliseconds. A number that can only be milliseconds already is
// kept; any other value gives 0.
func (n node) millis(keys ...string) int64 {
	seconds := n.at(keys...).float()
	switch {
	case seconds >= 1 && seconds <= maxSeconds:
		return int64(seconds) * 1000
	case seconds > maxSeconds && seconds >= 1e12 && seconds <= maxSeconds*1000:
		return int64(seconds)
	}
	return 0
}

// raw is the value as JSON.
func (n node) raw() json.RawMessage {
	raw, err := json.Marshal(n.value)
	if err != nil {
		return nil
	}
	return raw
}

// member is one name and value of a JSON object.
type member struct {
	name string
	raw  json.RawMessage
}

// members lists the members of an object in the order of the body; raw is known to be valid JSON.
func members(raw json.RawMessage) ([]member, error) {
	s := scanner{raw: raw}
	if s.next() != '{' {
		return nil, errors.New("not an object")
	}
	var found []member
	for s.at++; s.next() != '}'; {
		name := s.text()
		found = append(found, member{name, s.skip()})
	}
	return found, nil
}

// elements lists the elements of an array, false if it is none; raw is known to be valid JSON.
func elements(raw json.RawMessage) ([]json.RawMessage, bool) {
	s := scanner{raw: raw}
	if s.next() != '[' {
		return nil, false
	}
	list := []json.RawMessage{}
	for s.at++; s.next() != ']'; {
		list = append(list, s.skip())
	}
	return list, true
}
