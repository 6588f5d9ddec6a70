package store

import (
	"context"
	"encoding/json"

	"github.com/Masterminds/squirrel"
	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const chargeColumns = "message_id, conversation_id, account_id, queue_id, agent_id, template_id, wamid, category, amount, currency, state, at"

func insertCharge(ctx context.Context, r sqlx.ExtContext, c *domain.Charge) error {
	_, err := execNamed(ctx, r, insertInto("waa_charges", chargeColumns), c)
	return wrapErr(err, "could not store the charge")
}

// spentSince reads the sums that the database keeps of the ledger, a few rows a month.
func spentSince(ctx context.Context, r sqlx.ExtContext, queueID string, month int64) (domain.Money, error) {
	var spent domain.Money
	err := sqlx.GetContext(ctx, r, &spent, `SELECT coalesce(sum(amount), 0)::bigint FROM waa_spent WHERE queue_id = $1 AND month >= $2`, queueID, month)
	return spent, wrapErr(err, "could not read what was spent")
}

// Spent is what a queue has spent and reserved since the beginning of a month,
// as domain.MonthStart gives it.
func (s *Store) Spent(ctx context.Context, queueID string, month int64) (domain.Money, error) {
	return spentSince(ctx, s.db, queueID, month)
}

// chargesIn narrows a query to the charges that a filter means.
func chargesIn(f domain.LedgerFilter, q squirrel.SelectBuilder) squirrel.SelectBuilder {
	q = q.From("waa_charges")
	if f.From > 0 {
		q = q.Where("at >= ?", f.From)
	}
	if f.To > 0 {
		q = q.Where("at < ?", f.To)
	}
	if f.QueueID != "" {
		q = q.Where("queue_id = ?", f.QueueID)
	}
	return q
}

// Ledger lists charges, oldest first; page counts from 0.
func (s *Store) Ledger(ctx context.Context, f domain.LedgerFilter, page, perPage int) ([]*domain.Charge, int, error) {
	rows := chargesIn(f, builder().Select(chargeColumns)).OrderBy("at", "message_id")
	return selectPage[domain.Charge](ctx, s.db, rows, chargesIn(f, builder().Select("count(*)")), page, perPage)
}

// ledgerBatch is how many charges EachCharge reads at a time.
const ledgerBatch = 1000

// EachCharge calls fn with every charge of the filter, oldest first, until fn
// returns an error. It reads a batch as one JSON text, because over the plugin API's
// driver each row would be a remote call.
func (s *Store) EachCharge(ctx context.Context, f domain.LedgerFilter, fn func(*domain.Charge) error) error {
	var at int64
	var id string
	for {
		inner := chargesIn(f, builder().Select(chargeColumns)).Where("(at, message_id) > (?, ?)", at, id).OrderBy("at", "message_id").Limit(ledgerBatch)
		query, args, err := builder().Select("coalesce(json_agg(l ORDER BY l.at, l.message_id), '[]')::text").FromSelect(inner, "l").ToSql()
		if err != nil {
			return errors.Wrap(err, "could not build the ledger query")
		}
		var data []byte
		if err = s.db.GetContext(ctx, &data, query, args...); err != nil {
			return wrapErr(err, "could not read the ledger")
		}
		var batch []ledgerLine
		if err = json.Unmarshal(data, &batch); err != nil {
			return errors.Wrap(err, "could not decode the ledger")
		}
		for i := range batch {
			if err = fn(batch[i].charge()); err != nil {
				return err
			}
			at, id = batch[i].At, batch[i].MessageID
		}
		if len(batch) < ledgerBatch {
			return nil
		}
	}
}

// ledgerLine is a row of waa_charges as PostgreSQL writes it in JSON.
type ledgerLine struct {
	MessageID      string `json:"message_id"`
	ConversationID string `json:"conversation_id"`
	AccountID      string `json:"account_id"`
	QueueID        string `json:"queue_id"`
	AgentID        string `json:"agent_id"`
	TemplateID     string `json:"template_id"`
	WAMID          string `json:"wamid"`
	Category       string `json:"category"`
	Amount         int64  `json:"amount"`
	Currency       string `json:"currency"`
	State          string `json:"state"`
	At             int64  `json:"at"`
}

func (l *ledgerLine) charge() *domain.Charge {
	return &domain.Charge{
		MessageID: l.MessageID, ConversationID: l.ConversationID, AccountID: l.AccountID, QueueID: l.QueueID, AgentID: l.AgentID,
		TemplateID: l.TemplateID, WAMID: l.WAMID, Category: l.Category, Amount: domain.Money(l.Amount), Currency: l.Currency,
		State: l.State, At: l.At,
	}
}

// groupings are what the ledger can be added up by: the value of a charge, and the name of such a value.
func groupings() map[string]struct{ value, name string } {
	return map[string]struct{ value, name string }{
		"queue":    {"queue_id", "(SELECT q.name FROM waa_queues q WHERE q.id = g.\"group\")"},
		"agent":    {"agent_id", "g.\"group\""},
		"template": {"template_id", "(SELECT t.name || ' (' || t.language || ')' FROM waa_templates t WHERE t.id = g.\"group\")"},
		"account":  {"account_id", "(SELECT a.name FROM waa_accounts a WHERE a.id = g.\"group\")"},
		"category": {"category", "g.\"group\""},
		"month":    {"to_char(to_timestamp(at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM')", "g.\"group\""},
	}
}

// LedgerSummary adds the charges of the filter up: by queue, agent, template,
// account, category or month. Months come in their order, others the dearest
// first; page counts from 0.
func (s *Store) LedgerSummary(ctx context.Context, f domain.LedgerFilter, by string, page, perPage int) ([]*domain.LedgerGroup, int, error) {
	grouping, known := groupings()[by]
	if !known {
		return nil, 0, errors.New("the ledger cannot be added up by that")
	}
	sums := chargesIn(f, builder().Select(grouping.value+` AS "group"`, "currency",
		"coalesce(sum(amount) FILTER (WHERE state = 'billed'), 0)::bigint AS billed",
		"coalesce(sum(amount) FILTER (WHERE state = 'reserved'), 0)::bigint AS reserved",
		"count(*) FILTER (WHERE state = 'billed') AS billed_messages",
		"count(*) FILTER (WHERE state = 'free') AS free_messages",
		"count(*) FILTER (WHERE state = 'reserved') AS reserved_messages")).Where("state <> 'released'").GroupBy("1", "2")
	rows := builder().Select(`g."group"`, "coalesce("+grouping.name+`, g."group") AS name`, "currency", "billed", "reserved", "billed_messages", "free_messages", "reserved_messages").
		FromSelect(sums, "g")
	if by == "month" {
		rows = rows.OrderBy(`g."group"`, "currency")
	} else {
		rows = rows.OrderBy("billed + reserved DESC", `g."group"`, "currency")
	}
	return selectPage[domain.LedgerGroup](ctx, s.db, rows, builder().Select("count(*)").FromSelect(sums, "g"), page, perPage)
}
