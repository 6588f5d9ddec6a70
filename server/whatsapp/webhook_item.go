package whatsapp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

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
	KindOther      Kind = "other"      // anything else; Data holds it
	KindInvalid    Kind = "invalid"    // cannot be understood, Reason says why
)

// Item is one message, status or other change of a webhook delivery. It is stored as JSON on its own and read back.
type Item struct {
	Kind Kind `json:"kind"`
	// Field is the webhook field, such as "messages".
	Field string `json:"field,omitempty"`
	// WABAID is the id of the entry, the business account; changes of templates and accounts are routed by it.
	WABAID string `json:"waba_id,omitempty"`
	// PhoneNumberID is Meta's id of our number, "" for fields that have none.
	PhoneNumberID string `json:"phone_number_id,omitempty"`
	// DisplayPhone is our number as Meta prints it.
	DisplayPhone string `json:"display_phone,omitempty"`
	// Timestamp is Meta's, in milliseconds since epoch; 0 if there is none.
	Timestamp int64 `json:"timestamp,omitempty"`
	// Key is the same whenever Meta delivers the same again: "m:<wamid>" for a message, "u:<wamid>" for an unsupported
	// placeholder, "s:<wamid>:<status>" for a status, "e:<wamid>" for an echo, else a hash of the content. It has 200 bytes
	// at most.
	Key string `json:"key"`
	// Peer names the lane whose order must be kept: for a message the digits of the number, else the BSUID; for a status
	// the wamid.
	Peer string `json:"peer,omitempty"`
	// Contact is the customer, as far as the delivery names them.
	Contact Contact `json:"contact,omitzero"`
	// Data is the message, status or other element as Meta sent it.
	Data json.RawMessage `json:"data,omitempty"`
	// Reason says why a KindInvalid cannot be understood.
	Reason string `json:"reason,omitempty"`
}

// Contact is a customer as a delivery names them; any part may be missing.
type Contact struct {
	Name         string `json:"name,omitempty"` // profile name, chosen by the customer
	WaID         string `json:"wa_id,omitempty"`
	UserID       string `json:"user_id,omitempty"` // BSUID
	ParentUserID string `json:"parent_user_id,omitempty"`
	Username     string `json:"username,omitempty"`
}

// maxID is how many bytes of an id are kept, so that keys and lanes fit into a database index whatever Meta sends.
const maxID = 190

// newItem makes the item of one element of a list; base holds what the change and its entry say.
func newItem(base Item, kind Kind, raw json.RawMessage, people contactIndex) Item {
	item := base
	item.Kind, item.Data = kind, raw
	element := validNode(raw)
	if !element.isObject() {
		return invalidItem(base, raw, string(kind)+" is not an object")
	}
	if at := element.millis("timestamp"); at != 0 {
		item.Timestamp = at
	}
	switch kind {
	case KindMessage:
		return messageItem(base, item, element, people)
	case KindStatus:
		return statusItem(base, item, element, people)
	case KindEcho:
		return echoItem(base, item, element, people)
	case KindPreference:
		item.Contact = people.find(element.str("wa_id"), element.str("user_id"))
	case KindCall:
		customer := element.str("from")
		if customer == "" || customer == domain.Digits(base.DisplayPhone) {
			customer = element.firstStr("to", "recipient_id")
		}
		item.Contact = people.find(customer, element.firstStr("from_user_id", "to_user_id", "recipient_user_id"))
	}
	item.Key = contentKey(item)
	return item
}

func messageItem(base, item Item, element node, people contactIndex) Item {
	id := element.str("id")
	if id == "" {
		return invalidItem(base, item.Data, "message without id")
	}
	phone, userID := sender(element)
	item.Contact = people.find(phone, userID)
	if phone == "" && userID == "" {
		phone, userID = item.Contact.WaID, item.Contact.UserID
	}
	if phone == "" && userID == "" {
		return invalidItem(base, item.Data, "message without sender")
	}
	item.Peer = peer(phone, userID, item.Contact)
	item.Key = "m:" + boundedID(id)
	if isPlaceholder(element.str("type")) {
		item.Key = "u:" + boundedID(id)
	}
	return item
}

// peer names the person of an item. The number comes first: the user id may be in some of a person's deliveries only, and
// all deliveries of one person must share one lane to keep their order.
func peer(phone, userID string, contact Contact) string {
	return boundedID(firstOf(domain.Digits(phone), domain.Digits(contact.WaID), phone, userID, contact.UserID))
}

// sender is the number and the user id of the customer who wrote a message. A system message may name them only in its
// content; then the ids that we may already know come before the new ones.
func sender(element node) (phone, userID string) {
	phone, userID = element.str("from"), element.str("from_user_id")
	if phone == "" && userID == "" && element.str("type") == TypeSystem {
		system := element.at("system")
		userID = system.firstStr("previous_user_id", "user_id")
		phone = system.firstStr("wa_id", "new_wa_id")
	}
	return phone, userID
}

func statusItem(base, item Item, element node, people contactIndex) Item {
	id, status := element.str("id"), strings.ToLower(element.str("status"))
	if id == "" {
		return invalidItem(base, item.Data, "status without message id")
	}
	if status == "" {
		return invalidItem(base, item.Data, "status without a word")
	}
	item.Peer = boundedID(id)
	item.Contact = people.find(element.str("recipient_id"), element.str("recipient_user_id"))
	item.Key = "s:" + boundedID(id+":"+status)
	return item
}

func echoItem(base, item Item, element node, people contactIndex) Item {
	id := element.str("id")
	if id == "" {
		return invalidItem(base, item.Data, "echo without id")
	}
	phone, userID := element.str("to"), element.str("to_user_id")
	item.Contact = people.find(phone, userID)
	item.Peer = peer(phone, userID, item.Contact)
	item.Key = "e:" + boundedID(id)
	return item
}

// invalidItem makes a KindInvalid. itemList gives it its key, because that costs more than the rest and not all are kept.
func invalidItem(base Item, raw json.RawMessage, reason string) Item {
	item := base
	item.Kind, item.Data, item.Reason = KindInvalid, raw, reason
	return item
}

// contentKey is the key of an item without an id: a hash over the content and the time of the entry.
func contentKey(item Item) string {
	content := string(item.Data)
	if n, err := parseNode(item.Data); err == nil {
		content = string(n.raw()) // members sorted, white space gone
	}
	at := strconv.FormatInt(item.Timestamp, 10)
	return "h:" + hash(strings.Join([]string{string(item.Kind), item.Field, item.WABAID, item.PhoneNumberID, at, content}, "\x00"))
}

// boundedID replaces an id that is too long for an index, or has control characters, by its hash.
func boundedID(id string) string {
	if len(id) <= maxID && strings.IndexFunc(id, unicode.IsControl) < 0 {
		return id
	}
	return "#" + hash(id)
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
