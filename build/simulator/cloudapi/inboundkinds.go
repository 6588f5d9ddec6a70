package cloudapi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/pkg/errors"
)

// Location is a place that a customer sends.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
	URL       string  `json:"url,omitempty"`
}

// Order is what a customer orders from a catalogue.
type Order struct {
	CatalogID string      `json:"catalog_id"`
	Text      string      `json:"text"`
	Items     []OrderItem `json:"product_items"`
}

// OrderItem is one product of an order. The price is in the currency's main unit.
type OrderItem struct {
	ProductID string  `json:"product_retailer_id"`
	Quantity  int     `json:"quantity"`
	Price     float64 `json:"item_price"`
	Currency  string  `json:"currency"`
}

// Referral is the ad or post through which a customer came.
type Referral struct {
	SourceURL    string `json:"source_url"`
	SourceID     string `json:"source_id"`
	SourceType   string `json:"source_type"` // ad, post
	Headline     string `json:"headline,omitempty"`
	Body         string `json:"body,omitempty"`
	MediaType    string `json:"media_type,omitempty"`
	ImageURL     string `json:"image_url,omitempty"`
	VideoURL     string `json:"video_url,omitempty"`
	ThumbnailURL string `json:"thumbnail_url,omitempty"`
	ClickID      string `json:"ctwa_clid,omitempty"`
}

// SendMedia sends an image, audio, video, document or sticker. Meta stores the file for 7 days, as it does with inbound files.
func (p *Phone) SendMedia(kind string, file Media, caption string) (string, error) {
	if mediaRuleOf(kind).limit == 0 {
		return "", errors.Errorf("%s is no kind of media", kind)
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	file.PhoneNumberID = p.s.partner(p)
	stored := p.s.storeMedia(file, inboundLife)
	node := map[string]any{"id": stored.ID, "mime_type": stored.MIMEType, "sha256": base64.StdEncoding.EncodeToString(stored.sum[:])}
	if url := p.s.mediaURL(stored); url != "" && p.s.settings.MediaURLInWebhook {
		node["url"] = url
	}
	if caption != "" {
		node["caption"] = caption
	}
	switch kind {
	case "document":
		node["filename"] = stored.Filename
	case "audio":
		node["voice"] = stored.Voice
	case "sticker":
		node["animated"] = stored.Animated
	}
	show := Message{Text: caption, Media: &MediaRef{ID: stored.ID, MIMEType: stored.MIMEType, Filename: stored.Filename, Voice: stored.Voice}}
	return p.sendLocked(inbound{fields: map[string]any{"type": kind, kind: node}, show: show, opens: true})
}

// SendLocation sends a place.
func (p *Phone) SendLocation(l Location) (string, error) {
	show := Message{Text: joinLines(l.Name, l.Address, fmt.Sprintf("%v, %v", l.Latitude, l.Longitude))}
	return p.send(inbound{fields: map[string]any{"type": "location", "location": l}, show: show, opens: true})
}

// SendContacts sends contact cards, given as a JSON array as in messages[].contacts.
func (p *Phone) SendContacts(cards string) (string, error) {
	var list []map[string]any
	if err := json.Unmarshal([]byte(cards), &list); err != nil {
		return "", errors.Wrap(err, "read the contact cards")
	}
	var names []string
	for _, card := range list {
		if name, ok := card["name"].(map[string]any); ok {
			names = append(names, fmt.Sprint(name["formatted_name"]))
		}
	}
	return p.send(inbound{fields: map[string]any{"type": "contacts", "contacts": list}, show: Message{Text: joinLines(names...)}, opens: true})
}

// React adds an emoji to a message.
func (p *Phone) React(wamid, emoji string) (string, error) {
	return p.react(wamid, emoji, map[string]any{"message_id": wamid, "emoji": emoji})
}

// Unreact removes the emoji. The webhook then contains an empty emoji.
func (p *Phone) Unreact(wamid string) (string, error) {
	return p.react(wamid, "", map[string]any{"message_id": wamid, "emoji": ""})
}

func (p *Phone) react(wamid, emoji string, node map[string]any) (string, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.onPhone(wamid)
	if m == nil {
		return "", errors.Errorf("no message %s is on this phone", wamid)
	}
	react(m, "customer", emoji)
	return p.On(m.PhoneNumberID).sendLocked(inbound{fields: map[string]any{"type": "reaction", "reaction": node}, show: Message{Text: emoji, Reacts: wamid}, opens: true})
}

// Edit changes the text of a message that the customer sent.
func (p *Phone) Edit(wamid, text string) (string, error) {
	return p.change(wamid, func(m *Message) map[string]any {
		m.Edited, m.Text = true, text
		return map[string]any{"type": "edit", "edit": map[string]any{"original_message_id": wamid, "message": textFields(text)}}
	})
}

// Revoke deletes a message that the customer sent.
func (p *Phone) Revoke(wamid string) (string, error) {
	return p.change(wamid, func(m *Message) map[string]any {
		m.Revoked, m.Text = true, ""
		return map[string]any{"type": "revoke", "revoke": map[string]any{"original_message_id": wamid}}
	})
}

func (p *Phone) change(wamid string, f func(*Message) map[string]any) (string, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.onPhone(wamid)
	if m == nil || !m.Inbound {
		return "", errors.Errorf("this phone sent no message %s", wamid)
	}
	return p.On(m.PhoneNumberID).sendLocked(inbound{fields: f(m)})
}

// SendUnsupported sends a message that the API cannot show. kind, such as poll_update, may be empty. Replace sends the real message later.
func (p *Phone) SendUnsupported(kind string) (string, error) {
	fields := map[string]any{"type": "unsupported", "errors": []any{map[string]any{
		"code": 131051, "title": "Message type unknown", "message": "Message type unknown",
		"error_data": map[string]any{"details": "Message type is currently not supported."},
	}}}
	if kind != "" {
		fields["unsupported"] = map[string]any{"type": kind}
	}
	return p.send(inbound{fields: fields, opens: true})
}

// Replace sends a text with the wamid of an earlier message. Meta was seen to do this after an unsupported message that did not really
// exist.
func (p *Phone) Replace(wamid, text string) (string, error) {
	fields := textFields(text)
	fields["id"] = wamid
	return p.send(inbound{fields: fields, show: Message{Text: text}, opens: true})
}

// SendOrder sends an order from a catalogue.
func (p *Phone) SendOrder(o Order) (string, error) {
	return p.send(inbound{fields: map[string]any{"type": "order", "order": o}, show: Message{Text: o.Text}, opens: true})
}

// ReplyFromAd sends a text that originates from an ad or post.
func (p *Phone) ReplyFromAd(text string, r Referral) (string, error) {
	fields := textFields(text)
	fields["referral"] = r
	return p.send(inbound{fields: fields, show: Message{Text: text}, opens: true})
}

// Forward sends a text marked as forwarded.
func (p *Phone) Forward(text string) (string, error) {
	fields := textFields(text)
	fields["context"] = map[string]any{"forwarded": true}
	return p.send(inbound{fields: fields, show: Message{Text: text}, opens: true})
}

// Welcome opens the chat for the first time (request_welcome).
func (p *Phone) Welcome() (string, error) {
	return p.send(inbound{fields: map[string]any{"type": "request_welcome"}, opens: true})
}

// ChangeNumber moves the person and the chat to a new number with a new BSUID, and tells the business with a system message.
func (p *Phone) ChangeNumber(number string) (string, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	s, c := p.s, p.c
	key := canonical(onlyDigits(number))
	if key == "" || s.customers[key] != nil {
		return "", errors.New("the new number is empty or belongs to somebody")
	}
	business, before, oldID, oldKey := s.partner(p), c.WaID(), c.BSUID, c.key
	delete(s.customers, oldKey)
	for i, k := range s.customerOrder {
		if k == oldKey {
			s.customerOrder[i] = key
		}
	}
	delete(s.bsuids, oldID)
	c.Number, c.key, c.BSUID = onlyDigits(number), key, countryPrefix(key)+"."+s.digits(16)
	s.customers[key], s.bsuids[c.BSUID] = c, c
	for _, m := range s.messages {
		if canonical(m.Customer) == oldKey {
			m.Customer = c.Number
		}
	}
	system := map[string]any{"type": "user_changed_number", "body": fmt.Sprintf("User %s changed from %s to %s", c.Name, before, c.WaID())}
	fields := map[string]any{"type": "system", "system": system}
	if !c.HideNumber {
		system["wa_id"], system["new_wa_id"], fields["from"] = c.WaID(), c.WaID(), before
	}
	if !c.HideBSUID {
		system["user_id"], system["previous_user_id"], fields["from_user_id"] = c.BSUID, oldID, oldID
	}
	return p.On(business).sendLocked(inbound{fields: fields, system: true})
}

// StopMarketing makes the person refuse marketing from the business number from now on.
func (p *Phone) StopMarketing() error { return p.preference(true, "stop") }

// ResumeMarketing makes the person accept marketing again.
func (p *Phone) ResumeMarketing() error { return p.preference(false, "resume") }

func (p *Phone) preference(stopped bool, word string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	n := p.s.numbers[p.s.partner(p)]
	if n == nil {
		return errors.New("there is no such business number to write to")
	}
	p.c.NoMarketing = stopped
	preference := map[string]any{"detail": "User requested to " + word + " marketing messages", "category": "marketing_messages", "value": word, "timestamp": p.s.now().Unix()}
	if !p.c.HideNumber {
		preference["wa_id"] = p.c.WaID()
	}
	if !p.c.HideBSUID {
		preference["user_id"] = p.c.BSUID
	}
	p.s.emit(update{wabaID: n.WABAID, field: "user_preferences", lane: n.ID + p.c.key, value: map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          map[string]any{"display_phone_number": onlyDigits(n.Display), "phone_number_id": n.ID},
		"contacts":          []any{p.c.contact()}, "user_preferences": []any{preference},
	}})
	return nil
}
