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

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// The languages of the texts.
const (
	Portuguese = "pt-BR"
	English    = "en"
)

//go:embed texts
var files embed.FS

// noValue is what package text/template prints for a value that is missing.
const noValue = "<no value>"

// Bundle is the texts in all languages. It is safe for concurrent use.
//
// Besides {{.Name}} a text may write
//   - {{clock .Until}}: a moment in milliseconds since epoch, without the day if that is today,
//   - {{stamp .At}}: a moment with its day, for a text that is read on later days too,
//   - {{lasting .Ms}}: a duration in milliseconds,
//   - {{amount .Limit .Currency}}: millionths of a currency's main unit,
//   - {{say .Words}}: another text, of a domain.Text or a domain.Explainer such as an error of Meta's.
type Bundle struct {
	localizers map[string]*i18n.Localizer
	in         *time.Location
	zones      *sync.Map // *time.Location by IANA name
}

// Lang is the language of the texts for a Mattermost locale: Portuguese for any Portuguese, else English.
func Lang(locale string) string {
	locale = strings.ToLower(locale)
	if locale == "pt" || strings.HasPrefix(locale, "pt-") || strings.HasPrefix(locale, "pt_") {
		return Portuguese
	}
	return English
}

// New reads the texts that are compiled into the program.
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

// In returns the same texts with their times in a time zone. New's are in the server's.
func (b *Bundle) In(zone *time.Location) *Bundle {
	return &Bundle{localizers: b.localizers, in: zone, zones: b.zones}
}

// zone is the time zone of a text's times: the one that its data names, else the bundle's.
func (b *Bundle) zone(data map[string]any) *time.Location {
	name, _ := data[domain.ZoneKey].(string)
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

// Text returns the text of a key in a language (or for a locale), with the data filled in. For a key without a text it
// returns the key; missing data leaves a gap.
func (b *Bundle) Text(lang, key string, data map[string]any) string {
	if data == nil {
		data = map[string]any{}
	}
	text, err := b.localizers[Lang(lang)].Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, Funcs: b.funcs(lang, b.zone(data))})
	if err != nil && text == "" { // with a text, the error says that it is in another language
		return key
	}
	return strings.ReplaceAll(text, noValue, "")
}
