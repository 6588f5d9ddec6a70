package domain

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// ParsePhone reads a number as an agent types or pastes it, any punctuation, a
// link to a chat too, and gives E.164 with "+". Without a country code it is of
// region (ISO 3166, e.g. BR). A Brazilian mobile number of before the ninth
// digit gets it. ok is false for what is no possible number: one digit too few
// is no reason to make a stranger's number of it.
func ParsePhone(typed, region string) (e164 string, ok bool) {
	t, ok := readPhone(typed)
	if ok && t.before != "" {
		if _, whole := ParsePhone(t.before, region); whole {
			return "", false // an extension is reached by nobody on WhatsApp
		}
	}
	if !ok {
		return "", false
	}
	for _, c := range t.readings(region) {
		n, err := phonenumbers.Parse(c, region)
		if err != nil {
			continue
		}
		e164 := phonenumbers.Format(n, phonenumbers.E164)
		current := "+" + currentForm(e164[1:])
		if strings.HasPrefix(e164, "+55") && current != e164 && t.broken {
			return "", false
		}
		if n, err = phonenumbers.Parse(current, ""); err == nil && phonenumbers.IsValidNumber(n) {
			return current, true
		}
	}
	return "", false
}

// fewestAbroad is the least number of digits that is taken for a whole
// international number where no plus sign says so: what is shorter lacks its area code.
const fewestAbroad = 11

// readings are what the digits may mean, the likeliest first.
func (t typedPhone) readings(region string) []string {
	d := t.digits
	switch {
	case t.international:
		return []string{"+" + d}
	case strings.HasPrefix(d, "00"): // dialled abroad; in Brazil with a carrier behind it
		all := []string{"+" + d[2:], "0" + strings.TrimLeft(d, "0")}
		if region == "BR" && len(d) > 4 {
			all = append(all, "+"+d[4:])
		}
		return all
	case len(d) >= fewestAbroad && d[0] != '0':
		return []string{d, "+" + d}
	}
	if region == "BR" && len(d) > 10 && d[0] == '0' {
		return []string{d[1:], d}
	}
	return []string{d}
}

// PhoneKey is the one key of a number, however WhatsApp or a person writes it:
// its digits in their current form. Two numbers with one key are one person. A
// change needs a migration of what is stored (waa_identities).
func PhoneKey(number string) string { return currentForm(Digits(number)) }

// twins are the forms of a number that WhatsApp and people use beside its current one.
var twins = []struct {
	other   *regexp.Regexp
	current string
}{
	{regexp.MustCompile(`^(55[1-9]\d)([6-9]\d{7})$`), "${1}9$2"}, // Brazil's ninth digit; lower numbers are land lines
	{regexp.MustCompile(`^521(\d{10})$`), "52$1"},                // Mexico dials no 1 before mobile numbers any more
	{regexp.MustCompile(`^54([1-8]\d{9})$`), "549$1"},            // Argentina's 9 of mobile numbers, which people leave out
	{regexp.MustCompile(`^229(\d{8})$`), "22901$1"},              // Benin put 01 before all of its numbers
}

// currentForm writes a number, digits with its country code, in its current form.
func currentForm(digits string) string {
	for _, twin := range twins {
		if twin.other.MatchString(digits) {
			return twin.other.ReplaceAllString(digits, twin.current)
		}
	}
	return digits
}

// MaskPhone keeps the country and area code and the last two digits.
func MaskPhone(e164 string) string {
	digits := Digits(e164)
	if len(digits) < 7 {
		return strings.Repeat("*", len(digits))
	}
	return "+" + digits[:4] + strings.Repeat("*", len(digits)-6) + digits[len(digits)-2:]
}

// Digits are the ASCII digits of a text, without all else: a number as WhatsApp writes it.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
