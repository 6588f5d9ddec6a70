package api

import (
	"net/http"
	"slices"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

type overviewView struct {
	Waiting   int         `json:"waiting"`
	Open      int         `json:"open"`
	Expired   int         `json:"expired"`
	Unclaimed int         `json:"unclaimed"`
	Queues    []queueName `json:"queues"`
	// Supervises tells a client whether to offer what supervisors alone may see.
	Supervises bool         `json:"supervises"`
	Now        millisOrNull `json:"now"`
}

type queueName struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	TeamID    string `json:"team_id"`
	ChannelID string `json:"channel_id"`
	// Supervises tells a client whether to let the reader change what belongs to the queue, such as its quick replies.
	Supervises bool `json:"supervises"`
}

// countConversations counts, by state, the conversations that the list with the same filter has.
func (a *API) countConversations(r *http.Request) (reply, error) {
	q, err := readSearch(r)
	if err != nil {
		return reply{}, err
	}
	filter := q.conversations()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	overview, err := a.Service.Overview(r.Context(), userID(r), filter)
	if err != nil {
		return reply{}, errors.Wrap(err, "count the conversations")
	}
	view := overviewView{
		Waiting: overview.Waiting, Open: overview.Open, Expired: overview.Expired, Unclaimed: overview.Unclaimed,
		Queues: make([]queueName, len(overview.Queues)), Supervises: overview.Supervises, Now: millisOrNull(overview.Now),
	}
	for i, queue := range overview.Queues {
		view.Queues[i] = queueName{ID: queue.ID, Name: queue.Name, TeamID: queue.TeamID, ChannelID: queue.ChannelID, Supervises: slices.Contains(overview.Supervised, queue.ID)}
	}
	return ok(view)
}

// conversations reads the filters that lists and counts have in common.
func (q query) conversations() domain.Filter {
	return domain.Filter{Mine: q.flag("mine"), QueueID: q.id("queue_id"), AttendantID: q.id("attendant_id"), Query: q.line("q", maxSearch)}
}

// channelsView lets a client recognise our channels without asking about each: members can change a channel's name, but
// not who created it.
type channelsView struct {
	CreatorID string `json:"creator_id"`
}

func (a *API) getChannelCreator(*http.Request) (reply, error) {
	return ok(channelsView{a.Mattermost.BotID()})
}

// getChannelConversation returns the conversation that owns a channel.
func (a *API) getChannelConversation(r *http.Request, id string) (reply, error) {
	view, err := a.Service.ViewChannel(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read a channel's conversation")
	}
	return ok(a.withUsernames(r.Context(), []*domain.View{view})(view))
}
