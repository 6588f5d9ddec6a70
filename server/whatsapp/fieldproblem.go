package whatsapp

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FieldProblem is what is wrong with the value of one element.
type FieldProblem struct {
	// Key is one of: required, newline, tab, spaces, control, too_long, total_too_long, url_space, coordinates, not_sendable.
	Key string
	// Args are the numbers in the text: max and length, in characters.
	Args map[string]string
}

// maxSpaces is how many spaces in a row Meta takes in a value.
const maxSpaces = 4

// Text is the problem in Portuguese (lang "pt", "pt-BR", ...) or English (any other).
func (p FieldProblem) Text(lang string) string {
	texts := map[string][2]string{
		"required":       {"Preencha este campo.", "Fill in this field."},
		"newline":        {"Escreva em uma só linha.", "Write it in one line."},
		"tab":            {"Retire a tabulação.", "Take out the tab."},
		"spaces":         {"Use no máximo {max} espaços seguidos.", "Use no more than {max} spaces in a row."},
		"control":        {"Retire os caracteres invisíveis.", "Take out the invisible characters."},
		"too_long":       {"Use no máximo {max} caracteres (agora {length}).", "Use no more than {max} characters (now {length})."},
		"total_too_long": {"A mensagem preenchida passa de {max} caracteres (agora {length}); encurte este campo.", "The filled-in message has more than {max} characters (now {length}); shorten this field."},
		"url_space":      {"O final do endereço não pode ter espaços.", "The end of the address cannot have spaces."},
		"coordinates":    {"Informe latitude e longitude, por exemplo -23.561, -46.656.", "Give latitude and longitude, for example -23.561, -46.656."},
		"not_sendable":   {"Este modelo não pode ser enviado por aqui.", "This template cannot be sent from here."},
	}
	text := texts[p.Key][1]
	if portuguese(lang) {
		text = texts[p.Key][0]
	}
	for name, value := range p.Args {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

func tooLong(key string, limit, length int) *FieldProblem {
	return &FieldProblem{Key: key, Args: map[string]string{"max": strconv.Itoa(limit), "length": strconv.Itoa(length)}}
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
			return &FieldProblem{Key: "spaces", Args: map[string]string{"max": strconv.Itoa(maxSpaces)}}
		}
	}
	if length := utf8.RuneCountInString(value); v.MaxLength > 0 && length > v.MaxLength {
		return tooLong("too_long", v.MaxLength, length)
	}
	return nil
}
