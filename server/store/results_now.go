package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ResultsNow counts who waits for whom in the conversations that are not closed, for each of some queues; all = of
// every queue. A queue without such conversations is left out. now is milliseconds since epoch.
func (s *Store) ResultsNow(ctx context.Context, queueIDs []string, all bool, now int64) ([]*domain.ResultsNow, error) {
	// as Conversation.StateAt has it
	const waiting = "c.window_until <= $3 AND (c.window_until = 0 OR c.last_template_at >= c.window_until)"
	counts := []*domain.ResultsNow{}
	err := s.db.SelectContext(ctx, &counts, `
		SELECT c.queue_id, count(*) FILTER (WHERE w.since > 0) AS waiting_for_us, coalesce(min(w.since) FILTER (WHERE w.since > 0), 0) AS longest_wait_since,
			count(*) FILTER (WHERE `+waiting+`) AS waiting_for_customers,
			count(*) FILTER (WHERE w.since > 0 AND c.window_until > $3 AND c.window_until <= $3 + $4) AS window_ending,
			count(*) FILTER (WHERE `+waiting+` AND c.last_template_at > 0 AND c.last_template_at <= $3 - $5) AS unanswered
		FROM waa_conversations c CROSS JOIN LATERAL (SELECT CASE WHEN c.last_inbound_at > 0 THEN `+waitsSince+` END AS since OFFSET 0) w
		WHERE c.closed_at = 0 AND c.aborted_at = 0 AND ($1 OR c.queue_id = ANY($2)) GROUP BY c.queue_id`,
		all, pq.Array(queueIDs), now, domain.RemindBefore.Milliseconds(), (6 * time.Hour).Milliseconds())
	return counts, wrapErr(err, "could not count who waits")
}
