package i18n

import (
	"fmt"
	"reflect"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

// Markdown gives the text as part of a post: values are shown as they are, so
// that nothing in them acts, unless a value's type has a Markdown of its own.
// Text gives it for what is no Markdown: dialogs, buttons, the REST API.
func (b *Bundle) Markdown(lang, key string, data map[string]any) string {
	escaped := make(map[string]any, len(data))
	for name, value := range data {
		if name != zoneKey {
			value = asMarkdown(value)
		}
		escaped[name] = value
	}
	return b.Text(lang, key, escaped)
}

// wordy is what knows its own words.
type wordy interface{ Text(lang string) string }

// escapedWords are words that came from elsewhere.
type escapedWords struct{ wordy }

// Text is the words as part of a post.
func (w escapedWords) Text(lang string) string { return markdown.Escape(w.wordy.Text(lang)) }

// String is for a text that does not let them speak.
func (w escapedWords) String() string { return markdown.Escape(fmt.Sprint(w.wordy)) }

func asMarkdown(value any) any {
	switch v := value.(type) {
	case nil, bool:
		return v
	case interface{ Markdown() string }:
		return v.Markdown()
	case wordy:
		return escapedWords{v}
	case string:
		return markdown.Escape(v)
	}
	if _, ok := integer(value); ok {
		return value
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = asMarkdown(v.Index(i).Interface())
		}
		return list
	case reflect.Map:
		inner := make(map[string]any, v.Len())
		for key, value := range v.Seq2() {
			inner[fmt.Sprint(key)] = asMarkdown(value.Interface())
		}
		return inner
	default:
		return markdown.Escape(fmt.Sprint(value))
	}
}
