package whatsapp

import (
	"context"
	"encoding/json"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Sent is Meta's word that it took a message; a failed status may still follow.
type Sent struct {
	// MessageID is the wamid.
	MessageID string
	// WAID is the number as WhatsApp knows it: it may differ from the one dialled in a ninth digit. "" for a BSUID.
	WAID string
	// UserID is the BSUID, where Meta gives it.
	UserID string
	// MessageStatus is accepted, held_for_quality_assessment or paused; "" for free-form messages.
	MessageStatus string
}

// maxCallbackData is Meta's limit for biz_opaque_callback_data, in characters.
const maxCallbackData = 512

// Send sends one message. There is no idempotency key: on an error ask Classify before sending again.
func (c *Client) Send(ctx context.Context, cred Credentials, out Outgoing) (Sent, error) {
	body, err := out.encode()
	if err != nil {
		return Sent{}, &RequestError{Err: err}
	}
	if cred.PhoneNumberID == "" {
		return Sent{}, &RequestError{Err: errors.New("no phone number id")}
	}
	k := post(c.endpoint(nil, cred.PhoneNumberID, "messages"), body)
	answer, err := c.do(ctx, cred, k)
	if err != nil {
		return Sent{}, err
	}
	var sent Sent
	for _, message := range answer.at("messages").list() {
		sent.MessageID, sent.MessageStatus = message.str("id"), message.str("message_status")
		break
	}
	for _, contact := range answer.at("contacts").list() {
		sent.WAID, sent.UserID = contact.str("wa_id"), contact.str("user_id")
		break
	}
	if sent.MessageID == "" {
		return Sent{}, &TransportError{Left: true, HTTPStatus: 200, Err: errors.New("answer names no message")}
	}
	return sent, nil
}

// MarkRead shows the customer that a message of theirs was read, and with typing that an answer is being written (for 25
// seconds at most).
func (c *Client) MarkRead(ctx context.Context, cred Credentials, wamid string, typing bool) error {
	if wamid == "" || cred.PhoneNumberID == "" {
		return &RequestError{Err: errors.New("no message id or phone number id")}
	}
	payload := map[string]any{"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
	if typing {
		payload["typing_indicator"] = map[string]string{"type": "text"}
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return &RequestError{Err: errors.Wrap(err, "encode")}
	}
	k := post(c.endpoint(nil, cred.PhoneNumberID, "messages"), body)
	k.harmless = true
	_, err = c.do(ctx, cred, k)
	return err
}

// wire is the JSON of POST /{phone-number-id}/messages.
type wire struct {
	Product       string           `json:"messaging_product"`
	RecipientType string           `json:"recipient_type"`
	To            string           `json:"to,omitempty"`
	Recipient     string           `json:"recipient,omitempty"`
	Context       *wireContext     `json:"context,omitempty"`
	Type          string           `json:"type"`
	Text          *Text            `json:"text,omitempty"`
	Template      *TemplateMessage `json:"template,omitempty"`
	Image         *MediaRef        `json:"image,omitempty"`
	Video         *MediaRef        `json:"video,omitempty"`
	Audio         *MediaRef        `json:"audio,omitempty"`
	Document      *MediaRef        `json:"document,omitempty"`
	Sticker       *MediaRef        `json:"sticker,omitempty"`
	Reaction      *Reaction        `json:"reaction,omitempty"`
	Location      *Location        `json:"location,omitempty"`
	Contacts      []ContactCard    `json:"contacts,omitempty"`
	Interactive   *Interactive     `json:"interactive,omitempty"`
	CallbackData  string           `json:"biz_opaque_callback_data,omitempty"`
}

type wireContext struct {
	MessageID string `json:"message_id"`
}

// encode writes the message as Meta takes it.
func (o Outgoing) encode() ([]byte, error) {
	w := wire{
		Product: "whatsapp", RecipientType: "individual", To: dialled(o.To), Recipient: o.Recipient, Type: o.Type,
		CallbackData: o.CallbackData,
	}
	if w.To == "" && w.Recipient == "" {
		return nil, errors.New("message without recipient")
	}
	if utf8.RuneCountInString(o.CallbackData) > maxCallbackData {
		return nil, errors.New("callback data too long")
	}
	if o.ReplyTo != "" {
		w.Context = &wireContext{MessageID: o.ReplyTo}
	}
	contents := map[string]bool{
		TypeText: o.Text != nil, TypeTemplate: o.Template != nil, TypeReaction: o.Reaction != nil, TypeLocation: o.Location != nil,
		TypeContacts: len(o.Contacts) > 0, TypeInteractive: o.Interactive != nil,
	}
	count := 0
	for kind, set := range contents {
		if set {
			count++
			if w.Type == "" {
				w.Type = kind
			}
		}
	}
	if o.Media != nil {
		count++
	}
	if count != 1 {
		return nil, errors.New("message needs exactly one content")
	}
	w.Text, w.Template, w.Reaction, w.Location = o.Text, o.Template, o.Reaction, o.Location
	w.Contacts, w.Interactive = o.Contacts, o.Interactive
	if !contents[w.Type] && !w.setMedia(o.Media) {
		return nil, errors.Errorf("no content of type %q", w.Type)
	}
	body, err := json.Marshal(w)
	return body, errors.Wrap(err, "encode message")
}

// setMedia puts a file under the name of its type.
func (w *wire) setMedia(media *MediaRef) bool {
	slots := map[string]**MediaRef{
		TypeImage: &w.Image, TypeVideo: &w.Video, TypeAudio: &w.Audio, TypeDocument: &w.Document, TypeSticker: &w.Sticker,
	}
	slot := slots[w.Type]
	if slot == nil || media == nil {
		return false
	}
	*slot = media
	return true
}

// dialled writes a number as "+" and digits: without the plus Meta may put the business number's own country in front.
func dialled(phone string) string {
	if number := domain.Digits(phone); number != "" {
		return "+" + number
	}
	return ""
}
