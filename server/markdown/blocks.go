package markdown

import (
	"regexp"
	"strconv"
	"strings"
)

// What begins a block at the start of a line for Mattermost's web client. Unlike CommonMark it requires a blank after a
// list's mark, knows no list with brackets ("1)"), and reads any line above a row of dashes as a heading. That is why a
// CommonMark parser such as goldmark is not used here.
var (
	fence     = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})[^`~]*$")
	heading   = regexp.MustCompile(`^ *#{1,6} +(.*?) *#* *$`)
	underline = regexp.MustCompile(`^ *[=-]{2,} *$`)
	rule      = regexp.MustCompile(`^(?: *[-*_]){3,} *$`)
	quoted    = regexp.MustCompile(`^ *>(.+)$`)
	listItem  = regexp.MustCompile(`^( *)([*+-]|\d{1,9}\.)( +)(\S.*)$`)
	task      = regexp.MustCompile(`^\[([ xX])\] `)
)

// blockWriter writes the blocks of a Markdown text as lines for WhatsApp, so that the phone shows what the channel shows.
type blockWriter struct {
	inline func(text string) []run
}

// write writes lines. inside says that they are the content of a list item, in which the web client shows no tables.
func (w blockWriter) write(lines []string, inside bool) []string {
	var out []string
	for i := 0; i < len(lines); {
		line := lines[i]
		next := ""
		if i+1 < len(lines) {
			next = lines[i+1]
		}
		switch {
		case strings.TrimSpace(line) == "":
			out = append(out, line)
			i++
		case indented(line):
			end := i + 1
			for last := end; last < len(lines) && (indented(lines[last]) || strings.TrimSpace(lines[last]) == ""); last++ {
				if indented(lines[last]) {
					end = last + 1
				}
			}
			out = append(out, codeBlock(dedent(lines[i:end], 4))...)
			i = end
		case fence.MatchString(line):
			mark := fence.FindStringSubmatch(line)[1]
			end := i + 1
			for end < len(lines) && !closesFence(lines[end], mark) {
				end++
			}
			out = append(out, codeBlock(lines[i+1:min(end, len(lines))])...)
			i = end + 1
		case heading.MatchString(line):
			out = append(out, w.heading(heading.FindStringSubmatch(line)[1])...)
			i++
		case !inside && strings.Contains(line, "|") && tableRule.MatchString(next):
			end := i + 2
			for end < len(lines) && strings.Contains(lines[end], "|") {
				end++
			}
			out = append(out, w.table(line, lines[i+2:end])...)
			i = end
		case underline.MatchString(next):
			out = append(out, w.heading(strings.TrimSpace(line))...)
			i += 2
		case rule.MatchString(line):
			out = append(out, "---")
			i++
		case quoted.MatchString(line):
			end := i + 1
			for end < len(lines) && strings.TrimSpace(lines[end]) != "" {
				end++
			}
			for _, one := range w.write(unquoted(lines[i:end]), inside) {
				out = append(out, "> "+one)
			}
			i = end
		case listItem.MatchString(line):
			list, end := w.list(lines, i)
			out, i = append(out, list...), end
		default: // a paragraph: marks may span its lines
			end := i + 1
			for end < len(lines) && strings.TrimSpace(lines[end]) != "" && !beginsBlock(lines, end) && (!inside || !indented(lines[end])) {
				end++
			}
			out = append(out, write(w.inline(strings.Join(lines[i:end], "\n")), "")...)
			i = end
		}
	}
	return out
}

// beginsBlock reports whether a block begins at a line, which ends the paragraph before it.
func beginsBlock(lines []string, i int) bool {
	for _, block := range []*regexp.Regexp{fence, heading, rule, quoted, listItem} {
		if block.MatchString(lines[i]) {
			return true
		}
	}
	return i+1 < len(lines) && underline.MatchString(lines[i+1])
}

func (w blockWriter) heading(text string) []string {
	runs := w.inline(text)
	for r := range runs {
		if runs[r].style&(mono|verbatim) == 0 {
			runs[r].style |= bold
		}
	}
	return write(runs, "")
}

// list writes the list that begins at line i and returns the index of the line behind it. The first mark decides whether
// the list is numbered and where it begins to count; the later marks are ignored, as the web client does.
func (w blockWriter) list(lines []string, i int) (out []string, end int) {
	first := listItem.FindStringSubmatch(lines[i])
	indent, number := first[1], 0
	ordered := len(first[2]) > 1
	if ordered {
		number, _ = strconv.Atoi(strings.TrimSuffix(first[2], ".")) // it has nine digits at most
	}
	another := func(line string) bool {
		m := listItem.FindStringSubmatch(line)
		return m != nil && m[1] == indent
	}
	for i < len(lines) && another(lines[i]) && !rule.MatchString(lines[i]) {
		m := listItem.FindStringSubmatch(lines[i])
		item := []string{m[4]}
		for end = i + 1; end < len(lines) && !another(lines[end]) && (!rule.MatchString(lines[end]) || indented(lines[end])); end++ {
			above := strings.TrimSpace(lines[end-1]) == ""
			if text := strings.TrimLeft(lines[end], " "); text == "" && above || text == lines[end] && text != "" && (above || end == i+1) {
				break // two blank lines end the list, and so does an unindented text after one blank line or right below the first line of the item
			}
			item = append(item, lines[end])
		}
		kept := len(item)
		for kept > 1 && strings.TrimSpace(item[kept-1]) == "" {
			kept--
		}
		mark := "-"
		if ordered {
			mark = strconv.Itoa(number) + "."
			number++
		}
		prefix := indent + mark + m[3]
		out = append(out, w.item(append(item[:1:1], dedent(item[1:kept], len(m[1]+m[2]+m[3]))...), prefix)...)
		out = append(out, item[kept:]...)
		i = end
	}
	return out, i
}

// item writes the content of a list item behind the mark that it has on the phone. A checkbox takes the place of the mark.
func (w blockWriter) item(lines []string, prefix string) []string {
	if m := task.FindStringSubmatch(lines[0]); m != nil {
		box := "☑ "
		if m[1] == " " {
			box = "☐ "
		}
		indent := prefix[:len(prefix)-len(strings.TrimLeft(prefix, " "))]
		lines, prefix = append([]string{lines[0][len(m[0]):]}, lines[1:]...), indent+box
	}
	out := w.write(lines, true)
	for i := range out {
		switch {
		case i == 0:
			out[i] = prefix + strings.TrimPrefix(out[i], joiner)
		case strings.TrimSpace(out[i]) != "":
			out[i] = strings.Repeat(" ", len([]rune(prefix))) + out[i]
		}
	}
	return out
}

// indented reports whether a line is code if a block begins with it.
func indented(line string) bool {
	return strings.HasPrefix(line, "    ") && strings.TrimSpace(line) != ""
}

// dedent removes up to a number of blanks from the start of each line.
func dedent(lines []string, blanks int) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = line[min(len(line)-len(strings.TrimLeft(line, " ")), blanks):]
	}
	return out
}

func unquoted(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		if m := quoted.FindStringSubmatch(line); m != nil {
			line = strings.TrimPrefix(m[1], " ")
		}
		out[i] = line
	}
	return out
}

func codeBlock(lines []string) []string {
	code := strings.Join(lines, "\n")
	if strings.TrimSpace(code) == "" {
		return nil
	}
	return []string{"```" + strings.ReplaceAll(code, "```", "'''") + "```"}
}

func closesFence(line, opening string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= len(opening) && strings.Trim(line, opening[:1]) == ""
}
