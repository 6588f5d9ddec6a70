package command

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestResultsAreShown(t *testing.T) {
	o := newFakeOffice()
	text := o.in(t, "here", "resultados")
	for _, part := range []string{"7 esperam por nós", "| cobranca", "| 4 | 3 | 2 | 0 | 1 | 33 % | 2m | R$ 0,3125 |", "Sem modelo", "| Total |"} {
		require.Contains(t, text, part)
	}
	require.Contains(t, o.in(t, "here", "resultados lua"), "`semana`")
	o.answer = domain.Refuse(domain.CodeForbidden, domain.T("refusal.supervisors_only"))
	require.Contains(t, o.in(t, "here", "resultados hoje"), "supervisores")
}

func TestPeriods(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	require.NoError(t, err)
	now := time.Date(2026, 12, 1, 1, 30, 0, 0, zone)
	for word, want := range map[string][2]string{
		"": {"2026-12-01", "2026-12-02"}, "mês": {"2026-12-01", "2026-12-02"}, "today": {"2026-12-01", "2026-12-02"}, "Ontem": {"2026-11-30", "2026-12-01"},
		"week": {"2026-11-25", "2026-12-02"}, "2026-10": {"2026-10-01", "2026-11-01"},
	} {
		t.Run(word, func(t *testing.T) {
			from, to, ok := period(word, now)
			require.True(t, ok)
			require.Equal(t, want, [2]string{time.UnixMilli(from).In(zone).Format(time.DateOnly), time.UnixMilli(to).In(zone).Format(time.DateOnly)})
		})
	}
	_, _, ok := period("2026-13", now)
	require.False(t, ok)
}
