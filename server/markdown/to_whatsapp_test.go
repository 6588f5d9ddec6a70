package markdown

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestToWhatsApp(t *testing.T) {
	emoji := func(name string) (string, bool) {
		shown, ok := map[string]string{"smile": "😄", "+1": "👍"}[name]
		return shown, ok
	}
	for in, want := range map[string]string{
		"Olá, tudo bem? R$ 1,00 (50%) às 10:30:45 ~ 2 * 3": "Olá, tudo bem? R$ 1,00 (50%) às 10:30:45 ~ 2 * 3",
		"nome_do_arquivo e 2*3 = 6":                        "nome_do_arquivo e 2*3 = 6",
		"**bom** dia, *Ana*: ~~não~~ _sim_ __já__":         "*bom* dia, _Ana_: ~não~ _sim_ *já*",
		"***tudo***":       "*_tudo_*",
		"**uma\ne outra**": "*uma*\n*e outra*",
		"re**fa**zer":      "re\u2060*fa*\u2060zer",
		"use `ls -l` aqui": "use `ls -l` aqui",
		"veja:\n```go\na = 1\nb = **2**\n```\nfim": "veja:\n```a = 1\nb = **2**```\nfim",
		"```\nsem fim":                                  "```sem fim```",
		"# Título **forte**":                            "*Título forte*",
		"## Preço `x` #":                                "*Preço* `x`",
		"- um\n* dois\n+ **três**\n  - mais":            "- um\n- dois\n- *três*\n  - mais",
		"1. um\n2) *dois*":                              "1. um\n2) _dois_",
		"> citado **forte**\n>sem espaço":               "> citado *forte*\n> sem espaço",
		"[a loja](https://loja.com.br/a_b_c)":           "a loja (https://loja.com.br/a_b_c)",
		"[https://loja.com.br](https://loja.com.br)":    "https://loja.com.br",
		"[loja.com.br](https://loja.com.br)":            "https://loja.com.br",
		"![foto](https://loja.com.br/f.png)":            "foto (https://loja.com.br/f.png)",
		"<https://loja.com.br/x>":                       "https://loja.com.br/x",
		"veja https://loja.com.br/_x_*y*z e **compre**": "veja https://loja.com.br/_x_*y*z e *compre*",
		"**veja https://a.com/b_c hoje**":               "*veja* https://a.com/b_c *hoje*",
		"legal :smile: :+1: :nada:":                     "legal 😄 👍 :nada:",
		`não é \*forte\* nem \_isso\_ mesmo`:            "não é ∗forte∗ nem ＿isso＿ mesmo",
		`\- não é lista`:                                "\u2060- não é lista",
		"C:\\\\`dir`":                                   "C:\\\u2060`dir`",
		"~50~ reais":                                    "∼50∼ reais",
		"a &lt; b &amp; c":                              "a < b & c",
		"---":                                           "---",
		"a\n\n\nb":                                      "a\n\n\nb",
		"":                                              "",
	} {
		t.Run(in, func(t *testing.T) {
			require.Equal(t, want, ToWhatsApp(in, emoji), in)
		})
	}
}

// TestTypedPlainGoesOutAsTyped: text without Markdown is not touched at all.
func TestTypedPlainGoesOutAsTyped(t *testing.T) {
	words := rapid.StringMatching(`[\pL\pN]{1,8}([ ,.!?;()%$+=/'"-][ ]?[\pL\pN]{1,8}|_[\pL\pN]{1,8}|\n{1,3}[\pL]{1,8}){0,12}`)
	rapid.Check(t, func(rt *rapid.T) {
		text := words.Draw(rt, "text")
		require.Equal(rt, text, ToWhatsApp(text, noEmoji))
	})
}

// FuzzFormat: whatever is typed, nothing breaks, and what is sent stays within a few times of what was typed.
func FuzzFormat(f *testing.F) {
	for _, seed := range []string{"**a** _b_ ~~c~~ `d`", "```\nx\n```", "[a](https://b.c) ![x](y)", "***a** b* __c_", "> # - 1. \\", "a`b``c`\n*", ":smile: &amp; <https://x>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 8192 { // refused before it is looked at
			return
		}
		sent := ToWhatsApp(text, noEmoji)
		require.LessOrEqual(t, len(sent), 8*len(text)+16)
		require.Equal(t, strings.Count(ToMattermost(sent), "\u202e"), 0)
		_ = ToMattermost(text)
	})
}
