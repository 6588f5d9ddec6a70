package whatsapp

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// The types of a Question. The REST API uses these words.
const (
	AskButtons  = "buttons"
	AskList     = "list"
	AskLink     = "cta_url"
	AskLocation = "location_request"
	AskPhone    = "phone_request"
)

// Question is an interactive message in the words of those who ask: it is answered by a tap, a place, or the
// customer's number.
type Question struct {
	Type     string // one of the constants above
	Body     string // with WhatsApp's marks
	Header   string // "" = none; not of AskLocation and AskPhone
	Footer   string // the same
	Buttons  []InteractiveID
	Button   string // what is written on the button that opens the list or the link
	Sections []InteractiveSection
	URL      string
}

// Meta's limits, in characters where nothing else is said.
const (
	maxQuestionBody = 1024
	maxListBody     = 4096
	maxQuestionLine = 60 // header and footer
	maxButtons      = 3
	maxButtonTitle  = 20
	maxButtonID     = 256
	maxSections     = 10
	maxRows         = 10 // of all sections together
	maxRowTitle     = 24 // of a section too
	maxRowText      = 72
	maxRowID        = 200
	maxLink         = 2000
)

// Meta's names.
const (
	metaButtons  = "button"
	metaList     = "list"
	metaLink     = "cta_url"
	metaLocation = "location_request_message"
	metaPhone    = "request_contact_info"
	sendLocation = "send_location"
)

// Build returns the question as Meta takes it, and what Meta would refuse of it, by field.
func (q *Question) Build() (*Interactive, map[string]domain.Text) {
	wrong := problems{}
	out := &Interactive{Body: &InteractiveText{Text: q.Body}}
	longest := maxQuestionBody
	if q.Type == AskList {
		longest = maxListBody
	}
	wrong.body(q.Body, longest)
	switch q.Type {
	case AskButtons:
		out.Type = metaButtons
		wrong.buttons(q.Buttons)
		for _, b := range q.Buttons {
			out.Action.Buttons = append(out.Action.Buttons, InteractiveButton{Type: "reply", Reply: b})
		}
	case AskList:
		out.Type, out.Action = metaList, InteractiveAction{Button: q.Button, Sections: q.Sections}
		wrong.line("button", q.Button, maxButtonTitle, true)
		wrong.sections(q.Sections)
	case AskLink:
		out.Type, out.Action = metaLink, InteractiveAction{Name: metaLink, Parameters: map[string]any{"display_text": q.Button, "url": q.URL}}
		wrong.line("button", q.Button, maxButtonTitle, true)
		wrong.link(q.URL)
	case AskLocation:
		out.Type, out.Action = metaLocation, InteractiveAction{Name: sendLocation}
	case AskPhone:
		out.Type, out.Action = metaPhone, InteractiveAction{Name: metaPhone}
	default:
		wrong["type"] = domain.T("ask.type")
		return out, wrong
	}
	if q.Header != "" {
		out.Header = &InteractiveHeader{Type: "text", Text: q.Header}
	}
	if q.Footer != "" {
		out.Footer = &InteractiveText{Text: q.Footer}
	}
	wrong.line("header", q.Header, maxQuestionLine, false)
	wrong.line("footer", q.Footer, maxQuestionLine, false)
	wrong.foreign(q)
	return out, wrong
}

// Question returns what Build made the message of; false if it says more than that, or what Meta would refuse.
func (i *Interactive) Question() (Question, bool) {
	if i == nil || i.Body == nil || i.Header != nil && i.Header.Type != "text" {
		return Question{}, false
	}
	q := Question{Body: i.Body.Text, Button: i.Action.Button, Sections: i.Action.Sections}
	if i.Header != nil {
		q.Header = i.Header.Text
	}
	if i.Footer != nil {
		q.Footer = i.Footer.Text
	}
	switch i.Type {
	case metaButtons:
		q.Type = AskButtons
		for _, b := range i.Action.Buttons {
			q.Buttons = append(q.Buttons, b.Reply)
		}
	case metaList:
		q.Type = AskList
	case metaLink:
		q.Type = AskLink
		q.Button, _ = i.Action.Parameters["display_text"].(string)
		q.URL, _ = i.Action.Parameters["url"].(string)
	case metaLocation:
		q.Type = AskLocation
	case metaPhone:
		q.Type = AskPhone
	}
	_, wrong := q.Build()
	return q, len(wrong) == 0
}

// problems are what is wrong with a question, by field.
type problems map[string]domain.Text

func (p problems) body(text string, longest int) {
	switch n := utf8.RuneCountInString(text); {
	case strings.TrimSpace(text) == "":
		p["body"] = domain.T("ask.required")
	case n > longest:
		p["body"] = domain.T("ask.too_long", "Max", longest, "Length", n)
	}
}

// line checks a text of one line.
func (p problems) line(field, text string, longest int, must bool) {
	switch n := utf8.RuneCountInString(text); {
	case must && strings.TrimSpace(text) == "":
		p[field] = domain.T("ask.required")
	case n > longest:
		p[field] = domain.T("ask.too_long", "Max", longest, "Length", n)
	case strings.ContainsFunc(text, domain.UnsafeInLine):
		p[field] = domain.T("ask.characters")
	}
}

func (p problems) buttons(buttons []InteractiveID) {
	if len(buttons) < 1 || len(buttons) > maxButtons {
		p["buttons"] = domain.T("ask.buttons", "Max", maxButtons)
	}
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, b := range buttons {
		p.line("buttons", b.ID, maxButtonID, true)
		p.line("buttons", b.Title, maxButtonTitle, true)
		if ids[b.ID] || titles[b.Title] {
			p["buttons"] = domain.T("ask.twice", "Title", b.Title)
		}
		ids[b.ID], titles[b.Title] = true, true
	}
}

func (p problems) sections(sections []InteractiveSection) {
	if len(sections) < 1 || len(sections) > maxSections {
		p["sections"] = domain.T("ask.sections", "Max", maxSections)
	}
	rows, ids := 0, map[string]bool{}
	for _, section := range sections {
		p.line("sections", section.Title, maxRowTitle, len(sections) > 1)
		if len(section.Rows) == 0 {
			p["sections"] = domain.T("ask.rows", "Max", maxRows)
		}
		for _, row := range section.Rows {
			rows++
			p.line("sections", row.ID, maxRowID, true)
			p.line("sections", row.Title, maxRowTitle, true)
			p.line("sections", row.Description, maxRowText, false)
			if ids[row.ID] {
				p["sections"] = domain.T("ask.twice", "Title", row.Title)
			}
			ids[row.ID] = true
		}
	}
	if rows > maxRows {
		p["sections"] = domain.T("ask.rows", "Max", maxRows)
	}
}

func (p problems) link(link string) {
	to, err := url.Parse(link)
	if err != nil || to.Host == "" || to.Scheme != "https" && to.Scheme != "http" || len(link) > maxLink || strings.ContainsFunc(link, domain.UnsafeInLine) {
		p["url"] = domain.T("ask.url")
	}
}

// foreign refuses what a question of this type does not have, so that nothing that somebody gave is left out in silence.
func (p problems) foreign(q *Question) {
	for field, of := range map[string]struct {
		given bool
		types []string
	}{
		"header":   {q.Header != "", []string{AskButtons, AskList, AskLink}},
		"footer":   {q.Footer != "", []string{AskButtons, AskList, AskLink}},
		"buttons":  {len(q.Buttons) > 0, []string{AskButtons}},
		"button":   {q.Button != "", []string{AskList, AskLink}},
		"sections": {len(q.Sections) > 0, []string{AskList}},
		"url":      {q.URL != "", []string{AskLink}},
	} {
		if of.given && !slices.Contains(of.types, q.Type) {
			p[field] = domain.T("ask.foreign")
		}
	}
}
