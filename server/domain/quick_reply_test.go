package domain

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestQuickReplyCheck(t *testing.T) {
	for name, row := range map[string]struct {
		reply QuickReply
		wrong []string
	}{
		"all variables":     {QuickReply{Shortcut: "ola", Text: "{{saudacao}}, {{nome}} ({{primeiro_nome}}): {{ atendente }}, {{responsavel}}, {{fila}}"}, nil},
		"longest shortcut":  {QuickReply{Shortcut: strings.Repeat("a", 32), Text: "x"}, nil},
		"braces are no one": {QuickReply{Shortcut: "a-1", Text: "{{ {nome} }"}, nil},
		"no shortcut":       {QuickReply{Text: "x"}, []string{"shortcut"}},
		"capital":           {QuickReply{Shortcut: "Ola", Text: "x"}, []string{"shortcut"}},
		"accent":            {QuickReply{Shortcut: "olá", Text: "x"}, []string{"shortcut"}},
		"too long":          {QuickReply{Shortcut: strings.Repeat("a", 33), Text: "x"}, []string{"shortcut"}},
		"unknown variable":  {QuickReply{Shortcut: "a", Text: "{{nome}} {{cpf}}"}, []string{"text"}},
		"empty variable":    {QuickReply{Shortcut: "a", Text: "{{}}"}, []string{"text"}},
		"no text":           {QuickReply{Shortcut: "a", Text: " \n"}, []string{"text"}},
		"title of lines":    {QuickReply{Shortcut: "a", Title: "a\nb", Text: "x"}, []string{"title"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.ElementsMatch(t, row.wrong, slices.Collect(maps.Keys(row.reply.Check())))
		})
	}
}

func TestQuickReplyFill(t *testing.T) {
	reply := QuickReply{Text: "{{saudacao}}, {{primeiro_nome}}! {{nome}}, {{atendente}}, {{ responsavel }}, {{fila}}"}
	values := QuickReplyValues{Customer: "{{fila}} Silva", First: "{{fila}}", Attendant: "Ana", Owner: "Bia", Queue: "Vendas", Now: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)}
	require.Equal(t, "boa tarde, {{fila}}! {{fila}} Silva, Ana, Bia, Vendas", reply.Fill(values))
}

func TestGreeting(t *testing.T) {
	for clock, want := range map[string]string{
		"04:59": "boa noite", "05:00": "bom dia", "11:59": "bom dia", "12:00": "boa tarde", "17:59": "boa tarde", "18:00": "boa noite", "00:00": "boa noite",
	} {
		at, err := time.Parse("15:04", clock)
		require.NoError(t, err)
		require.Equal(t, want, Greeting(at), clock)
	}
}
