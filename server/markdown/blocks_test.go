package markdown

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestThePhoneReadsTheBlocksThatTheChannelShows(t *testing.T) {
	for in, want := range map[string]string{
		"1. a\n1. b\n1. c":      "1. a\n2. b\n3. c",
		"7. a\n7. b\n\n7. c":    "7. a\n8. b\n\n9. c",
		"1. a\n\n\n1. b":        "1. a\n\n\n1. b",
		"- a\n  1. b\n* c":      "- a\n  1. b\n- c",
		"3. a\n- b\n1. c":       "3. a\n4. b\n5. c",
		"- a\n1. b\n* c":        "- a\n- b\n- c",
		"1. a\ntexto\n1. b":     "1. a\ntexto\n1. b",
		"1. a\n\ntexto\n\n1. b": "1. a\n\ntexto\n\n1. b",
		"1. a\n   - x\n   - y\n1. b\n    1. z\n    1. w": "1. a\n   - x\n   - y\n2. b\n    1. z\n    2. w",
		"- a\n  **b\n  c**":              "- a\n  *b*\n  *c*",
		"1) a\n1) b":                     "1) a\n1) b",
		"1\\. a\n1\\. b":                 "\u20601. a\n\u20601. b",
		"1.a":                            "1.a",
		"- [ ] a\n- [x] **b**\n1. [X] c": "☐ a\n☑ *b*\n☑ c",
		"Preços\n---\nfim":               "*Preços*\nfim",
		"um\nPreços\n===":                "um\n*Preços*",
		"***":                            "---",
		"a\n\n- - -\n\nb":                "a\n\n---\n\nb",
		"a *b\n# c\nd* e":                "a *b\n*c*\nd* e",
		"    a  **b**\n\n    c\nd":       "```a  **b**\n\nc```\nd",
		"a\n    b":                       "a\n    b",
		"\ta":                            "```a```",
		"> a\nb\n\nc":                    "> a\n> b\n\nc",
		"> 1. a\n> 1. b":                 "> 1. a\n> 2. b",
		"| Item | R$ |\n|---|--:|\n| a\\|b | **5** |\n| c |": "*Item* | *R$*\na|b | *5*\nc",
		"a | b\n--|--\n1 | `2`":                              "*a* | *b*\n1 | `2`",
		"| a | b |":                                          "| a | b |",
		"9999999999. a":                                      "9999999999. a",
	} {
		t.Run(in, func(t *testing.T) {
			require.Equal(t, want, ToWhatsApp(in, noEmoji), "%q", in)
		})
	}
}

// A drawn piece is Markdown, and the lines that the phone is to show of it.
type drawn struct{ markdown, phone []string }

func word(t *rapid.T) string {
	return rapid.StringMatching(`[a-zé]{1,6}( [a-z]{1,6})?`).Draw(t, "words")
}

// drawList draws a list in which every item may have a list of its own.
func drawList(t *rapid.T, indent, shown string, depth int) (d drawn) {
	ordered := rapid.Bool().Draw(t, "ordered")
	number := rapid.IntRange(0, 120).Draw(t, "first")
	for i := range rapid.IntRange(1, 4).Draw(t, "items") {
		mark, want := rapid.SampledFrom([]string{"-", "*", "+"}).Draw(t, "mark"), "-"
		if ordered {
			mark, want = "1.", fmt.Sprintf("%d.", number+i)
			if i == 0 {
				mark = want
			} else if rapid.Bool().Draw(t, "typed") {
				mark = fmt.Sprintf("%d.", rapid.IntRange(0, 99).Draw(t, "number"))
			}
		}
		text := word(t)
		d.markdown = append(d.markdown, indent+mark+" "+text)
		d.phone = append(d.phone, shown+want+" "+text)
		if depth > 0 && rapid.Bool().Draw(t, "nested") {
			inner := drawList(t, indent+strings.Repeat(" ", len(mark)+1), shown+strings.Repeat(" ", len(want)+1), depth-1)
			d.markdown, d.phone = append(d.markdown, inner.markdown...), append(d.phone, inner.phone...)
		}
	}
	return d
}

func drawBlock(t *rapid.T) drawn {
	text := word(t)
	switch rapid.IntRange(0, 7).Draw(t, "block") {
	case 0:
		return drawn{[]string{strings.Repeat("#", rapid.IntRange(1, 6).Draw(t, "level")) + " " + text}, []string{"*" + text + "*"}}
	case 1:
		return drawn{[]string{text, rapid.SampledFrom([]string{"---", "==", " ====="}).Draw(t, "line")}, []string{"*" + text + "*"}}
	case 2:
		return drawn{[]string{rapid.SampledFrom([]string{"***", "___", "- - -", "---"}).Draw(t, "rule")}, []string{"---"}}
	case 3:
		return drawn{[]string{"> " + text, word(t)}, nil}
	case 4:
		return drawn{[]string{"    " + text + "  *x*"}, []string{"```" + text + "  *x*```"}}
	case 5:
		other := word(t)
		return drawn{[]string{"| " + text + " | b |", "|---|:-:|", "| c | " + other + " |"}, []string{"*" + text + "* | *b*", "c | " + other}}
	case 6:
		return drawn{[]string{text}, []string{text}}
	default:
		return drawList(t, "", "", 2)
	}
}

// TestThePhoneReadsWhatTheChannelCounts draws posts of blocks, a blank line
// between them. Lists and code would go on behind the blank line, so that nothing follows that could be a part of them.
func TestThePhoneReadsWhatTheChannelCounts(t *testing.T) {
	rounds(t, func(t *rapid.T) {
		var markdown, phone []string
		open := false
		for range rapid.IntRange(1, 4).Draw(t, "blocks") {
			d := drawBlock(t)
			if d.phone == nil {
				for _, line := range d.markdown {
					d.phone = append(d.phone, "> "+strings.TrimPrefix(line, "> "))
				}
			}
			opens := strings.HasPrefix(d.markdown[0], "    ") || listItem.MatchString(d.markdown[0]) && !rule.MatchString(d.markdown[0])
			if open && opens {
				continue
			}
			open = opens
			markdown, phone = append(markdown, strings.Join(d.markdown, "\n")), append(phone, strings.Join(d.phone, "\n"))
		}
		post := strings.Join(markdown, "\n\n")
		require.Equal(t, strings.Join(phone, "\n\n"), ToWhatsApp(post, noEmoji), "%q", post)
	})
}
