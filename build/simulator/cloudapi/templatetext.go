package cloudapi

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// text fills in the variables of one text.
func (f *filler) text(where, text string, given []params) (string, *apiError) {
	want := variables(text)
	if len(given) != len(want) {
		return "", countMismatch(where, len(given), len(want))
	}
	values := map[string]string{}
	for i, p := range given {
		value, err := parameterText(p)
		if err != nil {
			return "", err
		}
		name, err := p.text("parameter_name")
		if err != nil {
			return "", err
		}
		switch {
		case f.named && name == "":
			return "", newError(132012).detail("%s: Parameter name is missing or empty", where)
		case !f.named && name != "":
			return "", newError(132012).detail("%s: Parameter name %s is not expected, the template is positional", where, name)
		case !f.named:
			name = fmt.Sprint(i + 1)
		}
		if _, twice := values[name]; twice {
			return "", newError(132012).detail("%s: Parameter name %s is given twice", where, name)
		}
		values[name] = value
	}
	for _, name := range want {
		if _, ok := values[name]; !ok {
			return "", newError(132012).detail("%s: Parameter %s is missing", where, name)
		}
	}
	return variablePattern.ReplaceAllStringFunc(text, func(found string) string {
		return values[variablePattern.FindStringSubmatch(found)[1]]
	}), nil
}

// parameterText reads a text, currency or date_time parameter.
func parameterText(p params) (string, *apiError) {
	kind, err := p.oneOf("type", "text", "currency", "date_time")
	if err != nil {
		return "", newError(132012).detail("Parameter of type %v cannot be used in a text", p.values["type"])
	}
	node, key := p, "text"
	if kind != "text" {
		if node, err = p.object(kind); err != nil {
			return "", err
		}
		key = "fallback_value"
	}
	value, err := node.text(key)
	if err != nil {
		return "", err
	}
	if value == "" {
		return "", newError(131008).detail("Parameter of type %s is missing %s value", kind, key)
	}
	return value, cleanText(value)
}

// cleanText checks Meta's rule for the values of variables.
func cleanText(value string) *apiError {
	if strings.ContainsAny(value, "\n\r\t") || strings.Contains(value, "     ") {
		return newError(132018).detail("Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
	}
	return nil
}

func countMismatch(where string, got, want int) *apiError {
	return newError(132000).detail("%s: number of localizable_params (%d) does not match the expected number of params (%d)", where, got, want)
}

func formatMismatch(want string, given []params) *apiError {
	received := "UNKNOWN"
	if len(given) > 0 {
		if kind, err := given[0].text("type"); err == nil && kind != "" {
			received = strings.ToUpper(kind)
		}
	}
	return newError(132012).detail("header: Format mismatch, expected %s, received %s", want, received)
}

func tooLong(where, text string, limit int) *apiError {
	if utf8.RuneCountInString(text) > limit {
		return newError(132005).detail("%s: text is longer than %d characters", where, limit)
	}
	return nil
}
