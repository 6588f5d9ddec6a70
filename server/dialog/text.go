package dialog

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// truncate shortens a text to so many bytes, which is what Mattermost counts, without splitting a character.
func truncate(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const ellipsis = "…"
	cut := limit - len(ellipsis)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimRightFunc(s[:cut], unicode.IsSpace) + ellipsis
}

// paragraphs makes each line of a template's text a paragraph of Markdown, because the dialog joins lines with single breaks.
// write makes the Markdown of one line.
func paragraphs(text string, write func(line string) string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, write(line))
		}
	}
	return out
}
