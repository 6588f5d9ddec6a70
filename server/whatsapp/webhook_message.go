package whatsapp

import (
	"encoding/json"
)

// Types of received messages that are never sent; the others are those of Outgoing.
const (
	TypeButton         = "button"
	TypeOrder          = "order"
	TypeSystem         = "system"
	TypeUnsupported    = "unsupported"
	TypeUnknown        = "unknown"
	TypeEdit           = "edit"
	TypeRevoke         = "revoke"
	TypeRequestWelcome = "request_welcome"
	TypeCall           = "call" // our own name: to Meta a voice call is no message
)

// Message is a received message. Type says which content field is set. A message of an unknown type has none; Raw always
// holds everything.
type Message struct {
	ID               string // wamid
	From             string // the sender's wa_id, digits; may be missing
	FromUserID       string // the sender's BSUID; may be missing
	FromParentUserID string
	To               string // echoes only: the customer
	ToUserID         string // echoes only
	GroupID          string
	Timestamp        int64 // milliseconds since epoch, Meta's; 0 if there is none
	Type             string

	Context  *MessageContext
	Referral *Referral
	Errors   []MessageError // may stand beside any content, e.g. a media file Meta could not fetch

	Text        *Text
	Media       *MediaContent // image, video, audio, document, sticker
	Location    *Location
	Contacts    []ContactCard
	Origin      string // of Contacts: contact_request = the customer was asked for their number and shares it
	Button      *ButtonReply
	Interactive *InteractiveReply
	Reaction    *Reaction
	Order       *Order
	System      *SystemEvent
	Unsupported string // the kind of message that WhatsApp does not pass on, such as "poll_update"
	Edit        *Edit
	Revokes     string // the wamid of the message that the customer deleted

	Raw json.RawMessage
}

// MessageContext says what a message refers to.
type MessageContext struct {
	From                string
	ID                  string // wamid of the message replied to
	Forwarded           bool
	FrequentlyForwarded bool
	CatalogID           string
	ProductRetailerID   string
}

// Referral is the advertisement or post that the customer came from.
type Referral struct {
	SourceURL, SourceID, SourceType           string // SourceType: ad or post
	Headline, Body, MediaType                 string
	ImageURL, VideoURL, ThumbnailURL, ClickID string
	Welcome                                   string
}

// MessageError is one entry of an errors list.
type MessageError struct {
	Code    int    `json:"code"`
	Title   string `json:"title,omitempty"`
	Message string `json:"message,omitempty"`
	Details string `json:"details,omitempty"`
	Href    string `json:"href,omitempty"`
}

// MediaContent is a received file. URL, when there, is valid for 5 minutes; the ID for 7 days.
type MediaContent struct {
	ID       string
	MimeType string
	SHA256   string // base64
	Caption  string
	Filename string
	URL      string
	Voice    bool // audio recorded in WhatsApp
	Animated bool // sticker
}

// ButtonReply is a tap on a quick-reply button of a template.
type ButtonReply struct{ Text, Payload string }

// InteractiveReply is the answer to an interactive message.
type InteractiveReply struct {
	Type        string // button_reply, list_reply, nfm_reply, call_permission_reply, or newer
	ID          string // button_reply, list_reply
	Title       string // button_reply, list_reply
	Description string // list_reply
	Name        string // nfm_reply
	Body        string // nfm_reply
	// Response holds the answers of a flow; nil where response_json is missing or broken, ResponseRaw then has the text.
	Response    map[string]any
	ResponseRaw string
	// CallPermission is the answer to a call permission request: accept or reject.
	CallPermission string
}

// IsChoice reports whether the customer tapped a button or chose a row of a message that an agent sent.
func (r *InteractiveReply) IsChoice() bool {
	return r != nil && (r.Type == "button_reply" || r.Type == "list_reply")
}

// Order is a shopping cart.
type Order struct {
	CatalogID string
	Text      string
	Items     []OrderItem
}

// OrderItem is one line of an Order. ItemPrice is a decimal number of the currency's main unit.
type OrderItem struct {
	ProductRetailerID string
	Quantity          float64
	ItemPrice         float64
	Currency          string
}

// SystemEvent is a change on the customer's side, such as a new number; they wrote nothing.
type SystemEvent struct {
	Type                 string // user_changed_number, user_changed_user_id, customer_identity_changed, or newer
	Body                 string
	NewWaID              string // the number from now on
	UserID               string // the BSUID from now on
	PreviousUserID       string
	ParentUserID         string
	PreviousParentUserID string
}

// Edit is a new version of an earlier message.
type Edit struct {
	OriginalID string
	Message    *Message // content only
}

// OpensWindow says whether the message opens or extends the 24-hour window. Everything a customer sends does, except a
// change of their number, an edit, a deletion and the removal of a reaction.
func (m Message) OpensWindow() bool {
	switch m.Type {
	case TypeSystem, TypeEdit, TypeRevoke:
		return false
	case TypeReaction:
		return m.Reaction == nil || !m.Reaction.Removed()
	}
	return true
}

// IsPlaceholder says that WhatsApp could not pass the message on. The real message may follow with the same id.
func (m Message) IsPlaceholder() bool { return isPlaceholder(m.Type) }

func isPlaceholder(messageType string) bool {
	return messageType == TypeUnsupported || messageType == TypeUnknown
}
