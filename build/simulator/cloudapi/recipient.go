package cloudapi

import (
	"regexp"
	"strings"
)

var (
	bsuidPattern  = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$`)
	toPattern     = regexp.MustCompile(`^\+?[0-9 ().-]+$`)
	americaNumber = regexp.MustCompile(`^1[2-9][0-9]{2}[2-9][0-9]{6}$`)
)

// recipient reads the parameter to or, if that is missing, the parameter recipient.
func (s *Server) recipient(m *Message, p params, n *Number) (*customer, *apiError) {
	to, err := p.text("to")
	if err != nil {
		return nil, err
	}
	if to == "" {
		bsuid, err := p.text("recipient")
		if err != nil {
			return nil, err
		}
		if bsuid == "" {
			return nil, p.missing("to")
		}
		return s.recipientByBSUID(m, bsuid)
	}
	m.addressee = to
	digits := onlyDigits(to)
	if !toPattern.MatchString(to) || strings.HasPrefix(digits, "0") || len(digits) < 7 || len(digits) > 15 {
		return nil, newError(100).detail("Parameter 'to' is not a valid phone number.")
	}
	own := onlyDigits(n.Display)
	if !strings.HasPrefix(to, "+") && !isInternational(digits, countryCode(own)) {
		digits = countryCode(own) + digits
	}
	if canonical(digits) == canonical(own) {
		return nil, newError(131021)
	}
	return s.customerOf(digits), nil
}

func (s *Server) recipientByBSUID(m *Message, bsuid string) (*customer, *apiError) {
	m.addressee, m.byBSUID = bsuid, true
	if !bsuidPattern.MatchString(bsuid) {
		return nil, newError(100).detail("Parameter 'recipient' is not a valid business-scoped user ID.")
	}
	if m.category == CategoryAuthentication {
		return nil, newError(131062)
	}
	c := s.bsuids[bsuid]
	if c == nil {
		return nil, newError(131009).detail("Business-scoped user ID is not known to this business.")
	}
	return c, nil
}

// isInternational reports whether digits without a + already begin with a country code. Meta adds the business's own code to those that do
// not.
func isInternational(digits, own string) bool {
	return len(digits) >= 12 || americaNumber.MatchString(digits) || (strings.HasPrefix(digits, own) && len(digits) > 10)
}

// countryCode guesses the country code of a full number: one digit for North America and Russia, three digits for the codes that begin with
// 35, as Portugal's does, or with 59, else two.
func countryCode(digits string) string {
	switch {
	case strings.HasPrefix(digits, "1"), strings.HasPrefix(digits, "7"):
		return digits[:1]
	case strings.HasPrefix(digits, "35"), strings.HasPrefix(digits, "59"):
		return digits[:3]
	}
	return digits[:min(2, len(digits))]
}
