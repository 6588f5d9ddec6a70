package whatsapp

// readCards reads the contact cards of a message; parts that are missing or of a strange shape stay empty.
func readCards(list node) []ContactCard {
	var cards []ContactCard
	for _, n := range list.list() {
		if n.isObject() {
			cards = append(cards, readCard(n))
		}
	}
	return cards
}

func readCard(n node) ContactCard {
	name := n.at("name")
	card := ContactCard{
		Name: ContactName{
			Formatted: name.str("formatted_name"), First: name.str("first_name"), Last: name.str("last_name"),
			Middle: name.str("middle_name"), Prefix: name.str("prefix"), Suffix: name.str("suffix"),
		},
		Birthday: n.str("birthday"),
		VCard:    n.str("vcard"),
	}
	for _, phone := range n.at("phones").list() {
		card.Phones = append(card.Phones, ContactPhone{Phone: phone.str("phone"), Type: phone.str("type"), WaID: phone.str("wa_id")})
	}
	for _, email := range n.at("emails").list() {
		card.Emails = append(card.Emails, ContactEmail{Email: email.str("email"), Type: email.str("type")})
	}
	for _, link := range n.at("urls").list() {
		card.URLs = append(card.URLs, ContactURL{URL: link.str("url"), Type: link.str("type")})
	}
	for _, address := range n.at("addresses").list() {
		card.Addresses = append(card.Addresses, ContactAddress{
			Street: address.str("street"), City: address.str("city"), State: address.str("state"), Zip: address.str("zip"),
			Country: address.str("country"), CountryCode: address.str("country_code"), Type: address.str("type"),
		})
	}
	if org := n.at("org"); org.isObject() {
		card.Org = &ContactOrg{Company: org.str("company"), Department: org.str("department"), Title: org.str("title")}
	}
	return card
}
