package api

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// How long fields may be, in characters: what their columns hold.
const (
	maxName        = 128
	maxMetaID      = 64
	maxDisplay     = 32
	maxToken       = 4096
	maxSecret      = 256
	maxCustomer    = 256 // what a customer's fields may be before the service judges them
	maxVariable    = 4096
	maxVariables   = 200
	maxElement     = 600 // body_ and a parameter's name
	maxTemplate    = 512
	maxLanguage    = 16
	maxReason      = 1000
	maxNote        = 16383 // a post's length
	maxListedIDs   = 500
	maxMinutes     = 365 * 24 * 60
	maxSearch      = 128
	lastMoment     = 253402300799999 // the end of the year 9999, milliseconds since epoch
	fewestInNumber = 7
	mostInNumber   = 15 // E.164
)

var (
	idPattern       = regexp.MustCompile(`^[a-z0-9]{26}$`)
	metaIDPattern   = regexp.MustCompile(`^[0-9A-Za-z_-]+$`)
	tokenPattern    = regexp.MustCompile(`^[!-~]+$`) // goes into a header: no space, no line end
	currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)
	displayPattern  = regexp.MustCompile(`^\+?[0-9 ().-]+$`)
	templateName    = regexp.MustCompile(`^[0-9A-Za-z_]+$`)
	languagePattern = regexp.MustCompile(`^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*$`)
)

func required() domain.Text { return domain.T("api.field_required") }

// line reads a text of one line and checks it: trimmed, printable, not too long. A
// field that is absent keeps its value; must says that it may not be empty after all.
func (f *form) line(field string, into *string, longest int, must bool) {
	if f.text(field, into) {
		*into = strings.TrimSpace(*into)
		switch {
		case utf8.RuneCountInString(*into) > longest:
			f.fault(field, domain.T("api.field_too_long", "Max", longest))
		case strings.ContainsFunc(*into, hostile) || *into != "" && !strings.ContainsFunc(*into, visible):
			f.fault(field, domain.T("api.field_characters"))
		}
	}
	if must && *into == "" {
		f.fault(field, required())
	}
}

// lines reads a text that may have several lines.
func (f *form) lines(field string, into *string, longest int, must bool) {
	if f.text(field, into) {
		f.judgeLines(f.name(field), *into, longest)
	}
	if must && strings.TrimSpace(*into) == "" {
		f.fault(field, required())
	}
}

func (f *form) judgeLines(name, text string, longest int) {
	switch {
	case utf8.RuneCountInString(text) > longest:
		f.at(name, domain.T("api.field_too_long", "Max", longest))
	case strings.ContainsFunc(text, unprintable):
		f.at(name, domain.T("api.field_characters"))
	}
}

// zone reads the IANA name of a time zone; "" = none of its own.
func (f *form) zone(field string, into *string) {
	f.line(field, into, maxName, false)
	if !f.has(field) || *into == "" {
		return
	}
	if _, err := time.LoadLocation(*into); err != nil || *into == "Local" {
		f.fault(field, domain.T("config.wrong_zone"))
	}
}

// matching reads a line that has a form of its own.
func (f *form) matching(field string, into *string, pattern *regexp.Regexp, longest int, must bool) {
	f.line(field, into, longest, must)
	if f.has(field) && *into != "" && !pattern.MatchString(*into) {
		f.fault(field, domain.T("api.field_characters"))
	}
}

// secret reads a write-only text. An empty one changes nothing: what cannot be
// read back is not cleared by accident.
func (f *form) secret(field string, into *string, pattern *regexp.Regexp, longest int) {
	kept := *into
	if f.matching(field, into, pattern, longest, false); *into == "" {
		*into = kept
	}
}

// id reads a Mattermost id; whether it exists is asked elsewhere.
func (f *form) id(field string, into *string, must bool) {
	if f.text(field, into) && *into != "" && !idPattern.MatchString(*into) {
		f.fault(field, domain.T("api.field_id"))
	}
	if must && *into == "" {
		f.fault(field, required())
	}
}

// ids reads a list of ids, each kept once.
func (f *form) ids(field string, into *[]string) {
	var given []string
	if !f.read(field, &given) {
		return
	}
	if len(given) > maxListedIDs {
		f.fault(field, domain.T("api.field_too_many", "Max", maxListedIDs))
		return
	}
	once := make([]string, 0, len(given))
	seen := map[string]bool{}
	for _, id := range given {
		if !idPattern.MatchString(id) {
			f.fault(field, domain.T("api.field_id"))
		}
		if !seen[id] {
			seen[id] = true
			once = append(once, id)
		}
	}
	*into = once
}

// hostile finds what a line must not hold: control characters, line ends, and
// marks that turn the direction of the text around it.
func hostile(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// unprintable finds what no text may hold; PostgreSQL stores no NUL.
func unprintable(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) }

func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// displayPhone gives the E.164 of a business number. Meta's own test numbers are
// of no real area, so that only the length is judged where a "+" says that it is complete.
func displayPhone(typed, region string) (string, bool) {
	if !displayPattern.MatchString(typed) {
		return "", false
	}
	if !strings.HasPrefix(typed, "+") {
		if e164, ok := domain.ParsePhone(typed, region); ok {
			return e164, true
		}
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, typed)
	return "+" + digits, len(digits) >= fewestInNumber && len(digits) <= mostInNumber
}
