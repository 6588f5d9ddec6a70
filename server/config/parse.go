package config

import (
	"encoding/json"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/encryption"
)

// The upper bounds of numeric settings are generous, and far from any overflow.
const (
	maxCooldownHours = 30 * 24
	maxMinutes       = 365 * 24 * 60
	maxDays          = 100 * 365
	maxReopenHours   = maxDays * 24
	maxMessages      = 1_000_000_000
	maxWords         = 50
	maxWordLength    = 40 // characters
)

var version = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]{1,2}$`)

// Parse reads the settings as Mattermost passes them: names may be in any case,
// because the server lower-cases them, and numbers and booleans may come as text. A
// setting that is not set gets its default. One that is wrong gets it too, and is also
// returned as a problem.
func Parse(raw map[string]any) (Settings, []domain.SettingProblem) {
	p := parser{values: byLowerName(raw)}
	s := Defaults()
	p.key("EncryptionKey", &s.EncryptionKey)
	p.key("PreviousEncryptionKey", &s.PreviousEncryptionKey)
	p.text("GraphBaseURL", &s.GraphBaseURL, baseURL, domain.T("config.wrong_url"))
	p.text("GraphVersion", &s.GraphVersion, graphVersion, domain.T("config.wrong_version"))
	p.text("DefaultRegion", &s.DefaultRegion, region, domain.T("config.wrong_region"))
	p.zone(&s.TimeZone)
	p.number("CooldownHours", &s.CooldownHours, maxCooldownHours)
	p.flag("RequireCPF", &s.RequireCPF)
	p.words("OptOutWords", &s.OptOutWords)
	p.words("OptInWords", &s.OptInWords)
	p.flag("RequireConsent", &s.RequireConsent)
	p.flag("SendReadReceipts", &s.SendReadReceipts)
	p.flag("SendTyping", &s.SendTyping)
	p.number("InactivityMinutes", &s.InactivityMinutes, maxMinutes)
	p.number("ReopenHours", &s.ReopenHours, maxReopenHours)
	p.number("ArchiveDays", &s.ArchiveDays, maxDays)
	p.number("RetentionDays", &s.RetentionDays, maxDays)
	p.number("FreeServiceMessages", &s.FreeServiceMessages, maxMessages)
	return s, p.problems
}

type parser struct {
	values   map[string]any
	problems []domain.SettingProblem
}

// byLowerName returns the values by lower-case name. If two names differ only in case,
// the one that sorts last wins, so that the result is always the same.
func byLowerName(raw map[string]any) map[string]any {
	names := make([]string, 0, len(raw))
	for name := range raw {
		names = append(names, name)
	}
	slices.Sort(names)
	values := make(map[string]any, len(raw))
	for _, name := range names {
		values[strings.ToLower(name)] = raw[name]
	}
	return values
}

// value returns a setting's value. ok is false if the setting is not set, which means
// that it is missing, null or blank.
func (p *parser) value(name string) (value any, ok bool) {
	value = p.values[strings.ToLower(name)]
	if text, isText := value.(string); isText && strings.TrimSpace(text) == "" {
		return nil, false
	}
	return value, value != nil
}

func (p *parser) problem(name string, text domain.Text) {
	p.problems = append(p.problems, domain.SettingProblem{Setting: name, Text: text})
}

// key reads an encryption key exactly as it is, without trimming blanks: with one
// blank more or less it would be another key.
func (p *parser) key(name string, into *string) {
	value, ok := p.value(name)
	if !ok {
		return
	}
	text, isText := value.(string)
	if !isText || utf8.RuneCountInString(text) < encryption.MinKeyLength {
		p.problem(name, domain.T("config.short_key", "Min", encryption.MinKeyLength))
		return
	}
	*into = text
}

func (p *parser) zone(into **time.Location) {
	const name = "TimeZone"
	value, ok := p.value(name)
	if !ok {
		return
	}
	text, _ := value.(string)
	zone, err := time.LoadLocation(strings.TrimSpace(text))
	if err != nil || text == "" || strings.TrimSpace(text) == "Local" {
		p.problem(name, domain.T("config.wrong_zone"))
		return
	}
	*into = zone
}

func (p *parser) text(name string, into *string, normal func(string) (string, bool), wrong domain.Text) {
	value, ok := p.value(name)
	if !ok {
		return
	}
	text, _ := value.(string)
	if text, ok = normal(strings.TrimSpace(text)); !ok {
		p.problem(name, wrong)
		return
	}
	*into = text
}

// words reads a list of words that are separated by commas, semicolons or line ends. One that could
// never be a whole text, because nothing of it is left in the comparison, makes the list wrong.
func (p *parser) words(name string, into *[]string) {
	value, ok := p.value(name)
	if !ok {
		return
	}
	text, _ := value.(string)
	var words []string
	for _, typed := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;\n\r", r) }) {
		if strings.TrimSpace(typed) == "" {
			continue
		}
		word := domain.ConsentWord(typed)
		if word == "" || utf8.RuneCountInString(word) > maxWordLength {
			p.problem(name, domain.T("config.wrong_words", "Max", maxWordLength))
			return
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if len(words) == 0 || len(words) > maxWords {
		p.problem(name, domain.T("config.wrong_words", "Max", maxWordLength))
		return
	}
	*into = words
}

func (p *parser) number(name string, into *int, highest int) {
	value, ok := p.value(name)
	if !ok {
		return
	}
	n, ok := whole(value)
	if !ok || n < 0 || n > highest {
		p.problem(name, domain.T("config.wrong_number", "Max", highest))
		return
	}
	*into = n
}

func (p *parser) flag(name string, into *bool) {
	value, ok := p.value(name)
	if !ok {
		return
	}
	switch v := value.(type) {
	case bool:
		*into = v
		return
	case string:
		if b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(v))); err == nil {
			*into = b
			return
		}
	}
	p.problem(name, domain.T("config.wrong_flag"))
}

// whole converts a value to an integer, whichever form JSON, gob or a text field of
// the console gave it. It returns false if the value is not a whole number.
func whole(value any) (int, bool) {
	switch v := value.(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	case float64:
		if v != math.Trunc(v) || math.Abs(v) > math.MaxInt32 {
			return 0, false
		}
		return int(v), true
	case json.Number:
		n, err := strconv.Atoi(v.String())
		return n, err == nil
	case string:
		n, err := strconv.Atoi(strings.TrimSpace(v))
		return n, err == nil
	}
	return 0, false
}

// baseURL accepts an address of scheme, host and port, and tolerates one trailing
// slash. It returns the address in its normal form, and false if the address cannot be
// used.
func baseURL(typed string) (string, bool) {
	u, err := url.Parse(strings.TrimSuffix(typed, "/"))
	if err != nil || u.Hostname() == "" || u.Path != "" || u.User != nil || u.Opaque != "" ||
		strings.ContainsAny(typed, "?#") || strings.HasSuffix(u.Host, ":") {
		return "", false
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > math.MaxUint16 {
			return "", false
		}
	}
	if u.Scheme != "https" && u.Scheme != "http" { // url.Parse has lower-cased the scheme
		return "", false
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), true
}

func graphVersion(typed string) (string, bool) { return typed, version.MatchString(typed) }

func region(typed string) (string, bool) {
	code := strings.ToUpper(typed)
	return code, phonenumbers.GetSupportedRegions()[code]
}
