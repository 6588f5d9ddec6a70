package whatsapp

import (
	"strings"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Risk is something about a template for which Meta may reject it, pause it or move it to another category.
type Risk struct {
	// Code is one of the Risk constants.
	Code string
	Text domain.Text // what it is and what to do about it
}

// The codes of a Risk.
const (
	RiskVariableAtEdge   = "variable_at_edge"
	RiskVariables        = "variables_adjacent"
	RiskTooManyVariables = "too_many_variables"
	RiskMissingExample   = "missing_example"
	RiskTooLong          = "too_long"
	RiskPromotionalWords = "promotional_words"
	RiskLinkShortener    = "link_shortener"
	RiskCategory         = "category_mismatch"
	RiskLowQuality       = "low_quality"
)

// Meta's limits for what is written in a template, in characters.
const (
	maxFooter     = 60
	maxButtonText = 25
)

// Risks returns what is risky about the template, each code at most once. What only a reviewer at Meta asks for is left
// out once Meta has approved it.
func (t Template) Risks() []Risk {
	parts := t.texts()
	candidates := []func() *Risk{
		func() *Risk { return firstRisk(parts, riskAtEdge) },
		func() *Risk { return firstRisk(parts, riskAdjacent) },
		func() *Risk { return firstRisk(parts, riskTooMany) },
		func() *Risk {
			if t.Approved() {
				return nil
			}
			return t.missingExample()
		},
		func() *Risk { return firstRisk(parts, riskTooLong) },
		t.promotion,
		func() *Risk { return t.shortener(parts) },
		t.mismatch,
		t.lowQuality,
	}
	var found []Risk
	for _, candidate := range candidates {
		if risk := candidate(); risk != nil {
			found = append(found, *risk)
		}
	}
	return found
}

// textPart is one text of a template. kind is the type of its component, or BUTTON or URL.
type textPart struct {
	kind, text string
	limit      int // in characters
}

// placed reports whether the text is one in which variables stand between words.
func (p textPart) placed() bool { return p.kind == "BODY" || p.kind == "HEADER" }

// name is what people call the part of a template that the text is.
func (p textPart) name() domain.Text { return domain.T("risk.part_" + strings.ToLower(p.kind)) }

// texts lists all texts of a template, those of a carousel's cards too.
func (t Template) texts() []textPart {
	texts := componentTexts(t.Components, part{components: t.Components}.bodyLimit())
	for _, component := range t.Components {
		for _, card := range component.Cards {
			texts = append(texts, componentTexts(card.Components, maxCardBody)...)
		}
	}
	return texts
}

func componentTexts(components []TemplateComponent, bodyLimit int) []textPart {
	limits := map[string]int{"HEADER": maxHeader, "BODY": bodyLimit, "FOOTER": maxFooter}
	var parts []textPart
	for _, c := range components {
		if limit := limits[c.Type]; limit > 0 && c.Text != "" {
			parts = append(parts, textPart{c.Type, c.Text, limit})
		}
		for _, b := range c.Buttons {
			parts = append(parts, textPart{"BUTTON", b.Text, maxButtonText}, textPart{"URL", b.URL, maxURL})
		}
	}
	return parts
}

func firstRisk(parts []textPart, look func(textPart) *Risk) *Risk {
	for _, part := range parts {
		if risk := look(part); risk != nil {
			return risk
		}
	}
	return nil
}

func risk(code string, data ...any) *Risk {
	return &Risk{Code: code, Text: domain.T("risk."+code, data...)}
}

func riskAtEdge(p textPart) *Risk {
	text := strings.TrimSpace(p.text)
	for _, at := range placeholder.FindAllStringIndex(text, -1) {
		if p.placed() && (at[0] == 0 || at[1] == len(text)) {
			return risk(RiskVariableAtEdge, "Part", p.name(), "Variable", text[at[0]:at[1]])
		}
	}
	return nil
}

func riskAdjacent(p textPart) *Risk {
	if !p.placed() {
		return nil
	}
	found := placeholder.FindAllStringIndex(p.text, -1)
	for i := 1; i < len(found); i++ {
		if strings.TrimSpace(p.text[found[i-1][1]:found[i][0]]) == "" {
			return risk(RiskVariables, "First", p.text[found[i-1][0]:found[i-1][1]], "Second", p.text[found[i][0]:found[i][1]])
		}
	}
	return nil
}

// riskTooMany finds a body with too few words for its variables. Meta does not publish its limit; by what was seen it
// takes two words for each variable and one more.
func riskTooMany(p textPart) *Risk {
	count := len(placeholder.FindAllString(p.text, -1))
	if p.kind != "BODY" || count == 0 {
		return nil
	}
	words, needed := len(foldedWords(placeholder.ReplaceAllString(p.text, " "))), 2*count+1
	if words >= needed {
		return nil
	}
	return risk(RiskTooManyVariables, "Variables", count, "Words", words, "Needed", needed)
}

func riskTooLong(p textPart) *Risk {
	length := utf8.RuneCountInString(p.text)
	if length <= p.limit {
		return nil
	}
	return risk(RiskTooLong, "Part", p.name(), "Length", length, "Max", p.limit)
}

// missingExample finds the first variable, or file of a header, for which Meta's reviewer gets no example.
func (t Template) missingExample() *Risk {
	for _, p := range t.parts() {
		for _, v := range p.variables() {
			missing := v.Example == "" && v.Kind == VariableText
			if v.Kind.Media() {
				missing = firstText(readNode(p.component("HEADER").Example).at("header_handle").raw()) == ""
			}
			if missing {
				return risk(RiskMissingExample, "Variable", v.Caption(""))
			}
		}
	}
	return nil
}

// mismatch finds a category that Meta says is wrong, or that does not fit what the template holds.
func (t Template) mismatch() *Risk {
	if t.CorrectCategory != "" && t.CorrectCategory != t.Category {
		return risk(RiskCategory, "Category", categoryName(t.Category), "Correct", categoryName(t.CorrectCategory))
	}
	fits := t.fitting()
	if fits == "" || t.Category == "" || fits == t.Category {
		return nil
	}
	return risk(RiskCategory, "Category", categoryName(t.Category), "Correct", categoryName(fits))
}

// fitting is the only category for what the template holds; "" if there may be several.
func (t Template) fitting() string {
	for _, c := range t.Components {
		switch c.Type {
		case "LIMITED_TIME_OFFER":
			return "MARKETING"
		case "BUTTONS":
			for _, b := range c.Buttons {
				switch b.Type {
				case "OTP":
					return "AUTHENTICATION"
				case "COPY_CODE":
					return "MARKETING"
				}
			}
		}
	}
	return ""
}

func (t Template) lowQuality() *Risk {
	if t.Quality != "RED" && t.Quality != "YELLOW" {
		return nil
	}
	return risk(RiskLowQuality, "Quality", t.Quality)
}

// categoryName is Meta's category as people call it.
func categoryName(category string) domain.Text {
	switch category {
	case "MARKETING", "UTILITY", "AUTHENTICATION":
		return domain.T("dialog.category_" + strings.ToLower(category))
	}
	return domain.T("variable.words", "Words", category)
}
