package domain

import (
	"testing"

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
	require.Equal(t, at+22*hourMS, c.RemindAt())
	require.Equal(t, at+22*hourMS, c.NextChange(at))
	require.Equal(t, at+dayMS, c.NextChange(at+22*hourMS))
	require.False(t, c.ReminderDue(at+22*hourMS-1))
	require.True(t, c.ReminderDue(at+22*hourMS))
	require.True(t, c.ReminderDue(at+dayMS-1))
	require.False(t, c.ReminderDue(at+dayMS), "the window is over")

	answered := c
	answered.LastOutboundAt = at + 999
	require.True(t, answered.ReminderDue(at+23*hourMS), "within Meta's second")
	answered.LastOutboundAt = at + 1000
	require.False(t, answered.ReminderDue(at+23*hourMS))
	nobody := c
	nobody.AttendantID = ""
	require.False(t, nobody.ReminderDue(at+23*hourMS))
	closed := c
	closed.ClosedAt = at + 1
	require.False(t, closed.ReminderDue(at+23*hourMS))
	require.Zero(t, (&Conversation{}).RemindAt())
}
