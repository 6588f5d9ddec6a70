package markdown

import "strings"

// MaxCode is how many characters of a word Code shows.
const MaxCode = 256

// Code writes a word as inline code, in which nothing acts; "" stays "".
func Code(word string) string {
	word = strings.Map(func(r rune) rune {
		if r == '`' || r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, Clean(word))
	if word = strings.TrimSpace(Cut(word, MaxCode)); word == "" {
		return ""
	}
	return "`" + word + "`"
}

// Verbatim is a value of a text that a post shows as inline code.
type Verbatim string

// Markdown returns the word as inline code; package i18n calls it instead of Escape.
func (v Verbatim) Markdown() string { return Code(string(v)) }
