package markdown

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// style is a set of ways in which text is shown.
type style uint8

const (
	bold style = 1 << iota
	italic
	struck
	mono // code; it has no other style
	verbatim
)

// run is a part of a text in one style. A verbatim one, an address or an emoji, must not be changed.
type run struct {
	text  string
	style style
}

var (
	emojiName = regexp.MustCompile(`^:([a-zA-Z0-9_+-]{1,64}):`)
	inlineURL = regexp.MustCompile(`^(?i)(?:https?://|www\.|mailto:)[^\s<>]*[^\s<>.,;:!?'"*_~)\]]`)
	entity    = regexp.MustCompile(`^&#?[0-9A-Za-z]{1,32};`)
	autoLink  = regexp.MustCompile(`^<((?:https?://|mailto:)[^\s<>]+|[^\s<>@]+@[^\s<>@]+)>`)
	target    = regexp.MustCompile(`^\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)`)
)

// piece is a part of a text during parsing: text, or a row of marks that may begin or end a style.
type piece struct {
	run
	mark           byte // '*', '_' or '~'; 0 = text
	count, initial int  // marks that are left, and how many there were
	open, close    bool
	begin, end     []style // styles that begin behind the marks that are left, and that end before them
}

// parseInline reads Markdown as Mattermost's web client shows it: emphasis, strike-through, code, links, emoji, escapes.
// Line ends stay line ends.
//
// It is written by hand because goldmark reads CommonMark, while the web client has rules of its own for line ends, lists,
// emoji and bare addresses: the customer must read what the agent sees in the channel. The tests compare it with goldmark
// where both agree.
func parseInline(text string, emoji func(name string) (string, bool)) []run {
	p := &inlineParser{text: text, emoji: emoji}
	p.read()
	p.matchMarks()
	return p.runs()
}

type inlineParser struct {
	text   string
	emoji  func(name string) (string, bool)
	pieces []piece
	plain  strings.Builder
}

func (p *inlineParser) flush() {
	if p.plain.Len() > 0 {
		p.pieces = append(p.pieces, piece{run: run{text: p.plain.String()}})
		p.plain.Reset()
	}
}

func (p *inlineParser) add(runs ...run) {
	p.flush()
	for _, r := range runs {
		p.pieces = append(p.pieces, piece{run: r})
	}
}

func (p *inlineParser) read() {
	for i := 0; i < len(p.text); {
		n := p.readOne(i)
		if n == 0 {
			_, n = utf8.DecodeRuneInString(p.text[i:])
			p.plain.WriteString(p.text[i : i+n])
		}
		i += n
	}
	p.flush()
}

// readOne reads the construct that begins at i and returns its length in bytes; 0 if a character of text begins there.
func (p *inlineParser) readOne(i int) int {
	rest := p.text[i:]
	switch rest[0] {
	case '\\':
		if strings.HasPrefix(rest, "\\\n") { // a line end that was marked as one
			return 1
		}
		if len(rest) > 1 && rest[1] < utf8.RuneSelf && unicode.In(rune(rest[1]), unicode.P, unicode.S) {
			p.plain.WriteByte(rest[1])
			return 2
		}
	case '`':
		return p.readCode(rest)
	case '[':
		return p.readLink(rest)
	case '!':
		if strings.HasPrefix(rest, "![") {
			if n := p.readLink(rest[1:]); n > 0 {
				return n + 1
			}
		}
	case '<':
		if m := autoLink.FindStringSubmatch(rest); m != nil {
			p.add(run{m[1], verbatim})
			return len(m[0])
		}
	case '&':
		if m := entity.FindString(rest); m != "" {
			if shown := html.UnescapeString(m); shown != m {
				p.plain.WriteString(shown)
				return len(m)
			}
		}
	case ':':
		if m := emojiName.FindStringSubmatch(rest); m != nil {
			if shown, ok := p.emoji(m[1]); ok {
				p.add(run{shown, verbatim})
				return len(m[0])
			}
		}
	case '*', '_', '~':
		return p.readMarks(i)
	case 'h', 'H', 'w', 'W', 'm', 'M':
		if before, _ := utf8.DecodeLastRuneInString(p.text[:i]); i == 0 || !isWord(before) {
			if url := inlineURL.FindString(rest); url != "" {
				p.add(run{url, verbatim})
				return len(url)
			}
		}
	}
	return 0
}

// readCode reads `code`, with as many backticks at its end as at its beginning.
func (p *inlineParser) readCode(rest string) int {
	ticks := len(rest) - len(strings.TrimLeft(rest, "`"))
	for at := ticks; at < len(rest); {
		next := strings.IndexByte(rest[at:], '`')
		if next < 0 {
			break
		}
		at += next
		n := len(rest[at:]) - len(strings.TrimLeft(rest[at:], "`"))
		if n == ticks {
			code := strings.ReplaceAll(rest[ticks:at], "\n", " ")
			if len(code) > 2 && code[0] == ' ' && code[len(code)-1] == ' ' && strings.TrimSpace(code) != "" {
				code = code[1 : len(code)-1]
			}
			p.add(run{code, mono})
			return at + n
		}
		at += n
	}
	p.plain.WriteString(rest[:ticks])
	return ticks
}

// readLink reads [text](address) into the runs of "text (address)" and returns its length; 0 if there is no link.
func (p *inlineParser) readLink(rest string) int {
	depth, end := 0, -1
	for j := 0; j < len(rest) && end < 0; j++ {
		switch rest[j] {
		case '\\':
			j++
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				end = j
			}
		}
	}
	if end < 0 {
		return 0
	}
	m := target.FindStringSubmatch(rest[end+1:])
	if m == nil {
		return 0
	}
	label, address := parseInline(rest[1:end], p.emoji), m[1]
	shown := ""
	for _, r := range label {
		shown += r.text
	}
	switch shown = strings.TrimSpace(shown); {
	case address == "":
		p.add(label...)
	case shown == "" || shown == address || strings.HasSuffix(address, "://"+shown) || address == "mailto:"+shown:
		p.add(run{address, verbatim})
	default:
		p.add(label...)
		p.add(run{" (", 0}, run{address, verbatim}, run{")", 0})
	}
	return end + 1 + len(m[0])
}
