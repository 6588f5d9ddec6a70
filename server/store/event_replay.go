package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// replayRate is how many conversations of a replay begin to be told a second, so that new events are not held up.
const replayRate = "20"

// replayHistory tells a subscription ($1) of the conversations of an account ($3, ” = all) that began at or after a moment ($2), at most $4 of
// them: that each began, its messages with what became of them, and its close. What it shows of a conversation is how it is now.
const replayHistory = `
	WITH c AS MATERIALIZED (
		SELECT c.id, c.created_at, c.closed_at, row_number() OVER (ORDER BY c.created_at, c.id) AS nth FROM waa_conversations c, waa_event_subscriptions s
		WHERE s.id = $1 AND c.created_at >= $2 AND c.aborted_at = 0 AND ($3 = '' OR c.account_id = $3) AND (s.queue_ids = '{}' OR c.queue_id = ANY (s.queue_ids))
		ORDER BY c.created_at, c.id LIMIT $4
	), happened AS (
		SELECT c.id AS conversation_id, '' AS message_id, '` + domain.EventConversationStarted + `' AS type, c.created_at AS at, 0 AS nth FROM c
		UNION ALL
		SELECT m.conversation_id, m.id, e.type, greatest(CASE WHEN e.nth = 2 THEN m.status_at ELSE 0 END, m.sent_at, m.created_at), e.nth
		FROM c CROSS JOIN LATERAL (SELECT * FROM waa_messages m WHERE m.conversation_id = c.id) m, (VALUES ('` + domain.EventMessageReceived + `', 1), ('` + domain.EventMessageSent + `', 1), ('` + domain.EventMessageStatus + `', 2)) e (type, nth)
		WHERE CASE e.type WHEN '` + domain.EventMessageReceived + `' THEN m.direction = 'in' AND m.kind <> 'system' WHEN '` + domain.EventMessageSent + `' THEN m.direction = 'out' AND m.sent_at > 0
			ELSE m.direction = 'out' AND m.status IN ('delivered', 'read', 'failed', 'not_sent', 'unknown') END
		UNION ALL
		SELECT c.id, '', '` + domain.EventConversationClosed + `', c.closed_at, 3 FROM c WHERE c.closed_at > 0
	), e AS MATERIALIZED (
		SELECT h.*, waa_event_id() AS id FROM happened h, waa_event_subscriptions s WHERE s.id = $1 AND (s.events = '{}' OR h.type = ANY (s.events))
	), events AS (
		INSERT INTO waa_events (id, type, at, conversation_id, message_id) SELECT id, type, at, conversation_id, message_id FROM e
	), told AS (
		INSERT INTO waa_event_deliveries (lane, dedupe_key, account_id, created_at, due_at, event_id, event_type)
		SELECT $1 || ':' || e.conversation_id, waa_event_id(), $1, ` + clock + `, ` + clock + ` + c.nth * 1000 / ` + replayRate + `, e.id, e.type
		FROM e JOIN c ON c.id = e.conversation_id ORDER BY c.nth, e.at, e.nth, e.message_id RETURNING 1
	)
	SELECT (SELECT count(*) FROM c) AS conversations, (SELECT count(*) FROM told) AS events, coalesce((SELECT max(created_at) FROM c), 0) AS until`

// ReplayEvents tells a subscription of what happened before there was one; ErrNotFound where there is none. See api.Store.
func (s *Store) ReplayEvents(ctx context.Context, subscriptionID, accountID string, since int64, most int) (*domain.EventReplay, error) {
	replay := &domain.EventReplay{}
	err := s.inTx(ctx, func(t *sqlx.Tx) error {
		if _, err := s.eventSubscription(ctx, t, subscriptionSelect+" WHERE s.id = $1", subscriptionID); err != nil {
			return err
		}
		// by the indexes, whatever the planner believes of the tables' sizes
		if _, err := exec(ctx, t, "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"); err != nil {
			return wrapErr(err, "could not prepare for a replay")
		}
		return wrapErr(t.GetContext(ctx, replay, replayHistory, subscriptionID, since, accountID, most), "could not replay what happened")
	})
	return replay, err
}
