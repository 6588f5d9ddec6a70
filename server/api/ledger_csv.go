package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ledgerColumns are the CSV's columns, named as in the JSON; at is ISO 8601 in UTC.
func ledgerColumns() []string {
	return []string{
		"id", "at", "state", "category", "amount", "currency", "conversation_id", "account_id", "queue_id", "agent_id", "template_id", "wamid",
	}
}

// writeLedgerCSV writes all charges of the range, however many.
func (a *API) writeLedgerCSV(w http.ResponseWriter, r *http.Request, wanted ledgerQuery) {
	a.writeCSV(w, r, csvFile{name: "ledger", columns: ledgerColumns(), separator: ','}, func(write func(row []string) error) error {
		return a.Store.EachCharge(r.Context(), wanted.filter, func(charge *domain.Charge) error { return write(ledgerRow(charge)) })
	})
}

func ledgerRow(c *domain.Charge) []string {
	return []string{
		c.MessageID, time.UnixMilli(c.At).UTC().Format(time.RFC3339), c.State, c.Category,
		strconv.FormatFloat(c.Amount.Float(), 'f', -1, 64), c.Currency,
		c.ConversationID, c.AccountID, c.QueueID, c.AgentID, c.TemplateID, c.WAMID,
	}
}
