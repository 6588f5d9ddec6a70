package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

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
	At             millisOrNull `json:"at"`
}

func viewCharge(c *domain.Charge) chargeView {
	return chargeView{
		ID: c.MessageID, ConversationID: c.ConversationID, AccountID: c.AccountID, QueueID: c.QueueID, AgentID: c.AgentID,
		TemplateID: c.TemplateID, WAMID: c.WAMID, Category: c.Category, Amount: c.Amount, Currency: c.Currency, State: c.State, At: millisOrNull(c.At),
	}
}

// ledgerQuery is which charges a request asks for.
type ledgerQuery struct {
	filter domain.LedgerFilter
	page   page
}

// readLedgerQuery reads the range, which is the current month (UTC) unless the request says otherwise.
func (a *API) readLedgerQuery(r *http.Request) (ledgerQuery, error) {
	now := a.Clock.Now()
	q := readQuery(r)
	wanted := ledgerQuery{page: q.page(), filter: domain.LedgerFilter{
		To:      q.number("to", now+1, 0, maxMillis), // so that the charges of this millisecond are in
		QueueID: q.id("queue_id"),
	}}
	wanted.filter.From = q.number("from", min(domain.MonthStart(now), wanted.filter.To), 0, maxMillis)
	if wanted.filter.From > wanted.filter.To {
		q.addFault("from", domain.T("api.field_from_after_to"))
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
	charges, total, err := a.Store.Ledger(r.Context(), wanted.filter, wanted.page.number, wanted.page.size)
	if err != nil {
		a.fail(w, r, errors.Wrap(err, "read the ledger"))
		return
	}
	a.write(w, http.StatusOK, listOf(charges, total, wanted.page, viewCharge))
}

// wantsCSV reports whether an Accept header prefers CSV to JSON.
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
