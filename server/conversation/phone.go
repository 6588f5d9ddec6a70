package conversation

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// ParsePhone reads a number as an agent types it, any punctuation, and gives
// E.164 with "+". Without a country code it is of region (ISO 3166, e.g. BR). A
// Brazilian mobile number without its ninth digit gets it. ok is false for
// what is no possible number.
func ParsePhone(typed, region string) (e164 string, ok bool) {
	typed = strings.TrimSpace(typed)
	if len(typed) > 40 || strings.ContainsFunc(typed, isLetter) {
		return "", false
	}
	candidates := []string{typed}
	if digits := onlyDigits(typed); !strings.HasPrefix(typed, "+") {
		// 55 11 91234-5678 without the plus; 0 11 and 0xx11 as dialled inside Brazil
		candidates = append(candidates, "+"+digits)
		if region == "BR" && len(digits) > 10 && digits[0] == '0' {
			candidates = append([]string{strings.TrimLeft(digits, "0")}, candidates...)
		}
	}
	for _, c := range candidates {
		if n, err := phonenumbers.Parse(c, region); err == nil {
			e164 := phonenumbers.Format(n, phonenumbers.E164)
			if with9 := withNinthDigit(e164[1:]); with9 != e164[1:] {
				e164 = "+" + with9
				if n, err = phonenumbers.Parse(e164, ""); err != nil {
					continue
				}
			}
			if phonenumbers.IsValidNumber(n) {
				return e164, true
			}
		}
	}
	return "", false
}

// PhoneKey is the one key of a number, however WhatsApp or a person writes it:
// digits, and for a Brazilian mobile always with the ninth digit. Two numbers
// with one key are one person.
func PhoneKey(number string) string { return withNinthDigit(onlyDigits(number)) }

// withNinthDigit inserts the ninth digit in a Brazilian mobile number that
// lacks it. Old mobile numbers began with 6 to 9; lower ones are land lines.
func withNinthDigit(digits string) string {
	if len(digits) != 12 || !strings.HasPrefix(digits, "55") || digits[4] < '6' {
		return digits
	}
	return digits[:4] + "9" + digits[4:]
}

// MaskPhone keeps the country and area code and the last two digits.
func MaskPhone(e164 string) string {
	digits := onlyDigits(e164)
	if len(digits) < 7 {
		return strings.Repeat("*", len(digits))
	}
	return "+" + digits[:4] + strings.Repeat("*", len(digits)-6) + digits[len(digits)-2:]
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
