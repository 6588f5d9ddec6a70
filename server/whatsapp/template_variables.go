package whatsapp

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Meta's limits, in characters.
const (
	maxBody       = 1024
	maxOfferBody  = 600
	maxCardBody   = 160
	maxHeader     = 60
	maxURL        = 2000
	maxCouponCode = 15
	maxPlace      = 256
)

var placeholder = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\s*\}\}`)

// Values of Variable.Component and of MessageComponent.Type.
const (
	ComponentHeader = "header"
	ComponentBody   = "body"
	ComponentButton = "button"
	ComponentOffer  = "limited_time_offer"
)

// VariableKind says what a variable takes.
type VariableKind string

// Media says whether the value of such a variable is a file.
func (k VariableKind) Media() bool {
	return k == VariableImage || k == VariableVideo || k == VariableDocument
}

// Kinds of a Variable; those other than text and moment are headers.
const (
	VariableText     VariableKind = "text"
	VariableImage    VariableKind = "image"    // the id of an uploaded image, or an https address
	VariableVideo    VariableKind = "video"    // the id of an uploaded video, or an https address
	VariableDocument VariableKind = "document" // the id of an uploaded document, or an https address
	VariableLocation VariableKind = "location" // "latitude, longitude"
	VariablePlace    VariableKind = "place"    // the name or the address of the location before it
	VariableMoment   VariableKind = "moment"   // when an offer ends: RFC 3339 (see ReadMoments)
)

// Variable is one value to fill in before a template can be sent.
type Variable struct {
	// Element is its name in a dialog and in the values of Build: header_<n>, body_<n> or body_<name>, button_<i>,
	// limited_time_offer_1; those of a card begin with card_<n>_.
	Element string
	Card    int // of a carousel, counted from 1; 0 for the message itself
	// Name is what the placeholder's braces hold, a number or a name; "" for a code or a file.
	Name      string
	Component string // ComponentHeader, ComponentBody, ComponentButton, ComponentOffer
	Kind      VariableKind
	// Index is Meta's 0-based index among all buttons; 0 for other components.
	Index int
	// Label is the text of the button, "" for other components.
	Label   string
	Example string
	// MaxLength is how many characters the value may have when all others are empty.
	MaxLength int

	before string // the words before the placeholder, see Caption
	greets bool   // these words greet the person whose name the value is
}

// Variables are the values to fill in: those of the message itself, then those of each card.
func (t Template) Variables() []Variable {
	var found []Variable
	for _, p := range t.parts() {
		found = append(found, p.variables()...)
	}
	return found
}

func (p part) headerVariables(header TemplateComponent) []Variable {
	kind := VariableKind(strings.ToLower(header.Format))
	switch kind {
	case VariableText:
		return p.textVariables(ComponentHeader, header, maxHeader)
	case VariableLocation:
		return []Variable{
			{Element: p.element(ComponentHeader, "1"), Component: ComponentHeader, Kind: kind, Example: "-23.561, -46.656"},
			{Element: p.element(ComponentHeader, "2"), Component: ComponentHeader, Kind: VariablePlace, MaxLength: maxPlace},
			{Element: p.element(ComponentHeader, "3"), Component: ComponentHeader, Kind: VariablePlace, MaxLength: maxPlace},
		}
	case VariableImage, VariableVideo, VariableDocument:
		return []Variable{{Element: p.element(ComponentHeader, "1"), Component: ComponentHeader, Kind: kind}}
	}
	return nil
}

// textVariables finds the placeholders of a text. One that is used twice is one variable.
func (p part) textVariables(component string, c TemplateComponent, limit int) []Variable {
	uses := map[string]int{}
	var names []string
	for _, match := range placeholder.FindAllStringSubmatch(c.Text, -1) {
		if uses[match[1]]++; uses[match[1]] == 1 {
			names = append(names, match[1])
		}
	}
	if !p.named {
		slices.SortStableFunc(names, compareNumbers)
	}
	before := func(name string) (words string, greets bool) {
		for _, at := range placeholder.FindAllStringSubmatchIndex(c.Text, -1) {
			if c.Text[at[2]:at[3]] == name {
				return wordsBefore(c.Text[:at[0]])
			}
		}
		return "", false
	}
	room := limit - utf8.RuneCountInString(placeholder.ReplaceAllString(c.Text, ""))
	found := make([]Variable, 0, len(names))
	for i, name := range names {
		suffix := name
		if p.named && component == ComponentHeader {
			suffix = strconv.Itoa(i + 1)
		}
		v := Variable{
			Element: p.element(component, suffix), Name: name, Component: component, Kind: VariableText,
			Example: exampleOf(c.Example, component, name, i), MaxLength: max(room/uses[name], 1),
		}
		v.before, v.greets = before(name)
		found = append(found, v)
	}
	return found
}

func (p part) buttonVariable(index int, button TemplateButton) (Variable, bool) {
	v := Variable{
		Element: p.element(ComponentButton, strconv.Itoa(index)), Component: ComponentButton, Kind: VariableText, Index: index,
		Label: button.Text, Example: firstText(button.Example),
	}
	switch button.Type {
	case "COPY_CODE":
		v.MaxLength = maxCouponCode
		return v, true
	case "URL":
		match := placeholder.FindStringSubmatchIndex(button.URL)
		if match == nil {
			return v, false
		}
		v.Name = button.URL[match[2]:match[3]]
		fixed := placeholder.ReplaceAllString(button.URL, "")
		v.MaxLength = max(maxURL-utf8.RuneCountInString(fixed), 1)
		v.Example = strings.TrimPrefix(v.Example, button.URL[:match[0]]) // Meta's example may be the whole address
		return v, true
	}
	return v, false
}

// exampleOf finds the example of one variable in either of Meta's two shapes.
func exampleOf(raw json.RawMessage, component, name string, position int) string {
	n := readNode(raw)
	for _, parameter := range n.at(component + "_text_named_params").list() {
		if parameter.str("param_name") == name {
			return parameter.str("example")
		}
	}
	examples := n.at(component + "_text").list()
	if len(examples) == 0 {
		if position == 0 {
			return n.str(component + "_text")
		}
		return ""
	}
	if inner := examples[0].list(); len(inner) > 0 {
		examples = inner
	}
	if position < len(examples) {
		return examples[position].str()
	}
	return ""
}

// firstText is the string that raw is, or the first of a list of strings.
func firstText(raw json.RawMessage) string {
	n := readNode(raw)
	if list := n.list(); len(list) > 0 {
		return list[0].str()
	}
	return n.str()
}

func isNumber(name string) bool { return strings.Trim(name, "0123456789") == "" }

// compareNumbers orders decimal numbers of any length.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}
