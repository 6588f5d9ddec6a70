package domain

import (
	"strings"
	"time"
)

// Period returns the days that a word means, on the clock that now shows: today, yesterday, week (the last seven
// days), month, last_month, or a month as 2026-11; also in Portuguese. from is its first moment and to the first
// one after it, milliseconds since epoch. ok is false for any other word.
func Period(word string, now time.Time) (from, to int64, ok bool) {
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	tomorrow := day.AddDate(0, 0, 1)
	between := func(a, b time.Time) (int64, int64, bool) { return a.UnixMilli(), b.UnixMilli(), true }
	word = strings.TrimSpace(word)
	switch Fold(word) {
	case "mes", "month":
		return between(month, tomorrow)
	case "hoje", "today":
		return between(day, tomorrow)
	case "ontem", "yesterday":
		return between(day.AddDate(0, 0, -1), day)
	case "semana", "week":
		return between(day.AddDate(0, 0, -6), tomorrow)
	case "mes_passado", "last_month":
		return between(month.AddDate(0, -1, 0), month)
	}
	named, err := time.ParseInLocation("2006-01", word, now.Location())
	if err != nil {
		return 0, 0, false
	}
	return between(named, named.AddDate(0, 1, 0))
}
