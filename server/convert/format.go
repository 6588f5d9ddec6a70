package convert

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// markdown is how Mattermost writes what WhatsApp marks with one character.
var markdown = map[byte]string{'*': "**", '_': "_", '~': "~~"}

// format turns WhatsApp's marks into Markdown and makes everything else plain.
func format(text string) string {
	var b strings.Builder
	plain := 0
	for i := 0; i < len(text); i++ {
		mark, ok := markdown[text[i]]
		if !ok {
			continue
		}
		end := closing(text, i)
		if end < 0 {
			continue
		}
		b.WriteString(Escape(text[plain:i]))
		b.WriteString(mark + format(text[i+1:end]) + mark)
		i, plain = end, end+1
	}
	b.WriteString(Escape(text[plain:]))
	return b.String()
}

// closing finds the mark that ends what the mark at i begins, -1 for none: the
// marks stand outside words and touch the text between them, on one line.
func closing(text string, i int) int {
	mark := text[i]
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	next, _ := utf8.DecodeRuneInString(text[i+1:])
	if i > 0 && (isWord(before) || before == rune(mark) || before == '\\') || i+1 >= len(text) || unicode.IsSpace(next) || next == rune(mark) {
		return -1
	}
	for j := i + 1; j < len(text) && text[j] != '\n'; j++ {
		if text[j] != mark {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(text[:j])
		after, _ := utf8.DecodeRuneInString(text[j+1:])
		if j+1 < len(text) && (isWord(after) || after == rune(mark)) || unicode.IsSpace(last) || last == '\\' {
			return -1
		}
		return j
	}
	return -1
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

var (
	mentions = regexp.MustCompile(`(^|[^\pL\pN_])([@~])([\pL\pN_])`)
	entities = regexp.MustCompile(`&(#?[0-9A-Za-z]{1,32};)`)
	slashes  = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~]|$)")
	pictures = regexp.MustCompile(`!\[`)
	targets  = regexp.MustCompile(`\]([(:\[])`)
	// headings, rules and table rows at the start of a line
	starts = regexp.MustCompile(`(?m)^([ \t]*)(#{1,6}(?:[ \t]|$)|(?:[|:][ \t]*)?:?-{2,}|={2,}|_{3,}|(?:\*[ \t]*){3,})`)
)

// Escape makes Markdown's own characters plain ones, in a text without links,
// and leaves alone what Markdown leaves alone.
func Escape(text string) string {
	text = slashes.ReplaceAllString(text, `\\$1`)
	text = strings.ReplaceAll(text, "`", "\\`")
	if strings.Count(text, "*") > 1 {
		text = strings.ReplaceAll(text, "*", `\*`)
	}
	if strings.Count(text, "_") > 1 {
		text = strings.ReplaceAll(text, "_", `\_`)
	}
	text = strings.ReplaceAll(text, "~~", `\~\~`)
	text = pictures.ReplaceAllString(text, `\!\[`)
	text = targets.ReplaceAllString(text, `]\$1`)
	text = entities.ReplaceAllString(text, `\&$1`)
	text = starts.ReplaceAllString(text, `$1\$2`)
	return mentions.ReplaceAllString(text, "$1$2"+joiner+"$3")
}
