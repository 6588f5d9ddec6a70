package domain

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConsentWords(t *testing.T) {
	words := ConsentWords{OptOut: []string{"sair", "parar", "stop", "descadastrar", "nao quero"}, OptIn: []string{"voltar", "start"}}
	for text, want := range map[string]ConsentStatus{
		"SAIR": ConsentRevoked, "Sair.": ConsentRevoked, " sair ": ConsentRevoked, "Parar!!": ConsentRevoked, "STOP": ConsentRevoked, "Sáir": ConsentRevoked,
		"stop?!…": ConsentRevoked, "\u200esair\n": ConsentRevoked, "sair !": ConsentRevoked, "Não quero": ConsentRevoked, "DESCADASTRAR...": ConsentRevoked,
		"Voltar": ConsentGranted, "start.": ConsentGranted,
		"": ConsentNone, "...": ConsentNone, "não quero sair": ConsentNone, "pare de me ligar": ConsentNone, "sair 👍": ConsentNone, "👍": ConsentNone, ".sair": ConsentNone,
		"quero SAIR": ConsentNone, "sair, por favor": ConsentNone, "sai": ConsentNone, "sairr": ConsentNone, "*SAIR*": ConsentNone, "não  quero": ConsentNone,
		"sair" + strings.Repeat(" ", 1000): ConsentNone,
	} {
		t.Run(text, func(t *testing.T) {
			status, ok := words.Of(text)
			require.Equal(t, want, status)
			require.Equal(t, want != ConsentNone, ok)
		})
	}
}

func TestConsentYields(t *testing.T) {
	customer := func(status ConsentStatus, at int64) Consent {
		return Consent{Status: status, Origin: OriginCustomer, At: at}
	}
	agent := func(status ConsentStatus, at int64) Consent { return Consent{Status: status, By: "agent", At: at} }
	for name, c := range map[string]struct {
		is, to Consent
		want   bool
	}{
		"nothing was on record":                       {Consent{}, customer(ConsentRevoked, 5), true},
		"a later word":                                {customer(ConsentRevoked, 5), customer(ConsentGranted, 6), true},
		"within the same second":                      {customer(ConsentRevoked, 5), customer(ConsentGranted, 5), true},
		"an earlier word that came late":              {customer(ConsentGranted, 6), customer(ConsentRevoked, 5), false},
		"an agent after the customer":                 {customer(ConsentRevoked, 5), agent(ConsentGranted, 6), true},
		"an opt-out from before an agent's record":    {agent(ConsentGranted, 6), customer(ConsentRevoked, 5), true},
		"an opt-in from before an agent's revocation": {agent(ConsentRevoked, 6), customer(ConsentGranted, 5), false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, c.is.Yields(c.to)) })
	}
}
