package whatsapp

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRisks(t *testing.T) {
	const example = `,"example":{"body_text":[["a","b","c"]]}`
	body := func(text string) string { return `{"type":"BODY","text":"` + text + `"` + example + `}` }
	for name, c := range map[string]struct {
		category, components string
		want                 []string
	}{
		"nothing":                         {"UTILITY", body("Your order {{1}} was shipped today."), nil},
		"a variable begins it":            {"UTILITY", body("{{1}}, your order was shipped today."), []string{RiskVariableAtEdge}},
		"a variable ends it, then blanks": {"UTILITY", body("Your order was shipped by {{1}} "), []string{RiskVariableAtEdge}},
		"a full stop is behind it":        {"UTILITY", body("Your order was shipped by {{1}}."), nil},
		"a named one ends it":             {"UTILITY", `{"type":"BODY","text":"Your order comes with {{carrier}}","example":{"body_text_named_params":[{"param_name":"carrier","example":"a"}]}}`, []string{RiskVariableAtEdge}},
		"side by side":                    {"UTILITY", body("Your order {{1}} {{2}} was shipped today."), []string{RiskVariables}},
		"a comma is between":              {"UTILITY", body("Your order {{1}}, {{2}} was shipped today."), nil},
		"too few words":                   {"UTILITY", body("Order {{1}} by {{2}} now."), []string{RiskTooManyVariables}},
		"just enough words":               {"UTILITY", body("The order {{1}} comes by {{2}} now."), nil},
		"no example":                      {"UTILITY", `{"type":"BODY","text":"Your order {{1}} was shipped today."}`, []string{RiskMissingExample}},
		"no file as an example":           {"UTILITY", `{"type":"HEADER","format":"IMAGE"},` + body("Your order {{1}} was shipped today."), []string{RiskMissingExample}},
		"a file as an example":            {"UTILITY", `{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4:a"]}},` + body("Your order {{1}} was shipped today."), nil},
		"a place needs no example":        {"UTILITY", `{"type":"HEADER","format":"LOCATION"},` + body("Your order {{1}} was shipped today."), nil},
		"no example of a link":            {"UTILITY", body("Your order {{1}} was shipped today.") + `,{"type":"BUTTONS","buttons":[{"type":"URL","text":"See","url":"https://shop.example/{{1}}"}]}`, []string{RiskMissingExample}},
		"a long body":                     {"UTILITY", body(strings.Repeat("á", 1025)), []string{RiskTooLong}},
		"the longest body":                {"UTILITY", body(strings.Repeat("á", 1024)), nil},
		"a long footer":                   {"UTILITY", body("Hello") + `,{"type":"FOOTER","text":"` + strings.Repeat("a", 61) + `"}`, []string{RiskTooLong}},
		"a long button":                   {"UTILITY", body("Hello") + `,{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"` + strings.Repeat("a", 26) + `"}]}`, []string{RiskTooLong}},
		"advertising in utility":          {"UTILITY", body("Sua PROMOÇÃO começa hoje"), []string{RiskPromotionalWords}},
		"a percentage off":                {"UTILITY", body("Today 25% off for you"), []string{RiskPromotionalWords}},
		"a word within another":           {"UTILITY", body("The dealer in Jerusalem wrote"), nil},
		"advertising in marketing":        {"MARKETING", body("Sua promoção começa hoje"), nil},
		"a short link in the text":        {"MARKETING", body("See https://bit.ly/abc"), []string{RiskLinkShortener}},
		"a short link without its scheme": {"MARKETING", body("See TinyURL.com/abc now"), []string{RiskLinkShortener}},
		"a short link in a button":        {"MARKETING", body("See") + `,{"type":"BUTTONS","buttons":[{"type":"URL","text":"See","url":"https://wa.me/5511"}]}`, []string{RiskLinkShortener}},
		"a host that ends like one":       {"MARKETING", body("See https://orbit.ly.example/abc"), nil},
		"a coupon in utility":             {"UTILITY", body("Hello") + `,{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":"A1"}]}`, []string{RiskCategory}},
		"a card":                          {"MARKETING", body("Hello") + `,{"type":"CAROUSEL","cards":[{"components":[{"type":"BODY","text":"` + strings.Repeat("a", 161) + `"}]}]}`, []string{RiskTooLong}},
	} {
		t.Run(name, func(t *testing.T) {
			template, err := ReadTemplate([]byte(`{"category":"` + c.category + `","components":[` + c.components + `]}`))
			require.NoError(t, err)
			require.Equal(t, c.want, codes(template.Risks()))
		})
	}
}

func TestRisksByWhatMetaSays(t *testing.T) {
	template, err := ReadTemplate([]byte(`{"status":"APPROVED","category":"UTILITY","correct_category":"marketing","quality_score":{"score":"RED"},"components":[{"type":"BODY","text":"Your order {{1}} was shipped today."}]}`))
	require.NoError(t, err)
	require.Equal(t, []string{RiskCategory, RiskLowQuality}, codes(template.Risks()), "what was approved needs no example any more")
	template.CorrectCategory, template.Quality = "UTILITY", "GREEN"
	require.Empty(t, template.Risks())
}

func codes(risks []Risk) []string {
	var found []string
	for _, r := range risks {
		found = append(found, r.Code)
	}
	return found
}

// TestRisksOfRealTemplates holds the verdict on each collected template against one that was reviewed.
func TestRisksOfRealTemplates(t *testing.T) {
	verdicts := map[string]string{}
	for file, raw := range fixtures(t, "templates") {
		for i, one := range templatesIn(t, raw) {
			template, err := ReadTemplate(one)
			require.NoError(t, err, file)
			name := file
			if i > 0 || strings.Contains(file, "-list-") {
				name += " " + template.Name + " " + template.Language
			}
			verdicts[name] = strings.Join(codes(template.Risks()), " ")
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(verdicts)) {
		lines = append(lines, strings.TrimSpace(name+": "+verdicts[name]))
	}
	const golden = "testdata/template_risks.txt"
	got := strings.Join(lines, "\n") + "\n"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// templatesIn lists the templates of a file: one, the components of one, or a page of Meta's.
func templatesIn(t *testing.T, raw []byte) [][]byte {
	t.Helper()
	n, err := parseNode(raw)
	require.NoError(t, err)
	if !n.isObject() {
		return [][]byte{[]byte(`{"components":` + string(raw) + `}`)}
	}
	if n.at("data").value == nil {
		return [][]byte{raw}
	}
	var found [][]byte
	for _, one := range n.at("data").list() {
		body, err := json.Marshal(one.value)
		require.NoError(t, err)
		found = append(found, body)
	}
	return found
}
