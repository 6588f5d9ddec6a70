package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// LedgerStore reads what messages cost.
type LedgerStore interface {
	// Ledger answers a page (from 0) of the charges with from <= at < to
	// (milliseconds since epoch), oldest first, and their total; queueID "" = of all queues.
	Ledger(ctx context.Context, from, to int64, queueID string, page, perPage int) ([]*domain.Charge, int, error)
	// EachCharge gives all of them to fn, in the same order, until fn answers an error.
	EachCharge(ctx context.Context, from, to int64, queueID string, fn func(*domain.Charge) error) error
	// LedgerSummary adds them up by queue, agent, template, account, category or
	// month: a page (from 0) of groups, and their total.
	LedgerSummary(ctx context.Context, from, to int64, queueID, by string, page, perPage int) ([]*domain.LedgerGroup, int, error)
}

func (a *API) ledgerRoutes(router *mux.Router) {
	router.HandleFunc("/ledger", a.ledger).Methods(http.MethodGet)
	a.handle(router, http.MethodGet, "/ledger/summary", a.ledgerSummary)
}

type chargeView struct {
	ID             string       `json:"id"` // the message's
	ConversationID string       `json:"conversation_id"`
	AccountID      string       `json:"account_id"`
	QueueID        string       `json:"queue_id"`
	AgentID        string       `json:"agent_id"`
	TemplateID     string       `json:"template_id"`
	WAMID          string       `json:"wamid"`
	Category       string       `json:"category"`
	Amount         domain.Money `json:"amount"`
	Currency       string       `json:"currency"`
	State          string       `json:"state"`
	At             moment       `json:"at"`
}

func viewCharge(c *domain.Charge) chargeView {
	return chargeView{
		ID: c.MessageID, ConversationID: c.ConversationID, AccountID: c.AccountID, QueueID: c.QueueID, AgentID: c.AgentID,
		TemplateID: c.TemplateID, WAMID: c.WAMID, Category: c.Category, Amount: c.Amount, Currency: c.Currency, State: c.State, At: moment(c.At),
	}
}

// ledgerQuery is which charges are asked for: this month's unless it says otherwise.
type ledgerQuery struct {
	from, to int64
	queueID  string
	page     page
}

func (a *API) readLedgerQuery(r *http.Request) (ledgerQuery, error) {
	now := a.Clock.Now()
	q := readQuery(r)
	wanted := ledgerQuery{
		to:      q.number("to", now+1, 0, lastMoment), // what was charged this millisecond is in
		queueID: q.id("queue_id"),
		page:    q.page(),
	}
	wanted.from = q.number("from", min(domain.MonthStart(now), wanted.to), 0, lastMoment)
	if wanted.from > wanted.to {
		q.at("from", domain.T("api.field_from_after_to"))
	}
	return wanted, q.err()
}

func (a *API) ledger(w http.ResponseWriter, r *http.Request) {
	wanted, err := a.readLedgerQuery(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if wantsCSV(r.Header.Get("Accept")) {
		a.writeLedgerCSV(w, r, wanted)
		return
	}
	charges, total, err := a.Ledger.Ledger(r.Context(), wanted.from, wanted.to, wanted.queueID, wanted.page.number, wanted.page.size)
	if err != nil {
		a.fail(w, r, errors.Wrap(err, "read the ledger"))
		return
	}
	a.write(w, http.StatusOK, listOf(charges, total, wanted.page, viewCharge))
}

// wantsCSV tells whether an Accept header prefers CSV to JSON.
func wantsCSV(accept string) bool {
	csv, json := 0.0, 0.0
	for entry := range strings.SplitSeq(accept, ",") {
		parts := strings.Split(entry, ";")
		quality := 1.0
		for _, parameter := range parts[1:] {
			if value, found := strings.CutPrefix(strings.TrimSpace(parameter), "q="); found {
				if q, err := strconv.ParseFloat(value, 64); err == nil {
					quality = q
				}
			}
		}
		switch strings.ToLower(strings.TrimSpace(parts[0])) {
		case "text/csv":
			csv = max(csv, quality)
		case "application/json":
			json = max(json, quality)
		}
	}
	return csv > json
}
