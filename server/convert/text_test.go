package convert

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestToMattermost(t *testing.T) {
	for in, want := range map[string]string{
		"Olá, tudo bem? Não! (sim) [ok] {a} 50% R$ 1,00": "Olá, tudo bem? Não! (sim) [ok] {a} 50% R$ 1,00",
		"*bom* dia, _Ana_: ~não~ sim":                    "**bom** dia, _Ana_: ~~não~~ sim",
		"*_muito_ bom*":                                  "**_muito_ bom**",
		"2 * 3 = 6":                                      "2 * 3 = 6",
		"2*3*4":                                          `2\*3\*4`,
		"nome_do_arquivo":                                `nome\_do\_arquivo`,
		"* item":                                         "* item",
		"```a = 1```":                                    "`a = 1`",
		"veja:\n```x\ny```fim":                           "veja:\n\n```\nx\ny\n```\nfim",
		"use `ls -l` aqui":                               "use `ls -l` aqui",
		"só um ` aqui":                                   "só um \\` aqui",
		"> citado":                                       "> citado",
		"- um\n- dois\n1. três":                          "- um\n- dois\n1. três",
		"@all paguem":                                    "@\u2060all paguem",
		"ver ~town-square":                               "ver ~\u2060town-square",
		"![x](http://evil/a.png)":                        "\\!\\[x]\\(`http://evil/a.png`)",
		"[x](/logout)":                                   `[x]\(/logout)`,
		"veja https://a.com/x?y=1.":                      "veja `https://a.com/x?y=1`.",
		"# título":                                       `\# título`,
		"#promo":                                         "#promo",
		"a\n---":                                         "a\n\\---",
		"|a|b|\n|--|--|":                                 "|a|b|\n\\|--|--|",
		"a\u202egnp.exe":                                 "agnp.exe",
		"oi\x00\x1b[31m":                                 "oi[31m",
		"a\n\n\n\n\nb":                                   "a\n\nb",
		"e\u0301 bom":                                    "e\u0301 bom",
		"fulano@empresa.com":                             "fulano@empresa.com",
		"&lt;b&gt;":                                      `\&lt;b\&gt;`,
		`c:\novo\*`:                                      `c:\novo\\*`,
	} {
		require.Equal(t, want, ToMattermost(in), in)
	}
	require.Len(t, []rune(ToMattermost("a"+strings.Repeat("\u0301", 10000))), 1+maxMarks)
}

var (
	codeSpan = regexp.MustCompile("(?s)\n```\n.*?\n```(\n|$)|(^|[^\\\\`])`[^`\n]+`")
	mention  = regexp.MustCompile(`(^|[^\pL\pN_])@[\pL\pN]|(^|[^\pL\pN_~])~[\pL\pN]`)
	image    = regexp.MustCompile(`(^|[^\\])!\[|\]\(`)
)

func TestNothingFiresFromAStrangersText(t *testing.T) {
	alphabet := rapid.StringOf(rapid.SampledFrom([]rune("@~![]()<>`*_#|-\\&ahelnrc :/.\n\u202e\u0301\u2060")))
	rapid.Check(t, func(rt *rapid.T) {
		out := ToMattermost(alphabet.Draw(rt, "text"))
		bare := codeSpan.ReplaceAllString(out, "$2 ")
		require.NotRegexp(rt, mention, bare)
		require.NotRegexp(rt, image, bare)
		require.NotContains(rt, out, "\u202e")
	})
}

func TestAPlainTextStaysAsItIs(t *testing.T) {
	words := rapid.StringMatching(`[\pL\pN]{1,8}([ ,.!?;:()%$+=/'"-][ ]?[\pL\pN]{1,8}){0,12}`)
	rapid.Check(t, func(rt *rapid.T) {
		text := words.Draw(rt, "text")
		if links.MatchString(text) {
			rt.Skip()
		}
		require.Equal(rt, text, ToMattermost(text))
	})
}
