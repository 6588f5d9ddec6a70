package mattermost

import (
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// eventConversation is the event's name; the server puts custom_<plugin id>_ in front
// of it.
const eventConversation = "conversation"

// PublishChange notifies web clients that a conversation changed; see
// channelsync.ChangeEvents.
func (p *Port) PublishChange(to domain.Audience, id string, updatedAt int64) {
	p.api.PublishWebSocketEvent(eventConversation, map[string]any{"id": id, "updated_at": updatedAt},
		&model.WebsocketBroadcast{ChannelId: to.ChannelID, UserId: to.UserID})
}
