package markdown

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lookalikes replace a character that WhatsApp would take for a mark where the channel shows the character itself.
var lookalikes = map[rune]rune{'*': '∗', '_': '＿', '~': '∼', '`': '‵'}

// lineStart matches what WhatsApp takes for a list or a quote at the start of a line.
var lineStart = regexp.MustCompile(`^(?:[-*>] |\d{1,3}\. )`)

// ToWhatsApp writes a post's Markdown with WhatsApp's marks, so that the customer reads what the channel shows; lists get
// the numbers that the channel counts. Text without Markdown is returned as it was typed. emoji returns the character of
// an emoji by its name, false if there is none.
func ToWhatsApp(markdown string, emoji func(name string) (string, bool)) string {
	lines := strings.Split(strings.ReplaceAll(markdown, "\r\n", "\n"), "\n")
	for i, line := range lines { // the web client takes these for blanks
		text := strings.TrimLeft(line, " \t\u00a0")
		lines[i] = strings.NewReplacer("\t", "    ", "\u00a0", " ").Replace(line[:len(line)-len(text)]) + text
	}
	w := blockWriter{inline: func(text string) []run { return parseInline(text, emoji) }}
	return strings.Join(w.write(lines, false), "\n")
}

// write writes runs as lines, each with the prefix of its block.
func write(runs []run, prefix string) []string {
	var lines []string
	var line []run
	end := func() {
		text := writeLine(line)
		if prefix == "" && lineStart.MatchString(text) {
			text = joiner + text // it is text and must not become a list
		}
		lines, line = append(lines, prefix+text), nil
	}
	for _, r := range runs {
		parts := strings.Split(r.text, "\n")
		for i, part := range parts {
			if i > 0 {
				end()
			}
			if part != "" {
				line = append(line, run{part, r.style})
			}
		}
	}
	end()
	return lines
}

// marks are WhatsApp's marks by style, in the order in which they are tried.
var marks = []struct {
	style style
	mark  rune
}{{bold, '*'}, {italic, '_'}, {struck, '~'}}

// cell is one character of a line, or one address, emoji or piece of code as a whole.
type cell struct {
	text  string
	style style
}

func (c cell) indivisible() bool { return c.style&(mono|verbatim) != 0 }

func (c cell) blank() bool { return !c.indivisible() && strings.TrimSpace(c.text) == "" }

// edge is the first or last character of the cell at i, as its neighbour sees it; a blank outside of the line.
func edge(cells []cell, i int, last bool) rune {
	if i < 0 || i >= len(cells) {
		return ' '
	}
	if cells[i].style&mono != 0 {
		return '`'
	}
	r, _ := utf8.DecodeRuneInString(cells[i].text)
	if last {
		r, _ = utf8.DecodeLastRuneInString(cells[i].text)
	}
	return r
}

// writeLine writes the runs of one line with WhatsApp's marks.
func writeLine(runs []run) string {
	var cells []cell
	for _, r := range runs {
		if r.style&(mono|verbatim) != 0 { // WhatsApp's marks do not work around it
			cells = append(cells, cell{r.text, r.style & (mono | verbatim)})
			continue
		}
		for _, c := range r.text {
			cells = append(cells, cell{string(c), r.style})
		}
	}
	trimStyles(cells)
	for mark := range lookalikes {
		replaceLiteralMarks(cells, mark)
	}
	var w lineWriter
	w.write(cells, bold|italic|struck)
	return w.String()
}

// trimStyles removes a style from the blanks at the edges of a styled part, because a mark has to touch a word.
func trimStyles(cells []cell) {
	for _, m := range marks {
		for i := 0; i < len(cells); i++ {
			from := i
			for i < len(cells) && cells[i].style&m.style != 0 {
				i++
			}
			for a := from; a < i && cells[a].blank(); a++ {
				cells[a].style &^= m.style
			}
			for z := i - 1; z >= from && cells[z].blank(); z-- {
				cells[z].style &^= m.style
			}
		}
	}
}

// replaceLiteralMarks replaces the marks of one kind that are meant as text, where WhatsApp could take them for marks.
func replaceLiteralMarks(cells []cell, mark rune) {
	var style style
	for _, m := range marks {
		if m.mark == mark {
			style = m.style
		}
	}
	var begins, ends, touching, all []int
	used := false
	for i, c := range cells {
		used = used || c.style&style != 0 || mark == '`' && c.style&mono != 0
		if c.indivisible() || c.text != string(mark) {
			continue
		}
		before, after := edge(cells, i-1, true), edge(cells, i+1, false)
		if i > 0 && cells[i-1].style != c.style { // a mark of ours will stand between them
			before = '.'
		}
		if i+1 < len(cells) && cells[i+1].style != c.style {
			after = '.'
		}
		all = append(all, i)
		if !isWord(before) && !unicode.IsSpace(after) {
			begins = append(begins, i)
		}
		if !isWord(after) && !unicode.IsSpace(before) {
			ends = append(ends, i)
		}
		if besideStyle(cells, i, style) {
			touching = append(touching, i)
		}
	}
	var hide []int
	switch {
	case mark == '`' && (used || len(all) > 1):
		hide = all
	case used:
		hide = slices.Concat(begins, ends, touching)
	case len(begins) > 0 && len(ends) > 0 && begins[0] < ends[len(ends)-1]:
		hide = slices.Concat(begins, ends)
	}
	for _, i := range hide {
		cells[i].text = string(lookalikes[mark])
	}
}

// besideStyle reports whether the cell at i is inside or directly beside a part with the style.
func besideStyle(cells []cell, i int, s style) bool {
	for _, c := range cells[max(i-1, 0):min(i+2, len(cells))] {
		if c.style&s != 0 {
			return true
		}
	}
	return false
}

// lineWriter writes a line with WhatsApp's marks, and an invisible joiner between a mark and a word outside of it.
type lineWriter struct {
	strings.Builder
	closed bool // a closing mark was written last
}

func (w *lineWriter) write(cells []cell, open style) {
	for i := 0; i < len(cells); {
		c := cells[i]
		mark, s, end := rune(0), style(0), i
		for _, m := range marks {
			if c.style&m.style&open == 0 {
				continue
			}
			if j := i + span(cells[i:], m.style); j > end {
				mark, s, end = m.mark, m.style, j
			}
		}
		if mark == 0 {
			w.text(c)
			i++
			continue
		}
		if last, _ := utf8.DecodeLastRuneInString(w.String()); w.closed || isWord(last) || last == mark {
			w.WriteString(joiner)
		}
		w.closed = false
		w.WriteRune(mark)
		w.write(cells[i:end], open&^s)
		w.WriteRune(mark)
		w.closed = true
		i = end
	}
}

// span is how many cells at the beginning have the style.
func span(cells []cell, s style) int {
	for i, c := range cells {
		if c.style&s == 0 {
			return i
		}
	}
	return len(cells)
}

func (w *lineWriter) text(c cell) {
	first, _ := utf8.DecodeRuneInString(c.text)
	afterBackslash := c.style&mono != 0 && strings.HasSuffix(w.String(), `\`) // which some phones take for an escape of the backtick
	if w.closed && (c.indivisible() || isWord(first)) || afterBackslash {
		w.WriteString(joiner)
	}
	w.closed = false
	if c.style&mono == 0 {
		w.WriteString(c.text)
		return
	}
	w.WriteString("`" + strings.ReplaceAll(c.text, "`", string(lookalikes['`'])) + "`")
}
