package whatsapp

// Outgoing is one message to one person. Exactly one content field must be set, the one that Type names. Type may be empty
// except for Media: then it follows from the content.
type Outgoing struct {
	// To is the phone number with country code, however punctuated; it is sent as "+" and digits.
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

// InteractiveAction is what the customer can tap: Buttons in a button message, Button and Sections in a list, Name and
// Parameters in all others.
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

// InteractiveID is a reply that the customer can choose: Title is shown on the button (20 characters), ID comes back in
// their answer (256 characters).
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
