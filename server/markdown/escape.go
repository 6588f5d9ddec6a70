package markdown

import (
	"regexp"
	"strings"
	"unicode"
)

// joiner is invisible and part of no name: behind "@" or "~" it makes a mention or a channel link plain text.
const (
	joiner     = "\u2060"
	joinerRune = '\u2060'
)

var (
	entityHere = regexp.MustCompile(`^&#?[0-9A-Za-z]{1,32};`)
	emojiHere  = regexp.MustCompile(`^:[\pL\pN_+-]{1,64}:`)
	// faceHere is what Mattermost takes for a face: :) ;-) :D :o
	faceHere  = regexp.MustCompile("^[:;][-'`’]?[()\\[\\]@/|$dDpPoOsSxX]")
	crossHere = regexp.MustCompile(`^[xX]-[dD](?:\W|$)`)
	wwwHere   = regexp.MustCompile(`(?i)www\d{0,3}$`)
	tagHere   = regexp.MustCompile(`^<[A-Za-z/!?3]`)
	// blockHere is what begins a heading, a list, a quote, a rule, a table or code at the start of a line.
	blockHere = regexp.MustCompile(`^[ \t\x{a0}]*(?:#{1,6}(?:[ \t\x{a0}]|$)|>|[-+*](?:[ \t\x{a0}]|$)|\d+[.)](?:[ \t\x{a0}]|$))` +
		`|^[ \t\x{a0}]*[-=_*:|~][-=_*:|~ \t\x{a0}]*$|^(?:[ \x{a0}]{4}|[ \x{a0}]{0,3}\t)`)
)

// Escape makes a value a part of a sentence in a post: one line that shows the
// value's characters and in which nothing acts, wherever it stands. What can be
// broken by a joiner is, because nobody sees it, in the channel, a push text or
// an e-mail; a backslash is seen by all who do not read Markdown.
func Escape(value string) string {
	value = strings.Join(strings.Fields(visible(Clean(value))), " ")
	text := formatter{stars: true, underscores: true, dollars: true, strict: true}.escape(value)
	if blockHere.MatchString(value) {
		return joiner + text
	}
	return text
}

// Defuse keeps a value readable where it may or may not be taken for Markdown,
// in a form or beside it: nothing in it links, loads or mentions.
func Defuse(value string) string {
	return formatter{strict: true, plain: true}.escape(visible(Clean(value)))
}

// visible takes out what has no shape of its own, but for what holds emoji and letters together.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' {
			return -1
		}
		return r
	}, text)
}

// asTyped keeps the beginnings of lines from being more than text.
func asTyped(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if blockHere.MatchString(line) {
			lines[i] = joiner + line
		}
	}
	return strings.Join(lines, "\n")
}

// escape makes Markdown's own characters plain ones, in a part of a text that
// has no links, and leaves alone what Markdown leaves alone.
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
		behind := "" // what comes behind the character
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
			if f.underscores && (before == '_' || !isASCIIWord(before) || !isWord(after)) { // inside of a word it is none of Markdown's
				b.WriteByte('\\')
			}
		case '[', '|', '~': // one "~" strikes through in e-mails
			if f.strict && !f.plain {
				b.WriteByte('\\')
			}
			if r == '~' && f.acts(runes, i, before, after) {
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
			if f.dollars && !isASCIIWord(before) { // formulas stand between two of them
				b.WriteString("&#36;")
				continue
			}
		default:
			switch {
			case !f.acts(runes, i, before, after):
			case r == '.': // before it: nothing may be behind
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
	case end == len(runes) && !f.strict: // a mark or code of ours may follow, to which a joiner would be a letter
		return `\\`
	case end == len(runes), end > i+1, runes[end] == '\n', runes[end] < unicode.MaxASCII && isPunctuation(runes[end]):
		return `\` + joiner
	}
	return `\`
}

// acts tells whether the character at i begins something that acts, or stands for something else.
func (f formatter) acts(runes []rune, i int, before, after rune) bool {
	if f.strict && i == len(runes)-1 && strings.ContainsRune(":;", runes[i]) { // whatever follows in the sentence
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
	case '.': // addresses without a scheme
		return f.strict && isWord(before) && unicode.IsLetter(after) || wwwHere.MatchString(string(runes[max(0, i-7):i]))
	}
	return false
}
