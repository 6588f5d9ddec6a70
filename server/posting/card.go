package posting

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// PropCard is the property of a post that is sent to the customer as a place, a contact or a
// question instead of as its text; it holds the Card.
const PropCard = propPrefix + "card"

// MaxCardText bounds each text of a card, in characters.
const MaxCardText = 256

// Card is a place, a contact or a question that an agent sends; one of them is set.
type Card struct {
	Interactive *whatsapp.Interactive `json:"interactive,omitempty"` // see whatsapp.Question
	Location    *whatsapp.Location    `json:"location,omitempty"`
	Contact     *whatsapp.ContactCard `json:"contact,omitempty"`
}

// Kind is Meta's message type of the card. It is "" for a card that cannot be
// sent, because it holds more than the channel shows of it or is too long.
func (c *Card) Kind() string {
	switch {
	case c == nil:
		return ""
	case c.Interactive != nil:
		if _, ours := c.Interactive.Question(); ours && c.Location == nil && c.Contact == nil {
			return whatsapp.TypeInteractive
		}
	case c.Location != nil && c.Contact == nil && c.Location.URL == "" && cardTextsFit(c.Location.Name, c.Location.Address):
		return whatsapp.TypeLocation
	case c.Contact != nil && c.Location == nil && onlyNamed(c.Contact) && cardTextsFit(c.Contact.Name.Formatted):
		return whatsapp.TypeContacts
	}
	return ""
}

// onlyNamed reports whether a contact is no more than a name and one number.
func onlyNamed(c *whatsapp.ContactCard) bool {
	n := c.Name
	named := n.Formatted != "" && n.Middle == "" && n.Prefix == "" && n.Suffix == "" &&
		strings.Join(strings.Fields(n.First+" "+n.Last), " ") == strings.Join(strings.Fields(n.Formatted), " ")
	return named && len(c.Phones) == 1 && isNumber(c.Phones[0].Phone) && isNumber("+"+c.Phones[0].WaID) &&
		c.Birthday == "" && c.Org == nil && c.VCard == "" && len(c.Emails)+len(c.URLs)+len(c.Addresses) == 0
}

// isNumber reports whether a text is an E.164 number with its "+".
func isNumber(text string) bool {
	digits, found := strings.CutPrefix(text, "+")
	return found && digits != "" && len(digits) <= 15 && strings.Trim(digits, "0123456789") == ""
}

func cardTextsFit(texts ...string) bool {
	for _, text := range texts {
		if utf8.RuneCountInString(text) > MaxCardText {
			return false
		}
	}
	return true
}

// TypedText returns the part of a card that somebody typed.
func (c *Card) TypedText() string {
	if c.Interactive != nil {
		q, _ := c.Interactive.Question()
		return questionWords(&q)
	}
	if c.Location != nil {
		return c.Location.Name + "\n" + c.Location.Address
	}
	return c.Contact.Name.Formatted
}

// Text returns what the channel shows of the card: everything that the customer gets, and
// nothing else.
func (c *Card) Text() string {
	if c.Interactive != nil {
		q, _ := c.Interactive.Question()
		return questionText(&q)
	}
	if c.Location != nil {
		return cardText("📍", degrees(c.Location.Latitude)+", "+degrees(c.Location.Longitude), c.Location.Name, c.Location.Address)
	}
	return cardText("👤", c.Contact.Phones[0].Phone, c.Contact.Name.Formatted, "")
}

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', -1, 64) }

func cardText(sign, code, name, more string) string {
	text := sign
	if name != "" {
		text += " **" + markdown.Escape(name) + "**"
	}
	if more != "" {
		text += " " + markdown.Escape(more)
	}
	return text + " `" + code + "`"
}

// Prop returns the card as a post's property, made of maps and lists because nothing else can
// be passed to the server.
func (c Card) Prop() (map[string]any, error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, errors.Wrap(err, "could not write a card")
	}
	prop := map[string]any{}
	return prop, errors.Wrap(json.Unmarshal(raw, &prop), "could not write a card")
}
