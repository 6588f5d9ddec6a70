package whatsapp

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Caption returns what people call a variable. own is an administrator's label; "" = none, and then the
// template suggests one: the name of a named variable, the words before the placeholder, or the example. That of a card's
// variable names the card.
func (v Variable) Caption(own string) domain.Text {
	if v.Card > 0 {
		return domain.T("variable.card", "Card", v.Card, "Caption", v.caption(own))
	}
	return v.caption(own)
}

func (v Variable) caption(own string) domain.Text {
	words := func(words string) domain.Text { return domain.T("variable.words", "Words", words) }
	switch {
	case own != "":
		return words(own)
	case v.Kind == VariablePlace:
		return domain.T("dialog.header_place_" + strings.TrimPrefix(v.Element, "header_"))
	case v.Kind == VariableMoment:
		return domain.T("variable.offer_end")
	case v.Kind != VariableText:
		return domain.T("dialog.header_" + string(v.Kind))
	case v.Component == ComponentButton && v.Name == "" && v.Label == "":
		return domain.T("variable.code")
	case v.Component == ComponentButton:
		return domain.T("variable.button", "Button", v.Label)
	case !isNumber(v.Name):
		return words(capital(strings.Join(strings.Fields(strings.ReplaceAll(v.Name, "_", " ")), " ")))
	case v.greets:
		return domain.T("variable.name")
	case v.before != "":
		return words(capital(v.before))
	case v.Example != "":
		return domain.T("variable.example", "Example", strings.Join(strings.Fields(v.Example), " "))
	default:
		return domain.T("variable.number", "Number", v.Name)
	}
}

// maxTitle is how long a text of a header may be that suggests a title, in characters.
const maxTitle = 60

// SuggestedTitle is what people might call the template: the text of its header with the examples filled in, else the
// words of its name.
func (t Template) SuggestedTitle() string {
	if header := t.component("HEADER"); header != nil {
		examples := map[string]string{}
		for _, v := range t.Variables() {
			examples[v.Element] = v.Example
		}
		title := strings.Join(strings.Fields(t.parts()[0].fill(ComponentHeader, header.Text, examples)), " ")
		if title != "" && utf8.RuneCountInString(title) <= maxTitle && !placeholder.MatchString(title) {
			return title
		}
	}
	return capital(strings.Join(strings.Fields(strings.ReplaceAll(t.Name, "_", " ")), " "))
}

// maxCaption is how many words before a placeholder make its caption.
const maxCaption = 4

// wordsBefore returns the words of the clause that a text ends with, as a caption of the placeholder that
// follows, and whether they only greet the person whose name follows. The caption has no connecting words
// at its beginning, and is "" if it would have nothing else.
func wordsBefore(text string) (words string, greets bool) {
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune("*_~`", r) { // WhatsApp's marks
			return -1
		}
		return r
	}, text)
	text = strings.NewReplacer("(a)", "", "(o)", "").Replace(text)
	const leads = " \t:-–\"'“‘#" // what may stand between words and their placeholder
	text = strings.TrimRight(text, leads)
	for _, currency := range []string{"R$", "US$", "$", "€", "BRL"} {
		text = strings.TrimRight(strings.TrimSuffix(text, currency), leads)
	}
	if slices.Contains(greetings(), strings.ToLower(strings.Join(strings.Fields(lastClause(strings.TrimRight(text, " ,"))), " "))) {
		return "", true
	}
	fields := strings.FieldsFunc(lastClause(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-/º°ª%'’", r)
	})
	fields = fields[max(0, len(fields)-maxCaption):]
	for len(fields) > 0 && slices.Contains(connectives(), strings.ToLower(fields[0])) {
		fields = fields[1:]
	}
	return strings.Join(fields, " "), false
}

// lastClause returns what follows the last end of a sentence, a line or another placeholder.
func lastClause(text string) string {
	if cut := strings.LastIndexFunc(text, endsClause); cut >= 0 {
		_, size := utf8.DecodeRuneInString(text[cut:])
		text = text[cut+size:]
	}
	return text
}

// endsClause reports a rune behind which other words begin: the end of a sentence or line, or of another placeholder.
func endsClause(r rune) bool { return strings.ContainsRune(".,;:!?)}|\n\r•…", r) }

func greetings() []string {
	return []string{
		"olá", "ola", "oi", "oie", "bom dia", "boa tarde", "boa noite", "prezado", "prezada", "prezados", "caro", "cara", "sr", "sr.", "sra.", "sra", "senhor", "senhora",
		"hi", "hello", "hey", "dear", "good morning", "good afternoon", "good evening", "mr", "ms", "mrs", "hola", "buenos días", "buenas tardes",
	}
}

func connectives() []string {
	return []string{
		"a", "o", "as", "os", "à", "às", "ao", "aos", "e", "ou", "é", "são", "está", "estão", "foi", "que", "se", "um", "uma", "de", "do", "da", "dos", "das", "em", "no", "na", "nos", "nas",
		"por", "pelo", "pela", "para", "com", "até", "seu", "sua", "seus", "suas", "nosso", "nossa", "você",
		"an", "the", "and", "or", "is", "are", "was", "of", "in", "on", "at", "to", "by", "for", "from", "with", "until", "your", "our", "you", "we", "it", "this", "that",
	}
}

// capital returns a text that begins with a capital letter.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
