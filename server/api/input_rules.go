package api

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Limits of fields, in characters where nothing else is said: what their columns hold.
const (
	maxName        = 128
	maxMetaID      = 64
	maxDisplay     = 32
	maxToken       = 4096
	maxSecret      = 256
	maxCustomer    = 256 // before the service checks them
	maxVariable    = 4096
	maxVariables   = 200
	maxElement     = 600 // "body_" and the name of a parameter
	maxTemplate    = 512
	maxLanguage    = 16
	maxReason      = 1000
	maxNote        = 16383 // Mattermost's limit of a post
	maxListedIDs   = 500
	maxMinutes     = 365 * 24 * 60
	maxSearch      = 128
	maxMillis      = 253402300799999 // the end of the year 9999, milliseconds since epoch
	minPhoneDigits = 7
	maxPhoneDigits = 15 // E.164
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

// line reads a text of one line, trims it, and checks that it is printable and not too long. An absent field keeps its
// value; with must that value may not be empty either.
func (f *form) line(field string, into *string, longest int, must bool) {
	if f.text(field, into) {
		*into = strings.TrimSpace(*into)
		switch {
		case utf8.RuneCountInString(*into) > longest:
			f.fault(field, domain.T("api.field_too_long", "Max", longest))
		case strings.ContainsFunc(*into, domain.UnsafeInLine) || *into != "" && !strings.ContainsFunc(*into, visible):
			f.fault(field, domain.T("api.field_characters"))
		}
	}
	if must && *into == "" {
		f.fault(field, required())
	}
}

// multiline reads a text that may have several lines.
func (f *form) multiline(field string, into *string, longest int, must bool) {
	if f.text(field, into) {
		f.checkLines(f.name(field), *into, longest)
	}
	if must && strings.TrimSpace(*into) == "" {
		f.fault(field, required())
	}
}

func (f *form) checkLines(name, text string, longest int) {
	switch {
	case utf8.RuneCountInString(text) > longest:
		f.addFault(name, domain.T("api.field_too_long", "Max", longest))
	case strings.ContainsFunc(text, unprintable):
		f.addFault(name, domain.T("api.field_characters"))
	}
}

// zone reads the IANA name of a time zone; "" = the one of the plugin's settings.
func (f *form) zone(field string, into *string) {
	f.line(field, into, maxName, false)
	if !f.has(field) || *into == "" {
		return
	}
	if _, err := time.LoadLocation(*into); err != nil || *into == "Local" {
		f.fault(field, domain.T("config.wrong_zone"))
	}
}

// matching reads a line that must match a pattern.
func (f *form) matching(field string, into *string, pattern *regexp.Regexp, longest int, must bool) {
	f.line(field, into, longest, must)
	if f.has(field) && *into != "" && !pattern.MatchString(*into) {
		f.fault(field, domain.T("api.field_characters"))
	}
}

// secret reads a write-only text. An empty one changes nothing, because a form that cannot show the old value sends an
// empty one.
func (f *form) secret(field string, into *string, pattern *regexp.Regexp, longest int) {
	kept := *into
	if f.matching(field, into, pattern, longest, false); *into == "" {
		*into = kept
	}
}

// id reads an id without asking whether it exists.
func (f *form) id(field string, into *string, must bool) {
	if f.text(field, into) && *into != "" && !idPattern.MatchString(*into) {
		f.fault(field, domain.T("api.field_id"))
	}
	if must && *into == "" {
		f.fault(field, required())
	}
}

// ids reads a list of ids without its duplicates.
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

// unprintable reports what no text may have. (PostgreSQL stores no NUL.)
func unprintable(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) }

func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// displayPhone returns the E.164 form of a business number, and whether it is valid. Meta's own test numbers have no real
// area code, so only the length is checked where a "+" says that the number is complete.
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
	return "+" + digits, len(digits) >= minPhoneDigits && len(digits) <= maxPhoneDigits
}

// mustHaveQueue adds a fault where the queue does not exist. An error means that the database could not be asked.
func (a *API) mustHaveQueue(ctx context.Context, f *form, field, id string) error {
	_, err := a.Store.Queue(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		f.fault(field, domain.T("api.field_unknown_queue"))
		return nil
	}
	return errors.Wrap(err, "read the queue")
}

// mustHaveAccount adds a fault where the account does not exist. An error means that the database could not be asked.
func (a *API) mustHaveAccount(ctx context.Context, f *form, field, id string) error {
	_, err := a.Store.Account(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		f.fault(field, domain.T("api.field_unknown_account"))
		return nil
	}
	return errors.Wrap(err, "read the account")
}
