package command

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestResultsAreShown(t *testing.T) {
	o := newFakeOffice()
	text := o.in(t, "here", "resultados")
	for _, part := range []string{"7 esperam por nós", "Maior espera dentro do horário: 3 h 5 min", "| cobranca", "| 4 | 3 | 2 | 0 | 1 | 33 % | 1 min | R$ 0,3125 |", "Sem modelo", "| Total |"} {
		require.Contains(t, text, part)
	}
	require.Contains(t, o.in(t, "here", "resultados lua"), "`semana`")
	o.answer = domain.Refuse(domain.CodeForbidden, domain.T("refusal.supervisors_only"))
	require.Contains(t, o.in(t, "here", "resultados hoje"), "supervisores")
}
