package api

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ledgerColumns are the CSV's columns, named as in the JSON; at is ISO 8601 in UTC.
func ledgerColumns() []string {
	return []string{
		"id", "at", "state", "category", "amount", "currency", "conversation_id", "account_id", "queue_id", "agent_id", "template_id", "wamid",
	}
}

// writeLedgerCSV writes all charges of the range, however many. The answer begins with the first of them, so that a
// failure of the database after that can be reported only in the last line.
func (a *API) writeLedgerCSV(w http.ResponseWriter, r *http.Request, wanted ledgerQuery) {
	out := csv.NewWriter(w)
	begun := false
	begin := func() error {
		begun = true
		beginCSV(w, "ledger.csv")
		return errors.Wrap(out.Write(ledgerColumns()), "write the ledger")
	}
	err := a.Store.EachCharge(r.Context(), wanted.filter, func(charge *domain.Charge) error {
		if !begun {
			if err := begin(); err != nil {
				return err
			}
		}
		return errors.Wrap(out.Write(ledgerRow(charge)), "write the ledger")
	})
	switch {
	case err == nil && !begun:
		err = begin()
	case err != nil && !begun:
		a.fail(w, r, errors.Wrap(err, "read the ledger"))
		return
	}
	if err != nil {
		a.LogError("The ledger could not be written to its end", "error", err.Error())
		last := make([]string, len(ledgerColumns()))
		last[0] = a.Localize(r, domain.T("api.ledger_incomplete"))
		_ = out.Write(last) // csv.Writer keeps its error until Flush
	}
	out.Flush() // an error means that the client is gone
}

// beginCSV begins an answer in CSV, which a browser saves as a file.
func beginCSV(w http.ResponseWriter, filename string) {
	header := w.Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="`+filename+`"`)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
}

func ledgerRow(c *domain.Charge) []string {
	row := []string{
		c.MessageID, time.UnixMilli(c.At).UTC().Format(time.RFC3339), c.State, c.Category,
		strconv.FormatFloat(c.Amount.Float(), 'f', -1, 64), c.Currency,
		c.ConversationID, c.AccountID, c.QueueID, c.AgentID, c.TemplateID, c.WAMID,
	}
	for i, cell := range row {
		row[i] = escapeFormula(cell)
	}
	return row
}

// escapeFormula keeps a spreadsheet from taking a cell for a formula.
func escapeFormula(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
