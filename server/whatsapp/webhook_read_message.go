package whatsapp

// readMessage reads a received message or an echo. It never fails: missing parts stay empty.
func readMessage(n node) *Message {
	m := readContent(n)
	m.ID = n.str("id")
	m.From, m.FromUserID, m.FromParentUserID = n.str("from"), n.str("from_user_id"), n.str("from_parent_user_id")
	m.To, m.ToUserID = n.str("to"), n.str("to_user_id")
	m.GroupID = n.str("group_id")
	m.Timestamp = n.millis("timestamp")
	m.Errors = readErrors(n.at("errors"))
	m.Revokes = n.str("revoke", "original_message_id")
	if referral := n.at("referral"); referral.isObject() {
		m.Referral = readReferral(referral)
	}
	if edit := n.at("edit"); edit.isObject() {
		m.Edit = &Edit{OriginalID: edit.str("original_message_id"), Message: readContent(edit.at("message"))}
		m.Edit.Message.Raw = edit.at("message").raw()
	}
	return m
}

// readContent reads the content of a message, without its sender and time.
func readContent(n node) *Message {
	m := &Message{Type: contentType(n)}
	if context := n.at("context"); context.isObject() {
		m.Context = &MessageContext{
			From: context.str("from"), ID: context.str("id"),
			Forwarded: context.bool("forwarded"), FrequentlyForwarded: context.bool("frequently_forwarded"),
			CatalogID:         context.str("referred_product", "catalog_id"),
			ProductRetailerID: context.str("referred_product", "product_retailer_id"),
		}
	}
	content := n.at(m.Type)
	switch m.Type {
	case TypeText:
		m.Text = &Text{Body: content.str("body")}
	case TypeImage, TypeVideo, TypeAudio, TypeDocument, TypeSticker:
		m.Media = readMedia(content)
	case "voice": // an older name for a voice note
		m.Type, m.Media = TypeAudio, readMedia(content)
		m.Media.Voice = true
	case TypeLocation:
		m.Location = &Location{
			Latitude: content.float("latitude"), Longitude: content.float("longitude"),
			Name: content.str("name"), Address: content.str("address"), URL: content.str("url"),
		}
	case TypeContacts:
		m.Contacts, m.Origin = readCards(content), n.str("origin")
	case TypeButton:
		m.Button = &ButtonReply{Text: content.str("text"), Payload: content.str("payload")}
	case TypeInteractive:
		m.Interactive = readInteractive(content)
	case TypeReaction:
		m.Reaction = &Reaction{MessageID: content.str("message_id"), Emoji: content.str("emoji")}
	case TypeOrder:
		m.Order = readOrder(content)
	case TypeSystem:
		m.System = readSystem(n)
	case TypeUnsupported, TypeUnknown:
		m.Unsupported = firstOf(content.str("raw_type"), content.str("type"))
	}
	return m
}

// contentType is the type that Meta names, else that of the content that is present.
func contentType(n node) string {
	if kind := n.str("type"); kind != "" {
		return kind
	}
	for _, candidate := range []string{
		TypeText, TypeImage, TypeVideo, TypeAudio, TypeDocument, TypeSticker, TypeLocation, TypeContacts, TypeButton,
		TypeInteractive, TypeReaction, TypeOrder, TypeSystem, TypeEdit, TypeRevoke, TypeUnsupported,
	} {
		if n.at(candidate).value != nil {
			return candidate
		}
	}
	return ""
}

func readMedia(n node) *MediaContent {
	return &MediaContent{
		ID: n.str("id"), MimeType: n.str("mime_type"), SHA256: n.str("sha256"), Caption: n.str("caption"),
		Filename: n.str("filename"), URL: n.str("url"), Voice: n.bool("voice"), Animated: n.bool("animated"),
	}
}

func readReferral(n node) *Referral {
	return &Referral{
		SourceURL: n.str("source_url"), SourceID: n.str("source_id"), SourceType: n.str("source_type"),
		Headline: n.str("headline"), Body: n.str("body"), MediaType: n.str("media_type"), ImageURL: n.str("image_url"),
		VideoURL: n.str("video_url"), ThumbnailURL: n.str("thumbnail_url"), ClickID: n.str("ctwa_clid"),
		Welcome: n.str("welcome_message", "text"),
	}
}

func readInteractive(n node) *InteractiveReply {
	kind := n.str("type")
	reply := n.at(kind)
	read := &InteractiveReply{
		Type: kind, ID: reply.str("id"), Title: reply.str("title"), Description: reply.str("description"),
		Name: reply.str("name"), Body: reply.str("body"), CallPermission: reply.str("response"),
	}
	switch response := reply.at("response_json"); value := response.value.(type) {
	case string:
		read.ResponseRaw = response.str()
		if inner, err := parseNode([]byte(value)); err == nil {
			read.Response, _ = inner.value.(map[string]any)
		}
	case map[string]any:
		read.Response, read.ResponseRaw = value, string(response.raw())
	}
	return read
}

func readOrder(n node) *Order {
	order := &Order{CatalogID: n.str("catalog_id"), Text: n.str("text")}
	for _, item := range n.at("product_items").list() {
		order.Items = append(order.Items, OrderItem{
			ProductRetailerID: item.str("product_retailer_id"), Quantity: item.float("quantity"),
			ItemPrice: item.float("item_price"), Currency: item.str("currency"),
		})
	}
	return order
}

func readSystem(n node) *SystemEvent {
	system := n.at("system")
	return &SystemEvent{
		Type: system.str("type"), Body: system.str("body"), NewWaID: system.firstStr("new_wa_id", "wa_id"),
		UserID: system.str("user_id"), PreviousUserID: system.str("previous_user_id"),
		ParentUserID: system.str("parent_user_id"), PreviousParentUserID: system.str("previous_parent_user_id"),
	}
}

// readCards reads the contact cards of a message; parts that are missing or of an unexpected shape stay empty.
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
