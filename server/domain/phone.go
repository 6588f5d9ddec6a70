package domain

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// ParsePhone reads a number as an agent types or pastes it and returns it as E.164 with "+".
// It accepts any punctuation and links to a WhatsApp chat. A number without a country code
// is taken as one of region (ISO 3166, e.g. BR), and an old Brazilian mobile number gets the
// ninth digit. ok is false if the text is not a possible number: a number with a digit missing
// is refused rather than completed, because the result could be a stranger's number.
func ParsePhone(typed, region string) (e164 string, ok bool) {
	t, ok := readPhone(typed)
	if ok && t.before != "" {
		if _, whole := ParsePhone(t.before, region); whole {
			return "", false // WhatsApp cannot reach an extension
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

// fewestAbroad is the least number of digits that is taken as a complete international number
// although it has no plus sign. A shorter one is more likely a local number without its area code.
const fewestAbroad = 11

// readings returns the numbers that the digits may stand for, the most likely one first.
// phonenumbers.Parse reads those with a plus sign as international and the others as numbers of region.
func (t typedPhone) readings(region string) []string {
	d := t.digits
	switch {
	case t.international:
		return []string{"+" + d}
	case strings.HasPrefix(d, "00"): // dialled as an international call; in Brazil a carrier code follows the 00
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

// PhoneKey returns the key under which a number is stored and looked up: its digits in their
// current form. WhatsApp and people write the same number in several ways, and two numbers
// with the same key are the same person. The keys are stored (waa_identities), so a change
// here needs a migration.
func PhoneKey(number string) string { return currentForm(Digits(number)) }

// twins are the old forms of numbers that WhatsApp and people still use, with the current form of each.
var twins = []struct {
	other   *regexp.Regexp
	current string
}{
	{regexp.MustCompile(`^(55[1-9]\d)([6-9]\d{7})$`), "${1}9$2"}, // Brazil's ninth digit; numbers that begin with 2 to 5 are land lines
	{regexp.MustCompile(`^521(\d{10})$`), "52$1"},                // Mexico no longer has a 1 before mobile numbers
	{regexp.MustCompile(`^54([1-8]\d{9})$`), "549$1"},            // Argentina's 9 before mobile numbers, which people often leave out
	{regexp.MustCompile(`^229(\d{8})$`), "22901$1"},              // Benin put 01 before all of its numbers
}

// currentForm returns a number in its current form (see twins). The argument must be digits
// only and include the country code.
func currentForm(digits string) string {
	for _, twin := range twins {
		if twin.other.MatchString(digits) {
			return twin.other.ReplaceAllString(digits, twin.current)
		}
	}
	return digits
}

// MaskPhone returns a number with most digits replaced by "*", so that it can be shown or logged.
// The first four digits (country and area code, for Brazil) and the last two stay; fewer than
// seven digits are masked completely.
func MaskPhone(e164 string) string {
	digits := Digits(e164)
	if len(digits) < 7 {
		return strings.Repeat("*", len(digits))
	}
	return "+" + digits[:4] + strings.Repeat("*", len(digits)-6) + digits[len(digits)-2:]
}

// Digits returns only the ASCII digits of a text, which is the form in which WhatsApp writes numbers.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
