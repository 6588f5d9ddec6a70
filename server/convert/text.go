// Package convert translates between what people write on WhatsApp and what
// Mattermost shows. It is pure: text in, text out.
package convert

import (
	"regexp"
	"strings"
	"unicode"
)

// joiner is invisible and part of no name: behind "@" or "~" it makes a mention or a channel link plain text.
const joiner = "\u2060"

var (
	links    = regexp.MustCompile(`(?i)\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.|mailto:)[^\s<>]+`)
	mentions = regexp.MustCompile(`(^|[^\pL\pN_])([@~])([\pL\pN_])`)
	newlines = regexp.MustCompile(`\n{3,}`)
	// what could begin a block at the start of a line
	blocks  = regexp.MustCompile(`(?m)^(\s*)([#>|=]|[-+]\s|-{3,})`)
	numbers = regexp.MustCompile(`(?m)^(\s*\d+)([.)]\s)`)
)

// maxMarks is how many combining marks may stand on one letter.
const maxMarks = 3

// ToMattermost makes a stranger's text safe to show: no mention, no channel
// link, no picture, no preview fires from it, and it cannot draw over its
// neighbours. Links stay readable, as code.
func ToMattermost(text string) string {
	text = Clean(text)
	var b strings.Builder
	last := 0
	for _, at := range links.FindAllStringIndex(text, -1) {
		b.WriteString(Escape(text[last:at[0]]))
		b.WriteString("`" + strings.ReplaceAll(text[at[0]:at[1]], "`", "%60") + "`")
		last = at[1]
	}
	b.WriteString(Escape(text[last:]))
	return newlines.ReplaceAllString(b.String(), "\n\n")
}

// Escape makes Markdown's own characters plain ones, in a text without links.
func Escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_{}[]<>!|~", r) && r != '~' {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	text = strings.ReplaceAll(b.String(), "~~", "\\~\\~")
	text = mentions.ReplaceAllString(text, "$1$2"+joiner+"$3")
	return numbers.ReplaceAllString(blocks.ReplaceAllString(text, `$1\$2`), `$1\$2`)
}

// Clean drops what has no place in any text: control characters, direction
// overrides, and all but a few combining marks on one letter.
func Clean(text string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			marks = 0
			return r
		case r == '\r' || unicode.IsControl(r) || isDirection(r) || r == unicode.ReplacementChar:
			return -1
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks > maxMarks {
				return -1
			}
		default:
			marks = 0
		}
		return r
	}, text)
}

// isDirection tells the characters that turn the writing direction around.
func isDirection(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\u061c'
}
