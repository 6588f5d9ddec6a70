package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMomentsAsPeopleWriteThem(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	require.NoError(t, err)
	now := time.Date(2026, 11, 12, 15, 20, 0, 0, zone) // a Thursday
	for text, want := range map[string]string{
		"amanhã 9h Bom dia!":                  "2026-11-13 09:00|Bom dia!",
		"AMANHA às 9 bom dia":                 "2026-11-13 09:00|bom dia",
		"amanhã 9h segunda via do boleto":     "2026-11-13 09:00|segunda via do boleto",
		"9h amanhã: te ligo":                  "2026-11-13 09:00|te ligo",
		"9h segunda via":                      "2026-11-13 09:00|segunda via",
		"segunda 14:30 oi":                    "2026-11-16 14:30|oi",
		"segunda-feira às 14h30 - oi":         "2026-11-16 14:30|oi",
		"quinta 16h oi":                       "2026-11-12 16:00|oi",
		"quinta 15h oi":                       "2026-11-19 15:00|oi",
		"próxima terça 8h":                    "2026-11-17 08:00|",
		"25/12 10:00 Feliz Natal":             "2026-12-25 10:00|Feliz Natal",
		"10/01 10h":                           "2027-01-10 10:00|",
		"dia 25/12/2026 às 10 horas oi":       "2026-12-25 10:00|oi",
		"25/12/26 10h":                        "2026-12-25 10:00|",
		"hoje às 18h oi":                      "2026-11-12 18:00|oi",
		"hoje 9h oi":                          "2026-11-12 09:00|oi",
		"depois de amanhã ao meio-dia oi":     "2026-11-14 12:00|oi",
		"em 2 horas oi":                       "2026-11-12 17:20|oi",
		"em 2h oi":                            "2026-11-12 17:20|oi",
		"daqui a uma hora oi":                 "2026-11-12 16:20|oi",
		"em meia hora oi":                     "2026-11-12 15:50|oi",
		"em 45 min, oi":                       "2026-11-12 16:05|oi",
		"in 2 hours hi":                       "2026-11-12 17:20|hi",
		"in 3 days hi":                        "2026-11-15 15:20|hi",
		"in an hour hi":                       "2026-11-12 16:20|hi",
		"tomorrow 9am hi":                     "2026-11-13 09:00|hi",
		"tomorrow at 9 hi":                    "2026-11-13 09:00|hi",
		"next monday at 2:30 pm hi":           "2026-11-16 14:30|hi",
		"friday noon hi":                      "2026-11-13 12:00|hi",
		"14:30 oi":                            "2026-11-13 14:30|oi",
		"16h oi":                              "2026-11-12 16:00|oi",
		"2026-12-25 10:00 oi":                 "2026-12-25 10:00|oi",
		"2026-12-25T10:00 oi":                 "2026-12-25 10:00|oi",
		"2026-12-25T10:00:00Z":                "2026-12-25 07:00|",
		"amanhã 12am oi":                      "2026-11-13 00:00|oi",
		"amanhã 9h30\nBom dia,\ntudo bem?":    "2026-11-13 09:30|Bom dia,\ntudo bem?",
		"amanhã 9h 2 boletos estão em aberto": "2026-11-13 09:00|2 boletos estão em aberto",
	} {
		at, rest, ok := ParseMoment(text, now.UnixMilli(), zone)
		require.True(t, ok, text)
		require.Equal(t, want, time.UnixMilli(at).In(zone).Format("2006-01-02 15:04")+"|"+rest, text)
	}
	for _, text := range []string{"", "oi", "amanhã", "amanhã oi", "segunda via 9h", "31/02 9h", "25h oi", "9:75 oi", "13pm oi", "2 boletos", "em breve oi", "em 2 caixas", "in time", "às vezes", "a casa"} {
		_, rest, ok := ParseMoment(text, now.UnixMilli(), zone)
		require.False(t, ok, text)
		require.Equal(t, text, rest)
	}
}

func FuzzParseMoment(f *testing.F) {
	f.Add("amanhã 9h oi")
	f.Add("in an")
	f.Fuzz(func(t *testing.T, text string) {
		if _, rest, ok := ParseMoment(text, 1_790_000_000_000, nil); ok {
			require.Less(t, len(rest), len(text)+1)
		}
	})
}
