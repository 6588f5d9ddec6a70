package dialog

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// zeroWidth breaks a link or a mention without being seen.
const zeroWidth = "\u200b"

var (
	// bold as WhatsApp writes it, with one star
	bold = regexp.MustCompile(`\*[^\s*](?:[^*\n]*[^\s*])?\*`)
	// what makes a heading, a list, a quote or a rule of a line's beginning
	opening = regexp.MustCompile(`^(?:\d+([.)])|([-+#>=]))`)
	// a mention or a channel link
	mention = regexp.MustCompile(`(^|[^\pL\pN])([@~])([\pL\pN])`)
	links   = strings.NewReplacer("://", ":"+zeroWidth+"//", "](", "]"+zeroWidth+"(", "][", "]"+zeroWidth+"[", "@", "@"+zeroWidth)
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

// defuse keeps a text readable where it may or may not be taken for Markdown:
// nothing in it links, loads or mentions.
func defuse(s string) string { return links.Replace(s) }

// escape writes a line so that Markdown shows its characters and nothing in it
// acts. What is harmless stays as it is, so that the text can be compared.
func escape(line string) string {
	runes := []rune(line)
	var b strings.Builder
	for i, r := range runes {
		switch r {
		case '`', '*', '[', ']', '\\':
			b.WriteByte('\\')
		case '_':
			if i == 0 || i == len(runes)-1 || !inWord(runes[i-1]) || !inWord(runes[i+1]) {
				b.WriteByte('\\')
			}
		case '~':
			if i > 0 && runes[i-1] == '~' || i < len(runes)-1 && runes[i+1] == '~' {
				b.WriteByte('\\')
			}
		}
		b.WriteRune(r)
	}
	return mention.ReplaceAllString(b.String(), "$1$2"+zeroWidth+"$3")
}

// escapeLine is escape for what begins a paragraph.
func escapeLine(line string) string {
	line = escape(line)
	if at := opening.FindStringSubmatchIndex(line); at != nil {
		mark := max(at[2], at[4]) // whichever group matched
		line = line[:mark] + `\` + line[mark:]
	}
	return line
}

func inWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

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

// formatted writes a line of a body, with what WhatsApp shows bold in bold.
func formatted(line string) string {
	var b strings.Builder
	last, write := 0, escapeLine
	for _, at := range bold.FindAllStringIndex(line, -1) {
		b.WriteString(write(line[last:at[0]]))
		b.WriteString("**" + escape(line[at[0]+1:at[1]-1]) + "**")
		last, write = at[1], escape
	}
	b.WriteString(write(line[last:]))
	return b.String()
}
