package whatsapp

// people are the contacts that a value of a webhook names.
type people struct {
	contacts []Contact
	lone     bool // one contact, and everything beside it is from or to one person
}

func newPeople(value node) people {
	var p people
	for _, contact := range value.at("contacts").list() {
		if !contact.isObject() {
			continue
		}
		p.contacts = append(p.contacts, Contact{
			Name:         contact.str("profile", "name"),
			WaID:         contact.str("wa_id"),
			UserID:       contact.str("user_id"),
			ParentUserID: contact.str("parent_user_id"),
			Username:     firstOf(contact.str("profile", "username"), contact.str("username")),
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
	switch {
	case p.index(phone, userID) >= 0:
		found = p.contacts[p.index(phone, userID)]
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

func (p people) index(phone, userID string) int {
	for i, contact := range p.contacts {
		if userID != "" && contact.UserID == userID {
			return i
		}
	}
	for i, contact := range p.contacts {
		if phone != "" && digits(phone) != "" && digits(contact.WaID) == digits(phone) && (userID == "" || contact.UserID == "") {
			return i
		}
	}
	return -1
}
