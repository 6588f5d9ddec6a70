package whatsapp

import "encoding/json"

// Kind says what an Item is.
type Kind string

// Kinds of an Item.
const (
	KindMessage    Kind = "message"    // a customer's message, see Item.Message
	KindStatus     Kind = "status"     // what became of a message of ours, see Item.Status
	KindError      Kind = "error"      // an error of the number without a message, see Item.ErrorDetail
	KindTemplate   Kind = "template"   // a change of a template, see Item.TemplateUpdate
	KindAccount    Kind = "account"    // a change of the account or the number, see Item.AccountUpdate
	KindPreference Kind = "preference" // a customer stops or resumes marketing, see Item.Preference
	KindCall       Kind = "call"       // a voice call or its status, see Item.Call
	KindEcho       Kind = "echo"       // sent by our side from the WhatsApp Business app, see Item.Echo
	KindOther      Kind = "other"      // anything else, kept whole in Data
	KindInvalid    Kind = "invalid"    // cannot be understood, Reason says why
)

// Item is one thing a webhook delivery tells: it can be stored as JSON on its own and read back.
type Item struct {
	Kind Kind `json:"kind"`
	// Field is the webhook field, such as "messages".
	Field string `json:"field,omitempty"`
	// WABAID is the id of the entry: templates and accounts are routed by it.
	WABAID string `json:"waba_id,omitempty"`
	// PhoneNumberID is Meta's id of our number, "" for fields that have none.
	PhoneNumberID string `json:"phone_number_id,omitempty"`
	// DisplayPhone is our number as Meta prints it.
	DisplayPhone string `json:"display_phone,omitempty"`
	// Timestamp is Meta's, in milliseconds since epoch; 0 if there is none.
	Timestamp int64 `json:"timestamp,omitempty"`
	// Key is the same for the same thing delivered again: "m:<wamid>", "u:<wamid>" for an unsupported placeholder,
	// "s:<wamid>:<status>", else a hash of the content. 200 bytes at most.
	Key string `json:"key"`
	// Peer is the lane in which order matters: for messages the digits of the number, else the BSUID; for statuses the wamid.
	Peer string `json:"peer,omitempty"`
	// Contact is the customer, as far as the delivery names them.
	Contact Contact `json:"contact,omitzero"`
	// Data is the message, status or other element as Meta sent it.
	Data json.RawMessage `json:"data,omitempty"`
	// Reason says what is wrong with a KindInvalid.
	Reason string `json:"reason,omitempty"`
}

// Contact is a customer as a delivery names them. Any part may be missing.
type Contact struct {
	Name         string `json:"name,omitempty"` // profile name, chosen by the customer
	WaID         string `json:"wa_id,omitempty"`
	UserID       string `json:"user_id,omitempty"` // BSUID
	ParentUserID string `json:"parent_user_id,omitempty"`
	Username     string `json:"username,omitempty"`
}
