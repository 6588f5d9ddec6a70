package api

import (
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (a *API) customerRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/start-options", a.getStartOptions)
	a.handle(router, http.MethodPost, "/conversations/check", a.checkStart)
	a.handle(router, http.MethodGet, "/customers", a.findCustomers)
	a.handle(router, http.MethodPost, "/customers/search", a.findCustomers)
}

type customerView struct {
	contactView
	LastConversation lastConversationView `json:"last_conversation"`
}

type lastConversationView struct {
	ID       string       `json:"id"`
	State    domain.State `json:"state"`
	ClosedAt millisOrNull `json:"closed_at"`
}

// findCustomers lists the known customers that a search finds: all on one page, because there are few.
func (a *API) findCustomers(r *http.Request) (reply, error) {
	q, err := readSearch(r)
	if err != nil {
		return reply{}, err
	}
	term := q.line("q", maxSearch)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	found, err := a.Service.Customers(r.Context(), userID(r), term)
	if err != nil {
		return reply{}, errors.Wrap(err, "search for customers")
	}
	now := a.Clock.Now()
	return ok(listOf(found, len(found), page{size: defaultPerPage}, func(c *domain.KnownCustomer) customerView {
		return customerView{
			contactView:      viewContact(&c.Contact),
			LastConversation: lastConversationView{ID: c.Last.ID, State: c.Last.StateAt(now), ClosedAt: millisOrNull(c.Last.ClosedAt)},
		}
	}))
}
