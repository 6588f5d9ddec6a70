package domain

import (
	"slices"
	"strings"
	"unicode"
)

// maxMarks is how many combining marks may stand on one letter: Vietnamese needs two.
const maxMarks = 3

// CleanName makes a person's name fit to be shown: no control or direction
// characters, no runs of combining marks, single spaces, at most MaxNameLength
// characters. It returns "" where nothing is left.
func CleanName(name string) string {
	var b strings.Builder
	marks, letters, space := 0, 0, false
	for _, r := range name {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unicode.IsControl(r), r == unicode.ReplacementChar, unicode.In(r, unicode.Cf) && r != '\u200d':
			continue
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks > maxMarks || b.Len() == 0 {
				continue
			}
		default:
			marks = 0
			letters++
		}
		if letters > MaxNameLength {
			break
		}
		if space {
			if letters++; letters > MaxNameLength {
				break
			}
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	clean := []rune(strings.TrimSpace(b.String()))
	if len(clean) > MaxNameLength {
		clean = clean[:MaxNameLength]
	}
	if !slices.ContainsFunc(clean, func(r rune) bool { return r != '\u200d' && !unicode.IsSpace(r) }) {
		return "" // joiners that join nothing
	}
	return strings.TrimSpace(string(clean))
}

// MaxNameLength is Mattermost's limit of a channel's display name, in characters.
const MaxNameLength = 64

// DisplayName is the channel's: the customer's name, cleaned.
func DisplayName(c *Conversation) string {
	for _, name := range []string{CleanName(c.Contact.Name), MaskPhone(c.Contact.Phone)} {
		if name != "" {
			return name
		}
	}
	return "WhatsApp"
}
