package dialog

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clip cuts a text to so many bytes, which is how Mattermost counts, on a whole character.
func clip(s string, limit int) string {
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

// paragraphs shows a template's text as Markdown: each line a paragraph,
// because the dialog folds single line breaks. write writes one line.
func paragraphs(text string, write func(line string) string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, write(line))
		}
	}
	return out
}
