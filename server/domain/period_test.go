package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPeriods(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	require.NoError(t, err)
	now := time.Date(2026, 12, 1, 1, 30, 0, 0, zone)
	for word, want := range map[string][2]string{
		"month": {"2026-12-01", "2026-12-02"}, "mês": {"2026-12-01", "2026-12-02"}, "today": {"2026-12-01", "2026-12-02"}, "Ontem": {"2026-11-30", "2026-12-01"},
		"week": {"2026-11-25", "2026-12-02"}, "last_month": {"2026-11-01", "2026-12-01"}, "2026-10": {"2026-10-01", "2026-11-01"},
	} {
		t.Run(word, func(t *testing.T) {
			from, to, ok := Period(word, now)
			require.True(t, ok)
			require.Equal(t, want, [2]string{time.UnixMilli(from).In(zone).Format(time.DateOnly), time.UnixMilli(to).In(zone).Format(time.DateOnly)})
		})
	}
	for _, word := range []string{"2026-13", ""} {
		_, _, ok := Period(word, now)
		require.False(t, ok, word)
	}
}
