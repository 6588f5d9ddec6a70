package store

import (
	"context"
	"strings"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// isAnswer is answers as a condition of a message m.
var isAnswer = "m.status IN ('" + strings.Join(answers(), "', '") + "') AND NOT m.automatic"

// asksNothing are the kinds of a customer's messages that need no answer.
const asksNothing = "('reaction', 'system', 'edit', 'revoke')"

// lateWebhook is how long after its timestamp a message may come, in milliseconds: so far before our
// last answer the customer's messages are looked at.
const lateWebhook = "3600000"

// waitsSince is the CustomerWaits of domain.Tx for a conversation c, without a lock, so that it suits
// lists: it reads the last answer, and the customer's messages from about then on. A test holds the two
// together. NULL = the last word is ours.
var waitsSince = `(SELECT min(i.created_at) FROM (
		SELECT coalesce(max(a.created_at), 0) AS created_at, coalesce(max(a.at), 0) AS at FROM (
			SELECT m.created_at, coalesce(p.createat, CASE WHEN m.sent_at > 0 THEN m.sent_at ELSE m.created_at END) AS at
			FROM waa_messages m LEFT JOIN posts p ON p.id = m.post_id AND m.post_id <> ''
			WHERE m.conversation_id = c.id AND m.direction = 'out' AND ` + isAnswer + ` ORDER BY m.created_at DESC, m.id DESC LIMIT 1) a
	) answer CROSS JOIN LATERAL (
		SELECT m.created_at FROM waa_messages m LEFT JOIN posts p ON p.id = m.post_id AND m.post_id <> ''
		WHERE m.conversation_id = c.id AND m.created_at >= answer.created_at - ` + lateWebhook + ` AND m.direction = 'in' AND m.kind NOT IN ` + asksNothing + `
			AND coalesce(p.createat, m.created_at) > answer.at
		ORDER BY m.created_at, m.id LIMIT 1
	) i)`

// AddLastMessages reads the last message of each conversation, and since when its customer waits.
func (s *Store) AddLastMessages(ctx context.Context, conversations []*domain.Conversation) error {
	ids, of := make([]string, len(conversations)), make(map[string][]*domain.Conversation, len(conversations))
	for i, c := range conversations {
		ids[i], of[c.ID] = c.ID, append(of[c.ID], c)
	}
	var rows []struct {
		ID        string `db:"id"`
		Waits     int64  `db:"waits"`
		Direction string `db:"direction"`
		Kind      string `db:"kind"`
		At        int64  `db:"at"`
		Text      string `db:"body"`
	}
	err := s.db.SelectContext(ctx, &rows, "SELECT f.id, f.waits, f.direction, f.kind, f.at, f.body FROM "+s.callSQL["last_messages"]+" f", pq.Array(ids))
	for _, row := range rows {
		for _, c := range of[row.ID] {
			c.WaitsSince = row.Waits
			c.LastMessage = &domain.LastMessage{Direction: row.Direction, Kind: row.Kind, Text: row.Text, At: row.At}
		}
	}
	return errors.Wrap(err, "could not read the last messages")
}

// Meta tells when a customer wrote to the second: of the messages of one second the last is the one whose post is.
func lastMessagesFunction() function {
	return function{
		name: "last_messages", params: params("text[]"), returns: "TABLE (id text, waits bigint, direction text, kind text, at bigint, body text)",
		query: `
		SELECT c.id, CASE WHEN c.closed_at <> 0 OR c.last_inbound_at = 0 THEN 0 ELSE coalesce(` + waitsSince + `, 0) END,
			last.direction, last.kind, last.created_at, last.text
		FROM waa_conversations c CROSS JOIN LATERAL (
			SELECT m.created_at FROM waa_messages m WHERE m.conversation_id = c.id AND m.kind NOT IN ` + asksNothing + ` ORDER BY m.created_at DESC, m.id DESC LIMIT 1
		) newest CROSS JOIN LATERAL (
			SELECT m.direction, m.kind, m.created_at,
				CASE WHEN coalesce(p.deleteat, 0) > 0 THEN '' WHEN m.body <> '' THEN m.body ELSE coalesce(p.message, '')::text END AS text
			FROM waa_messages m LEFT JOIN posts p ON p.id = m.post_id AND m.post_id <> ''
			WHERE m.conversation_id = c.id AND m.kind NOT IN ` + asksNothing + ` AND m.created_at >= newest.created_at / 1000 * 1000
			ORDER BY coalesce(p.createat, m.created_at) DESC, m.part DESC, m.id DESC LIMIT 1
		) last
		WHERE c.id = ANY($1)`,
	}
}
