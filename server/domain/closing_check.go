package domain

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of closing reasons and of what is given with them; lengths are in characters.
const (
	MaxClosingReasons = 200 // of a queue, without those that are retired
	MaxClosingLabel   = 100
	MaxClosingFields  = 10
	MaxFieldLabel     = 64
	MaxFieldOptions   = 100
	MaxFieldOption    = 100
	MaxFieldValue     = 500
	MaxClosingNote    = 1000
)

var (
	fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	number    = regexp.MustCompile(`^-?[0-9]{1,15}([.,][0-9]{1,6})?$`)
	// grouped is a number of which nobody can tell whether 1.500 is one and a half or fifteen hundred.
	grouped = regexp.MustCompile(`^-?[1-9][0-9]{0,2}[.,][0-9]{3}$`)
	// Of these everybody can: 1.500,00 and 1.500.000 as Brazilians write them, 1,500.00 and 1,500,000 as others do.
	groupedByPoints = regexp.MustCompile(`^-?[1-9][0-9]{0,2}((\.[0-9]{3})+,[0-9]{1,6}|(\.[0-9]{3}){2,4})$`)
	groupedByCommas = regexp.MustCompile(`^-?[1-9][0-9]{0,2}((,[0-9]{3})+\.[0-9]{1,6}|(,[0-9]{3}){2,4})$`)
)

// Check trims what an administrator wrote of a reason and returns what is wrong with it, by field.
func (r *ClosingReason) Check() map[string]Text {
	wrong := map[string]Text{}
	if text, ok := checkLine(&r.Label, MaxClosingLabel, true); !ok {
		wrong["label"] = text
	}
	if len(r.Fields) > MaxClosingFields {
		wrong["fields"] = T("closing.too_many_fields", "Max", MaxClosingFields)
	}
	names := map[string]bool{}
	for i := range r.Fields {
		f := &r.Fields[i]
		if text, ok := f.check(); !ok {
			wrong["fields"] = text
		} else if names[f.Name] {
			wrong["fields"] = T("closing.same_name", "Name", f.Name)
		}
		names[f.Name] = true
	}
	return wrong
}

func (f *ClosingField) check() (Text, bool) {
	if !fieldName.MatchString(f.Name) {
		return T("closing.field_name", "Name", f.Name), false
	}
	if text, ok := checkLine(&f.Label, MaxFieldLabel, true); !ok {
		return T("closing.field_label", "Name", f.Name, "Problem", text), false
	}
	if f.Type != ClosingText && f.Type != ClosingNumber && f.Type != ClosingSelect {
		return T("closing.field_type", "Name", f.Name), false
	}
	if f.Type != ClosingSelect {
		f.Options = nil
		return Text{}, true
	}
	if len(f.Options) == 0 || len(f.Options) > MaxFieldOptions {
		return T("closing.field_options", "Name", f.Name, "Max", MaxFieldOptions), false
	}
	seen := map[string]bool{}
	for i := range f.Options {
		if text, ok := checkLine(&f.Options[i], MaxFieldOption, true); !ok {
			return T("closing.field_option", "Name", f.Name, "Problem", text), false
		}
		if seen[f.Options[i]] {
			return T("closing.same_option", "Name", f.Name, "Option", f.Options[i]), false
		}
		seen[f.Options[i]] = true
	}
	return Text{}, true
}

// Answer reads the values that somebody gives for the reason's fields, and returns what is wrong with
// them, by field name.
func (r *ClosingReason) Answer(values map[string]string) (answers ClosingAnswers, wrong map[string]Text) {
	wrong = map[string]Text{}
	known := map[string]bool{}
	for _, f := range r.Fields {
		known[f.Name] = true
		value := values[f.Name]
		if text, ok := f.read(&value); !ok {
			wrong[f.Name] = text
		} else if value != "" {
			answers = append(answers, ClosingAnswer{Name: f.Name, Label: f.Label, Type: f.Type, Value: value})
		}
	}
	for name := range values {
		if !known[name] {
			wrong[name] = T("closing.unknown_field")
		}
	}
	return answers, wrong
}

// read checks one value and brings it into the form in which it is kept.
func (f *ClosingField) read(value *string) (Text, bool) {
	if text, ok := checkLine(value, MaxFieldValue, f.Required); !ok || *value == "" {
		return text, ok
	}
	switch f.Type {
	case ClosingNumber:
		*value = ungrouped(*value)
		if !number.MatchString(*value) || grouped.MatchString(*value) {
			return T("closing.not_a_number"), false
		}
		*value = plainNumber(*value)
	case ClosingSelect:
		if !slices.Contains(f.Options, *value) {
			return T("closing.unknown_option"), false
		}
	}
	return Text{}, true
}

// ClosingNumberText writes a number that was given as one, and not typed, for a field: nobody takes its
// point for a separator of thousands.
func ClosingNumberText(n float64) string {
	text := strconv.FormatFloat(n, 'f', -1, 64)
	if grouped.MatchString(text) {
		text += "0"
	}
	return text
}

// ungrouped takes the separators of thousands out of a number where they can be nothing else.
func ungrouped(s string) string {
	switch {
	case groupedByPoints.MatchString(s):
		return strings.ReplaceAll(s, ".", "")
	case groupedByCommas.MatchString(s):
		return strings.ReplaceAll(s, ",", "")
	}
	return s
}

// plainNumber writes a number that was checked as JSON does: with a point, and without zeros that say nothing.
func plainNumber(s string) string {
	s = strings.Replace(s, ",", ".", 1)
	digits, negative := strings.CutPrefix(s, "-")
	digits = strings.TrimLeft(digits, "0")
	if strings.Contains(digits, ".") {
		digits = strings.TrimRight(strings.TrimRight(digits, "0"), ".")
	}
	if digits == "" || digits[0] == '.' {
		digits = "0" + digits
	}
	if negative {
		return "-" + digits
	}
	return digits
}

// checkLine trims a text and reports whether it is one visible line of at most so many characters.
func checkLine(text *string, longest int, must bool) (Text, bool) {
	*text = strings.TrimSpace(*text)
	switch {
	case *text == "":
		return T("closing.required"), !must
	case utf8.RuneCountInString(*text) > longest:
		return T("closing.too_long", "Max", longest), false
	case !utf8.ValidString(*text) || strings.ContainsFunc(*text, UnsafeInLine):
		return T("closing.characters"), false
	case !strings.ContainsFunc(*text, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }):
		return T("closing.characters"), false
	}
	return Text{}, true
}

// ClosingLabels splits a list that somebody pastes, one label a line, and leaves out empty lines and
// repeated ones, whatever their case.
func ClosingLabels(list string) []string {
	var labels []string
	seen := map[string]bool{}
	for line := range strings.Lines(list) {
		label := strings.Join(strings.Fields(line), " ")
		if key := strings.ToLower(label); label != "" && !seen[key] {
			seen[key] = true
			labels = append(labels, label)
		}
	}
	return labels
}
