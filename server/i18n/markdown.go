package i18n

import (
	"fmt"
	"reflect"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
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

// escapedText is a text inside of a text of a post: it is written first and made harmless then, with its values in it.
type escapedText domain.Text

// String is for a text that prints it instead of saying it.
func (t escapedText) String() string { return markdown.Escape(t.Key) }

func asMarkdown(value any) any {
	switch v := value.(type) {
	case nil, bool:
		return v
	case interface{ Markdown() string }:
		return v.Markdown()
	case domain.Text:
		return escapedText(v)
	case domain.Explainer:
		return escapedText(v.Text())
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
