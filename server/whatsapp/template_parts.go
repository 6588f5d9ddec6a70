package whatsapp

import (
	"cmp"
	"maps"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// part is what a template shows in one piece: the message itself, or one card of its carousel.
type part struct {
	card       int // counted from 1; 0 for the message itself
	named      bool
	components []TemplateComponent
}

// parts are the message itself and the cards of its carousel.
func (t Template) parts() []part {
	named := t.named()
	all := []part{{named: named, components: t.Components}}
	if carousel := t.component("CAROUSEL"); carousel != nil {
		for i, card := range carousel.Cards {
			all = append(all, part{card: i + 1, named: named, components: card.Components})
		}
	}
	return all
}

// Cards is how many cards the template's carousel has; 0 = it has no carousel.
func (t Template) Cards() int { return len(t.parts()) - 1 }

// Card are the components of a card, counted from 1.
func (t Template) Card(card int) []TemplateComponent { return t.parts()[card].components }

// named says whether the parameters have names instead of numbers. Older templates do not say; then their text decides.
func (t Template) named() bool {
	if t.ParameterFormat == "NAMED" {
		return true
	}
	for _, text := range t.texts() {
		if !text.placed() {
			continue
		}
		for _, match := range placeholder.FindAllStringSubmatch(text.text, -1) {
			if !isNumber(match[1]) {
				return true
			}
		}
	}
	return false
}

// component finds the part's first component of a type, nil if there is none.
func (p part) component(kind string) *TemplateComponent {
	for i := range p.components {
		if p.components[i].Type == kind {
			return &p.components[i]
		}
	}
	return nil
}

// element is the name of one of the part's elements.
func (p part) element(component, suffix string) string {
	name := component + "_" + suffix
	if p.card > 0 {
		name = "card_" + strconv.Itoa(p.card) + "_" + name
	}
	return name
}

// bodyLimit is how long the part's filled-in body may be, in characters.
func (p part) bodyLimit() int {
	switch {
	case p.card > 0:
		return maxCardBody
	case p.component("LIMITED_TIME_OFFER") != nil:
		return maxOfferBody
	}
	return maxBody
}

// variables are the values to fill in, in the order in which a person reads the part.
func (p part) variables() []Variable {
	var found []Variable
	if header := p.component("HEADER"); header != nil {
		found = append(found, p.headerVariables(*header)...)
	}
	if body := p.component("BODY"); body != nil {
		found = append(found, p.textVariables(ComponentBody, *body, p.bodyLimit())...)
	}
	if offer := p.component("LIMITED_TIME_OFFER"); offer != nil && offer.Offer != nil && offer.Offer.Expires {
		found = append(found, Variable{Element: p.element(ComponentOffer, "1"), Component: ComponentOffer, Kind: VariableMoment})
	}
	for i, button := range p.buttons() {
		if v, ok := p.buttonVariable(i, button); ok {
			found = append(found, v)
		}
	}
	for i := range found {
		found[i].Card = p.card
	}
	return found
}

func (p part) buttons() []TemplateButton {
	if buttons := p.component("BUTTONS"); buttons != nil {
		return buttons.Buttons
	}
	return nil
}

// fill replaces the placeholders of a text by their values, in one pass, so that braces inside a value are not filled in.
func (p part) fill(component, text string, values map[string]string) string {
	byName := map[string]string{}
	for _, v := range p.variables() {
		if v.Component == component && v.Kind == VariableText {
			byName[v.Name] = values[v.Element]
		}
	}
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		name := placeholder.FindStringSubmatch(found)[1]
		if value := byName[name]; value != "" {
			return value
		}
		return found
	})
}

// checkTotal checks the length of a filled-in text. If it is too long, the problem goes to the longest value, the one to
// shorten first.
func (p part) checkTotal(component string, limit int, filled map[string]string, problems map[string]FieldProblem) {
	text := p.component(strings.ToUpper(component))
	if text == nil {
		return
	}
	length := utf8.RuneCountInString(p.fill(component, text.Text, filled))
	if length <= limit {
		return
	}
	longest := ""
	for _, v := range p.variables() {
		if v.Component == component && v.Kind == VariableText && len(filled[v.Element]) > len(filled[longest]) {
			longest = v.Element
		}
	}
	if longest != "" {
		problems[longest] = FieldProblem{Key: "total_too_long", Max: limit, Length: length}
	}
}

// ReadMoments returns the values with each moment in them written out, as Build takes it (RFC 3339). A moment may be
// typed as people write it, come from a form, or be milliseconds since epoch. problems are, by element, those that are over;
// what is no moment at all stays for Build to refuse.
func (t Template) ReadMoments(values map[string]string, by domain.Reading) (read map[string]string, problems map[string]FieldProblem) {
	read, problems = map[string]string{}, map[string]FieldProblem{}
	maps.Copy(read, values)
	zone := cmp.Or(by.Zone, time.UTC)
	for _, v := range t.Variables() {
		value := strings.TrimSpace(values[v.Element])
		if v.Kind != VariableMoment || value == "" {
			continue
		}
		at, rest, ok := domain.ParseMoment(value, by.Now, zone)
		if number, err := strconv.ParseInt(value, 10, 64); err == nil && number > 1e12 {
			at, rest, ok = number, "", true
		}
		switch {
		case !ok || rest != "":
		case at <= by.After:
			delete(read, v.Element)
			problems[v.Element] = FieldProblem{Key: "moment_past"}
		default:
			read[v.Element] = time.UnixMilli(at).In(zone).Format(time.RFC3339)
		}
	}
	return read, problems
}
