package domain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// brazilianAreas are all area codes there are.
var brazilianAreas = []int{
	11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 24, 27, 28, 31, 32, 33, 34, 35, 37, 38, 41, 42, 43, 44, 45, 46, 47, 48, 49, 51, 53, 54, 55,
	61, 62, 63, 64, 65, 66, 67, 68, 69, 71, 73, 74, 75, 77, 79, 81, 82, 83, 84, 85, 86, 87, 88, 89, 91, 92, 93, 94, 95, 96, 97, 98, 99,
}

// carriers are codes that people put between the 0 and the area code.
var carriers = []string{"", "15", "21", "31", "41", "12", "14"}

// written are the ways in which one number is written: area and local digits, with and without country code and prefixes.
func written(area, local string) []string {
	all := []string{area + local, "55" + area + local, "+55" + area + local, "0" + area + local, "0055" + area + local, "+55 0" + area + local}
	for _, carrier := range carriers[1:] {
		all = append(all, "0"+carrier+area+local)
	}
	return all
}

// TestEveryBrazilianNumberIsOneContact: whatever the area, mobile or land line, with the ninth digit or without, with country code, zero,
// carrier or none: one number and one key.
func TestEveryBrazilianNumberIsOneContact(t *testing.T) {
	for _, area := range brazilianAreas {
		ddd := fmt.Sprint(area)
		for _, first := range "6789" { // what a mobile number began with before the ninth digit
			for _, rest := range []string{"1234567", "9876543"} {
				eight := string(first) + rest
				want := "+55" + ddd + "9" + eight
				forms := written(ddd, "9"+eight)
				forms = append(forms, written(ddd, eight)...)
				for _, typed := range forms {
					got, ok := ParsePhone(typed, "BR")
					require.True(t, ok, typed)
					require.Equal(t, want, got, typed)
					require.Equal(t, "55"+ddd+"9"+eight, PhoneKey(got))
				}
				require.Equal(t, PhoneKey("55"+ddd+eight), PhoneKey(want), "as WhatsApp may know it")
			}
		}
		for _, first := range "2345" {
			local := string(first) + "2101234"
			want := "+55" + ddd + local
			for _, typed := range written(ddd, local) {
				got, ok := ParsePhone(typed, "BR")
				require.True(t, ok, typed)
				require.Equal(t, want, got, typed)
				require.NotEqual(t, PhoneKey("55"+ddd+"9"+local), PhoneKey(got), "a land line has no ninth digit")
			}
		}
	}
}

// TestPunctuationChangesNothing puts signs between the digits, anywhere; but a
// stroke before the last three may begin the ending of a second line.
func TestPunctuationChangesNothing(t *testing.T) {
	all := []string{"", "", "", " ", "-", ".", "(", ")", "\u00a0", " - ", "/"}
	signs, endingSigns := rapid.SampledFrom(all), rapid.SampledFrom(all[:len(all)-1])
	rapid.Check(t, func(rt *rapid.T) {
		area := fmt.Sprint(rapid.SampledFrom(brazilianAreas).Draw(rt, "area"))
		mobile := rapid.Bool().Draw(rt, "mobile")
		local := rapid.StringMatching(`[2-5][0-9]{7}`).Draw(rt, "land line")
		if mobile {
			local = "9" + rapid.StringMatching(`[6-9][0-9]{7}`).Draw(rt, "mobile number")
		}
		plain, ok := ParsePhone(area+local, "BR")
		if !ok {
			rt.Skip("no such exchange")
		}
		digits := rapid.SampledFrom(written(area, local)).Draw(rt, "form")
		var typed strings.Builder
		for i, r := range digits {
			typed.WriteRune(r)
			sign := signs
			if i >= len(digits)-4 {
				sign = endingSigns
			}
			typed.WriteString(sign.Draw(rt, "sign"))
		}
		if typed.Len() > 40 {
			rt.Skip("longer than anybody types")
		}
		got, ok := ParsePhone(typed.String(), "BR")
		require.True(rt, ok, typed.String())
		require.Equal(rt, plain, got, typed.String())
	})
}
