package store

import (
	"slices"
	"strings"
	"unicode/utf8"
)

func mapColumns(columns string, f func(column string) string) string {
	names := strings.Split(columns, ", ")
	for i, name := range names {
		names[i] = f(name)
	}
	return strings.Join(names, ", ")
}

// of prefixes columns with a table's alias.
func prefixColumns(alias, columns string) string {
	return mapColumns(columns, func(c string) string { return alias + "." + c })
}

// as prefixes columns with a table's alias and names them as fields of a nested struct.
func nestColumns(alias, field, columns string) string {
	return mapColumns(columns, func(c string) string { return alias + "." + c + ` AS "` + field + "." + c + `"` })
}

// insertInto is an INSERT with one :name a column.
func insertInto(table, columns string) string {
	return "INSERT INTO " + table + " (" + columns + ") VALUES (" + mapColumns(columns, func(c string) string { return ":" + c }) + ")"
}

// assign is the SET list of an UPDATE, one :name a column.
func assignColumns(columns string) string {
	return mapColumns(columns, func(c string) string { return c + " = :" + c })
}

// given are the named ones of some columns; without a name all. Where none is
// left it is the id, which stays what it is: a SET list needs a column.
func chosenColumns(columns string, named []string) string {
	if len(named) == 0 {
		return columns
	}
	kept := []string{}
	for _, column := range strings.Split(columns, ", ") {
		if slices.Contains(named, column) {
			kept = append(kept, column)
		}
	}
	if len(kept) == 0 {
		return "id"
	}
	return strings.Join(kept, ", ")
}

func hasColumn(columns, name string) bool { return slices.Contains(strings.Split(columns, ", "), name) }

// fit makes text from outside acceptable to a varchar(n): valid UTF-8, no NUL, n characters at most.
func truncate(s string, n int) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
