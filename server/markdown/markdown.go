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
	mono // alone: what is code has no other style
	verbatim
)

// run is text in one style. A verbatim one (an address, an emoji) is not to be changed.
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

// piece is a part of a text while it is read: text, or marks that may begin or end a style.
type piece struct {
	run
	mark        byte // '*', '_' or '~'; 0 = text
	count, was  int  // marks left, and there at first
	open, close bool
	begin, end  []style // styles that begin behind and end before what is left of the marks
}

// parseInline reads Markdown as Mattermost shows it: emphasis, strike-through,
// code, links, emoji, escapes. Line ends stay line ends.
func parseInline(text string, emoji func(name string) (string, bool)) []run {
	p := &inlineParser{text: text, emoji: emoji}
	p.read()
	p.pair()
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

// readOne reads what begins at i and is more than a character of text; 0 if nothing does.
func (p *inlineParser) readOne(i int) int {
	rest := p.text[i:]
	switch rest[0] {
	case '\\':
		if strings.HasPrefix(rest, "\\\n") { // a line end, written down
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

// readLink reads [text](address) and writes it as "text (address)".
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

// readMarks reads a row of one mark and tells whether it may begin or end something.
func (p *inlineParser) readMarks(i int) int {
	mark := p.text[i]
	n := len(p.text[i:]) - len(strings.TrimLeft(p.text[i:], string(mark)))
	before, after := ' ', ' '
	if i > 0 {
		before, _ = utf8.DecodeLastRuneInString(p.text[:i])
	}
	if i+n < len(p.text) {
		after, _ = utf8.DecodeRuneInString(p.text[i+n:])
	}
	left := !unicode.IsSpace(after) && (!isPunctuation(after) || unicode.IsSpace(before) || isPunctuation(before))
	right := !unicode.IsSpace(before) && (!isPunctuation(before) || unicode.IsSpace(after) || isPunctuation(after))
	d := piece{mark: mark, count: n, was: n, open: left, close: right}
	switch {
	case mark == '_':
		d.open, d.close = left && (!right || isPunctuation(before)), right && (!left || isPunctuation(after))
	case mark == '~' && n != 2: // one is a character like any other
		d.open, d.close = false, false
	}
	p.flush()
	p.pieces = append(p.pieces, d)
	return n
}

func isPunctuation(r rune) bool { return unicode.In(r, unicode.P, unicode.S) }

// pair finds what belongs together, as CommonMark does: each end takes the nearest beginning of its kind.
func (p *inlineParser) pair() {
	for c := 0; c < len(p.pieces); c++ {
		closer := &p.pieces[c]
		for closer.mark != 0 && closer.close && closer.count > 0 {
			o := p.opener(c)
			if o < 0 {
				break
			}
			opener := &p.pieces[o]
			s, used := italic, 1
			switch {
			case closer.mark == '~':
				s, used = struck, 2
			case opener.count > 1 && closer.count > 1:
				s, used = bold, 2
			}
			opener.count, closer.count = opener.count-used, closer.count-used
			opener.begin, closer.end = append(opener.begin, s), append(closer.end, s)
			for between := o + 1; between < c; between++ { // what is inside belongs to nothing outside
				p.pieces[between].open, p.pieces[between].close = false, false
			}
		}
	}
}

func (p *inlineParser) opener(c int) int {
	closer := &p.pieces[c]
	for o := c - 1; o >= 0; o-- {
		opener := &p.pieces[o]
		if opener.mark != closer.mark || !opener.open || opener.count == 0 {
			continue
		}
		if closer.mark == '~' && (opener.count != 2 || closer.count != 2) {
			continue
		}
		if (opener.close || closer.open) && (opener.was+closer.was)%3 == 0 && (opener.was%3 != 0 || closer.was%3 != 0) {
			continue
		}
		return o
	}
	return -1
}

// runs writes the pieces down with the styles that hold.
func (p *inlineParser) runs() []run {
	var runs []run
	depth := map[style]int{}
	current := func() (s style) {
		for _, one := range []style{bold, italic, struck} {
			if depth[one] > 0 {
				s |= one
			}
		}
		return s
	}
	put := func(r run) {
		switch {
		case r.text == "":
		case r.style&(mono|verbatim) != 0:
			runs = append(runs, run{r.text, r.style})
		default:
			r.style |= current()
			if last := len(runs) - 1; last >= 0 && runs[last].style == r.style {
				runs[last].text += r.text
			} else {
				runs = append(runs, r)
			}
		}
	}
	for i := range p.pieces {
		d := &p.pieces[i]
		if d.mark == 0 {
			put(d.run)
			continue
		}
		for _, s := range d.end {
			depth[s]--
		}
		put(run{text: strings.Repeat(string(d.mark), d.count)})
		for _, s := range d.begin {
			depth[s]++
		}
	}
	return runs
}
