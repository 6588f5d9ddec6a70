package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// readMarks reads a row of the same mark and decides, by CommonMark's rules, whether it may begin or end a style.
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
	d := piece{mark: mark, count: n, initial: n, open: left, close: right}
	switch {
	case mark == '_':
		d.open, d.close = left && (!right || isPunctuation(before)), right && (!left || isPunctuation(after))
	case mark == '~' && n != 2: // a single one is no mark
		d.open, d.close = false, false
	}
	p.flush()
	p.pieces = append(p.pieces, d)
	return n
}

func isPunctuation(r rune) bool { return unicode.In(r, unicode.P, unicode.S) }

// matchMarks finds the marks that belong together as CommonMark does: each closing mark takes the nearest opening one of
// its kind.
func (p *inlineParser) matchMarks() {
	for c := 0; c < len(p.pieces); c++ {
		closer := &p.pieces[c]
		for closer.mark != 0 && closer.close && closer.count > 0 {
			o := p.openerOf(c)
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
			for between := o + 1; between < c; between++ { // marks inside cannot belong to marks outside
				p.pieces[between].open, p.pieces[between].close = false, false
			}
		}
	}
}

func (p *inlineParser) openerOf(c int) int {
	closer := &p.pieces[c]
	for o := c - 1; o >= 0; o-- {
		opener := &p.pieces[o]
		if opener.mark != closer.mark || !opener.open || opener.count == 0 {
			continue
		}
		if closer.mark == '~' && (opener.count != 2 || closer.count != 2) {
			continue
		}
		if (opener.close || closer.open) && (opener.initial+closer.initial)%3 == 0 && (opener.initial%3 != 0 || closer.initial%3 != 0) {
			continue
		}
		return o
	}
	return -1
}

// runs joins the pieces to runs, each with the styles in force.
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
