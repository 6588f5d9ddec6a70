package store

import (
	"context"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Summary adds up what a conversation came to; see package channelsync.
func (s *Store) Summary(ctx context.Context, conversationID string) (*domain.Summary, error) {
	var row struct {
		domain.Summary
		Agents pq.StringArray
	}
	if err := s.db.GetContext(ctx, &row, `
		WITH m AS (SELECT * FROM waa_messages WHERE conversation_id = $1),
		     ch AS (SELECT * FROM waa_charges WHERE conversation_id = $1)
		SELECT ARRAY(SELECT author_id FROM m WHERE direction = 'out' AND author_id <> '' GROUP BY author_id ORDER BY min(created_at), author_id) AS agents,
			(SELECT count(*) FROM m WHERE direction = 'in') AS inbound,
			(SELECT count(*) FROM m WHERE direction = 'out' AND status IN ('sent', 'delivered', 'read')) AS outbound,
			coalesce((SELECT sum(amount) FROM ch WHERE state = 'billed'), 0)::bigint AS billed,
			coalesce((SELECT sum(amount) FROM ch WHERE state = 'reserved'), 0)::bigint AS reserved,
			coalesce((SELECT max(currency) FROM ch WHERE state <> 'released'), '') AS currency`, conversationID); err != nil {
		return nil, wrapErr(err, "could not add a conversation up")
	}
	summary := &row.Summary
	summary.AgentIDs = row.Agents
	err := s.db.SelectContext(ctx, &summary.Templates, `
		SELECT coalesce(max(t.name), '') AS name, count(*) AS sent, coalesce(sum(c.amount), 0)::bigint AS amount, count(c.message_id) > 0 AS known
		FROM waa_messages m LEFT JOIN waa_templates t ON t.id = m.template_id
		LEFT JOIN waa_charges c ON c.message_id = m.id AND c.state IN ('reserved', 'billed', 'free')
		WHERE m.conversation_id = $1 AND m.kind = 'template' AND m.direction = 'out' AND m.status IN ('sent', 'delivered', 'read')
		GROUP BY m.template_id ORDER BY min(m.created_at)`, conversationID)
	return summary, wrapErr(err, "could not add a conversation's templates up")
}
