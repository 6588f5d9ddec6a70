package inbound

import (
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// away returns the message for somebody who writes while their queue is closed; nil = there is none to
// send. A reaction and a word by which the customer opts out or in ask for none.
func (h *Handler) away(target *domain.InboundTarget, message *domain.Message, m *whatsapp.Message, now int64) (*domain.Away, error) {
	queue := &target.Queue
	if queue.AwayMessage == "" || !m.OpensWindow() || m.Type == whatsapp.TypeReaction || target.MessageID != "" {
		return nil, nil //nolint:nilnil // none
	}
	if _, consents := h.consentWord(m); consents {
		return nil, nil //nolint:nilnil // none
	}
	since, due := queue.AwayDue(&target.Conversation, message.CreatedAt, now, h.Settings())
	if !due {
		return nil, nil //nolint:nilnil // none
	}
	payload, err := posting.OutboundPayload{Text: queue.AwayMessage}.Bytes()
	if err != nil {
		return nil, err
	}
	return &domain.Away{MessageID: h.NewID(), Text: queue.AwayMessage, Payload: payload, Since: since}, nil
}
