package domain

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// maxTypedPhone bounds what is looked at: a link with a text in it is longer than a number.
const maxTypedPhone = 2000

// typedPhone is a number as somebody typed or pasted it.
type typedPhone struct {
	digits        string
	international bool // it begins with the country's code: a plus sign or a link says so
	// broken tells that its last eight digits are written as no eight-digit number
	// is, such as 98765-432: a digit is missing.
	broken bool
	// before is what stands before a sign that may begin an extension; "" = there is none.
	before string
}

var (
	// placeholder is how Brazilians write "0, any carrier, area code".
	placeholder = regexp.MustCompile(`0[\s-]*[xX*]{2}`)
	// attached is what may be an extension behind a number.
	attached = regexp.MustCompile(`[,;#~]\s*\d{1,5}\s*$`)
	// endings are those of two lines: 3333-4444/45.
	endings  = regexp.MustCompile(`\d{4}[-. ]\d{4}(\s*/\s*\d{1,3}\s*)$`)
	chatLink = regexp.MustCompile(`(?i)^(?:https?://)?(?:(?:www\.)?wa\.me|(?:api|web)\.whatsapp\.com/send/?\?|whatsapp://send/?\?)`)
)

// readPhone takes apart what was typed; ok is false for what is no single number.
func readPhone(text string) (t typedPhone, ok bool) {
	if len(text) > maxTypedPhone {
		return t, false
	}
	text = strings.TrimSpace(strings.Map(plainSign, text))
	if chatLink.MatchString(text) {
		if text, ok = numberOfLink(text); !ok {
			return t, false
		}
	} else if rest, is := cutPrefixFold(text, "tel:"); is {
		text = strings.TrimPrefix(rest, "//")
	}
	text = placeholder.ReplaceAllString(text, "0")
	if len(text) > 40 || strings.ContainsFunc(text, unicode.IsLetter) {
		return t, false
	}
	first := strings.IndexAny(text, "+0123456789")
	if first < 0 || strings.Contains(text[first+1:], "+") { // none, or two
		return t, false
	}
	t.digits, t.international, t.broken = Digits(text), text[first] == '+', brokenGroups(text)
	if at := attached.FindStringIndex(text); at != nil {
		t.before = text[:at[0]]
	} else if at := endings.FindStringSubmatchIndex(text); at != nil {
		t.before = text[:at[2]]
	}
	return t, t.digits != ""
}

// plainSign writes a sign the way a keyboard of numbers does; -1 for what nobody sees.
func plainSign(r rune) rune {
	switch {
	case r <= unicode.MaxASCII:
		return r
	case r == '＋':
		return '+'
	case unicode.IsDigit(r):
		return digitOf(r)
	case unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.Is(unicode.Pd, r), r == '\u2212': // dashes, the minus sign
		return '-'
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Mn, r): // direction marks, joiners, variations of a sign
		return -1
	}
	return r
}

// digitOf is the ASCII digit of another script's: each has ten in a row.
func digitOf(r rune) rune {
	for _, span := range unicode.Nd.R16 {
		if r >= rune(span.Lo) && r <= rune(span.Hi) {
			return '0' + (r-rune(span.Lo))%10
		}
	}
	for _, span := range unicode.Nd.R32 {
		if r >= rune(span.Lo) && r <= rune(span.Hi) {
			return '0' + (r-rune(span.Lo))%10
		}
	}
	return r
}

// numberOfLink is the number in a link to a chat, with a plus sign: links name the country.
func numberOfLink(link string) (string, bool) {
	if !strings.Contains(link, "://") {
		link = "https://" + link
	}
	u, err := url.Parse(link)
	if err != nil {
		return "", false
	}
	number := u.Query().Get("phone")
	if strings.HasSuffix(strings.ToLower(u.Host), "wa.me") {
		number = strings.Trim(u.Path, "/")
	}
	number = strings.TrimPrefix(strings.TrimSpace(number), "+") // a plus in a query is a blank
	return "+" + number, number != ""
}

func cutPrefixFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}

// brokenGroups tells whether the last eight digits are apart somewhere, but not in their middle.
func brokenGroups(text string) bool {
	apart, middle, digits := false, false, 0
	for i := len(text) - 1; i >= 0 && digits < 8; i-- {
		if text[i] >= '0' && text[i] <= '9' {
			digits++
		} else if digits > 0 {
			apart = true
			middle = middle || digits == 4
		}
	}
	return apart && !middle
}
