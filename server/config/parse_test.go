package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const goodKey = "0123456789abcdef0123456789abcdef"

func TestParseWithoutAnything(t *testing.T) {
	for name, raw := range map[string]map[string]any{
		"nil":    nil,
		"empty":  {},
		"blanks": {"graphbaseurl": "", "cooldownhours": " ", "requirecpf": "", "encryptionkey": "", "defaultregion": nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, problems := Parse(raw)
			require.Empty(t, problems)
			require.Equal(t, Defaults(), s)
		})
	}
}

func TestParseGoodValues(t *testing.T) {
	s, problems := Parse(map[string]any{
		"encryptionkey":       goodKey,
		"GRAPHBASEURL":        " http://Localhost:8080/ ",
		"GraphVersion":        "v26.0",
		"defaultregion":       "pt",
		"timezone":            " America/Manaus ",
		"cooldownhours":       "0",
		"requireCPF":          "False",
		"optoutwords":         " Não, SAIR!;sair\n",
		"OptInWords":          "Sim",
		"requireconsent":      "true",
		"sendreadreceipts":    false,
		"SendTyping":          "false",
		"inactivityminutes":   float64(90),
		"RetentionDays":       json.Number("365"),
		"reopenhours":         "48",
		"ArchiveDays":         30,
		"freeservicemessages": 0,
		"somethingelse":       []string{"is not ours"},
	})
	require.Empty(t, problems)
	require.Equal(t, "America/Manaus", s.TimeZone.String())
	s.TimeZone = nil
	require.Equal(t, Settings{
		EncryptionKey: goodKey, GraphBaseURL: "http://localhost:8080", GraphVersion: "v26.0", DefaultRegion: "PT",
		InactivityMinutes: 90, RetentionDays: 365, ReopenHours: 48, ArchiveDays: 30,
		OptOutWords: []string{"nao", "sair"}, OptInWords: []string{"sim"}, RequireConsent: true,
	}, s)
	require.Equal(t, domain.Settings{
		DefaultRegion: "PT", InactivityMinutes: 90, ReopenHours: 48, ArchiveDays: 30,
		RequireConsent: true, ConsentWords: domain.ConsentWords{OptOut: []string{"nao", "sair"}, OptIn: []string{"sim"}},
	}, s.Domain())
}

func TestParseWrongValuesFallBack(t *testing.T) {
	for _, c := range []struct {
		setting string
		values  []any
	}{
		{"EncryptionKey", []any{"short", strings.Repeat("a", 31), strings.Repeat("é", 31), 12345, true}},
		{"GraphBaseURL", []any{
			"graph.facebook.com", "ftp://x", "https://", "https://x/path", "https://x//", "https://x?y", "https://x#y", "https://x?", "https://x#",
			"https://user:pw@x", "https://x:0", "https://x:70000", "https://x:", "https://x:port", "javascript:alert(1)", "https://a b", 5,
			[]any{},
		}},
		{"GraphVersion", []any{"25.0", "v25", "v25.0/..", "latest", "v25.0\nv1.0", 25.0}},
		{"TimeZone", []any{"Brasília", "Local", "+03:00", "../etc/passwd", 3}},
		{"DefaultRegion", []any{"BRA", "XX", "55", "B R", 55}},
		{"CooldownHours", []any{-1, "six", 1.5, "1.5", 721, 1e300, "99999999999999999999", true, map[string]any{}}},
		{"RequireCPF", []any{"yes please", 3, []any{true}}},
		{"SendReadReceipts", []any{"sometimes"}},
		{"SendTyping", []any{2}},
		{"InactivityMinutes", []any{-1, "1h", 1e9}},
		{"RetentionDays", []any{-1, "for ever", 36501}},
		{"FreeServiceMessages", []any{-1, "many", 1_000_000_001.0}},
	} {
		t.Run(c.setting, func(t *testing.T) {
			for _, value := range c.values {
				for _, name := range []string{c.setting, strings.ToLower(c.setting)} {
					s, problems := Parse(map[string]any{name: value})
					require.Equal(t, Defaults(), s, "%s = %v", name, value)
					require.Len(t, problems, 1, "%s = %v", name, value)
					require.Equal(t, c.setting, problems[0].Setting)
					require.NotEmpty(t, problems[0].Text.Key)
				}
			}
		})
	}
}

func TestParseKeepsTheKeyAsItIs(t *testing.T) {
	for _, key := range []string{goodKey, strings.Repeat("ç", 32), " " + goodKey + " ", "\x00\x01" + goodKey, strings.Repeat("日本", 400)} {
		s, problems := Parse(map[string]any{"EncryptionKey": key})
		require.Empty(t, problems)
		require.Equal(t, key, s.EncryptionKey)
	}
}

func TestParseIsTheSameEveryTime(t *testing.T) {
	for range 50 {
		s, _ := Parse(map[string]any{"cooldownhours": 1, "CooldownHours": 2, "COOLDOWNHOURS": 3})
		require.Equal(t, 1, s.CooldownHours)
	}
}

func TestSettingsNeverPrintTheKey(t *testing.T) {
	s, _ := Parse(map[string]any{"EncryptionKey": goodKey})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, value := range []any{s, &s, struct{ S Settings }{s}} {
			require.NotContains(t, fmt.Sprintf(verb, value), goodKey, verb)
		}
	}
}
