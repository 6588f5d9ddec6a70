package inbound

import (
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// maxPost is how many characters of a customer's message a post shows: the
// server takes 16,383, and a line says what is missing.
const maxPost = 16_000

// shown is a customer's message as the text of its post.
func shown(speaker posting.Localizer, m *whatsapp.Message) string {
	s := Show(m)
	var parts []string
	for _, mark := range s.Marks {
		parts = append(parts, speaker.ForChannel(domain.Text{Data: mark.Data, Key: "mark." + mark.Key}))
	}
	text := s.Detail
	if s.Label != "" {
		data := maps.Clone(s.Data)
		if data == nil {
			data = map[string]any{}
		}
		data["Detail"] = domain.Markdown(s.Detail)
		text = speaker.ForChannel(domain.Text{Data: data, Key: "inbound." + s.Label})
	}
	return fitting(speaker, strings.Join(append(parts, text), "\n\n"))
}

// fitting cuts what is longer than a post may be, and says so.
func fitting(speaker posting.Localizer, text string) string {
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

// about is the earlier message that a message is about: what it answers,
// reacts to, changes or deletes; "" = none.
func about(m *whatsapp.Message) string {
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

// changesAnother tells that a message says nothing by itself: it begins no conversation where the other one is known.
func changesAnother(m *whatsapp.Message) bool {
	return m.Reaction != nil || m.Edit != nil || m.Revokes != ""
}
