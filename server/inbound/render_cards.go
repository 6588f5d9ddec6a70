package inbound

import (
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// boldName writes the name of a place or a person on one line, bold unless it has bold parts of its own; "" = there is none.
func boldName(name string) string {
	name = oneLine(name)
	if name == "" || strings.Contains(name, "*") {
		return name
	}
	return "**" + name + "**"
}

// withCards adds a message's cards to its post.
func (h *Handler) withCards(post posting.Post, m *whatsapp.Message) posting.Post {
	var boxes []any
	for _, card := range ContentOf(m).Cards {
		text := card.Text
		if card.Map != "" {
			text += "\n\n[" + h.Localizer.ForChannel(domain.T("inbound.map")) + "](" + card.Map + ")"
		}
		boxes = append(boxes, map[string]any{"text": text, "fallback": text})
	}
	if boxes != nil {
		post.Props["attachments"] = boxes
	}
	return post
}
