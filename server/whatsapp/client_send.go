package whatsapp

import (
	"context"
	"encoding/json"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Sent is Meta's confirmation that it accepted a message; a failed status may still follow.
type Sent struct {
	// MessageID is the wamid.
	MessageID string
	// WAID is the number as WhatsApp knows it, which may lack a Brazilian number's ninth digit; "" for a BSUID.
	WAID string
	// UserID is the BSUID; "" where Meta does not give it.
	UserID string
	// MessageStatus is accepted, held_for_quality_assessment or paused; "" for free-form messages.
	MessageStatus string
}

// Held reports that Meta accepted the template but holds it back, to watch how the first customers take it. A status
// tells later whether it went out.
func (s Sent) Held() bool {
	return s.MessageStatus == "held_for_quality_assessment" || s.MessageStatus == "paused"
}

// maxCallbackData is Meta's limit for biz_opaque_callback_data, in characters.
const maxCallbackData = 512

// Send sends one message. Meta has no idempotency key: after an error let Classify decide whether to send again.
func (c *Client) Send(ctx context.Context, cred Credentials, out Outgoing) (Sent, error) {
	body, err := out.encode()
	if err != nil {
		return Sent{}, &RequestError{Err: err}
	}
	if cred.PhoneNumberID == "" {
		return Sent{}, &RequestError{Err: errors.New("no phone number id")}
	}
	call := post(c.endpoint(nil, cred.PhoneNumberID, "messages"), body)
	answer, err := c.do(ctx, cred, call)
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

// MarkRead shows the customer that their message was read and, with typing, that an answer is being written. WhatsApp
// shows the latter for 25 seconds at most.
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
	call := post(c.endpoint(nil, cred.PhoneNumberID, "messages"), body)
	call.repeatable = true
	_, err = c.do(ctx, cred, call)
	return err
}

// sendBody is the JSON body of POST /{phone-number-id}/messages.
type sendBody struct {
	Product       string           `json:"messaging_product"`
	RecipientType string           `json:"recipient_type"`
	To            string           `json:"to,omitempty"`
	Recipient     string           `json:"recipient,omitempty"`
	Context       *sendContext     `json:"context,omitempty"`
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

type sendContext struct {
	MessageID string `json:"message_id"`
}

// encode writes the message as the JSON that Meta expects; an error says what is missing or too long.
func (o Outgoing) encode() ([]byte, error) {
	w := sendBody{
		Product: "whatsapp", RecipientType: "individual", To: withPlus(o.To), Recipient: o.Recipient, Type: o.Type,
		CallbackData: o.CallbackData,
	}
	if w.To == "" && w.Recipient == "" {
		return nil, errors.New("message without recipient")
	}
	if utf8.RuneCountInString(o.CallbackData) > maxCallbackData {
		return nil, errors.New("callback data too long")
	}
	if o.ReplyTo != "" {
		w.Context = &sendContext{MessageID: o.ReplyTo}
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

// setMedia puts the file under the name of the message's type; false where there is none or the type is no file.
func (w *sendBody) setMedia(media *MediaRef) bool {
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

// withPlus writes a number as "+" and digits. Without the plus Meta may prepend the country code of the business number.
func withPlus(phone string) string {
	if number := domain.Digits(phone); number != "" {
		return "+" + number
	}
	return ""
}
