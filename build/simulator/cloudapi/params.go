package cloudapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// params reads a JSON object as Graph does, and names parameters like PHP arrays: text['body'].
type params struct {
	values map[string]any
	path   string
}

// parseParams reads a body. Like Graph, it treats anything but a JSON object as a body without parameters.
func parseParams(body []byte) params {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var values map[string]any
	if err := decoder.Decode(&values); err != nil {
		return params{}
	}
	if _, err := decoder.Token(); err != io.EOF {
		return params{}
	}
	return params{values: values}
}

func (p params) name(key string) string {
	if p.path == "" {
		return key
	}
	return p.path + "['" + key + "']"
}

func (p params) has(key string) bool {
	v, ok := p.values[key]
	return ok && v != nil
}

func (p params) missing(key string) *apiError {
	return newError(100).message(fmt.Sprintf("(#100) The parameter %s is required.", p.name(key)))
}

func (p params) wrong(key, must string) *apiError {
	return newError(100).message(fmt.Sprintf("(#100) Param %s must be %s", p.name(key), must))
}

// text reads an optional string. Numbers are accepted too, as Graph accepts them.
func (p params) text(key string) (string, *apiError) {
	switch v := p.values[key].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	}
	return "", p.wrong(key, "a string.")
}

func (p params) required(key string) (string, *apiError) {
	v, err := p.text(key)
	if err == nil && v == "" {
		return "", p.missing(key)
	}
	return v, err
}

// limited reads a string of at most n characters.
func (p params) limited(key string, n int) (string, *apiError) {
	v, err := p.text(key)
	if err == nil && utf8.RuneCountInString(v) > n {
		return "", p.wrong(key, fmt.Sprintf("at most %d characters long.", n))
	}
	return v, err
}

// object reads a required JSON object.
func (p params) object(key string) (params, *apiError) {
	v, ok := p.values[key]
	if !ok || v == nil {
		return params{}, p.missing(key)
	}
	m, ok := v.(map[string]any)
	if !ok {
		return params{}, p.wrong(key, "a JSON object.")
	}
	return params{values: m, path: p.name(key)}, nil
}

// list reads an optional array of JSON objects.
func (p params) list(key string) ([]params, *apiError) {
	v, ok := p.values[key]
	if !ok || v == nil {
		return nil, nil
	}
	items, ok := v.([]any)
	if !ok {
		return nil, p.wrong(key, "an array.")
	}
	out := make([]params, 0, len(items))
	for i, item := range items {
		m, ok := item.(map[string]any)
		if !ok {
			return nil, p.wrong(key, "an array of JSON objects.")
		}
		out = append(out, params{values: m, path: fmt.Sprintf("%s[%d]", p.name(key), i)})
	}
	return out, nil
}

// oneOf reads a required string that must be one of a fixed set, in upper or lower case.
func (p params) oneOf(key string, allowed ...string) (string, *apiError) {
	v, err := p.required(key)
	if err != nil {
		return "", err
	}
	for _, a := range allowed {
		if strings.EqualFold(a, v) {
			return a, nil
		}
	}
	return "", p.wrong(key, fmt.Sprintf("one of {%s} - got %q.", strings.ToUpper(strings.Join(allowed, ", ")), v))
}

// number reads a JSON number, or a string that holds one.
func (p params) number(key string) (float64, bool) {
	var n json.Number
	switch v := p.values[key].(type) {
	case json.Number:
		n = v
	case string:
		n = json.Number(v)
	}
	f, err := n.Float64()
	return f, err == nil
}
