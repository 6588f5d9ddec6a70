package domain

import (
	"slices"
	"strings"
	"unicode"
)

// maxMarks is how many combining marks a letter may have: Vietnamese needs two, and long stacks of
// them would cover the lines around a name.
const maxMarks = 3

// CleanName returns a person's name in a form that is safe to show, because customers choose their
// names themselves: without control and direction characters and runs of combining marks, with
// single spaces, and with at most MaxNameLength characters. It returns "" if nothing is left.
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
		return "" // only joiners are left
	}
	return strings.TrimSpace(string(clean))
}

// UnsafeInLine reports what a line must not have: control characters, line ends, and marks that change
// the direction of the text around them.
func UnsafeInLine(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// MaxNameLength is Mattermost's limit for a channel's display name, in characters.
const MaxNameLength = 64

// DisplayName returns the display name of a conversation's channel: the customer's name, cleaned. If
// there is none it returns the masked phone number or, without a number, "WhatsApp".
func DisplayName(c *Conversation) string {
	for _, name := range []string{CleanName(c.Contact.Name), MaskPhone(c.Contact.Phone)} {
		if name != "" {
			return name
		}
	}
	return "WhatsApp"
}
