package inbound

import (
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// consentWord returns what a message does to the customer's consent; ok is false for all but the few
// words of the settings. A tap on a button that has such a word counts as its text.
func (h *Handler) consentWord(m *whatsapp.Message) (status domain.ConsentStatus, ok bool) {
	text := ""
	switch {
	case m.Type == whatsapp.TypeText && m.Text != nil:
		text = m.Text.Body
	case m.Type == whatsapp.TypeButton && m.Button != nil:
		text = m.Button.Text
	case m.Type == whatsapp.TypeInteractive && m.Interactive != nil:
		text = m.Interactive.Title
	default:
		return domain.ConsentNone, false
	}
	return h.Settings().ConsentWords.Of(text)
}
