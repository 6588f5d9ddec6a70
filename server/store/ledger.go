package store

import (
	"context"

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
// returns an error. It reads them in batches, and holds no connection while fn runs.
func (s *Store) EachCharge(ctx context.Context, f domain.LedgerFilter, fn func(*domain.Charge) error) error {
	var at int64
	var id string
	for {
		next := chargesIn(f, builder().Select(chargeColumns)).Where("(at, message_id) > (?, ?)", at, id).OrderBy("at", "message_id").Limit(ledgerBatch)
		query, args, err := next.ToSql()
		if err != nil {
			return errors.Wrap(err, "could not build the ledger query")
		}
		batch := []*domain.Charge{}
		if err = s.db.SelectContext(ctx, &batch, query, args...); err != nil {
			return wrapErr(err, "could not read the ledger")
		}
		for _, charge := range batch {
			if err = fn(charge); err != nil {
				return err
			}
			at, id = charge.At, charge.MessageID
		}
		if len(batch) < ledgerBatch {
			return nil
		}
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
