package i18n

import (
	"slices"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown/markdowntest"
)

// hostile are values as strangers write them: each tries to be more than text.
var hostile = []string{
	"[Sessão expirou, entre](https://e.tk)", "![x](https://e.tk/p.png)", "@maria @joao", "@channel", "@all", "(@here)", "_@maria", "x.@maria", "＠maria", "maria",
	"`code`", "```", "| a | b |", "|", "~town-square", ":smile:", ":) ;-) <3", "#promo", "https://e.tk", "www.e.tk", "e.tk/p", "mailto:a@e.tk", "a@e.tk", "<https://e.tk>", "<b>x</b>", "<!-- ",
	"**a**", "*a", "a*", "__a__", "_a", "a_", "~~a~~", "~~", `\`, `a\`, "> q", "1. x", "7) x", "- x", "+ x", "* x", "# h", "---", "===", "|---|", "&amp;", "&#64;maria", "$x$", "a$", "$a",
	"\u202egnp.exe", "x\u2066y", "@\u2060maria", "[a]: https://e.tk", "[a]", "[x](", "](https://e.tk)", "](/logout)", "!", "[", "]", "(https://e.tk)", ":", "://e.tk", "a\n# b", "a\u2028- b", "a\u2424> b", "    x", "[x] a",
	"/whatsapp close", "http:", "@", "~", "#", "&", ";", strings.Repeat("@a", 32), strings.Repeat("[", 64), strings.Repeat("é", 64), "Ana Souza",
}

// field is a placeholder of a text, with the fields of its items where it is a list.
type field struct {
	name  string
	items []field
}

// fieldsOf lists a text's placeholders.
func fieldsOf(t *testing.T, b *Bundle, lang, key, text string) []field {
	t.Helper()
	parsed, err := template.New(key).Funcs(b.funcs(lang, time.UTC)).Parse(text)
	require.NoError(t, err)
	var found []field
	var walk func(node parse.Node, into *[]field)
	list := func(nodes *parse.ListNode, into *[]field) {
		if nodes != nil {
			for _, node := range nodes.Nodes {
				walk(node, into)
			}
		}
	}
	walk = func(node parse.Node, into *[]field) {
		switch n := node.(type) {
		case *parse.ActionNode:
			walk(n.Pipe, into)
		case *parse.PipeNode:
			for _, command := range n.Cmds {
				for _, arg := range command.Args {
					walk(arg, into)
				}
			}
		case *parse.FieldNode:
			if !slices.ContainsFunc(*into, func(f field) bool { return f.name == n.Ident[0] }) {
				*into = append(*into, field{name: n.Ident[0]})
			}
		case *parse.IfNode:
			walk(n.Pipe, into)
			list(n.List, into)
			list(n.ElseList, into)
		case *parse.RangeNode:
			var items []field
			list(n.List, &items)
			list(n.ElseList, into)
			*into = append(*into, field{n.Pipe.Cmds[0].Args[0].(*parse.FieldNode).Ident[0], items})
		}
	}
	list(parsed.Root, &found)
	return found
}

// kindOf is what the functions of texts ask for: they write nothing for anything else.
var kindOf = map[string]string{
	"Until": "number", "Since": "number", "At": "number", "Lasted": "number", "Price": "number", "Left": "number", "Limit": "number", "Spent": "number", "Billed": "number", "Reserved": "number", "Amount": "number",
	"Words": "words", "Why": "words", "Problem": "words", "What": "words", "Next": "words", "Link": "link",
}

// fill gives each placeholder a value of its own.
func fill(fields []field, value func(name string) string) map[string]any {
	data := map[string]any{}
	for _, f := range fields {
		switch {
		case f.items != nil:
			data[f.name] = []map[string]any{fill(f.items, value)}
		case kindOf[f.name] == "number":
			data[f.name] = int64(1_700_000_000_000)
		case kindOf[f.name] == "words":
			data[f.name] = domain.Text{Key: value(f.name)} // a key without a text is shown itself
		case kindOf[f.name] == "link":
			data[f.name] = domain.Link("https://mattermost.example/team/channels/x")
		default:
			data[f.name] = value(f.name)
		}
	}
	return data
}

// post is a text as it is posted: a table's row stands under its head.
func post(b *Bundle, lang, key, text string, data map[string]any) string {
	said, table := b.Markdown(lang, key, data), key[:strings.LastIndex(key, "_")+1]
	switch {
	case !strings.HasPrefix(text, "|"):
		return said
	case strings.HasSuffix(key, "_head"):
		return "x"
	}
	head := b.Markdown(lang, table+"head", nil)
	return head + "\n|" + strings.Repeat("---|", strings.Count(head, "|")-1) + "\n" + said
}

var acting = map[string][]string{} // what actingByItself found

// actingByItself lists what acts in the text without any value.
func actingByItself(b *Bundle, lang, key, text string, fields []field, without string) []string {
	id := lang + key + without
	if _, known := acting[id]; !known {
		harmless := fill(fields, func(string) string { return "Ana" })
		delete(harmless, without)
		acting[id] = markdowntest.Acts(post(b, lang, key, text, harmless))
	}
	return acting[id]
}

// requireNothingActs fails where the post has anything that the text itself has not, or a
// value cannot be read in it. without is a placeholder that is missing.
func requireNothingActs(t require.TestingT, b *Bundle, lang, key, text string, fields []field, value func(name string) string, without string) {
	data := fill(fields, value)
	delete(data, without)
	shown := post(b, lang, key, text, data)
	require.ElementsMatch(t, actingByItself(b, lang, key, text, fields, without), markdowntest.Acts(shown), "%s: %q", key, shown)
	seen, plain := markdowntest.Shown(shown), markdowntest.Seen(b.Text(lang, key, data))
	for name, value := range data {
		typed, ok := value.(string)
		if typed = markdowntest.Seen(strings.NewReplacer("\u2424", " ").Replace(typed)); ok && strings.Contains(plain, typed) { // the branch tells it
			require.Contains(t, seen, typed, "%s, %s: %q", key, name, shown)
		}
	}
}

// TestNothingInAValueActs: whatever stands in for whatever placeholder of
// whatever text, the post has what the text itself has and nothing else, and
// the value can be read in it.
func TestNothingInAValueActs(t *testing.T) {
	bundle, err := New()
	require.NoError(t, err)
	for _, lang := range []string{Portuguese, English} {
		texts, fields := byKey(t, lang), map[string][]field{}
		var keys []string
		for key, text := range texts {
			if fields[key] = fieldsOf(t, bundle, lang, key, text); len(fields[key]) > 0 {
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
		for _, key := range keys {
			for i, value := range hostile {
				same := func(string) string { return value }
				requireNothingActs(t, bundle, lang, key, texts[key], fields[key], same, "")
				if i < 3 { // the other branch of what asks for a placeholder
					for _, f := range fields[key] {
						requireNothingActs(t, bundle, lang, key, texts[key], fields[key], same, f.name)
					}
				}
			}
		}
		for range 5 {
			rapid.Check(t, func(t *rapid.T) { // values that may meet each other
				key := rapid.SampledFrom(keys).Draw(t, "key")
				requireNothingActs(t, bundle, lang, key, texts[key], fields[key], func(name string) string {
					return strings.Join(rapid.SliceOfN(rapid.SampledFrom(hostile), 1, 3).Draw(t, name), rapid.SampledFrom([]string{"", " ", "\n"}).Draw(t, "between"))
				}, "")
			})
		}
	}
}
