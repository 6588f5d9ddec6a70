package api

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

type memberView struct {
	ID          string `json:"id"`
	Username    string `json:"username"`
	Name        string `json:"name"`
	Supervisor  bool   `json:"supervisor"`
	SystemAdmin bool   `json:"system_admin"`
}

func viewMember(m domain.Member) memberView {
	return memberView{ID: m.UserID, Username: m.Username, Name: m.Name, Supervisor: m.Supervisor, SystemAdmin: m.SystemAdmin}
}

func (a *API) listQueueMembers(r *http.Request) (reply, error) {
	queue, err := a.queue(r)
	if err != nil {
		return reply{}, err
	}
	q := readQuery(r)
	p := q.page()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	members, err := a.Channels.Members(r.Context(), queue.ChannelID)
	if err != nil && !errors.Is(err, domain.ErrNotFound) { // a channel that is gone has none
		return reply{}, errors.Wrap(err, "list the queue's members")
	}
	from := min(p.number*p.size, len(members))
	return ok(listOf(members[from:min(from+p.size, len(members))], len(members), p, viewMember))
}
