package markdown

import (
	"regexp"
	"strings"
	"unicode"
)

// joiner is an invisible character that belongs to no name. Behind "@" or "~" it keeps them from being a mention or a
// channel link.
const (
	joiner     = "\u2060"
	joinerRune = '\u2060'
)

var (
	entityHere = regexp.MustCompile(`^&#?[0-9A-Za-z]{1,32};`)
	emojiHere  = regexp.MustCompile(`^:[\pL\pN_+-]{1,64}:`)
	// faceHere matches what Mattermost shows as a face: :) ;-) :D :o
	faceHere  = regexp.MustCompile("^[:;][-'`’]?[()\\[\\]@/|$dDpPoOsSxX]")
	crossHere = regexp.MustCompile(`^[xX]-[dD](?:\W|$)`)
	wwwHere   = regexp.MustCompile(`(?i)www\d{0,3}$`)
	tagHere   = regexp.MustCompile(`^<[A-Za-z/!?3]`)
	// blockHere matches what begins a heading, a list, a quote, a rule, a table or code at the start of a line.
	blockHere = regexp.MustCompile(`^[ \t\x{a0}]*(?:#{1,6}(?:[ \t\x{a0}]|$)|>|[-+*](?:[ \t\x{a0}]|$)|\d+[.)](?:[ \t\x{a0}]|$))` +
		`|^[ \t\x{a0}]*[-=_*:|~][-=_*:|~ \t\x{a0}]*$|^(?:[ \x{a0}]{4}|[ \x{a0}]{0,3}\t)`)
)

// Escape makes a value part of a sentence in a post: one line that shows the value's characters and in which nothing acts,
// whatever stands around it. A joiner is preferred to a backslash, because nobody sees it in the channel, a push
// notification or an e-mail, while a backslash is seen wherever Markdown is not interpreted.
func Escape(value string) string {
	value = strings.Join(strings.Fields(visible(Clean(value))), " ")
	text := formatter{stars: true, underscores: true, dollars: true, strict: true}.escape(value)
	if blockHere.MatchString(value) {
		return joiner + text
	}
	return text
}

// Defuse makes a value safe for a place that may or may not interpret Markdown, such as a dialog: nothing in it links,
// loads or mentions, and it has no backslashes.
func Defuse(value string) string {
	return formatter{strict: true, plain: true}.escape(visible(Clean(value)))
}

// DefuseData returns what a text is filled in with, each string in it defused.
func DefuseData(data map[string]any) map[string]any {
	safe := make(map[string]any, len(data))
	for name, value := range data {
		if s, ok := value.(string); ok {
			value = Defuse(s)
		}
		safe[name] = value
	}
	return safe
}

// escapeLineStarts keeps the beginning of each line from starting a list, a heading or another block.
func escapeLineStarts(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if blockHere.MatchString(line) {
			lines[i] = joiner + line
		}
	}
	return strings.Join(lines, "\n")
}

// escape makes the characters that Markdown would interpret plain, in a part of a text without links. Characters that
// Markdown would show as they are stay as they are.
func (f formatter) escape(text string) string {
	runes := []rune(text)
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return ' '
		}
		return runes[i]
	}
	var b strings.Builder
	for i, r := range runes {
		before, after := at(i-1), at(i+1)
		behind := "" // what is written behind the character
		switch r {
		case '\\':
			b.WriteString(f.backslash(runes, i))
			continue
		case '`':
			if !f.plain {
				b.WriteByte('\\')
			}
		case '*':
			if f.stars {
				b.WriteByte('\\')
			}
		case '_':
			if f.underscores && (before == '_' || !isASCIIWord(before) || !isWord(after)) { // inside of a word Markdown shows it
				b.WriteByte('\\')
			}
		case '[', '|', '~': // one "~" strikes through in e-mails
			if f.strict && !f.plain {
				b.WriteByte('\\')
			}
			if r == '~' && f.isActive(runes, i, before, after) {
				behind = joiner
			}
		case ']':
			if f.strict && !f.plain {
				b.WriteByte('\\')
			}
			if f.strict || strings.ContainsRune("([:", after) {
				behind = joiner
			}
		case '$':
			if f.dollars && !isASCIIWord(before) { // a formula stands between two of them
				b.WriteString("&#36;")
				continue
			}
		default:
			switch {
			case !f.isActive(runes, i, before, after):
			case r == '.': // the joiner goes before it, because what follows an address may not change
				b.WriteString(joiner)
			default:
				behind = joiner
			}
		}
		b.WriteRune(r)
		b.WriteString(behind)
	}
	return b.String()
}

// backslash writes the backslash at i so that it escapes nothing.
func (f formatter) backslash(runes []rune, i int) string {
	end := i
	for end < len(runes) && runes[end] == '\\' {
		end++
	}
	switch {
	case end == len(runes) && !f.strict: // a mark or code that we write may follow, and would take a joiner for a letter
		return `\\`
	case end == len(runes), end > i+1, runes[end] == '\n', runes[end] < unicode.MaxASCII && isPunctuation(runes[end]):
		return `\` + joiner
	}
	return `\`
}

// isActive reports whether the character at i begins something that acts, such as a mention or a link, or that is shown as
// something else, such as an emoji.
func (f formatter) isActive(runes []rune, i int, before, after rune) bool {
	if f.strict && i == len(runes)-1 && strings.ContainsRune(":;", runes[i]) { // what follows in the sentence is not known
		return true
	}
	rest := func() string { return string(runes[i:min(i+70, len(runes))]) }
	switch runes[i] {
	case '@', '＠':
		return f.strict || (!isASCIIWord(before) || before == '_') && !unicode.IsSpace(after)
	case '~':
		return f.strict || after == '~' || !isASCIIWord(before) && !unicode.IsSpace(after) && after != joinerRune
	case '#':
		return unicode.IsLetter(after)
	case '!':
		return after == '['
	case '&':
		return entityHere.MatchString(rest())
	case '<':
		return tagHere.MatchString(rest())
	case ':', ';':
		if f.strict || after == '/' {
			return !unicode.IsSpace(after)
		}
		return !isASCIIWord(before) && (faceHere.MatchString(rest()) || emojiHere.MatchString(rest()))
	case 'x', 'X':
		return !isASCIIWord(before) && crossHere.MatchString(rest())
	case '.': // an address without a scheme
		return f.strict && isWord(before) && unicode.IsLetter(after) || wwwHere.MatchString(string(runes[max(0, i-7):i]))
	}
	return false
}
