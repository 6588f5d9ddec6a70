package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// The column idle_at says since when, at the earliest, a customer may wait for our
// answer. An inbound message sets it only where it is 0, so that a busy conversation
// does not touch the index at every message. Whether the customer really waits, and
// since when, is worked out from the messages when the time has come (CustomerWaits).

// resetIdle is the part of an UPDATE by which a changed conversation is checked again for a waiting customer.
const resetIdle = "idle_at = CASE WHEN CAST(:closed_at AS bigint) <> 0 THEN 0 WHEN idle_at = 0 AND last_inbound_at > 0 THEN CAST(:updated_at AS bigint) ELSE idle_at END"

// IdleDue lists up to n open conversations whose customer may have waited
// longer than their queue's time; minutes is that of queues without their own.
// 0 minutes are never.
func (s *Store) IdleDue(ctx context.Context, now int64, minutes, n int) ([]string, error) {
	return s.stringArray(ctx, "could not look for customers who wait", `
		SELECT coalesce(array_agg(id ORDER BY idle_at), '{}') FROM (
			SELECT c.id, c.idle_at FROM (
				SELECT id, CASE WHEN inactivity_minutes > 0 THEN inactivity_minutes ELSE $2 END::bigint * 60000 AS patience FROM waa_queues
			) q, LATERAL (
				SELECT c.id, c.idle_at FROM waa_conversations c
				WHERE c.queue_id = q.id AND q.patience > 0 AND c.idle_at > 0 AND c.idle_at <= $1 - q.patience AND c.closed_at = 0 AND c.aborted_at = 0 AND c.channel_id <> ''
				ORDER BY c.idle_at LIMIT $3
			) c ORDER BY c.idle_at LIMIT $3
		) due`, now, minutes, n)
}

// answers are the statuses of a message of ours that is, or may become, an answer to
// the customer. A message that failed or was never to be sent is none.
func answers() []string {
	return []string{
		string(domain.Pending), string(domain.Unknown), string(domain.Sent), string(domain.Delivered), string(domain.Read),
	}
}

// lastSaid is how many of the last messages are read to tell whether the customer
// waits: a customer who wrote more than that in a row waits in any case.
const lastSaid = "500"

// CustomerWaits returns since when the customer waits for our answer: Meta's timestamp
// of the first message that nobody answered; 0 = we wrote last. A reaction, and what
// opens no window, needs no answer.
//
// The order of the messages is that of their posts, which have the times of one clock
// in milliseconds; Meta's timestamps are whole seconds. The caller must hold the
// conversation's lock, so that no message comes in between.
func (t *tx) CustomerWaits(conversationID string) (int64, error) {
	var since int64
	err := sqlx.GetContext(t.ctx, t.r, &since, `
		WITH said AS MATERIALIZED (
			SELECT m.direction, m.status, m.kind, m.automatic, m.created_at, coalesce(p.createat, CASE WHEN m.sent_at > 0 THEN m.sent_at ELSE m.created_at END) AS at
			FROM (SELECT * FROM waa_messages WHERE conversation_id = $1 ORDER BY created_at DESC, id DESC LIMIT `+lastSaid+`) m LEFT JOIN posts p ON p.id = m.post_id AND m.post_id <> ''
		), answer AS (
			SELECT coalesce(max(at), 0) AS at FROM said WHERE direction = 'out' AND status = ANY($2) AND NOT automatic
		)
		SELECT coalesce(min(s.created_at), 0) FROM said s, answer
		WHERE s.direction = 'in' AND s.kind NOT IN `+asksNothing+` AND s.at > answer.at`,
		conversationID, pq.Array(answers()))
	return since, wrapErr(err, "could not tell whether the customer waits")
}

// CheckInactivityAfter stores since when the customer may wait, milliseconds since epoch; 0
// means that nothing is to be checked before the next message.
func (t *tx) CheckInactivityAfter(conversationID string, since int64) error {
	return execOne(t.ctx, t.r, "could not note a wait", "UPDATE waa_conversations SET idle_at = $2 WHERE id = $1", conversationID, since)
}
