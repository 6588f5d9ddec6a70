package whatsapp

import "strings"

// words are what an agent reads: what happened, and what to do.
type words struct{ title, nextStep string }

// Words explains an error code of Meta's in Portuguese (lang "pt", "pt-BR", ...) or English (any other): what happened
// and what to do. A code that is not known gets words too.
func Words(code int, lang string) (title, nextStep string) {
	w := reasonWords(reasonOf(code), lang)
	return w.title, w.nextStep
}

// Words explains a verdict; ("", "") where there is nothing wrong. One that was stored and read back is explained by
// its outcome and code.
func (v Verdict) Words(lang string) (title, nextStep string) {
	why := v.reason
	if why == "" {
		switch v.Outcome {
		case Refused:
			why = reasonOf(v.Code)
		case NotSent:
			why = reasonNoConnection
		case Unknown:
			why = reasonNoAnswer
		default:
			return "", ""
		}
	}
	w := reasonWords(why, lang)
	return w.title, w.nextStep
}

func reasonWords(why reason, lang string) words {
	if portuguese(lang) {
		return wordsPortuguese(why)
	}
	return wordsEnglish(why)
}

func portuguese(lang string) bool { return strings.HasPrefix(strings.ToLower(lang), "pt") }
