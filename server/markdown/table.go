package markdown

import (
	"regexp"
	"strings"
)

// tableRule is the line between a table's header and its rows.
var tableRule = regexp.MustCompile(`^ *(?:\| *[-:]+[-| :]*|[-:]+ *\|[-| :]*)$`)

// table writes the rows of a table, the header in bold. WhatsApp has no tables.
func (w blockWriter) table(header string, rows []string) []string {
	out := []string{w.row(header, bold)}
	for _, row := range rows {
		out = append(out, w.row(row, 0))
	}
	return out
}

func (w blockWriter) row(line string, s style) string {
	var row []run
	for i, cell := range cells(line) {
		if i > 0 {
			row = append(row, run{" | ", 0})
		}
		for _, r := range w.inline(cell) {
			if r.style&(mono|verbatim) == 0 {
				r.style |= s
			}
			row = append(row, r)
		}
	}
	return writeLine(row)
}

// cells are the texts between the bars of a table's row.
func cells(line string) []string {
	line = strings.TrimPrefix(strings.TrimSpace(line), "|")
	var out []string
	var cell strings.Builder
	for i := 0; i < len(line); i++ {
		if line[i] == '|' && (i == 0 || line[i-1] != '\\') {
			out = append(out, strings.TrimSpace(cell.String()))
			cell.Reset()
			continue
		}
		cell.WriteByte(line[i])
	}
	if last := strings.TrimSpace(cell.String()); last != "" {
		out = append(out, last)
	}
	return out
}
