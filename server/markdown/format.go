package markdown

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// markdown is how Mattermost writes what WhatsApp marks with one character.
var markdown = map[byte]string{'*': "**", '_': "_", '~': "~~"}

// formula is what Mattermost sets in LaTeX.
var formula = regexp.MustCompile(`(?:^|\W)\$[^$\n]+\$(?:[^A-Za-z0-9]|$)`)

// formatter knows which characters are to be escaped anywhere in a text:
// those that could meet another one of their kind.
// In a strict one nothing is left alone that could act, whatever stands around
// the text. A plain one writes no backslashes: what it writes may be no Markdown.
type formatter struct{ stars, underscores, dollars, strict, plain bool }

func formatterOf(whole string) formatter {
	stars, underscores := strings.Count(whole, "*"), strings.Count(whole, "_")
	return formatter{
		stars: stars > 1 || stars > 0 && underscores > 1, underscores: underscores > 1,
		dollars: formula.MatchString(whole),
	}
}

// format turns WhatsApp's marks into Markdown and makes everything else plain.
// glued tells that what is around it stands beside a word: Markdown knows no
// underscore there.
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
		// a joiner is WhatsApp's way to have a mark beside a word; Markdown needs none
		before, after := strings.TrimRight(text[plain:i], joiner), strings.TrimLeft(text[end+1:], joiner)
		glue := glued || wordlike(utf8.DecodeLastRuneInString(before)) || wordlike(utf8.DecodeRuneInString(after))
		if text[i] == '_' && (glue || strings.HasSuffix(before, `\`)) {
			mark = "*"
		}
		b.WriteString(f.escape(before))
		b.WriteString(mark + f.format(text[i+1:end], glue) + mark)
		plain = len(text) - len(after)
		i = plain - 1
	}
	b.WriteString(f.escape(text[plain:]))
	return b.String()
}

// closing finds the mark that ends what the mark at i begins, -1 for none: the
// marks stand outside words and touch the text between them, on one line.
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

// isASCIIWord is what the web client takes for a part of a word.
func isASCIIWord(r rune) bool { return r < unicode.MaxASCII && (isWord(r) || r == '_') }
