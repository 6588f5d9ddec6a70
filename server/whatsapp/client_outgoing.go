package whatsapp

// Types of an outgoing message, as Meta names them.
const (
	TypeText        = "text"
	TypeTemplate    = "template"
	TypeImage       = "image"
	TypeVideo       = "video"
	TypeAudio       = "audio"
	TypeDocument    = "document"
	TypeSticker     = "sticker"
	TypeLocation    = "location"
	TypeContacts    = "contacts"
	TypeReaction    = "reaction"
	TypeInteractive = "interactive"
)

// Outgoing is one message to one person. Exactly one content field is set, the one that Type names; an empty Type is
// taken from the content (but a Media needs its Type).
type Outgoing struct {
	// To is the phone number in any punctuation, with country code; it is sent as "+" and digits.
	To string
	// Recipient is the business-scoped user id (BSUID). With both set Meta uses To.
	Recipient string
	// Type is one of the Type constants.
	Type string

	Text        *Text
	Template    *TemplateMessage
	Media       *MediaRef // for image, video, audio, document, sticker
	Reaction    *Reaction
	Location    *Location
	Contacts    []ContactCard
	Interactive *Interactive

	// ReplyTo is the wamid that this message quotes, "" for none.
	ReplyTo string
	// CallbackData comes back in every status of this message (biz_opaque_callback_data), 512 characters at most.
	CallbackData string
}

// Text is a free-form text of up to 4096 characters.
type Text struct {
	Body       string `json:"body"`
	PreviewURL bool   `json:"preview_url"`
}

// MediaRef names a file by the id of an upload, or by a public link.
type MediaRef struct {
	ID       string `json:"id,omitempty"`
	Link     string `json:"link,omitempty"`
	Caption  string `json:"caption,omitempty"`
	Filename string `json:"filename,omitempty"` // documents only
	Voice    bool   `json:"voice,omitempty"`    // audio only: shown as a voice note
}

// Reaction is an emoji on an earlier message. An empty Emoji takes the reaction away, in both directions.
type Reaction struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"`
}

// Removed says that the reaction was taken away.
func (r Reaction) Removed() bool { return r.Emoji == "" }

// Location is a place, in degrees. URL is only in received ones.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
	URL       string  `json:"url,omitempty"`
}

// ContactCard is a contact shared in a message, sent or received. Every part may be missing in a received one.
type ContactCard struct {
	Name      ContactName      `json:"name"`
	Birthday  string           `json:"birthday,omitempty"` // YYYY-MM-DD
	Phones    []ContactPhone   `json:"phones,omitempty"`
	Emails    []ContactEmail   `json:"emails,omitempty"`
	URLs      []ContactURL     `json:"urls,omitempty"`
	Addresses []ContactAddress `json:"addresses,omitempty"`
	Org       *ContactOrg      `json:"org,omitempty"`
	VCard     string           `json:"vcard,omitempty"` // received only
}

// ContactName is the name on a contact card; Formatted is required when sending.
type ContactName struct {
	Formatted string `json:"formatted_name,omitempty"`
	First     string `json:"first_name,omitempty"`
	Last      string `json:"last_name,omitempty"`
	Middle    string `json:"middle_name,omitempty"`
	Prefix    string `json:"prefix,omitempty"`
	Suffix    string `json:"suffix,omitempty"`
}

// ContactPhone is one number of a contact card; WaID is set when it has WhatsApp.
type ContactPhone struct {
	Phone string `json:"phone,omitempty"`
	Type  string `json:"type,omitempty"`
	WaID  string `json:"wa_id,omitempty"`
}

// ContactEmail is one e-mail address of a contact card.
type ContactEmail struct {
	Email string `json:"email,omitempty"`
	Type  string `json:"type,omitempty"`
}

// ContactURL is one web address of a contact card.
type ContactURL struct {
	URL  string `json:"url,omitempty"`
	Type string `json:"type,omitempty"`
}

// ContactAddress is one postal address of a contact card.
type ContactAddress struct {
	Street      string `json:"street,omitempty"`
	City        string `json:"city,omitempty"`
	State       string `json:"state,omitempty"`
	Zip         string `json:"zip,omitempty"`
	Country     string `json:"country,omitempty"`
	CountryCode string `json:"country_code,omitempty"`
	Type        string `json:"type,omitempty"`
}

// ContactOrg is the employer on a contact card.
type ContactOrg struct {
	Company    string `json:"company,omitempty"`
	Department string `json:"department,omitempty"`
	Title      string `json:"title,omitempty"`
}

// Interactive is a message with buttons, a list or a link. Type is Meta's: button, list, cta_url, ...
type Interactive struct {
	Type   string             `json:"type"`
	Header *InteractiveHeader `json:"header,omitempty"`
	Body   *InteractiveText   `json:"body,omitempty"`
	Footer *InteractiveText   `json:"footer,omitempty"`
	Action InteractiveAction  `json:"action"`
}

// InteractiveText is the body (1024 characters, of a list 4096) or the footer (60).
type InteractiveText struct {
	Text string `json:"text"`
}

// InteractiveHeader is a text of 60 characters or a file.
type InteractiveHeader struct {
	Type     string    `json:"type"` // text, image, video, document
	Text     string    `json:"text,omitempty"`
	Image    *MediaRef `json:"image,omitempty"`
	Video    *MediaRef `json:"video,omitempty"`
	Document *MediaRef `json:"document,omitempty"`
}

// InteractiveAction is what the customer can tap: Buttons for a button message, Button and Sections for a list, Name and
// Parameters for the others.
type InteractiveAction struct {
	Buttons    []InteractiveButton  `json:"buttons,omitempty"` // 3 at most
	Button     string               `json:"button,omitempty"`  // 20 characters
	Sections   []InteractiveSection `json:"sections,omitempty"`
	Name       string               `json:"name,omitempty"` // such as cta_url
	Parameters map[string]any       `json:"parameters,omitempty"`
}

// InteractiveButton is a reply button.
type InteractiveButton struct {
	Type  string        `json:"type"` // reply
	Reply InteractiveID `json:"reply"`
}

// InteractiveID names a reply: ID comes back in the answer (256 characters), Title is on the button (20).
type InteractiveID struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// InteractiveSection groups rows of a list; 10 rows in all.
type InteractiveSection struct {
	Title string           `json:"title,omitempty"` // 24 characters
	Rows  []InteractiveRow `json:"rows"`
}

// InteractiveRow is a line of a list.
type InteractiveRow struct {
	ID          string `json:"id"`
	Title       string `json:"title"`                 // 24 characters
	Description string `json:"description,omitempty"` // 72 characters
}
