package command

import (
	"context"
	"regexp"
	"strings"
	"unicode"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// subcommand is one word behind `/whatsapp`, in both languages.
type subcommand struct {
	portuguese, english string
	argument            bool // takes an argument, which the text command.<english>_hint describes
	required            bool // the argument is required
	admin               bool // offered to system admins alone
	run                 func(c *Command, ctx context.Context, in *call) (string, error)
}

// subcommands are in the order in which help lists them. The English word is also part of the keys of their texts.
func subcommands() []subcommand {
	return []subcommand{
		{portuguese: "novo", english: "new", argument: true, run: (*Command).start},
		{portuguese: "agendados", english: "scheduled", run: (*Command).scheduled},
		{portuguese: "modelo", english: "template", run: (*Command).template},
		{portuguese: "nota", english: "note", argument: true, required: true, run: (*Command).note},
		{portuguese: "rascunhos", english: "drafts", run: (*Command).drafts},
		{portuguese: "agendar", english: "schedule", argument: true, required: true, run: (*Command).schedule},
		{portuguese: "local", english: "location", argument: true, required: true, run: (*Command).location},
		{portuguese: "contato", english: "contact", argument: true, required: true, run: (*Command).contact},
		{portuguese: "perguntar", english: "ask", argument: true, run: (*Command).askAnything},
		{portuguese: "botoes", english: "buttons", argument: true, required: true, run: (*Command).buttons},
		{portuguese: "lista", english: "list", argument: true, run: (*Command).askList},
		{portuguese: "link", english: "link", argument: true, run: (*Command).askLink},
		{portuguese: "pedir-local", english: "ask-location", argument: true, run: (*Command).askLocation},
		{portuguese: "pedir-telefone", english: "ask-phone", argument: true, run: (*Command).askPhone},
		{portuguese: "respostas", english: "replies", argument: true, run: (*Command).replies},
		{portuguese: "transferir", english: "transfer", argument: true, required: true, run: (*Command).transfer},
		{portuguese: "responsavel", english: "owner", argument: true, required: true, run: (*Command).owner},
		{portuguese: "assumir", english: "claim", run: (*Command).claim},
		{portuguese: "encerrar", english: "close", argument: true, run: (*Command).close},
		{portuguese: "reabrir", english: "reopen", run: (*Command).reopen},
		{portuguese: "cliente", english: "customer", argument: true, run: (*Command).customer},
		{portuguese: "consentimento", english: "consent", argument: true, run: (*Command).consent},
		{portuguese: "descadastrados", english: "optouts", run: (*Command).optOuts},
		{portuguese: "status", english: "status", run: (*Command).status},
		{portuguese: "meus", english: "mine", run: (*Command).mine},
		{portuguese: "custos", english: "costs", run: (*Command).costs},
		{portuguese: "resultados", english: "results", argument: true, run: (*Command).results},
		{portuguese: "doctor", english: "doctor", admin: true, run: (*Command).doctor},
		{portuguese: "ajuda", english: "help", run: (*Command).help},
	}
}

// named reports whether a word means the subcommand, in either language, in any case and with any accents.
func (s subcommand) named(word string) bool {
	word = domain.Fold(word)
	return word == s.portuguese || word == s.english
}

// withoutTrigger removes "/whatsapp" from what was typed, and from "/nota" the slash.
func withoutTrigger(text string) string {
	text = strings.TrimSpace(text)
	for _, trigger := range NoteTriggers() {
		if word, _ := splitWord(text); strings.EqualFold(word, "/"+trigger) {
			return text[1:]
		}
	}
	if word, rest := splitWord(text); strings.EqualFold(word, "/"+Trigger) {
		return rest
	}
	return text
}

// splitWord cuts the first word off; the rest keeps its inner spaces and lines.
func splitWord(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	at := strings.IndexFunc(text, unicode.IsSpace)
	if at < 0 {
		return text, ""
	}
	return text[:at], strings.TrimSpace(text[at:])
}

// quotes are the pairs of quotation marks that keyboards and phones write.
const quotes = `""''“”‘’«»„“`

// splitQuoted splits a text after its quoted beginning. ok is false where it does not begin with a quote.
func splitQuoted(text string) (inner, rest string, ok bool) {
	marks := []rune(quotes)
	for i := 0; i+1 < len(marks); i += 2 {
		after, found := strings.CutPrefix(text, string(marks[i]))
		if !found {
			continue
		}
		if inner, rest, ok = strings.Cut(after, string(marks[i+1])); ok {
			return strings.TrimSpace(inner), strings.TrimSpace(rest), true
		}
	}
	return "", text, false
}

// unquote removes the quotation marks of a text that is quoted as a whole.
func unquote(text string) string {
	if inner, rest, ok := splitQuoted(text); ok && rest == "" {
		return inner
	}
	return text
}

// inPhone reports whether a character may be part of a phone number. Pasted numbers have dashes and spaces of all kinds, and
// invisible marks.
func inPhone(r rune) bool {
	return unicode.IsDigit(r) || strings.ContainsRune("+()-./", r) || unicode.In(r, unicode.Zs, unicode.Pd, unicode.Cf)
}

// phoneWithLetters is a number at the beginning of a text that has letters: a link, or 0xx before the area code.
var phoneWithLetters = regexp.MustCompile(`^(?:(?i:tel:|whatsapp:|https?://|wa\.me/|(?:www|api|web)\.)\S+|\(?0\s?[xX*]{2}\s?\d[\d()\-./ ]+)`)

// splitPhone reads "[phone] [name]". The phone is quoted, or it is everything at the beginning that can be part of a number,
// so that `11 98765-4321 José da Silva` needs no quotes.
func splitPhone(text string) (phone, name string) {
	if inner, rest, ok := splitQuoted(text); ok {
		if isPhone(inner) || phoneWithLetters.FindString(inner) == inner && inner != "" {
			return inner, unquote(rest)
		}
		return "", unquote(text)
	}
	if number := phoneWithLetters.FindString(text); number != "" {
		return strings.TrimSpace(number), unquote(strings.TrimSpace(text[len(number):]))
	}
	end := strings.IndexFunc(text, func(r rune) bool { return !inPhone(r) })
	if end < 0 {
		end = len(text)
	}
	phone, name = strings.TrimSpace(text[:end]), unquote(strings.TrimSpace(text[end:]))
	if !isPhone(phone) || name != "" && digits(phone) < minDigits {
		return "", unquote(text)
	}
	return phone, name
}

// minDigits tells a phone number from a name that begins with a digit: there are no shorter numbers.
const minDigits = 8

func isPhone(text string) bool {
	return digits(text) > 0 && !strings.ContainsFunc(text, func(r rune) bool { return !inPhone(r) })
}

func digits(text string) int {
	return len(strings.Map(func(r rune) rune {
		if !unicode.IsDigit(r) {
			return -1
		}
		return '0'
	}, text))
}
