package api

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

type overviewView struct {
	Waiting   int         `json:"waiting"`
	Open      int         `json:"open"`
	Expired   int         `json:"expired"`
	Unclaimed int         `json:"unclaimed"`
	Queues    []queueName `json:"queues"`
	Now       moment      `json:"now"`
}

type queueName struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	TeamID    string `json:"team_id"`
	ChannelID string `json:"channel_id"`
}

// countConversations counts what the list of the same filter holds, by state.
func (a *API) countConversations(r *http.Request) (reply, error) {
	q, err := readSearch(r)
	if err != nil {
		return reply{}, err
	}
	filter := q.conversations()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	overview, err := a.Conversations.Overview(r.Context(), userID(r), filter)
	if err != nil {
		return reply{}, errors.Wrap(err, "count the conversations")
	}
	view := overviewView{
		Waiting: overview.Waiting, Open: overview.Open, Expired: overview.Expired, Unclaimed: overview.Unclaimed,
		Queues: make([]queueName, len(overview.Queues)), Now: moment(overview.Now),
	}
	for i, queue := range overview.Queues {
		view.Queues[i] = queueName{ID: queue.ID, Name: queue.Name, TeamID: queue.TeamID, ChannelID: queue.ChannelID}
	}
	return ok(view)
}

// conversations reads what lists and counts have in common.
func (q query) conversations() domain.Filter {
	return domain.Filter{Mine: q.flag("mine"), QueueID: q.id("queue_id"), Query: q.line("q", maxSearch)}
}

// named adds the names of who serves to what is shown of conversations.
func (a *API) named(r *http.Request, views []*domain.View) func(*domain.View) conversationView {
	ids := map[string]bool{}
	for _, v := range views {
		ids[v.OwnerID], ids[v.AttendantID] = true, true
	}
	delete(ids, "")
	wanted := make([]string, 0, len(ids))
	for id := range ids {
		wanted = append(wanted, id)
	}
	names := a.Usernames(r.Context(), wanted)
	return func(v *domain.View) conversationView {
		view := viewConversation(v)
		view.OwnerUsername, view.AttendantUsername = names[v.OwnerID], names[v.AttendantID]
		return view
	}
}
