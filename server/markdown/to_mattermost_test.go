package markdown

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown/markdowntest"
)

func TestToMattermost(t *testing.T) {
	for in, want := range map[string]string{
		"Olá, tudo bem? Não! (sim) [ok] {a} 50% R$ 1,00": "Olá, tudo bem? Não! (sim) [ok] {a} 50% R$ 1,00",
		"*bom* dia, _Ana_: ~não~ sim":                    "**bom** dia, _Ana_: ~~não~~ sim",
		"*_muito_ bom*":                                  "**_muito_ bom**",
		"a\u2060_a_\u2060*a\u2060_a_*\u2060z":            "a*a*\u2060**a*a***z",
		"2 * 3 = 6":                                      "2 * 3 = 6",
		"2*3*4":                                          `2\*3\*4`,
		"nome_do_arquivo":                                "nome_do_arquivo",
		"* item":                                         "\u2060* item",
		"```a = 1```":                                    "`a = 1`",
		"veja:\n```x\ny```fim":                           "veja:\n\n```\nx\ny\n```\nfim",
		"use `ls -l` aqui":                               "use `ls -l` aqui",
		"só um ` aqui":                                   "só um \\` aqui",
		"> citado":                                       "\u2060> citado",
		"- um\n- dois\n1. três":                          "\u2060- um\n\u2060- dois\n\u20601. três",
		"1. sim\n3. não\n7. 45":                          "\u20601. sim\n\u20603. não\n\u20607. 45",
		"1) a":                                           "\u20601) a",
		"+ 55 11 98765-4321":                             "\u2060+ 55 11 98765-4321",
		"+55 11 98765-4321":                              "+55 11 98765-4321",
		"- 5 graus":                                      "\u2060- 5 graus",
		"    nome_do_arquivo *total*":                    "\u2060    nome_do_arquivo **total**",
		"\u00a0\u00a0\u00a0\u00a0x":                      "\u2060\u00a0\u00a0\u00a0\u00a0x",
		"\tx":                                            "\u2060\tx",
		"a\n===":                                         "a\n\u2060===",
		"*-*":                                            "\u2060**-**",
		"a\u2424# b\u2028# c":                            "a\n\u2060# b\n\u2060# c",
		"[a]: http://b.com/c":                            "[a]\u2060: `http://b.com/c`",
		"nota[^1]":                                       "nota[^1]",
		"veja :x: e :) ou 10:30:45":                      "veja :\u2060x: e :\u2060) ou 10:30:45",
		"$x$ ou R$ 5 e R$ 6":                             "&#36;x$ ou R$ 5 e R$ 6",
		"<b>oi</b> 2 < 3":                                "<\u2060b>oi<\u2060/b> 2 < 3",
		"loja.com.br/pedido e/ou":                        "`loja.com.br/pedido` e/ou",
		"_@maria_ e\u0301@maria":                         "_@\u2060maria_ e\u0301@\u2060maria",
		"＠maria":                                         "＠\u2060maria",
		"@all paguem":                                    "@\u2060all paguem",
		"ver ~town-square":                               "ver ~\u2060town-square",
		"![x](http://evil/a.png)":                        "!\u2060[x]\u2060(`http://evil/a.png`)",
		"[x](/logout)":                                   "[x]\u2060(/logout)",
		"veja https://a.com/x?y=1.":                      "veja `https://a.com/x?y=1`.",
		"# título":                                       "\u2060# título",
		"#promo":                                         "#\u2060promo",
		"a\n---":                                         "a\n\u2060---",
		"|a|b|\n|--|--|":                                 "|a|b|\n\u2060|--|--|",
		"a\u202egnp.exe":                                 "agnp.exe",
		"oi\x00\x1b[31m":                                 "oi[31m",
		"a\n\n\n\n\nb":                                   "a\n\nb",
		"e\u0301 bom":                                    "e\u0301 bom",
		"fulano@empresa.com":                             "fulano@empresa.com",
		"&lt;b&gt;":                                      "&\u2060lt;b&\u2060gt;",
		`c:\novo\*`:                                      "c:\\novo\\\u2060*",
		`\\srv\x`:                                        "\\\u2060\\srv\\x",
	} {
		t.Run(in, func(t *testing.T) {
			require.Equal(t, want, ToMattermost(in), in)
		})
	}
	require.Len(t, []rune(ToMattermost("a"+strings.Repeat("\u0301", 10000))), 1+maxMarks)
}

func TestNothingFiresFromAStrangersText(t *testing.T) {
	alphabet := rapid.StringOf(rapid.SampledFrom([]rune("@~![]()<>`*_#|-\\&ahelnrc :/.\n\u202e\u0301\u2060")))
	rapid.Check(t, func(rt *rapid.T) {
		out := ToMattermost(alphabet.Draw(rt, "text"))
		bare := markdowntest.CodeSpan.ReplaceAllString(out, "$2 ")
		require.NotRegexp(rt, markdowntest.Mention, bare)
		require.NotRegexp(rt, markdowntest.Image, bare)
		require.NotContains(rt, out, "\u202e")
	})
}

func TestAPlainTextStaysAsItIs(t *testing.T) {
	words := rapid.StringMatching(`[\pL\pN]{1,8}([ ,.!?;:()%$+=/'"-][ ]?[\pL\pN]{1,8}){0,12}`)
	rapid.Check(t, func(rt *rapid.T) {
		text := words.Draw(rt, "text")
		if Links.MatchString(text) || formula.MatchString(text) {
			rt.Skip()
		}
		shown := ToMattermost(text)
		require.Equal(rt, text, strings.ReplaceAll(shown, joiner, ""))
		if !blockHere.MatchString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
			require.Equal(rt, text, shown) // other letters are none to the web client, which finds faces behind them
		}
	})
}
