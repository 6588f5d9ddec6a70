package domain

import "strings"

// Document is a customer's CPF or CNPJ without punctuation, in upper case. Make one with
// ParseDocument, which validates it.
type Document string

// ParseDocument reads a person's CPF or a company's CNPJ, including the new alphanumeric CNPJ,
// with the usual punctuation. ok is false for anything else and if the check digits are wrong.
func ParseDocument(typed string) (doc Document, ok bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			b.WriteRune(r)
		case strings.ContainsRune(" .-/\u00a0", r):
		default:
			return "", false
		}
	}
	s := b.String()
	switch len(s) {
	case 11:
		ok = validCPF(s)
	case 14:
		ok = validCNPJ(s)
	}
	if !ok {
		return "", false
	}
	return Document(s), true
}

// Masked returns the document in a form that may be shown: the middle of a CPF (***.456.789-**),
// or the last six characters of a CNPJ's root (**.345.678/****-**).
func (d Document) Masked() string {
	switch len(d) {
	case 11:
		return "***." + string(d[3:6]) + "." + string(d[6:9]) + "-**"
	case 14:
		return "**." + string(d[2:5]) + "." + string(d[5:8]) + "/****-**"
	default:
		return ""
	}
}

func validCPF(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	if strings.Count(s, s[:1]) == len(s) { // 111.111.111-11 has correct check digits but is never issued
		return false
	}
	return checkDigit(s[:9], 2, 11) == s[9] && checkDigit(s[:10], 2, 11) == s[10]
}

func validCNPJ(s string) bool {
	if s[12] < '0' || s[12] > '9' || s[13] < '0' || s[13] > '9' || strings.Count(s, s[:1]) == len(s) {
		return false
	}
	return checkDigit(s[:12], 2, 9) == s[12] && checkDigit(s[:13], 2, 9) == s[13]
}

// checkDigit returns the modulo-11 check digit as the Receita Federal defines it. The weights
// run from the right, from low up to high and then from low again. The value of a letter is its
// ASCII code less 48.
func checkDigit(s string, low, high int) byte {
	sum, weight := 0, low
	for i := len(s) - 1; i >= 0; i-- {
		sum += int(s[i]-'0') * weight
		if weight++; weight > high {
			weight = low
		}
	}
	if rest := sum % 11; rest >= 2 {
		return byte('0' + 11 - rest)
	}
	return '0'
}
