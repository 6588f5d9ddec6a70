// Package markdown translates between what people write on WhatsApp and what
// Mattermost shows. It is pure: text in, text out.
package markdown

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	blocks   = regexp.MustCompile("(?s)```(.+?)```|`([^`\n]+)`")
	Links    = regexp.MustCompile(`(?i)(?:\b(?:[a-z][a-z0-9+.-]{1,20}://|www\d{0,3}\.|(?:mailto|tel|https?|ftp):)|https?:/|ftp:/|[\pL\d.-]+\.\pL{2,4}/)[^\s<>]*[^\s<>.,;:!?'")\]]`)
	newlines = regexp.MustCompile(`\n{3,}`)
)

// ToMattermost shows a stranger's WhatsApp text as Markdown: bold, italic,
// struck and monospaced parts stay what they are, everything else is shown as
// it was typed: what Markdown takes for a list or a heading is text. No mention,
// channel link, picture or preview fires from it, and links stay readable, as
// code. A plain text comes out as it went in.
func ToMattermost(text string) string {
	text = Clean(text)
	f := formatterOf(text)
	var b, lines strings.Builder // lines are those since the last block of code
	last := 0
	for from := 0; ; {
		at := blocks.FindStringSubmatchIndex(text[from:])
		if at == nil {
			break
		}
		for i := range at {
			if at[i] >= 0 {
				at[i] += from
			}
		}
		if before := text[:at[0]]; at[2] < 0 && (strings.HasSuffix(before, "`") || strings.HasSuffix(before, `\`) || strings.HasPrefix(text[at[1]:], "`")) {
			from = at[0] + 1
			continue // which backticks belong together is anybody's guess
		}
		lines.WriteString(f.withLinks(text[last:at[0]]))
		if at[2] < 0 {
			lines.WriteString(text[at[0]:at[1]])
		} else if code, block := f.monospaced(text[at[2]:at[3]]); block {
			b.WriteString(asTyped(lines.String()) + code)
			lines.Reset()
		} else {
			lines.WriteString(code)
		}
		last, from = at[1], at[1]
	}
	lines.WriteString(f.withLinks(text[last:]))
	b.WriteString(asTyped(lines.String()))
	return strings.Trim(newlines.ReplaceAllString(b.String(), "\n\n"), "\n")
}

// monospaced is WhatsApp's ```text```, which may have one line or several; block
// tells that it became lines of their own.
func (f formatter) monospaced(text string) (code string, block bool) {
	if strings.TrimSpace(text) == "" {
		return f.escape("```" + text + "```"), false
	}
	if strings.ContainsAny(text, "\n`") {
		return "\n```\n" + strings.Trim(text, "\n") + "\n```\n", true
	}
	return "`" + text + "`", false
}

// withLinks writes links as code and formats the text between them.
func (f formatter) withLinks(text string) string {
	var b strings.Builder
	last := 0
	for _, at := range Links.FindAllStringIndex(text, -1) {
		b.WriteString(f.format(text[last:at[0]], false))
		b.WriteString("`" + strings.ReplaceAll(text[at[0]:at[1]], "`", "%60") + "`")
		last = at[1]
	}
	b.WriteString(f.format(text[last:], false))
	return b.String()
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
		case r == '\u2028' || r == '\u2029' || r == '\u2424': // Mattermost begins a line there
			marks = 0
			return '\n'
		case r == '\r' || unicode.IsControl(r) || IsDirection(r) || r == unicode.ReplacementChar:
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

// maxMarks is how many combining marks may stand on one letter.
const maxMarks = 3

// IsDirection tells the characters that turn the writing direction around.
func IsDirection(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\u061c'
}
