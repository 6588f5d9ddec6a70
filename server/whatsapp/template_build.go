package whatsapp

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
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
	parts := t.parts()
	for _, p := range parts {
		if len(problems) == 0 {
			p.checkTotal(ComponentHeader, maxHeader, filled, problems)
			p.checkTotal(ComponentBody, p.bodyLimit(), filled, problems)
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	message := &TemplateMessage{Name: t.Name, Language: TemplateLanguage{Code: t.Language}, Components: parts[0].build(filled)}
	if cards := parts[1:]; len(cards) > 0 {
		carousel := MessageComponent{Type: componentCarousel}
		for i, card := range cards {
			carousel.Cards = append(carousel.Cards, MessageCard{Index: i, Components: card.build(filled)})
		}
		message.Components = append(message.Components, carousel)
	}
	return message, nil
}

// build makes the part's components with values that have been checked. Header, body and offer are one component each, and so
// is every button.
func (p part) build(filled map[string]string) []MessageComponent {
	var components []MessageComponent
	for _, v := range p.variables() {
		if v.Kind == VariablePlace || v.Component == ComponentButton { // a place goes with its location, buttons come last
			continue
		}
		parameter := parameterOf(v, filled[v.Element], p.named)
		if v.Kind == VariableLocation {
			parameter = locationOf(filled)
		}
		if last := len(components) - 1; last >= 0 && components[last].Type == v.Component {
			components[last].Parameters = append(components[last].Parameters, parameter)
			continue
		}
		components = append(components, MessageComponent{Type: v.Component, Parameters: []MessageParameter{parameter}})
	}
	for i, button := range p.buttons() {
		component := MessageComponent{Type: ComponentButton, Index: strconv.Itoa(i)}
		v, ok := p.buttonVariable(i, button)
		switch {
		case ok:
			component.SubType, component.Parameters = strings.ToLower(button.Type), []MessageParameter{parameterOf(v, filled[v.Element], p.named)}
		case button.Type == "FLOW":
			component.SubType, component.Parameters = "flow", flowStart()
		case button.Type == "QUICK_REPLY" && p.card > 0: // cards may have the same labels; this tells which one was tapped
			component.SubType, component.Parameters = "quick_reply", []MessageParameter{{Type: "payload", Payload: v.Element}}
		default:
			continue
		}
		components = append(components, component)
	}
	return components
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
	case VariableMoment:
		at, _ := time.Parse(time.RFC3339, value)
		return MessageParameter{Type: ComponentOffer, Offer: &OfferEnd{At: at.UnixMilli()}}
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

// flowStart starts a flow at its first screen. The token matters only to flows that call the business while they run;
// "unused" is Meta's word for none.
func flowStart() []MessageParameter {
	return []MessageParameter{{Type: "action", Action: &FlowAction{Token: "unused"}}}
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
