// Package markdowntest tells, for tests, what acts in a post: it reads Markdown
// by other people's parsers and by the patterns that Mattermost itself uses, and
// knows nothing of how package markdown writes it.
package markdowntest

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/shared/markdown"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// Acts lists what in a post is more than text and its styles, each with where it
// leads: links, pictures, mentions, hashtags, emoji, headings, lists, tables ...
func Acts(message string) []string {
	var found []string
	add := func(kind, what string) {
		if one := strings.TrimSpace(kind + " " + what); !slices.Contains(found, one) {
			found = append(found, one)
		}
	}
	shown := readAsMail(message, add)
	readAsServer(message, add)
	for _, line := range shown {
		readAsClient(inlines, line, add)
	}
	readAsClient(beginnings, fenced.ReplaceAllString(message, "\n"), add)
	if tags, _ := model.ParseHashtags(message); tags != "" {
		add("hashtag", tags)
	}
	for _, r := range message {
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\u061c' || unicode.IsControl(r) && r != '\n' && r != '\t' {
			add("direction", fmt.Sprintf("%U", r))
		}
	}
	return found
}

// Shown is the text that a reader sees of a post beside code, without what
// cannot be seen: characters without a shape, and how much room is between words.
func Shown(message string) string {
	text := html.UnescapeString(strings.Join(readAsMail(message, func(string, string) {}), " "))
	return Seen(text)
}

// Seen is a text without what cannot be seen.
func Seen(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)), " ")
}

// readAsMail reads as the server does for e-mail, and as the phone app nearly
// does. It gives the text that is shown beside code, a paragraph each.
func readAsMail(message string, add func(kind, what string)) (shown []string) {
	source := []byte(message)
	var paragraph strings.Builder
	_ = ast.Walk(goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if n.Type() == ast.TypeBlock && paragraph.Len() > 0 {
				shown = append(shown, paragraph.String())
				paragraph.Reset()
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			add("link", string(n.Destination))
		case *ast.AutoLink:
			paragraph.Write(n.Label(source))
			if n.AutoLinkType != ast.AutoLinkEmail || strings.HasPrefix(string(n.URL(source)), "mailto:") {
				add("link", string(n.URL(source)))
			}
		case *ast.Image:
			add("image", string(n.Destination))
		case *ast.CodeSpan:
			paragraph.WriteString("\x00") // nothing reads across it
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			paragraph.Write(escaped.ReplaceAll(n.Segment.Value(source), []byte("$1")))
			if n.SoftLineBreak() || n.HardLineBreak() {
				paragraph.WriteByte('\n')
			}
		case *ast.Document, *ast.Paragraph, *ast.TextBlock, *ast.Emphasis:
		default:
			if kind := n.Kind(); kind.String() != "Strikethrough" {
				add(strings.ToLower(kind.String()), "")
			}
		}
		return ast.WalkContinue, nil
	})
	return shown
}

// readAsServer reads as the server does to find whom to notify and what to fetch.
func readAsServer(message string, add func(kind, what string)) {
	said := ""
	hear := func() {
		for _, word := range strings.FieldsFunc(said, func(r rune) bool {
			return !strings.ContainsRune(":.-_@", r) && !unicode.IsLetter(r) && !unicode.IsNumber(r)
		}) {
			for _, part := range append(strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(".-:", r) }), strings.Trim(word, ":.-_")) {
				if strings.HasPrefix(part, "@") && strings.Trim(part, "@") != "" {
					add("mention", part)
				}
			}
		}
		said = ""
	}
	markdown.Inspect(message, func(node any) bool {
		if part, ok := node.(*markdown.Text); ok {
			said += part.Text
			return true
		}
		hear()
		switch n := node.(type) {
		case *markdown.InlineLink:
			add("link", n.Destination())
		case *markdown.ReferenceLink:
			add("link", n.Destination())
		case *markdown.Autolink:
			if !strings.HasPrefix(n.Destination(), "mailto:") {
				add("link", n.Destination())
			}
		case *markdown.InlineImage:
			add("image", n.Destination())
		case *markdown.ReferenceImage:
			add("image", n.Destination())
		}
		return true
	})
	hear()
}

var (
	escaped = regexp.MustCompile("\\\\([`*{}\\[\\]()#+\\-.!_>|~\\\\])")
	fenced  = regexp.MustCompile("(?s)```.*?```")
	// inlines are what the web client looks for in the text beside code.
	inlines = patterns{
		"mention": regexp.MustCompile(`(?:^|[^A-Za-z0-9])@([A-Za-z0-9.\-_]+)`),
		"channel": regexp.MustCompile(`(?:^|[^A-Za-z0-9_])~([A-Za-z0-9.\-_]+)`),
		"hashtag": regexp.MustCompile(`(?:^|[^A-Za-z0-9_])(#\pL[\pL\d\-_.]*[\pL\d])`),
		"emoji":   regexp.MustCompile(`(?:^|[^A-Za-z0-9_]):([A-Za-z0-9_+-]+):(?:[^A-Za-z0-9_]|$)`),
		"face":    regexp.MustCompile(`(?:^|[^A-Za-z0-9_])[:;]-?[()\]\[|/$@]|<3`),
		"link":    regexp.MustCompile(`(?i)(?:^|[^\pL\d.-])((?:https?|ftp|tel|mailto):(?:/{1,3}|[\pL\d%])\S+|www\d{0,3}\.\S+|[\pL\d.-]+\.\pL{2,4}/\S+)`),
		"formula": regexp.MustCompile(`(?:^|[^A-Za-z0-9_])\$[^$\n]+\$(?:[^A-Za-z0-9_]|$)`),
		"html":    regexp.MustCompile(`</?[A-Za-z][^>]*>`),
	}
	// beginnings are what its Markdown takes for more than text at the start of a line.
	beginnings = patterns{
		"heading":    regexp.MustCompile(`(?m)^ *#{1,6} +\S`),
		"list":       regexp.MustCompile(`(?m)^ *(?:[*+-]|\d+\.) +\S`),
		"quote":      regexp.MustCompile(`(?m)^ *>[^\n]`),
		"codeblock":  regexp.MustCompile(`(?:^|\n\n)(?:[ \x{a0}]{4}|\t)[^\s]`),
		"rule":       regexp.MustCompile(`(?m)^(?: *[-*_]){3,} *$`),
		"underlined": regexp.MustCompile(`(?m)^[^\n]*\S[^\n]*\n *[=-]{2,} *$`),
		"table":      regexp.MustCompile(`(?m)^[^\n]*\|[^\n]*\n *\|?[-: ]*[-:]+[-| :]*$`),
		"target":     regexp.MustCompile(`(?m)^ *\[[^\]]+\]:`),
	}
)

type patterns map[string]*regexp.Regexp

func readAsClient(by patterns, text string, add func(kind, what string)) {
	for kind, pattern := range by {
		for _, found := range pattern.FindAllStringSubmatch(text, -1) {
			add(kind, found[len(found)-1])
		}
	}
}
