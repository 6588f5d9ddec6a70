package whatsapp

import (
	"strings"
)

// Render returns the template as the customer will see it. A missing value appears as its placeholder; nothing is checked.
func (t Template) Render(values map[string]string) Rendered {
	trimmed := make(map[string]string, len(values))
	for element, value := range values {
		trimmed[element] = strings.TrimSpace(value)
	}
	var r Rendered
	if header := t.component("HEADER"); header != nil {
		r.HeaderFormat = header.Format
		r.Header = t.fill(ComponentHeader, header.Text, trimmed)
	}
	if body := t.component("BODY"); body != nil {
		r.Body = t.fill(ComponentBody, body.Text, trimmed)
	}
	if footer := t.component("FOOTER"); footer != nil {
		r.Footer = footer.Text
	}
	if buttons := t.component("BUTTONS"); buttons != nil {
		for i, button := range buttons.Buttons {
			r.Buttons = append(r.Buttons, renderButton(i, button, trimmed))
		}
	}
	return r
}

func renderButton(index int, button TemplateButton, values map[string]string) Button {
	rendered := Button{Type: button.Type, Text: button.Text, URL: button.URL, PhoneNumber: button.PhoneNumber}
	v, ok := buttonVariable(index, button)
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

// fill replaces the placeholders of a text by their values, in one pass, so that braces inside a value are not filled in.
func (t Template) fill(component, text string, values map[string]string) string {
	byName := map[string]string{}
	for _, v := range t.Variables() {
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
