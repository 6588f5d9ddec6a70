package whatsapp

// Text is what happened and what to do next, in one line of a language.
func (v Verdict) Text(lang string) string {
	title, nextStep := v.Words(lang)
	if nextStep == "" {
		return title
	}
	return title + " " + nextStep
}
