package whatsapp

import (
	"strings"
	"time"
)

// Render returns the template as the customer will see it. A missing value appears as its placeholder; nothing is checked.
func (t Template) Render(values map[string]string) Rendered {
	trimmed := make(map[string]string, len(values))
	for element, value := range values {
		trimmed[element] = strings.TrimSpace(value)
	}
	parts := t.parts()
	r := parts[0].render(trimmed)
	for _, card := range parts[1:] {
		r.Cards = append(r.Cards, card.render(trimmed))
	}
	return r
}

func (p part) render(values map[string]string) Rendered {
	var r Rendered
	if header := p.component("HEADER"); header != nil {
		r.HeaderFormat = header.Format
		r.Header = p.fill(ComponentHeader, header.Text, values)
	}
	var place []string
	for _, v := range p.variables() {
		value := values[v.Element]
		switch {
		case value == "":
		case v.Kind.Media(), v.Kind == VariableLocation:
			r.File = value
		case v.Kind == VariablePlace:
			place = append(place, value)
		case v.Kind == VariableMoment:
			r.OfferEnd = momentText(value)
		}
	}
	r.Place = strings.Join(place, ", ")
	if offer := p.component("LIMITED_TIME_OFFER"); offer != nil && offer.Offer != nil {
		r.Offer = offer.Offer.Text
	}
	if body := p.component("BODY"); body != nil {
		r.Body = p.fill(ComponentBody, body.Text, values)
	}
	if footer := p.component("FOOTER"); footer != nil {
		r.Footer = footer.Text
	}
	for i, button := range p.buttons() {
		r.Buttons = append(r.Buttons, p.renderButton(i, button, values))
	}
	return r
}

// momentText writes a moment that ReadMoments has read; another text stays as it is.
func momentText(value string) string {
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return value
	}
	return at.Format("02/01/2006 15:04")
}

func (p part) renderButton(index int, button TemplateButton, values map[string]string) Button {
	rendered := Button{Type: button.Type, Text: button.Text, URL: button.URL, PhoneNumber: button.PhoneNumber}
	v, ok := p.buttonVariable(index, button)
	if !ok || values[v.Element] == "" {
		return rendered
	}
	if button.Type == "COPY_CODE" {
		rendered.Code = values[v.Element]
		return rendered
	}
	rendered.URL = placeholder.ReplaceAllLiteralString(button.URL, values[v.Element])
	return rendered
}
