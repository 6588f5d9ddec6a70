package domain

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// maxTypedPhone is the most bytes that readPhone looks at. It is much larger than a number
// because a pasted chat link may carry the text of a message as well.
const maxTypedPhone = 2000

// typedPhone is a phone number as somebody typed or pasted it, before it is decided which
// country and area it belongs to.
type typedPhone struct {
	digits        string
	international bool // it begins with a country code, because it has a plus sign or comes from a chat link
	// broken is set if the last eight digits are grouped in a way that no eight-digit
	// number is written, such as 98765-432: probably a digit is missing.
	broken bool
	// before is the text in front of a possible extension; "" = nothing looks like an extension.
	before string
}

var (
	// placeholder matches how Brazilians write "0, the code of any carrier, then the area code", such as 0xx11.
	placeholder = regexp.MustCompile(`0[\s-]*[xX*]{2}`)
	// attached matches a possible extension at the end of a number, such as #123.
	attached = regexp.MustCompile(`[,;#~]\s*\d{1,5}\s*$`)
	// endings matches the way in which two lines are written as one number: 3333-4444/45.
	endings = regexp.MustCompile(`\d{4}[-. ]\d{4}(\s*/\s*\d{1,3}\s*)$`)
	// chatLink matches the beginning of a link that opens a WhatsApp chat.
	chatLink = regexp.MustCompile(`(?i)^(?:https?://)?(?:(?:www\.)?wa\.me|(?:api|web)\.whatsapp\.com/send/?\?|whatsapp://send/?\?)`)
)

// readPhone takes a typed or pasted text apart. ok is false if the text is not exactly one number.
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
	if first < 0 || strings.Contains(text[first+1:], "+") { // no number, or two of them
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

// plainSign replaces a character with its plain ASCII form, because pasted numbers contain
// typographic dashes, wide digits and special spaces. It returns -1, which removes the
// character, for invisible ones.
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
	case unicode.Is(unicode.Pd, r), r == '\u2212': // dashes and the minus sign
		return '-'
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Mn, r): // direction marks, joiners, variation selectors
		return -1
	}
	return r
}

// digitOf returns the ASCII digit for a digit of any script. It relies on Unicode having the
// ten digits of each script in a row. Any other character is returned unchanged.
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

// numberOfLink returns the number in a link to a chat. It adds a plus sign, because the numbers
// in such links always begin with the country code. It returns false if the link has no number.
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
	number = strings.TrimPrefix(strings.TrimSpace(number), "+") // a plus sign in a query is decoded as a space
	return "+" + number, number != ""
}

// cutPrefixFold is strings.CutPrefix without regard to upper and lower case.
func cutPrefixFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}

// brokenGroups reports whether the last eight digits are separated somewhere, but not in their
// middle, where an eight-digit number is usually separated (8765-4321).
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
