package conversation

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParsePhone(t *testing.T) {
	for typed, want := range map[string]string{
		"(11) 98765-4321":     "+5511987654321",
		"11987654321":         "+5511987654321",
		"+55 11 98765-4321":   "+5511987654321",
		"5511987654321":       "+5511987654321",
		"011 98765 4321":      "+5511987654321",
		"41 8888-7777":        "+5541988887777",
		"+554188887777":       "+5541988887777",
		"554188887777":        "+5541988887777",
		"11 3333-4444":        "+551133334444",
		"55 3221-1234":        "+555532211234", // area code 55 is Santa Maria, not the country
		"+1 415 555 2671":     "+14155552671",
		"+351 912 345 678":    "+351912345678",
		"":                    "",
		"12":                  "",
		"11 98765":            "",
		"00 0000-0000":        "",
		"abc":                 "",
		"+55 11 98765-43210":  "",
		"11 98765-4321 ramal": "",
	} {
		got, ok := ParsePhone(typed, "BR")
		require.Equal(t, want, got, typed)
		require.Equal(t, want != "", ok, typed)
	}
}

func TestPhoneKeyJoinsTheTwins(t *testing.T) {
	require.Equal(t, PhoneKey("554188887777"), PhoneKey("+5541988887777"))
	require.NotEqual(t, PhoneKey("551151234567"), PhoneKey("5511951234567"), "a land line is nobody's twin")
	require.Equal(t, "14155552671", PhoneKey("+14155552671"))
}

func TestMaskPhone(t *testing.T) {
	require.Equal(t, "+5511*******21", MaskPhone("+5511987654321"))
}

func TestParseDocument(t *testing.T) {
	for typed, want := range map[string]string{
		"529.982.247-25":     "***.982.247-**",
		"52998224725":        "***.982.247-**",
		"11.222.333/0001-81": "**.222.333/****-**",
		"12.ABC.345/01DE-35": "**.ABC.345/****-**",
		"12abc34501de35":     "**.ABC.345/****-**",
		"111.111.111-11":     "",
		"529.982.247-26":     "",
		"00.000.000/0000-00": "",
		"12.ABC.345/01DE-36": "",
		"":                   "",
		"5299822472":         "",
		"529.982.247-2X":     "",
		"529.982.247-25; --": "",
	} {
		doc, ok := ParseDocument(typed)
		require.Equal(t, want, doc.Masked(), typed)
		require.Equal(t, want != "", ok, typed)
	}
}
