package whatsapp

import (
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// contactIndex finds the contacts that a value of a webhook names.
type contactIndex struct {
	contacts []Contact
	onlyOne  bool // there is one contact, and everything beside it is from or to one person

	// Indexes of the first contact by its user id, by the digits of its number, and by these where it has no user id.
	byUser, byPhone, byPhoneAlone map[string]int
}

// maxName is how many bytes of a profile name are kept, because each item of the person repeats it. WhatsApp allows 25
// characters.
const maxName = 512

func indexContacts(value node) contactIndex {
	p := contactIndex{byUser: map[string]int{}, byPhone: map[string]int{}, byPhoneAlone: map[string]int{}}
	for _, contact := range value.at("contacts").list() {
		if !contact.isObject() {
			continue
		}
		p.add(Contact{
			Name:         truncate(contact.str("profile", "name"), maxName),
			WaID:         boundedID(contact.str("wa_id")),
			UserID:       boundedID(contact.str("user_id")),
			ParentUserID: boundedID(contact.str("parent_user_id")),
			Username:     truncate(firstOf(contact.str("profile", "username"), contact.str("username")), maxName),
		})
	}
	others := map[string]bool{}
	for _, message := range value.at("messages").list() {
		others[message.firstStr("from_user_id", "from")] = true
	}
	for _, status := range value.at("statuses").list() {
		others[status.firstStr("recipient_user_id", "recipient_id")] = true
	}
	for _, preference := range value.at("user_preferences").list() {
		others[preference.firstStr("user_id", "wa_id")] = true
	}
	p.onlyOne = len(p.contacts) == 1 && len(others) <= 1
	return p
}

// find returns the contact of a person: by BSUID, else by number, else the only one there is. The ids that were asked for
// are filled in where the contact has none.
func (p contactIndex) find(phone, userID string) Contact {
	found := Contact{}
	switch at := p.index(phone, userID); {
	case at >= 0:
		found = p.contacts[at]
	case p.onlyOne:
		found = p.contacts[0] // the number of the message may differ from wa_id
	}
	if found.WaID == "" {
		found.WaID = phone
	}
	if found.UserID == "" {
		found.UserID = userID
	}
	return found
}

func (p *contactIndex) add(contact Contact) {
	at := len(p.contacts)
	p.contacts = append(p.contacts, contact)
	first := func(places map[string]int, key string) {
		if _, there := places[key]; key != "" && !there {
			places[key] = at
		}
	}
	first(p.byUser, contact.UserID)
	first(p.byPhone, domain.Digits(contact.WaID))
	if contact.UserID == "" {
		first(p.byPhoneAlone, domain.Digits(contact.WaID))
	}
}

func (p contactIndex) index(phone, userID string) int {
	if at, there := p.byUser[userID]; there {
		return at
	}
	places := p.byPhone
	if userID != "" {
		places = p.byPhoneAlone
	}
	if at, there := places[domain.Digits(phone)]; there {
		return at
	}
	return -1
}

// truncate keeps the first bytes of a text, whole characters only.
func truncate(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
