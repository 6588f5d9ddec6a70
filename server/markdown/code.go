package markdown

import "strings"

// MaxCode is how much of a word is shown, in characters.
const MaxCode = 256

// Code writes a word as inline code, in which nothing fires.
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

// Verbatim is a word in a text of ours that is shown as inline code, in a post.
type Verbatim string

// Markdown is the word as a post takes it.
func (v Verbatim) Markdown() string { return Code(string(v)) }

// Cut shortens a text to so many characters.
func Cut(text string, limit int) string {
	runes := 0
	for at := range text {
		if runes++; runes > limit {
			return text[:at] + "…"
		}
	}
	return text
}
