package store

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

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
