package inbound

import (
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// maxPost is how many characters of a customer's message a post shows: the
// server takes 16,383, and a line says how much is missing.
const maxPost = 16_000

// postText writes a customer's message as the text of its post. A file that hangs on the post
// (hangs) needs no name: there is only its caption.
func postText(speaker posting.Localizer, m *whatsapp.Message, hangs bool) string {
	s := ContentOf(m)
	var parts []string
	for _, mark := range s.Marks {
		parts = append(parts, speaker.ForChannel(domain.Text{Data: mark.Data, Key: "mark." + mark.Key}))
	}
	text := s.Detail
	if hangs && Fetchable(m) {
		text = markdown.ToMattermost(m.Media.Caption)
	} else if s.Label != "" {
		data := maps.Clone(s.Data)
		if data == nil {
			data = map[string]any{}
		}
		data["Detail"] = domain.Markdown(s.Detail)
		text = speaker.ForChannel(domain.Text{Data: data, Key: "inbound." + s.Label})
	}
	return truncatePost(speaker, paragraphs(append(parts, text)...))
}

// truncatePost cuts a text that is longer than a post may be, and adds a line that says so.
func truncatePost(speaker posting.Localizer, text string) string {
	n := utf8.RuneCountInString(text)
	if n <= maxPost {
		return text
	}
	kept := string([]rune(text)[:maxPost])
	if strings.Count(kept, "```")%2 == 1 {
		kept += "\n```"
	}
	return kept + "\n\n" + speaker.ForChannel(domain.T("inbound.cut", "Left", n-maxPost))
}

// aboutWAMID returns the id of the earlier message that a message replies to, reacts
// to, changes or deletes; "" = none.
func aboutWAMID(m *whatsapp.Message) string {
	switch {
	case m.Reaction != nil:
		return m.Reaction.MessageID
	case m.Edit != nil:
		return m.Edit.OriginalID
	case m.Revokes != "":
		return m.Revokes
	case m.Context != nil:
		return m.Context.ID
	}
	return ""
}

// changesAnother reports whether a message only changes an earlier one and means
// nothing by itself. If that earlier message is known, it begins no conversation.
func changesAnother(m *whatsapp.Message) bool {
	return m.Reaction != nil || m.Edit != nil || m.Revokes != ""
}

// Content is what a post shows of a customer's message. It is escaped so that nothing
// in it has an effect: no mention notifies anybody, and no link is previewed.
type Content struct {
	// Label is the key of the sentence around Detail, which is needed if Detail alone
	// would not show what kind of message it is; "" for a plain text.
	Label  string
	Detail string // Markdown; in Data and Marks the type of a value says whether it is Markdown
	// Data is what the sentence needs beside Detail.
	Data map[string]any
	// Cards stand in boxes below the text: a place, contacts.
	Cards []Card
	// Marks are lines before the message: forwarded, from an advertisement ...
	Marks []Mark
}

// Card is a box below a post's text.
type Card struct {
	Text string // Markdown
	Map  string // the address of a map; "" = none
}

// Mark is a line that says something about a message: a key and its data.
type Mark struct {
	Key  string
	Data map[string]any
}

// ContentOf writes a customer's message as Markdown. A kind that we do not know is
// labelled "unsupported", with its name.
func ContentOf(m *whatsapp.Message) (c Content) {
	switch {
	case m.Text != nil && m.Type == whatsapp.TypeText:
		c = textContent(markdown.ToMattermost(m.Text.Body))
	case m.Button != nil:
		c = textContent(markdown.ToMattermost(m.Button.Text))
	case m.Interactive != nil:
		c = interactiveContent(m.Interactive)
	case m.Media != nil:
		c = mediaContent(m)
	case m.Location != nil:
		c = locationContent(m.Location)
	case len(m.Contacts) > 0:
		c = contactsContent(m.Contacts)
	case m.Reaction != nil:
		c = reactionContent(m.Reaction)
	case m.Order != nil:
		c = orderContent(m.Order)
	case m.Edit != nil && m.Edit.Message != nil:
		c = editContent(m.Edit)
	case m.Revokes != "":
		c = Content{Label: "revoke"}
	case m.Type == whatsapp.TypeRequestWelcome:
		c = Content{Label: "request_welcome"}
	case m.Type == whatsapp.TypeCall:
		c = Content{Label: "call"}
	case m.Unsupported != "":
		c = unsupportedContent(m.Unsupported)
	default:
		c = unsupportedContent(m.Type)
	}
	c.Marks = marksOf(m)
	return c
}

// textContent returns the content of a text, which may be empty.
func textContent(text string) Content {
	if strings.TrimSpace(text) == "" {
		return Content{Label: "empty"}
	}
	return Content{Detail: text}
}

// unsupportedContent returns the content for a message that WhatsApp does not pass on
// or whose kind we do not know. It names the kind if there is a name.
func unsupportedContent(kind string) Content {
	if kind == whatsapp.TypeUnsupported || kind == whatsapp.TypeUnknown { // these are not names of a kind
		kind = ""
	}
	return Content{Label: "unsupported", Detail: markdown.Code(kind)}
}

// editContent returns the new version of an edited message; for a file that is its caption.
func editContent(e *whatsapp.Edit) Content {
	text := ContentOf(e.Message)
	if e.Message.Media != nil {
		text.Detail = markdown.ToMattermost(e.Message.Media.Caption)
	}
	return Content{Label: "edit", Detail: text.Detail}
}

func reactionContent(r *whatsapp.Reaction) Content {
	if r.Removed() {
		return Content{Label: "reaction_removed"}
	}
	return Content{Label: "reaction", Detail: markdown.ToMattermost(r.Emoji)}
}

// paragraphs joins texts so that each is a paragraph, and leaves out empty ones.
func paragraphs(texts ...string) string {
	var kept []string
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, "\n\n")
}

// oneLine makes a text one line, because lists and quotes end at a line break.
func oneLine(text string) string {
	return strings.Join(strings.Fields(markdown.ToMattermost(strings.Join(strings.Fields(text), " "))), " ")
}
