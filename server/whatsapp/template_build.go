package whatsapp

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Build fills in the template. Values go by Variable.Element; white space around them is cut off. If there are problems,
// the message is nil and each problem goes by its element, or by "template" for one of the template itself.
func (t Template) Build(values map[string]string) (*TemplateMessage, map[string]FieldProblem) {
	if t.Sendable() != nil {
		return nil, map[string]FieldProblem{"template": {Key: "not_sendable"}}
	}
	variables := t.Variables()
	filled := make(map[string]string, len(variables))
	problems := map[string]FieldProblem{}
	for _, v := range variables {
		filled[v.Element] = strings.TrimSpace(values[v.Element])
		if problem := v.check(filled[v.Element]); problem != nil {
			problems[v.Element] = *problem
		}
	}
	if len(problems) == 0 {
		t.checkTotal(ComponentHeader, maxHeader, variables, filled, problems)
		t.checkTotal(ComponentBody, maxBody, variables, filled, problems)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	message := &TemplateMessage{Name: t.Name, Language: TemplateLanguage{Code: t.Language}}
	named := t.named()
	for _, v := range variables {
		switch v.Kind {
		case VariablePlace: // goes with its location
		case VariableLocation:
			message.add(v, locationOf(filled))
		default:
			message.add(v, parameterOf(v, filled[v.Element], named))
		}
	}
	if buttons := t.component("BUTTONS"); buttons != nil {
		for i, button := range buttons.Buttons {
			if button.Type == "FLOW" {
				message.Components = append(message.Components, flowButton(i))
			}
		}
	}
	return message, nil
}

// add puts a parameter into its component. Header and body are one component each, and so is every button.
func (m *TemplateMessage) add(v Variable, parameter MessageParameter) {
	if last := len(m.Components) - 1; v.Component != ComponentButton && last >= 0 && m.Components[last].Type == v.Component {
		m.Components[last].Parameters = append(m.Components[last].Parameters, parameter)
		return
	}
	component := MessageComponent{Type: v.Component, Parameters: []MessageParameter{parameter}}
	if v.Component == ComponentButton {
		component.Index, component.SubType = strconv.Itoa(v.Index), "url"
		if parameter.CouponCode != "" {
			component.SubType = "copy_code"
		}
	}
	m.Components = append(m.Components, component)
}

func parameterOf(v Variable, value string, named bool) MessageParameter {
	parameter := MessageParameter{Type: string(v.Kind)}
	switch v.Kind {
	case VariableImage:
		parameter.Image = mediaRef(value)
		return parameter
	case VariableVideo:
		parameter.Video = mediaRef(value)
		return parameter
	case VariableDocument:
		parameter.Document = mediaRef(value)
		return parameter
	}
	if v.Component == ComponentButton && v.Name == "" {
		return MessageParameter{Type: "coupon_code", CouponCode: value}
	}
	parameter.Text = value
	if named && v.Component != ComponentButton {
		parameter.ParameterName = v.Name
	}
	return parameter
}

// locationOf makes the location of a header from its three values, which have been checked.
func locationOf(filled map[string]string) MessageParameter {
	latitude, longitude, _ := ParseCoordinates(filled["header_1"])
	return MessageParameter{Type: "location", Location: &Location{Latitude: latitude, Longitude: longitude, Name: filled["header_2"], Address: filled["header_3"]}}
}

// flowButton starts a flow at its first screen. The token matters only to flows that call the business while they run;
// "unused" is Meta's word for none.
func flowButton(index int) MessageComponent {
	return MessageComponent{Type: ComponentButton, SubType: "flow", Index: strconv.Itoa(index), Parameters: []MessageParameter{
		{Type: "action", Action: &FlowAction{Token: "unused"}},
	}}
}

// ParseCoordinates reads "latitude, longitude" in degrees.
func ParseCoordinates(text string) (latitude, longitude float64, ok bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })
	if len(parts) != 2 {
		return 0, 0, false
	}
	latitude, latErr := strconv.ParseFloat(parts[0], 64)
	longitude, longErr := strconv.ParseFloat(parts[1], 64)
	ok = latErr == nil && longErr == nil && math.Abs(latitude) <= 90 && math.Abs(longitude) <= 180
	return latitude, longitude, ok
}

// mediaRef refers to a file by its address or its id.
func mediaRef(value string) *MediaRef {
	if strings.HasPrefix(value, "https://") {
		return &MediaRef{Link: value}
	}
	return &MediaRef{ID: value}
}

// checkTotal checks the length of a filled-in text. If it is too long, the problem goes to the longest value, the one to
// shorten first.
func (t Template) checkTotal(component string, limit int, variables []Variable, filled map[string]string, problems map[string]FieldProblem) {
	part := t.component(strings.ToUpper(component))
	if part == nil {
		return
	}
	length := utf8.RuneCountInString(t.fill(component, part.Text, filled))
	if length <= limit {
		return
	}
	longest := ""
	for _, v := range variables {
		if v.Component == component && v.Kind == VariableText && len(filled[v.Element]) > len(filled[longest]) {
			longest = v.Element
		}
	}
	if longest != "" {
		problems[longest] = FieldProblem{Key: "total_too_long", Max: limit, Length: length}
	}
}
