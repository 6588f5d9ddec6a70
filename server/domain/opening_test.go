package domain

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	minuteMillis = int64(60_000)
	hourMillis   = 60 * minuteMillis
)

func zoneFor(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

// openOnTheWall is OpenAt as somebody reads it off a clock and the list of hours.
func openOnTheWall(o Opening, at int64) bool {
	if o.Hours.Empty() {
		return true
	}
	local := time.UnixMilli(at).In(o.Zone)
	if slices.Contains(o.Holidays, local.Format("2006-01-02")) {
		return false
	}
	clock := local.Format("15:04")
	for _, span := range o.Hours[[]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[local.Weekday()]] {
		if span[0] <= clock && clock < span[1] {
			return true
		}
	}
	return false
}

func randomHours(random *rand.Rand) Hours {
	hours := Hours{}
	for _, day := range Weekdays() {
		at := random.IntN(minutesOfDay)
		for range random.IntN(3) {
			to := min(at+1+random.IntN(600), minutesOfDay)
			if at >= minutesOfDay {
				break
			}
			hours[day] = append(hours[day], Span{clockOf(at), clockOf(to)})
			at = to + random.IntN(300)
		}
	}
	return hours
}

func clockOf(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// TestOpeningsAgreeWithAWalkOfMinutes compares everything that is worked out of hours with a walk through all minutes, around the days on
// which the clocks of some zones change.
func TestOpeningsAgreeWithAWalkOfMinutes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	changes := []string{"2018-11-04T03:00:00Z", "2018-02-18T02:00:00Z", "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-04-04T15:00:00Z", "2026-12-25T00:00:00Z"}
	names := []string{"America/Sao_Paulo", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "UTC", "Asia/Kathmandu"}
	for n := range 300 {
		o := Opening{Hours: randomHours(random), Zone: zoneFor(t, names[random.IntN(len(names))])}
		change, err := time.Parse(time.RFC3339, changes[random.IntN(len(changes))])
		require.NoError(t, err)
		begin := change.UnixMilli() - int64(random.IntN(72))*hourMillis
		if random.IntN(2) == 0 {
			o.Holidays = Days{change.In(o.Zone).Format(time.DateOnly)}
		}
		const minutes = 6 * minutesOfDay
		var open, first, total int64
		firstOpen := int64(0)
		reached := int64(0)
		wanted := int64(random.IntN(1000)+1) * minuteMillis
		for i := range int64(minutes) {
			at := begin + i*minuteMillis
			is := openOnTheWall(o, at)
			require.Equal(t, is, o.OpenAt(at), "%d: %v %v at %s", n, o.Hours, o.Holidays, time.UnixMilli(at).In(o.Zone))
			if is {
				total += minuteMillis
				if open++; first == 0 {
					first, firstOpen = 1, at
				}
			}
			if reached == 0 && total >= wanted {
				reached = at + minuteMillis
			}
		}
		require.Equal(t, total, o.OpenTime(begin, begin+minutes*minuteMillis), "%d: %v", n, o)
		if first != 0 {
			require.Equal(t, firstOpen, o.NextOpening(begin), "%d: %v", n, o)
		}
		if reached != 0 {
			require.Equal(t, reached, o.After(begin, wanted), "%d: %v", n, o)
			end := begin + minutes*minuteMillis
			before := o.Before(end, wanted)
			require.Equal(t, wanted, o.OpenTime(before, end), "%d: %v", n, o)
			require.Less(t, o.OpenTime(before+minuteMillis, end), wanted, "%d: %v: it is the latest", n, o)
		}
		for range 20 {
			at := begin + int64(random.IntN(minutes))*minuteMillis
			since := o.ClosedSince(at)
			require.Equal(t, o.OpenAt(at), since == 0 || o.Hours.Empty(), "%d", n)
			if since != 0 {
				require.Zero(t, o.OpenTime(since, at))
				require.True(t, o.OpenAt(since-1))
			}
		}
	}
}

func TestHoursOfARealWeek(t *testing.T) {
	zone := zoneFor(t, "America/Sao_Paulo")
	o := Opening{Zone: zone, Holidays: Days{"2026-12-25"}, Hours: Hours{
		"mon": {{"08:00", "12:00"}, {"13:00", "18:00"}}, "fri": {{"08:00", "12:00"}, {"13:00", "18:00"}}, "sat": {{"22:00", "24:00"}}, "sun": {{"00:00", "02:00"}},
	}}
	at := func(text string) int64 {
		moment, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		require.NoError(t, err)
		return moment.UnixMilli()
	}
	for text, open := range map[string]bool{
		"2026-12-21 07:59": false, "2026-12-21 08:00": true, "2026-12-21 12:00": false, "2026-12-21 13:00": true, "2026-12-21 18:00": false,
		"2026-12-25 09:00": false, "2026-12-26 23:59": true, "2026-12-27 00:00": true, "2026-12-27 02:00": false,
	} {
		require.Equal(t, open, o.OpenAt(at(text)), text)
	}
	require.Equal(t, at("2026-12-26 22:00"), o.NextOpening(at("2026-12-25 09:00")), "over the holiday")
	require.Equal(t, at("2026-12-28 09:00"), o.After(at("2026-12-26 21:00"), 5*hourMillis), "two hours, two hours, and one on Monday")
	require.Equal(t, o.ClosedSince(at("2026-12-25 09:00")), o.ClosedSince(at("2026-12-24 09:00")), "one closed period")
	require.Zero(t, Opening{Hours: Hours{"mon": {{"08:00", "09:00"}}}, Holidays: allMondays(), Zone: zone}.NextOpening(at("2026-12-21 00:00")))
	require.True(t, Opening{Holidays: Days{"2026-12-25"}, Zone: zone}.OpenAt(at("2026-12-25 09:00")), "no hours are always")
}

func allMondays() (days Days) {
	for day := time.Date(2026, 12, 21, 12, 0, 0, 0, time.UTC); day.Year() < 2029; day = day.AddDate(0, 0, 7) {
		days = append(days, day.Format(time.DateOnly))
	}
	return days
}

func TestHoursThatAreNone(t *testing.T) {
	for name, c := range map[string]struct {
		hours Hours
		ok    bool
	}{
		"none":            {Hours{}, true},
		"out of order":    {Hours{"mon": {{"13:00", "18:00"}, {"08:00", "12:00"}}}, true},
		"a whole day":     {Hours{"sun": {{"00:00", "24:00"}}}, true},
		"another day":     {Hours{"seg": {{"08:00", "12:00"}}}, false},
		"over midnight":   {Hours{"mon": {{"22:00", "02:00"}}}, false},
		"no time at all":  {Hours{"mon": {{"08:00", "08:00"}}}, false},
		"overlapping":     {Hours{"mon": {{"08:00", "12:00"}, {"11:00", "13:00"}}}, false},
		"one digit":       {Hours{"mon": {{"8:00", "12:00"}}}, false},
		"a 25th hour":     {Hours{"mon": {{"08:00", "25:00"}}}, false},
		"begins at 24:00": {Hours{"mon": {{"24:00", "24:00"}}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, ok := c.hours.Normal()
			require.Equal(t, c.ok, ok)
		})
	}
	_, ok := Days{"2026-02-30"}.Normal()
	require.False(t, ok)
	days, ok := Days{"2026-12-25", "2026-01-01", "2026-12-25"}.Normal()
	require.True(t, ok)
	require.Equal(t, Days{"2026-01-01", "2026-12-25"}, days)
}
