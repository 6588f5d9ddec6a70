package dialog

import (
	"slices"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// allElements are the fields of all forms that ask for values.
func (d *Dialogs) allElements(r reader, s *state, p *pick) []model.DialogElement {
	var elements []model.DialogElement
	for card := range p.parsed.Cards() + 1 {
		of := *s
		of.Card = card
		elements = append(elements, d.valueElements(r, &of, p)...)
	}
	return elements
}

// later takes out of the problems those of cards whose turn has not come, and returns the first such card; 0 = there is none.
// A client that sends the values of a card has shown it, whatever the state says.
func (d *Dialogs) later(s *state, p *pick, problems map[string]string, submission map[string]any) int {
	if s.Step == stepConfirm {
		return 0
	}
	variables := p.parsed.Variables()
	for _, v := range variables {
		if value, _, problem := field(submission, v.Element); value != "" || problem != "" {
			s.Card = max(s.Card, v.Card)
		}
	}
	first := 0
	for _, v := range variables {
		if _, wrong := problems[v.Element]; wrong && v.Card > s.Card {
			if first == 0 {
				first = v.Card
			}
			delete(problems, v.Element)
		}
	}
	return first
}

// otherCard returns the form to go back to for a refusal of which no field is in this form; ok is false where the refusal is to be
// shown in this one.
func otherCard(s *state, p *pick, refusal *domain.Refusal, elements []model.DialogElement) (card int, ok bool) {
	here := func(e model.DialogElement) bool { return refusal.Fields[e.Name].Key != "" }
	if p.parsed.Cards() == 0 || len(refusal.Fields) == 0 || slices.ContainsFunc(elements, here) {
		return 0, false
	}
	for _, v := range p.parsed.Variables() {
		if _, wrong := refusal.Fields[v.Element]; wrong {
			return v.Card, true
		}
	}
	return 0, s.Kind == kindStart // a field of the customer's
}
