package whatsapp

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
