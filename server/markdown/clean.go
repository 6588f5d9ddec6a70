package markdown

import (
	"strings"
	"unicode"
)

// Clean drops what no text should hold: control characters, characters that change the writing direction, and all but a
// few combining marks on one letter. Characters at which Mattermost begins a new line become line ends.
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

// IsDirection reports whether a character changes the writing direction.
func IsDirection(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\u061c'
}

// visible drops invisible format characters, except the two joiners that emoji and some scripts need.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' {
			return -1
		}
		return r
	}, text)
}

// Cut shortens a text to a number of characters, and ends one that was longer with "…".
func Cut(text string, limit int) string {
	runes := 0
	for at := range text {
		if runes++; runes > limit {
			return text[:at] + "…"
		}
	}
	return text
}
