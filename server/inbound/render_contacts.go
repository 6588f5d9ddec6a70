package inbound

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// maxCards is how many contact cards are shown, and how many entries of each.
const maxCards = 50

// contactsContent writes contact cards: name, company, numbers, addresses, each on its line.
func contactsContent(cards []whatsapp.ContactCard) Content {
	s := Content{Label: "contacts"}
	for _, card := range cards[:min(len(cards), maxCards)] {
		s.Cards = append(s.Cards, Card{Text: strings.Join(cardParts(card), "\n")})
	}
	if more := len(cards) - maxCards; more > 0 {
		s.Data = map[string]any{"More": more}
	}
	return s
}

func cardParts(card whatsapp.ContactCard) []string {
	name := boldName(card.Name.Formatted)
	if name == "" {
		name = boldName(strings.Join([]string{card.Name.First, card.Name.Middle, card.Name.Last}, " "))
	}
	parts := []string{name}
	if card.Org != nil {
		parts = append(parts, oneLine(strings.Join([]string{card.Org.Title, card.Org.Department, card.Org.Company}, " ")))
	}
	for _, phone := range card.Phones[:min(len(card.Phones), maxCards)] {
		parts = append(parts, markdown.Code(phoneText(phone)))
	}
	for _, email := range card.Emails[:min(len(card.Emails), maxCards)] {
		parts = append(parts, markdown.Code(email.Email))
	}
	for _, link := range card.URLs[:min(len(card.URLs), maxCards)] {
		parts = append(parts, markdown.Code(link.URL))
	}
	kept := parts[:0]
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	if len(kept) == 0 {
		return []string{"?"}
	}
	return kept
}

// phoneText returns a valid number in the form in which people write it, and any other
// as it was received.
func phoneText(p whatsapp.ContactPhone) string {
	for _, text := range []string{p.Phone, "+" + p.WaID} {
		if strings.ContainsFunc(text, unicode.IsLetter) { // that would be read as the digits on a telephone's keys
			continue
		}
		if number, err := phonenumbers.Parse(text, ""); err == nil && phonenumbers.IsValidNumber(number) {
			return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
		}
	}
	if p.Phone != "" {
		return p.Phone
	}
	return p.WaID
}
