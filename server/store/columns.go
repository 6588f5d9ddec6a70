package store

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// mapColumns replaces each column of a list by what f makes of it.
func mapColumns(columns string, f func(column string) string) string {
	names := strings.Split(columns, ", ")
	for i, name := range names {
		names[i] = f(name)
	}
	return strings.Join(names, ", ")
}

// prefixColumns prefixes columns with a table's alias.
func prefixColumns(alias, columns string) string {
	return mapColumns(columns, func(c string) string { return alias + "." + c })
}

// nestColumns prefixes columns with a table's alias and names them as fields of a nested struct.
func nestColumns(alias, field, columns string) string {
	return mapColumns(columns, func(c string) string { return alias + "." + c + ` AS "` + field + "." + c + `"` })
}

// insertInto is an INSERT with one :name a column.
func insertInto(table, columns string) string {
	return "INSERT INTO " + table + " (" + columns + ") VALUES (" + mapColumns(columns, func(c string) string { return ":" + c }) + ")"
}

// assignColumns is the SET list of an UPDATE, one :name a column.
func assignColumns(columns string) string {
	return mapColumns(columns, func(c string) string { return c + " = :" + c })
}

// chosenColumns are those of some columns that are named; all of them where named is
// empty. Where none is left it is "id", which an UPDATE sets to itself: a SET list
// must not be empty.
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

// truncate makes text from outside acceptable to a varchar(n): valid UTF-8, no NUL, at most n characters.
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
