package domain

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// ConsentStatus says whether a person wants to be written to.
type ConsentStatus string

// The states of a consent.
const (
	ConsentNone    ConsentStatus = "" // nobody ever said anything
	ConsentGranted ConsentStatus = "granted"
	ConsentRevoked ConsentStatus = "revoked" // no template goes to the person, whoever recorded it
)

// Word returns the status as the REST API and the texts name it.
func (s ConsentStatus) Word() string {
	if s == ConsentNone {
		return "none"
	}
	return string(s)
}

// OriginCustomer is the origin of a consent that the customer gave or took back in WhatsApp. Nobody else
// can record it.
const OriginCustomer = "customer"

// ConsentOrigins returns where consents usually come from, in the order in which forms offer them. Other
// software may record other origins.
func ConsentOrigins() []string {
	return []string{"site", "loja", "telefone", "contrato", "evento", "outro"}
}

// Limits of what is recorded about a consent, in characters.
const (
	MaxConsentOrigin = 64
	MaxConsentNote   = 500
)

// Consent is what is known of whether a person wants to be written to.
type Consent struct {
	Status ConsentStatus
	Origin string // one of ConsentOrigins, OriginCustomer, or a word of other software's
	Note   string
	At     int64  // when it was given or taken back, milliseconds since epoch; 0 = never
	By     string // who recorded it; "" = the customer did
}

// Consent returns whether the person wants to be written to at all.
func (c *Contact) Consent() Consent {
	return Consent{Status: c.ConsentStatus, Origin: c.ConsentOrigin, Note: c.ConsentNote, At: c.ConsentAt, By: c.ConsentBy}
}

// SetConsent replaces what is known of it.
func (c *Contact) SetConsent(to Consent) {
	c.ConsentStatus, c.ConsentOrigin, c.ConsentNote, c.ConsentAt, c.ConsentBy = to.Status, to.Origin, to.Note, to.At, to.By
}

// Yields reports whether a new statement takes the place of this one. The customer's own words count by
// Meta's timestamp, because an earlier one may arrive late; a customer who opts out is not overruled by
// what an agent recorded meanwhile.
func (c Consent) Yields(to Consent) bool {
	switch {
	case to.By != "" || c.At <= to.At:
		return true
	default:
		return to.Status == ConsentRevoked && c.By != ""
	}
}

// ConsentWords are the words by which a customer opts out and in again, as Fold returns them.
type ConsentWords struct{ OptOut, OptIn []string }

// Of returns what a customer's text does to their consent; ok is false for a text that is not, as a
// whole, one of the words. Case, accents, blanks around it and final marks do not matter. A word inside
// a sentence does nothing, because "não quero sair" means the opposite.
func (w ConsentWords) Of(text string) (status ConsentStatus, ok bool) {
	if len(text) > maxConsentText {
		return ConsentNone, false
	}
	word := ConsentWord(text)
	switch {
	case word == "":
		return ConsentNone, false
	case slices.Contains(w.OptOut, word):
		return ConsentRevoked, true
	case slices.Contains(w.OptIn, word):
		return ConsentGranted, true
	}
	return ConsentNone, false
}

// maxConsentText bounds how long a text is looked at, in bytes: no word of the settings is nearly as long.
const maxConsentText = 512

// ConsentWord returns the form in which words are compared: folded, without blanks around it and without
// final marks. It is "" for a text that has nothing else.
func ConsentWord(text string) string {
	blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cf) }
	text = strings.TrimLeftFunc(text, blank)
	return Fold(strings.TrimRightFunc(text, func(r rune) bool { return blank(r) || strings.ContainsRune(".!?…", r) }))
}

// Fold returns a text in lower case and without accents.
func Fold(s string) string {
	bare, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
	if err != nil {
		bare = s
	}
	return strings.ToLower(bare)
}

// AuditConsent is the action in the audit of a consent that was recorded.
const AuditConsent = "consent"

// Details returns what the audit keeps of a consent that took the place of one with the status was.
func (c Consent) Details(was ConsentStatus) map[string]string {
	details := map[string]string{"status": c.Status.Word(), "was": was.Word(), "origin": c.Origin}
	if c.Note != "" {
		details["note"] = c.Note
	}
	return details
}

// ConsentFilter selects contacts by their consent.
type ConsentFilter struct {
	Status   ConsentStatus // ConsentNone = those with any on record
	QueueIDs []string      // only people with a conversation in one of these; nil = all
	Page     int
	PerPage  int
}
