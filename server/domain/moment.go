package domain

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Reading is how a moment that somebody typed is read.
type Reading struct {
	Now   int64          // what it is relative to, milliseconds since epoch
	After int64          // it must lie after this, milliseconds since epoch
	Zone  *time.Location // of what names none
}

// ParseMoment reads the moment with which a text begins, as people write it in Portuguese or English ("amanhã 9h",
// "segunda 14:30", "25/12 10:00", "in 2 hours") or as forms do (ISO 8601), and returns the rest of the text. What
// names no hour is no moment, and of a date without a year the next one counts. It reads no further than that: a
// word of the text that follows never becomes a part of it. now is milliseconds since epoch.
func ParseMoment(text string, now int64, zone *time.Location) (at int64, rest string, ok bool) {
	if zone == nil {
		zone = time.UTC
	}
	m := momentReader{now: time.UnixMilli(now).In(zone), left: text}
	if word, after := m.next(); word != "" {
		if moment, found := isoMoment(m.word(), zone); found {
			return moment.UnixMilli(), trimRest(after), true
		}
	}
	if moment, found := m.ahead(); found {
		return moment.UnixMilli(), trimRest(m.left), true
	}
	m.left = text
	for m.day() || m.hour() {
	}
	if !m.hasHour {
		return 0, text, false
	}
	return m.moment().UnixMilli(), trimRest(m.left), true
}

// momentReader reads a moment word by word.
type momentReader struct {
	now  time.Time
	left string // what was not read yet

	hasDay, hasHour bool
	date            time.Time // any moment of the day
	weekday         bool      // the day came by its name, so that a week later is meant if it has passed
	yearless        bool      // the same, and a year later
	minute          int       // of the day
}

// next returns the next word, folded, and what comes behind it.
func (m *momentReader) next() (word, after string) {
	text := strings.TrimLeftFunc(m.left, unicode.IsSpace)
	end := strings.IndexFunc(text, unicode.IsSpace)
	if end < 0 {
		end = len(text)
	}
	return strings.TrimRight(Fold(text[:end]), ",;:"), text[end:]
}

// word returns the next word as it was written.
func (m *momentReader) word() string {
	if words := strings.Fields(m.left); len(words) > 0 {
		return words[0]
	}
	return ""
}

// take reads the next words if they are one of some phrases.
func (m *momentReader) take(phrases ...string) bool {
	for _, phrase := range phrases {
		before, all := m.left, true
		for _, wanted := range strings.Fields(phrase) {
			word, after := m.next()
			if all = word == wanted; !all {
				break
			}
			m.left = after
		}
		if all {
			return true
		}
		m.left = before
	}
	return false
}

var (
	aheadPattern = regexp.MustCompile(`^(\d{1,3})(h|hs|hora|horas|hour|hours|min|mins|minuto|minutos|minute|minutes|m|dia|dias|d|day|days)$`)
	hourPattern  = regexp.MustCompile(`^(\d{1,2})(?:(?:h|:)(\d{2})?)?(?:h|hs|min)?(am|pm)?$`)
	datePattern  = regexp.MustCompile(`^(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?$`)
	isoDate      = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

// ahead reads "em 2 horas", "in 30 minutes", "daqui a 3 dias".
func (m *momentReader) ahead() (time.Time, bool) {
	if !m.take("em", "in", "daqui a", "dentro de") {
		return time.Time{}, false
	}
	if m.take("meia hora", "half an hour") {
		return m.now.Add(30 * time.Minute), true
	}
	word, after := m.next()
	if m.take("uma", "um", "an", "a", "one") {
		word, after = "1", m.left
	}
	if _, err := strconv.Atoi(word); err == nil {
		m.left = after
		unit, behind := m.next()
		word, after = word+unit, behind
	}
	found := aheadPattern.FindStringSubmatch(word)
	if found == nil {
		return time.Time{}, false
	}
	m.left = after
	n, _ := strconv.Atoi(found[1])
	switch found[2][0] {
	case 'h':
		return m.now.Add(time.Duration(n) * time.Hour), true
	case 'm':
		return m.now.Add(time.Duration(n) * time.Minute), true
	default:
		return m.now.AddDate(0, 0, n), true
	}
}

// weekdayNames begin with Sunday; "feira" may follow the Portuguese ones.
func weekdayNames() [][]string {
	return [][]string{
		{"domingo", "dom", "sunday", "sun"}, {"segunda", "seg", "monday", "mon"}, {"terca", "ter", "tuesday", "tue"}, {"quarta", "qua", "wednesday", "wed"},
		{"quinta", "qui", "thursday", "thu"}, {"sexta", "sex", "friday", "fri"}, {"sabado", "sab", "saturday", "sat"},
	}
}

// day reads the day: behind an hour only "hoje" and "amanhã", since what follows may be the text.
func (m *momentReader) day() bool {
	if m.hasDay {
		return false
	}
	before := m.left
	m.take("on", "no", "na", "dia", "no dia", "next", "proxima", "proximo")
	for ahead, phrases := range [][]string{{"hoje", "today"}, {"amanha", "tomorrow"}, {"depois de amanha", "day after tomorrow", "the day after tomorrow"}} {
		if m.take(phrases...) {
			m.hasDay, m.date = true, m.now.AddDate(0, 0, ahead)
			return true
		}
	}
	if !m.hasHour && (m.weekdayByName() || m.dayOfMonth()) {
		m.hasDay = true
		return true
	}
	m.left = before
	return false
}

func (m *momentReader) weekdayByName() bool {
	for day, names := range weekdayNames() {
		for _, name := range names {
			if m.take(name, name+"-feira", name+" feira") {
				m.take("feira")
				m.weekday, m.date = true, m.now.AddDate(0, 0, (day-int(m.now.Weekday())+7)%7)
				return true
			}
		}
	}
	return false
}

// dayOfMonth reads "25/12", "25/12/2026" and "2026-12-25".
func (m *momentReader) dayOfMonth() bool {
	word, after := m.next()
	if isoDate.MatchString(word) {
		date, err := time.ParseInLocation(time.DateOnly, word, m.now.Location())
		if err != nil {
			return false
		}
		m.date, m.left = date.Add(12*time.Hour), after
		return true
	}
	found := datePattern.FindStringSubmatch(word)
	if found == nil {
		return false
	}
	day, _ := strconv.Atoi(found[1])
	month, _ := strconv.Atoi(found[2])
	year, _ := strconv.Atoi(found[3])
	switch {
	case found[3] == "":
		m.yearless, year = true, m.now.Year()
	case year < 100:
		year += 2000
	}
	m.date = time.Date(year, time.Month(month), day, 12, 0, 0, 0, m.now.Location())
	if m.date.Day() != day || int(m.date.Month()) != month {
		return false
	}
	m.left = after
	return true
}

// hour reads "9h", "9h30", "às 14:30", "at 9am", "meio-dia". A bare number is an hour only behind "às" or "at".
func (m *momentReader) hour() bool {
	if m.hasHour {
		return false
	}
	before := m.left
	said := m.take("as", "a", "at")
	if m.take("meio-dia", "meio dia", "ao meio-dia", "ao meio dia", "noon") {
		m.hasHour, m.minute = true, 12*60
		return true
	}
	word, after := m.next()
	found := hourPattern.FindStringSubmatch(word)
	if found == nil || !said && strings.IndexFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) < 0 {
		m.left = before
		return false
	}
	hour, _ := strconv.Atoi(found[1])
	minute, _ := strconv.Atoi(found[2])
	m.left = after
	half := found[3]
	switch {
	case half == "" && m.take("am"):
		half = "am"
	case half == "" && m.take("pm"):
		half = "pm"
	default:
		m.take("horas", "hora", "hs", "h")
	}
	if half != "" && (hour < 1 || hour > 12) || hour > 23 || minute > 59 {
		m.left = before
		return false
	}
	if half != "" {
		hour %= 12
	}
	if half == "pm" {
		hour += 12
	}
	m.hasHour, m.minute = true, hour*60+minute
	return true
}

// moment puts day and hour together. An hour without a day is the next such hour.
func (m *momentReader) moment() time.Time {
	date := m.date
	if !m.hasDay {
		date = m.now
	}
	at := func(date time.Time) time.Time {
		return time.Date(date.Year(), date.Month(), date.Day(), m.minute/60, m.minute%60, 0, 0, m.now.Location())
	}
	moment := at(date)
	switch {
	case moment.After(m.now):
	case !m.hasDay:
		return at(date.AddDate(0, 0, 1))
	case m.weekday:
		return at(date.AddDate(0, 0, 7))
	case m.yearless:
		return at(date.AddDate(1, 0, 0))
	}
	return moment
}

// isoMoment reads what forms send; without an offset it is the zone's.
func isoMoment(word string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if at, err := time.ParseInLocation(layout, word, zone); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// trimRest removes the blanks and marks that part a moment from the text behind it.
func trimRest(text string) string {
	return strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(text), ",:;-–—"))
}
