package markdown

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// markdown is Mattermost's mark for each of WhatsApp's.
var markdown = map[byte]string{'*': "**", '_': "_", '~': "~~"}

// formula matches what Mattermost shows as a LaTeX formula.
var formula = regexp.MustCompile(`(?:^|\W)\$[^$\n]+\$(?:[^A-Za-z0-9]|$)`)

// formatter says which characters have to be escaped. stars, underscores and dollars say that the whole text has another
// character of the kind, so that a pair could be taken for a mark. strict escapes everything that could act with any text
// around it. plain writes no backslashes, for places that may not interpret Markdown.
type formatter struct{ stars, underscores, dollars, strict, plain bool }

func newFormatter(whole string) formatter {
	stars, underscores := strings.Count(whole, "*"), strings.Count(whole, "_")
	return formatter{
		stars: stars > 1 || stars > 0 && underscores > 1, underscores: underscores > 1,
		dollars: formula.MatchString(whole),
	}
}

// format turns WhatsApp's marks into Markdown's and escapes everything else. glued says that the part stands directly
// beside a word, where an underscore is no mark to Markdown.
func (f formatter) format(text string, glued bool) string {
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
		// ToWhatsApp puts a joiner between a mark and a word, because WhatsApp needs it; Markdown does not
		before, after := strings.TrimRight(text[plain:i], joiner), strings.TrimLeft(text[end+1:], joiner)
		glue := glued || wordlike(utf8.DecodeLastRuneInString(before)) || wordlike(utf8.DecodeRuneInString(after))
		if text[i] == '_' && (glue || strings.HasSuffix(before, `\`)) {
			mark = "*"
		}
		b.WriteString(f.escape(before))
		if before == "" && mark[0] == '*' && strings.HasSuffix(b.String(), "*") {
			b.WriteString(joiner) // stars in one row would not say which of them end one style and begin the next
		}
		b.WriteString(mark + f.format(text[i+1:end], glue) + mark)
		plain = len(text) - len(after)
		i = plain - 1
	}
	b.WriteString(f.escape(text[plain:]))
	return b.String()
}

// closing finds the mark that ends the style which the mark at i begins; -1 for none. WhatsApp's marks stand at the edges
// of words, touch the text between them, and are on one line.
func closing(text string, i int) int {
	mark := text[i]
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	next, _ := utf8.DecodeRuneInString(text[i+1:])
	if i > 0 && (isWord(before) || before == rune(mark)) || i+1 >= len(text) || unicode.IsSpace(next) || next == rune(mark) {
		return -1
	}
	for j := i + 1; j < len(text) && text[j] != '\n'; j++ {
		if text[j] != mark {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(text[:j])
		after, _ := utf8.DecodeRuneInString(text[j+1:])
		if j+1 < len(text) && (isWord(after) || after == rune(mark)) || unicode.IsSpace(last) {
			return -1
		}
		return j
	}
	return -1
}

func wordlike(r rune, size int) bool { return size > 0 && !unicode.IsSpace(r) && !isPunctuation(r) }

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isASCIIWord reports whether the web client takes the character for a part of a word.
func isASCIIWord(r rune) bool { return r < unicode.MaxASCII && (isWord(r) || r == '_') }
