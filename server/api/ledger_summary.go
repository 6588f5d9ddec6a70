package api

import (
	"context"
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

type ledgerGroupView struct {
	ID               string       `json:"id"`
	Group            string       `json:"group"`
	Name             string       `json:"name"`
	Currency         string       `json:"currency"`
	Billed           domain.Money `json:"billed"`
	Reserved         domain.Money `json:"reserved"`
	Messages         int          `json:"messages"`
	BilledMessages   int          `json:"billed_messages"`
	FreeMessages     int          `json:"free_messages"`
	ReservedMessages int          `json:"reserved_messages"`
}

func viewLedgerGroup(g *domain.LedgerGroup) ledgerGroupView {
	return ledgerGroupView{
		ID: g.Group + ":" + g.Currency, Group: g.Group, Name: g.Name, Currency: g.Currency, Billed: g.Billed, Reserved: g.Reserved,
		Messages:       g.BilledMessages + g.FreeMessages + g.ReservedMessages,
		BilledMessages: g.BilledMessages, FreeMessages: g.FreeMessages, ReservedMessages: g.ReservedMessages,
	}
}

// ledgerSummary adds up the charges of a range.
func (a *API) ledgerSummary(r *http.Request) (reply, error) {
	wanted, err := a.readLedgerQuery(r)
	if err != nil {
		return reply{}, err
	}
	by := r.URL.Query().Get("group_by")
	switch by {
	case "":
		by = "queue"
	case "queue", "agent", "template", "month", "category", "account":
	default:
		return reply{}, badRequest(domain.T("api.wrong_type", "Field", "group_by"))
	}
	groups, total, err := a.Store.LedgerSummary(r.Context(), wanted.filter, by, wanted.page.number, wanted.page.size)
	if err != nil {
		return reply{}, errors.Wrap(err, "add the ledger up")
	}
	if by == "agent" {
		a.nameAgents(r.Context(), groups)
	}
	return ok(listOf(groups, total, wanted.page, viewLedgerGroup))
}

// nameAgents puts the agents' usernames in the place of their ids, where they still exist.
func (a *API) nameAgents(ctx context.Context, groups []*domain.LedgerGroup) {
	agents := make([]string, 0, len(groups))
	for _, g := range groups {
		if g.Group != "" {
			agents = append(agents, g.Group)
		}
	}
	names := a.Mattermost.Usernames(ctx, agents)
	for _, g := range groups {
		if name := names[g.Group]; name != "" {
			g.Name = name
		}
	}
}
