package i18n

import (
	"fmt"
	"reflect"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

// Markdown returns the text as part of a post. Values are escaped, so that a post shows them and nothing in them acts,
// except for types with a Markdown method, which answer for what they return. For what is no Markdown, such as dialogs,
// buttons and the REST API, use Text.
func (b *Bundle) Markdown(lang, key string, data map[string]any) string {
	escaped := make(map[string]any, len(data))
	for name, value := range data {
		if name != domain.ZoneKey {
			value = asMarkdown(value)
		}
		escaped[name] = value
	}
	return b.Text(lang, key, escaped)
}

// escapedText is a text inside of another one in a post. It is escaped as a whole after it was written, together with its
// values.
type escapedText domain.Text

// String is what a text prints that does not write the value with "say".
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
