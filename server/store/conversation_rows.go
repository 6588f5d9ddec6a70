package store

import (
	"context"
	"strings"

	"github.com/Masterminds/squirrel"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// rowBatch is how many conversations EachConversation reads at a time.
const rowBatch = 500

// rowsOf makes the rows of the conversations that the page selects.
const rowsOf = `
	SELECT page.id, coalesce(a.name, '') AS account, coalesce(q.name, '') AS queue, coalesce(q.time_zone, '') AS zone,
		ct.name AS customer, ct.phone, ct.cpf_masked, coalesce(owner.username, '') AS owner, coalesce(attendant.username, '') AS attendant,
		page.state, page.created_at, page.closed_at, page.closing_label,
		coalesce(first.name, '') AS template, coalesce(first.delivered_at, 0) AS delivered_at, coalesce(first.read_at, 0) AS read_at,
		coalesce(m.first_answer_at, 0) AS first_answer_at, coalesce(reply.at, 0) AS first_reply_at,
		m.messages_in, m.messages_out, m.templates, coalesce(ch.cost, 0)::bigint AS cost, coalesce(ch.currency, '') AS currency
	FROM page
	JOIN waa_contacts ct ON ct.id = page.contact_id
	LEFT JOIN waa_accounts a ON a.id = page.account_id
	LEFT JOIN waa_queues q ON q.id = page.queue_id
	LEFT JOIN users owner ON owner.id = page.owner_id AND page.owner_id <> ''
	LEFT JOIN users attendant ON attendant.id = page.attendant_id AND page.attendant_id <> ''
	CROSS JOIN LATERAL (
		SELECT count(*) FILTER (WHERE n.direction = 'in' AND n.kind NOT IN ` + asksNothing + `) AS messages_in,
			count(*) FILTER (WHERE n.direction = 'out' AND n.status IN ('sent', 'delivered', 'read')) AS messages_out,
			count(*) FILTER (WHERE n.direction = 'out' AND n.status IN ('sent', 'delivered', 'read') AND n.kind = 'template') AS templates,
			min(n.created_at) FILTER (WHERE n.direction = 'in' AND n.kind NOT IN ('system', 'edit', 'revoke')) AS first_answer_at
		FROM waa_messages n WHERE n.conversation_id = page.id
	) m
	LEFT JOIN LATERAL (
		SELECT t.name, CASE WHEN n.status = 'delivered' THEN n.status_at WHEN n.status = 'read' AND n.delivered_at = 0 THEN n.status_at ELSE n.delivered_at END AS delivered_at,
			CASE WHEN n.status = 'read' THEN n.status_at END AS read_at
		FROM waa_messages n LEFT JOIN waa_templates t ON t.id = n.template_id
		WHERE n.conversation_id = page.id AND n.direction = 'out' AND n.kind = 'template' ORDER BY n.created_at, n.id LIMIT 1
	) first ON true
	LEFT JOIN LATERAL (
		SELECT min(n.sent_at) AS at FROM waa_messages n
		WHERE m.first_answer_at > 0 AND n.conversation_id = page.id AND n.direction = 'out' AND n.kind NOT IN ('template', 'reaction') AND n.author_id <> ''
			AND n.sent_at >= m.first_answer_at AND NOT EXISTS (SELECT 1 FROM bots b WHERE b.userid = n.author_id)
	) reply ON true
	LEFT JOIN LATERAL (
		SELECT sum(c.amount) FILTER (WHERE c.state = 'billed') AS cost, max(c.currency) FILTER (WHERE c.state <> 'released') AS currency
		FROM waa_charges c WHERE c.conversation_id = page.id
	) ch ON true
	ORDER BY page.created_at, page.id`

// EachConversation calls fn with every conversation of a list, oldest first, until fn returns an error.
// It reads them in batches, and holds no connection while fn runs.
func (s *Store) EachConversation(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter, fn func(*domain.ConversationRow) error) error {
	where, err := s.selected(ctx, reader, queueIDs, all, f)
	if err != nil {
		return err
	}
	var at int64
	var id string
	for {
		page, args, err := builder().Select("c.id, c.contact_id, c.account_id, c.queue_id, c.owner_id, c.attendant_id, c.created_at, c.closed_at, c.closing_label").
			Column(stateOf(f.Now)).From("waa_conversations c").Where(where).
			Where("(c.created_at, c.id) > (?, ?)", at, id).OrderBy("c.created_at, c.id").Limit(rowBatch).ToSql()
		if err != nil {
			return errors.Wrap(err, "could not build an export of conversations")
		}
		batch := []*domain.ConversationRow{}
		if err = s.db.SelectContext(ctx, &batch, "WITH page AS MATERIALIZED ("+page+")"+rowsOf, args...); err != nil {
			return errors.Wrap(err, "could not read conversations for an export")
		}
		for _, row := range batch {
			if err = fn(row); err != nil {
				return err
			}
			at, id = row.CreatedAt, row.ID
		}
		if len(batch) < rowBatch {
			return nil
		}
	}
}

// stateOf is the state of a conversation c as a column.
func stateOf(now int64) squirrel.Sqlizer {
	var cases strings.Builder
	var args []any
	for _, state := range []domain.State{domain.Open, domain.Waiting, domain.Expired} {
		condition := inState(state, "?")
		cases.WriteString(" WHEN " + condition + " THEN '" + string(state) + "'")
		for range strings.Count(condition, "?") {
			args = append(args, now)
		}
	}
	return squirrel.Expr("CASE"+cases.String()+" ELSE '"+string(domain.Closed)+"' END AS state", args...)
}
