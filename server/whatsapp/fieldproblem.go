package whatsapp

import (
	"unicode"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// FieldProblem is what is wrong with the value of one element.
type FieldProblem struct {
	// Key is one of: required, newline, tab, spaces, control, too_long, total_too_long, url_space, coordinates, not_sendable.
	Key string
	// Max is the limit that was passed and Length what the value has, in characters (for spaces: in a row); 0 where Key has none.
	Max, Length int
}

// maxSpaces is how many spaces in a row Meta takes in a value.
const maxSpaces = 4

// Text says to a person what is wrong with the value.
func (p FieldProblem) Text() domain.Text {
	return domain.T("variable."+p.Key, "Max", p.Max, "Length", p.Length)
}

// check finds what Meta would refuse in the value of a variable; nil if it is fine.
func (v Variable) check(value string) *FieldProblem {
	if value == "" {
		return &FieldProblem{Key: "required"}
	}
	if _, _, ok := ParseCoordinates(value); !ok && v.Kind == VariableLocation {
		return &FieldProblem{Key: "coordinates"}
	}
	if !utf8.ValidString(value) {
		return &FieldProblem{Key: "control"}
	}
	spaces := 0
	for _, r := range value {
		switch {
		case r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			return &FieldProblem{Key: "newline"}
		case r == '\t':
			return &FieldProblem{Key: "tab"}
		case unicode.IsControl(r):
			return &FieldProblem{Key: "control"}
		case !unicode.IsSpace(r):
			spaces = 0
			continue
		}
		if v.Component == ComponentButton && v.Name != "" {
			return &FieldProblem{Key: "url_space"}
		}
		if spaces++; spaces > maxSpaces {
			return &FieldProblem{Key: "spaces", Max: maxSpaces}
		}
	}
	if length := utf8.RuneCountInString(value); v.MaxLength > 0 && length > v.MaxLength {
		return &FieldProblem{Key: "too_long", Max: v.MaxLength, Length: length}
	}
	return nil
}
