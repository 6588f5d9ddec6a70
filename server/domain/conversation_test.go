package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	hourMS = int64(3600 * 1000)
	dayMS  = 24 * hourMS
)

func TestWhoReturnsInTimeReopens(t *testing.T) {
	const closed = int64(1_794_744_000_000)
	for name, test := range map[string]struct {
		c        Conversation
		s        Settings
		at       int64
		reopened bool
	}{
		"at once":                        {c: Conversation{ClosedAt: closed}, s: Settings{ReopenHours: 24, ArchiveDays: 7}, at: closed, reopened: true},
		"the last moment":                {c: Conversation{ClosedAt: closed}, s: Settings{ReopenHours: 24, ArchiveDays: 7}, at: closed + dayMS - 1, reopened: true},
		"a moment too late":              {c: Conversation{ClosedAt: closed}, s: Settings{ReopenHours: 24, ArchiveDays: 7}, at: closed + dayMS},
		"written before, delivered late": {c: Conversation{ClosedAt: closed}, s: Settings{ReopenHours: 24}, at: closed - 1, reopened: true},
		"never beyond the archiving":     {c: Conversation{ClosedAt: closed}, s: Settings{ReopenHours: 1000, ArchiveDays: 7}, at: closed + 7*dayMS},
		"never archived":                 {c: Conversation{ClosedAt: closed}, s: Settings{ReopenHours: 1000}, at: closed + 8*dayMS, reopened: true},
		"archived already":               {c: Conversation{ClosedAt: closed, ArchivedAt: closed + 1}, s: Settings{ReopenHours: 24, ArchiveDays: 7}, at: closed + 2},
		"switched off":                   {c: Conversation{ClosedAt: closed}, s: Settings{ArchiveDays: 7}, at: closed},
		"not closed":                     {s: Settings{ReopenHours: 24}, at: closed},
		"its template was refused":       {c: Conversation{ClosedAt: closed, AbortedAt: closed}, s: Settings{ReopenHours: 24}, at: closed},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.reopened, test.c.ReopensFor(test.at, test.s))
		})
	}
}

func TestRemindsOnlyWhileTheCustomerWaits(t *testing.T) {
	const at = int64(1_794_744_000_000)
	c := Conversation{AttendantID: "ana", LastOutboundAt: at - 1}
	c.ExtendWindow(at)
	require.Equal(t, at+22*hourMS, c.RemindAt(Opening{}))
	require.Equal(t, at+22*hourMS, c.NextChange(Opening{}, at))
	require.Equal(t, at+dayMS, c.NextChange(Opening{}, at+22*hourMS))
	require.False(t, c.ReminderDue(Opening{}, at+22*hourMS-1))
	require.True(t, c.ReminderDue(Opening{}, at+22*hourMS))
	require.True(t, c.ReminderDue(Opening{}, at+dayMS-1))
	require.False(t, c.ReminderDue(Opening{}, at+dayMS), "the window is over")

	answered := c
	answered.LastOutboundAt = at + 999
	require.True(t, answered.ReminderDue(Opening{}, at+23*hourMS), "within Meta's second")
	answered.LastOutboundAt = at + 1000
	require.False(t, answered.ReminderDue(Opening{}, at+23*hourMS))
	nobody := c
	nobody.AttendantID = ""
	require.False(t, nobody.ReminderDue(Opening{}, at+23*hourMS))
	closed := c
	closed.ClosedAt = at + 1
	require.False(t, closed.ReminderDue(Opening{}, at+23*hourMS))
	require.Zero(t, (&Conversation{}).RemindAt(Opening{}))
}

// TestTheReminderComesInTheHours: at the moment from which on two open hours are left, or half of what the window has of them.
func TestTheReminderComesInTheHours(t *testing.T) {
	days := Hours{}
	for _, day := range Weekdays()[:5] {
		days[day] = []Span{{"08:00", "12:00"}, {"13:00", "18:00"}}
	}
	night := Hours{}
	for _, day := range Weekdays() {
		night[day] = []Span{{"00:00", "04:00"}, {"20:00", "24:00"}}
	}
	for name, test := range map[string]struct {
		hours             Hours
		zone, wrote, want string
	}{
		"always open":               {nil, "America/Sao_Paulo", "2026-12-21 09:00", "2026-12-22 07:00"},
		"within the hours":          {days, "America/Sao_Paulo", "2026-12-21 16:00", "2026-12-22 14:00"},
		"over lunch":                {days, "America/Sao_Paulo", "2026-12-21 13:30", "2026-12-22 10:30"},
		"before it opens":           {days, "America/Sao_Paulo", "2026-12-21 08:30", "2026-12-21 16:30"},
		"another zone":              {days, "America/Manaus", "2026-12-21 16:00", "2026-12-22 14:00"},
		"Friday":                    {days, "America/Sao_Paulo", "2026-12-18 15:00", "2026-12-18 16:30"},
		"the evening of a holiday":  {days, "America/Sao_Paulo", "2026-12-24 17:00", "2026-12-24 17:30"},
		"nobody is there at all":    {days, "America/Sao_Paulo", "2026-12-25 10:00", "2026-12-26 08:00"},
		"over midnight":             {night, "America/Sao_Paulo", "2026-12-21 01:00", "2026-12-21 23:00"},
		"the clock goes back":       {night, "Europe/Berlin", "2026-10-24 05:00", "2026-10-25 02:00"},
		"the clock springs forward": {night, "Europe/Berlin", "2026-03-28 05:00", "2026-03-29 01:00"},
	} {
		t.Run(name, func(t *testing.T) {
			zone := zoneFor(t, test.zone)
			at := func(text string) int64 {
				moment, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
				require.NoError(t, err)
				return moment.UnixMilli()
			}
			hours := Opening{Hours: test.hours, Zone: zone, Holidays: Days{"2026-12-25"}}
			c := Conversation{AttendantID: "ana"}
			c.ExtendWindow(at(test.wrote))
			due := c.RemindAt(hours)
			require.Equal(t, test.want, time.UnixMilli(due).In(zone).Format("2006-01-02 15:04"))
			require.Equal(t, due, c.NextChange(hours, at(test.wrote)))
			require.False(t, c.ReminderDue(hours, due-1))
			require.True(t, c.ReminderDue(hours, due))
		})
	}
}
