package domain

import (
	"database/sql/driver"
	"slices"
	"time"
)

// Hours are the times of the week at which something is open, by the names in Weekdays; a day without
// spans is closed. No hours at all mean always.
type Hours map[string][]Span

// Span is a part of a day, from its beginning up to, but not including, its end: "HH:MM", of which only
// the end can be "24:00".
type Span [2]string

// Weekdays returns the names of the days, Monday first.
func Weekdays() []string { return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

// minutesOfDay is how many minutes a day has, whatever its clock does.
const minutesOfDay = 24 * 60

// dayMinute returns the minute of the day of "HH:MM"; ok is false for anything else.
func dayMinute(text string) (minute int, ok bool) {
	if text == "24:00" {
		return minutesOfDay, true
	}
	at, err := time.Parse("15:04", text)
	return at.Hour()*60 + at.Minute(), err == nil && len(text) == len("15:04")
}

// Empty reports whether there is no span at all, which means always.
func (h Hours) Empty() bool {
	for _, spans := range h {
		if len(spans) > 0 {
			return false
		}
	}
	return true
}

// Normal returns the hours with the spans of each day in their order and without empty days. ok is false
// if a day or a time does not exist, or spans of a day overlap.
func (h Hours) Normal() (normal Hours, ok bool) {
	normal = Hours{}
	for day, spans := range h {
		if !slices.Contains(Weekdays(), day) {
			return nil, false
		}
		spans = slices.Clone(spans)
		slices.SortFunc(spans, func(a, b Span) int { return slices.Compare(a[:], b[:]) })
		last := 0
		for _, span := range spans {
			from, known := dayMinute(span[0])
			to, alsoKnown := dayMinute(span[1])
			if !known || !alsoKnown || from >= to || from < last {
				return nil, false
			}
			last = to
		}
		if len(spans) > 0 {
			normal[day] = spans
		}
	}
	return normal, true
}

// Value stores the hours as JSON.
func (h Hours) Value() (driver.Value, error) { return jsonValue(h, len(h)) }

// Scan reads what Value stored.
func (h *Hours) Scan(src any) error {
	*h = nil // sqlx makes an empty map of what it scans into
	return scanJSON(src, h)
}

// Days are dates, "2026-12-25".
type Days []string

// Normal returns the days in their order, each once. ok is false if one of them does not exist.
func (d Days) Normal() (normal Days, ok bool) {
	for _, day := range d {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return nil, false
		}
	}
	normal = slices.Clone(d)
	slices.Sort(normal)
	return slices.Compact(normal), true
}

// Value stores the days as JSON.
func (d Days) Value() (driver.Value, error) { return jsonValue(d, len(d)) }

// Scan reads what Value stored.
func (d *Days) Scan(src any) error { return scanJSON(src, d) }
