package whatsapp

import (
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// people are the contacts that a value of a webhook names.
type people struct {
	contacts []Contact
	lone     bool // one contact, and everything beside it is from or to one person

	// Places of the first contact with a user id, with the digits of a number, and with those but without a user id.
	byUser, byPhone, byPhoneAlone map[string]int
}

// maxName bounds a profile name, which each item of the person says again; in bytes. WhatsApp's has 25 characters.
const maxName = 512

func newPeople(value node) people {
	p := people{byUser: map[string]int{}, byPhone: map[string]int{}, byPhoneAlone: map[string]int{}}
	for _, contact := range value.at("contacts").list() {
		if !contact.isObject() {
			continue
		}
		p.add(Contact{
			Name:         cut(contact.str("profile", "name"), maxName),
			WaID:         short(contact.str("wa_id")),
			UserID:       short(contact.str("user_id")),
			ParentUserID: short(contact.str("parent_user_id")),
			Username:     cut(firstOf(contact.str("profile", "username"), contact.str("username")), maxName),
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
	p.lone = len(p.contacts) == 1 && len(others) <= 1
	return p
}

// find is the contact of a person: by BSUID, else by number, else the only one there is. It always carries the ids asked
// for.
func (p people) find(phone, userID string) Contact {
	found := Contact{}
	switch at := p.index(phone, userID); {
	case at >= 0:
		found = p.contacts[at]
	case p.lone:
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

func (p *people) add(contact Contact) {
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

func (p people) index(phone, userID string) int {
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

// cut takes off what is too long, and no character in its middle.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
