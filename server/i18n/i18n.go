// Package i18n holds every text that a person reads, in Portuguese and English,
// and writes times and amounts as each language does.
package i18n

import (
	"embed"
	"encoding/json"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pkg/errors"
	"golang.org/x/text/language"
)

// The languages there are texts in.
const (
	Portuguese = "pt-BR"
	English    = "en"
)

//go:embed texts
var files embed.FS

// zoneKey is where a text's data may name the time zone of its times (IANA);
// package domain calls it ZoneKey.
const zoneKey = "Zone"

// noValue is what package text/template prints where a text's data is missing.
const noValue = "<no value>"

// Bundle is the texts in all languages. It is safe for concurrent use.
//
// A text may write {{clock .Until}} for milliseconds since epoch and
// {{amount .Limit .Currency}} for millionths of a currency, {{say .Words}} for what
// knows its own words, {{stamp .At}} for a moment that is read on later days too
// and {{lasting .Ms}} for how long something took, in milliseconds.
type Bundle struct {
	localizers map[string]*i18n.Localizer
	in         *time.Location
	zones      *sync.Map // *time.Location by IANA name
}

// Lang gives the language of the texts for a Mattermost locale: "pt-BR" for any Portuguese, else "en".
func Lang(locale string) string {
	locale = strings.ToLower(locale)
	if locale == "pt" || strings.HasPrefix(locale, "pt-") || strings.HasPrefix(locale, "pt_") {
		return Portuguese
	}
	return English
}

// New reads the texts that are part of the program.
func New() (*Bundle, error) {
	texts := i18n.NewBundle(language.English)
	for _, lang := range []string{Portuguese, English} {
		tag, err := language.Parse(lang)
		if err != nil {
			return nil, errors.Wrapf(err, "language %s", lang)
		}
		names, err := fs.Glob(files, path.Join("texts", lang, "*.json"))
		if err != nil {
			return nil, errors.Wrapf(err, "list the texts of %s", lang)
		}
		for _, name := range names {
			pairs, err := read(name)
			if err != nil {
				return nil, err
			}
			for key, text := range pairs {
				if err := texts.AddMessages(tag, &i18n.Message{ID: key, Other: text}); err != nil {
					return nil, errors.Wrapf(err, "text %s of %s", key, name)
				}
			}
		}
	}
	return &Bundle{in: time.Local, zones: &sync.Map{}, localizers: map[string]*i18n.Localizer{
		Portuguese: i18n.NewLocalizer(texts, Portuguese),
		English:    i18n.NewLocalizer(texts, English),
	}}, nil
}

// In gives the same texts with their times told in a time zone; New's are in the server's.
func (b *Bundle) In(zone *time.Location) *Bundle {
	return &Bundle{localizers: b.localizers, in: zone, zones: b.zones}
}

// zone is where a text tells its times: what its data names, else the bundle's own.
func (b *Bundle) zone(data map[string]any) *time.Location {
	name, _ := data[zoneKey].(string)
	if name == "" {
		return b.in
	}
	if known, ok := b.zones.Load(name); ok {
		return known.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return b.in
	}
	b.zones.Store(name, zone)
	return zone
}

// read reads one file of texts: a flat object of key and text.
func read(name string) (map[string]string, error) {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, errors.Wrapf(err, "read %s", name)
	}
	var pairs map[string]string
	return pairs, errors.Wrapf(json.Unmarshal(data, &pairs), "parse %s", name)
}

// Text gives the text of a key in a language (or locale), with the data put in.
// A key without a text is given back itself; data that is missing leaves a gap.
func (b *Bundle) Text(lang, key string, data map[string]any) string {
	if data == nil {
		data = map[string]any{}
	}
	text, err := b.localizers[Lang(lang)].Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, Funcs: b.funcs(lang, b.zone(data))})
	if err != nil && text == "" { // an error with a text: another language had to help out
		return key
	}
	return strings.ReplaceAll(text, noValue, "")
}
