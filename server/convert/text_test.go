package convert

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestToMattermost(t *testing.T) {
	for in, want := range map[string]string{
		"Olá, tudo bem?":            "Olá, tudo bem?",
		"2 * 3 = 6":                 `2 \* 3 = 6`,
		"@all paguem":               "@\u2060all paguem",
		"ver ~town-square":          "ver ~\u2060town-square",
		"![x](http://evil/a.png)":   "\\!\\[x\\](`http://evil/a.png)`",
		"veja https://a.com/x?y=1":  "veja `https://a.com/x?y=1`",
		"# título":                  `\# título`,
		"1. um":                     `1\. um`,
		"a\u202egnp.exe":            "agnp.exe",
		"oi\x00\x1b[31m":            `oi\[31m`,
		"a\n\n\n\n\nb":              "a\n\nb",
		"e\u0301 bom":               "e\u0301 bom",
		"fulano@empresa.com":        "fulano@empresa.com",
		"`código`":                  "\\`código\\`",
		"<@U123> [x](mailto:a@b.c)": "\\<@\u2060U123\\> \\[x\\](`mailto:a@b.c)`",
	} {
		require.Equal(t, want, ToMattermost(in), in)
	}
	require.Len(t, []rune(ToMattermost("a"+strings.Repeat("\u0301", 10000))), 1+maxMarks)
}

func TestNothingFiresFromAStrangersText(t *testing.T) {
	alphabet := rapid.StringOf(rapid.SampledFrom([]rune("@~![]()<>`*_#|-ahelnrc :/.\n\u202e\u0301\u2060")))
	rapid.Check(t, func(rt *rapid.T) {
		out := ToMattermost(alphabet.Draw(rt, "text"))
		require.NotRegexp(rt, `(^|[^a-z])@[a-z]`, outsideCode(out))
		require.NotRegexp(rt, `(^|[^\\])!\[`, outsideCode(out))
		require.NotContains(rt, out, "\u202e")
	})
}

// outsideCode drops inline code, in which nothing fires.
func outsideCode(s string) string {
	var b strings.Builder
	parts := strings.Split(s, "`")
	for i, part := range parts {
		if i%2 == 0 || strings.HasSuffix(parts[i-1], `\`) {
			b.WriteString(part)
		}
	}
	return b.String()
}
