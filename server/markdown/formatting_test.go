package markdown

import (
	"flag"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown/markdowntest"

	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"
)

// The meaning of a text is what a reader sees: characters, each with its
// styles. Blanks have none, code has no other, and what cannot be seen or only
// stands for something else is put back.
type seen struct {
	r     rune
	style style
}

type meaning []seen

func (m *meaning) add(text string, s style) {
	for _, r := range text {
		for plain, alike := range lookalikes {
			if r == '≁' {
				r = '~'
			}
			if r == alike {
				r = plain
			}
		}
		switch {
		case string(r) == joiner:
		case unicode.IsSpace(r):
			*m = append(*m, seen{r, 0})
		case s&mono != 0:
			*m = append(*m, seen{r, mono})
		default:
			*m = append(*m, seen{r, s})
		}
	}
}

func (m meaning) String() string {
	var b strings.Builder
	var last style
	for _, c := range m {
		if c.style != last && !unicode.IsSpace(c.r) {
			fmt.Fprintf(&b, "<%d>", c.style)
			last = c.style
		}
		b.WriteRune(c.r)
	}
	return strings.TrimSpace(lineEnds.ReplaceAllString(b.String(), "\n"))
}

// What blanks stand at the ends of lines, and how many lines lie between two paragraphs, is nobody's meaning.
var lineEnds = regexp.MustCompile(`[ \t]*(?:\n[ \t]*)+`)

// onChannel is the meaning of Markdown, as a CommonMark library reads it.
func onChannel(markdown string) string {
	// the library strikes through between single tildes too, Mattermost does not
	source := []byte(oneTilde.ReplaceAllString(oneTilde.ReplaceAllString(markdown, "$1≁$2"), "$1≁$2"))
	document := goldmark.New(goldmark.WithExtensions(extension.Strikethrough, extension.Table)).Parser().Parse(text.NewReader(source))
	var m meaning
	depth := map[style]int{}
	styles := func() (s style) {
		for one, n := range depth {
			if n > 0 {
				s |= one
			}
		}
		return s
	}
	enter := func(s style, entering bool) {
		if entering {
			depth[s]++
		} else {
			depth[s]--
		}
	}
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Emphasis:
			enter(map[int]style{1: italic, 2: bold}[n.Level], entering)
		case *east.Strikethrough:
			enter(struck, entering)
		case *ast.CodeSpan:
			if entering {
				var code []byte
				for child := n.FirstChild(); child != nil; child = child.NextSibling() {
					if part, ok := child.(*ast.Text); ok {
						code = append(code, part.Segment.Value(source)...)
					}
				}
				m.add(strings.TrimSpace(strings.ReplaceAll(string(code), "\n", " ")), mono)
			}
			return ast.WalkSkipChildren, nil
		case *ast.Link:
			if !entering {
				m.add(" (", 0)
				m.add(string(n.Destination), 0)
				m.add(")", 0)
			}
		case *ast.Text:
			if entering {
				m.add(html.UnescapeString(string(unescaped(n.Segment.Value(source)))), styles())
				if n.SoftLineBreak() || n.HardLineBreak() {
					m.add("\n", 0)
				}
			}
		case *ast.String:
			if entering {
				m.add(string(n.Value), styles())
			}
		case *ast.Paragraph, *ast.TextBlock:
			if !entering {
				m.add("\n", 0)
			}
		default: // a heading, a list, code, a table ...: it looks like nothing that was typed
			if entering && n.Kind() != ast.KindDocument {
				m.add("\n⟦"+n.Kind().String()+"⟧", 0)
			}
		}
		return ast.WalkContinue, nil
	})
	return m.String()
}

var oneTilde = regexp.MustCompile(`(^|[^~\\])~([^~]|$)`)

var backslash = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")

func unescaped(text []byte) []byte { return backslash.ReplaceAll(text, []byte("$1")) }

// onPhone is the meaning of WhatsApp's marks. Nobody outside of Meta knows the
// rule for a mark that could end something but stands before a word: strictly
// nothing is marked, otherwise the next one ends it.
func onPhone(message string, strictly bool) string {
	var m meaning
	var read func(line []rune, s style)
	read = func(line []rune, s style) {
		for i := 0; i < len(line); i++ {
			end := phoneEnd(line, i, strictly)
			if end < 0 {
				m.add(string(line[i]), s)
				continue
			}
			read(line[i+1:end], s|map[rune]style{'*': bold, '_': italic, '~': struck}[line[i]])
			i = end
		}
	}
	for _, line := range strings.Split(message, "\n") {
		rest := []rune(line)
		for i := 0; i < len(rest); i++ {
			if end := codeEnd(rest, i); end > 0 {
				read(rest[:i], 0)
				m.add(strings.TrimSpace(string(rest[i+1:end])), mono)
				rest, i = rest[end+1:], -1
			}
		}
		read(rest, 0)
		m.add("\n", 0)
	}
	return m.String()
}

// codeEnd finds the backtick that ends what the one at i begins.
func codeEnd(line []rune, i int) int {
	alone := func(at int) bool {
		return line[at] == '`' && (at == 0 || line[at-1] != '`') && (at+1 == len(line) || line[at+1] != '`')
	}
	if !alone(i) || i > 0 && line[i-1] == '\\' {
		return -1
	}
	for j := i + 1; j < len(line); j++ {
		if line[j] == '`' {
			if alone(j) {
				return j
			}
			return -1
		}
	}
	return -1
}

func phoneEnd(line []rune, i int, strictly bool) int {
	word := func(at int) bool {
		return at >= 0 && at < len(line) && (unicode.IsLetter(line[at]) || unicode.IsDigit(line[at]))
	}
	blank := func(at int) bool { return at < 0 || at >= len(line) || unicode.IsSpace(line[at]) }
	mark := line[i]
	if !strings.ContainsRune("*_~", mark) || word(i-1) || blank(i+1) || line[i+1] == mark || i > 0 && line[i-1] == mark {
		return -1
	}
	for j := i + 2; j < len(line); j++ {
		if line[j] == mark {
			if !blank(j-1) && !word(j+1) && (j+1 == len(line) || line[j+1] != mark) {
				return j
			}
			if strictly {
				return -1
			}
		}
	}
	return -1
}

func noEmoji(string) (string, bool) { return "", false }

// typed draws what somebody could type: words, marks, blanks, lines.
func typed(parts ...string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		drawn := "a" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 14).Draw(t, "parts"), "") + "z"
		return strings.ReplaceAll(drawn, "\\\n", "\n") // the library leaves half of some of these standing
	})
}

const formattingRounds = 10_000

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// rounds runs a property more often than rapid does by itself.
func rounds(t *testing.T, property func(t *rapid.T)) {
	t.Helper()
	checks := flag.Lookup("rapid.checks").Value
	usual := checks.String()
	t.Cleanup(func() { require.NoError(t, checks.Set(usual)) })
	require.NoError(t, checks.Set(strconv.Itoa(max(formattingRounds, number(usual)))))
	rapid.Check(t, property)
}

var marked = []string{"a", "b c", "é", "1", " ", ".", "(", ")", "!", "-", "*", "*", "**", "**", "***", "_", "__", "~~", "`", "\\", "\nx"}

// beyondMarkdown is a marked sign beside a word: WhatsApp can show it, Markdown has no way to write it (but for other marks between).
var beyondMarkdown = regexp.MustCompile(`[^\pL\pN\s*_~][*_~]+\x{2060}|\x{2060}[*_~]+[^\pL\pN\s*_~]`)

func TestWhatTheChannelShowsIsWhatThePhoneShows(t *testing.T) {
	rounds(t, func(t *rapid.T) {
		markdown := typed(marked...).Draw(t, "markdown")
		sent := ToWhatsApp(markdown, noEmoji)
		want := onChannel(markdown)
		require.Equal(t, want, onPhone(sent, true), "%q became %q", markdown, sent)
		require.Equal(t, want, onPhone(sent, false), "%q became %q", markdown, sent)
		if beyondMarkdown.MatchString(sent) {
			return
		}
		require.Equal(t, want, onChannel(ToMattermost(sent)), "%q became %q and came back as %q", markdown, sent, ToMattermost(sent))
	})
}

// TestStylesThatTouch has what a draw found: where one style ends and another begins, the stars of both were one row.
func TestStylesThatTouch(t *testing.T) {
	for _, markdown := range []string{"a*a***a*****a***z", "a**b**\u2060**c**d", "a*b*\u2060***c***d", "*a***b**", "a~~b~~**c**d"} {
		t.Run(markdown, func(t *testing.T) {
			sent := ToWhatsApp(markdown, noEmoji)
			require.Equal(t, onChannel(markdown), onPhone(sent, true), sent)
			require.Equal(t, onChannel(markdown), onChannel(ToMattermost(sent)), "%q became %q", sent, ToMattermost(sent))
		})
	}
}

func TestWhatThePhoneShowsIsWhatTheChannelShows(t *testing.T) {
	rounds(t, func(t *rapid.T) {
		message := typed("a", "b c", "é", "1", " ", ".", "(", ")", "!", "-", "*", "*", "_", "_", "~", "`", "\\", "\nx").Draw(t, "message")
		shown := ToMattermost(message)
		require.Equal(t, onPhone(message, true), onChannel(shown), "%q became %q", message, shown)
	})
}

// shapes are what Markdown makes more of than was typed, at the start of a line and inside.
var shapes = []string{
	"a", "b c", "é", " ", "  ", "\n", "\n", "\n\n", "\t", "\u00a0", "1. ", "2. ", "7. ", "10. ", "1) ", "- ", "+ ", "* ", "-", "+55", "> ", ">", "# ", "##", "### ", "#tag",
	"    ", "---", "===", "***", "___", "-=-", "- - -", "| a | b |", "|--|--|", "a|b", "-|-", ":-:", "<b>", "</b>", "<!-- x", "&amp;", "&#35;", "&lt;", "\\", "\\\\", "[a]: ", "[a]", "[^1]", "(b)", "![", "](",
	"$", "$$", "R$ 5", ":x:", ":)", "~~~", "```", "\u2028", "\u2424", "[ ] ", "[x] ", "@all", "@ana", "~loja", "www.", "ana@loja.com",
}

// TestWhatWasTypedIsWhatIsShown: nothing but WhatsApp's own marks means more than its characters.
func TestWhatWasTypedIsWhatIsShown(t *testing.T) {
	rounds(t, func(t *rapid.T) {
		message := strings.Join(rapid.SliceOfN(rapid.SampledFrom(shapes), 1, 12).Draw(t, "parts"), "")
		if blocks.MatchString(message) || Links.MatchString(message) {
			t.Skip() // code is code in both, and links are shown as code
		}
		shown := ToMattermost(message)
		typed := strings.NewReplacer("\u2028", "\n", "\u2424", "\n").Replace(message)
		require.Equal(t, onPhone(typed, true), onChannel(shown), "%q became %q", message, shown)
		require.Empty(t, markdowntest.Acts(shown), "%q became %q", message, shown)
	})
}
