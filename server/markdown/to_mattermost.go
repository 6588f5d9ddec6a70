package markdown

import (
	"regexp"
	"strings"
)

var (
	blocks   = regexp.MustCompile("(?s)```(.+?)```|`([^`\n]+)`")
	newlines = regexp.MustCompile(`\n{3,}`)
)

// Links matches what Mattermost would turn into a link: an address with a scheme, a www. address, or a host name with a path.
var Links = regexp.MustCompile(`(?i)(?:\b(?:[a-z][a-z0-9+.-]{1,20}://|www\d{0,3}\.|(?:mailto|tel|https?|ftp):)|https?:/|ftp:/|[\pL\d.-]+\.\pL{2,4}/)[^\s<>]*[^\s<>.,;:!?'")\]]`)

// ToMattermost writes a stranger's WhatsApp text as Markdown. Bold, italic, struck-through and monospaced parts keep their
// style; everything else is shown as it was typed, even what Markdown would take for a list or a heading. Nothing in it
// mentions anybody, links to a channel, loads a picture or opens a preview; links are readable as code. A text without any
// of this is returned unchanged.
func ToMattermost(text string) string {
	text = Clean(text)
	f := newFormatter(text)
	var b, lines strings.Builder // lines holds the text since the last block of code
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
			continue // it is not clear which backticks belong together
		}
		lines.WriteString(f.withLinks(text[last:at[0]]))
		if at[2] < 0 {
			lines.WriteString(text[at[0]:at[1]])
		} else if code, block := f.monospaced(text[at[2]:at[3]]); block {
			b.WriteString(escapeLineStarts(lines.String()) + code)
			lines.Reset()
		} else {
			lines.WriteString(code)
		}
		last, from = at[1], at[1]
	}
	lines.WriteString(f.withLinks(text[last:]))
	b.WriteString(escapeLineStarts(lines.String()))
	return strings.Trim(newlines.ReplaceAllString(b.String(), "\n\n"), "\n")
}

// monospaced writes WhatsApp's ```text```, which may have one line or several. block reports that the code became lines of
// its own.
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
