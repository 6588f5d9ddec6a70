package api

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// channelsView is by what a client tells our channels from all others, without a
// question for each: a channel's name can be changed by its members, who made it
// cannot.
type channelsView struct {
	CreatorID string `json:"creator_id"`
}

func (a *API) tellChannels(*http.Request) (reply, error) {
	return ok(channelsView{a.BotID})
}

// getChannelConversation answers the conversation that owns a channel.
func (a *API) getChannelConversation(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	view, err := a.Conversations.ViewChannel(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read a channel's conversation")
	}
	return ok(a.named(r, []*domain.View{view})(view))
}
