package domain

import (
	"slices"
	"sync"
	"time"
)

// Opening says when something is open: hours in a time zone, and the days on which they do not count.
// The zero Opening is always open, and so is one without hours, holidays or not.
type Opening struct {
	Hours    Hours
	Holidays Days
	Zone     *time.Location // nil = UTC
}

// farthest is how far ahead an opening is looked for: what is closed for longer never opens.
const farthest = 400 * 24 * time.Hour

// OpenAt reports whether a moment (milliseconds since epoch) is within the hours. The clock on the wall
// decides: an hour that comes twice is open twice, and one that is left out never comes.
func (o Opening) OpenAt(at int64) bool {
	open, _ := o.at(at)
	return open
}

// at reports whether a moment is within the hours, and until when that stays so at the least.
func (o Opening) at(at int64) (open bool, until int64) {
	if o.Hours.Empty() {
		return true, at + farthest.Milliseconds()
	}
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	local := time.UnixMilli(at).In(zone)
	minute := local.Hour()*60 + local.Minute()
	next := minutesOfDay
	if !slices.Contains(o.Holidays, local.Format(time.DateOnly)) {
		for _, span := range o.Hours[Weekdays()[(int(local.Weekday())+6)%7]] {
			from, _ := dayMinute(span[0])
			to, _ := dayMinute(span[1])
			switch {
			case from <= minute && minute < to:
				open, next = true, to
			case from > minute && !open:
				next = min(next, from)
			}
		}
	}
	passed := int64(minute)*time.Minute.Milliseconds() + int64(local.Second())*1000 + int64(local.Nanosecond())/int64(time.Millisecond)
	until = at + int64(next)*time.Minute.Milliseconds() - passed
	if _, change := local.ZoneBounds(); !change.IsZero() { // from then on the wall's clock shows something else
		until = min(until, change.UnixMilli())
	}
	return open, until
}

// NextOpening returns the first moment from at on that is within the hours, milliseconds since epoch; 0 =
// there is none within a year.
func (o Opening) NextOpening(at int64) int64 {
	for now := at; now <= at+farthest.Milliseconds(); {
		open, until := o.at(now)
		if open {
			return now
		}
		now = until
	}
	return 0
}

// ClosedSince returns when the closed period began in which a moment lies, milliseconds since epoch; 0 = it
// is open, or the period began more than a year ago. Two moments of one closed period have the same.
func (o Opening) ClosedSince(at int64) int64 {
	if o.OpenAt(at) {
		return 0
	}
	const day = 24 * time.Hour
	for back := day; back <= farthest; back += day {
		begin, wasOpen := int64(0), false
		for now := at - back.Milliseconds(); now <= at; {
			open, until := o.at(now)
			if open {
				begin, wasOpen = until, true
			}
			now = until
		}
		if wasOpen {
			return begin
		}
	}
	return 0
}

// OpenTime returns how much of the time between two moments is within the hours, milliseconds.
func (o Opening) OpenTime(from, to int64) (total int64) {
	for now := from; now < to; {
		open, until := o.at(now)
		until = min(until, to)
		if open {
			total += until - now
		}
		now = until
	}
	return total
}

// After returns the moment at which so much time within the hours has passed since another one,
// milliseconds since epoch; 0 = not within a year of closed hours.
func (o Opening) After(from, passed int64) int64 {
	now := from
	for closedFor := int64(0); closedFor <= farthest.Milliseconds(); {
		open, until := o.at(now)
		switch {
		case open && until-now >= passed:
			return now + passed
		case open:
			passed, closedFor = passed-(until-now), 0
		default:
			closedFor += until - now
		}
		now = until
	}
	return 0
}

// Before returns the latest moment from which on so much time within the hours passes until another one,
// milliseconds since epoch; 0 = there is not so much of it within a year.
func (o Opening) Before(to, passed int64) int64 {
	if passed <= 0 {
		return to
	}
	for back := passed; back <= passed+farthest.Milliseconds(); back = 2*back + 24*time.Hour.Milliseconds() {
		if total := o.OpenTime(to-back, to); total >= passed {
			return o.NextOpening(o.After(to-back, total-passed))
		}
	}
	return 0
}

// zones are the time zones by name that were used, because reading one from the system takes a while.
var zones sync.Map

// ZoneOf returns the time zone with a name (IANA); fallback for "" and for one that does not exist.
func ZoneOf(name string, fallback *time.Location) *time.Location {
	if name == "" {
		return fallback
	}
	if zone, known := zones.Load(name); known {
		return zone.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return fallback
	}
	zones.Store(name, zone)
	return zone
}
