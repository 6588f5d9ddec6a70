package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// RecordSent stores that Meta accepted a message; see package outbound.
func (s *Store) RecordSent(ctx context.Context, messageID, wamid string, who domain.WhatsAppIdentity, now int64) error {
	who = truncateIdentity(who)
	return retryDeadlock(func() error {
		return execOne(ctx, s.db, "could not record a sent message", "SELECT FROM "+s.callSQL["record_sent"], messageID, truncate(wamid, maxWAMID),
			who.PhoneKey, who.UserID, who.WAID, who.Name, now, statusesBefore(domain.Sent))
	})
}

// recordSentFunction takes its locks in the package's order: contact, conversation, message.
func recordSentFunction() function {
	set, news := learnIdentitySQL("coalesce(old.wa, '')", "coalesce(old.bsuid, '')", "coalesce(old.called, '')", "coalesce(old.key, '')")
	return function{
		name: "record_sent", params: params("text, text, text, text, text, text, bigint, text[]"), returns: "SETOF text",
		query: `
		WITH old AS (
			SELECT m.id, m.account_id, m.contact_id, m.conversation_id,
				m.kind = 'template' AND m.status NOT IN ('failed', 'not_sent') AS template, -- its failure may be told before its acceptance
				p.key, p.bsuid, p.wa, p.called
			FROM waa_messages m LEFT JOIN (VALUES ($3, $4, $5, $6)) p (key, bsuid, wa, called) -- of who moved since it was written it teaches nothing
				ON NOT EXISTS (SELECT 1 FROM waa_contacts ct WHERE ct.id = m.contact_id AND ct.moved_at > m.created_at)
			WHERE m.id = $1
		), ct AS (
			UPDATE waa_contacts ct SET ` + set + `, last_template_at = CASE WHEN old.template THEN greatest(last_template_at, $7) ELSE last_template_at END,
				updated_at = greatest(updated_at, $7)
			FROM old WHERE ct.id = old.contact_id AND (old.template OR ` + news + `) RETURNING ct.id
		), c AS (
			UPDATE waa_conversations c SET last_outbound_at = greatest(c.last_outbound_at, $7), updated_at = greatest(c.updated_at, $7),
				last_template_at = CASE WHEN old.template THEN greatest(c.last_template_at, $7) ELSE c.last_template_at END,
				window_phone = CASE WHEN old.template AND c.window_until <= $7 AND old.bsuid || old.wa <> '' THEN old.wa ELSE c.window_phone END, -- an answer comes from there
				window_user_id = CASE WHEN old.template AND c.window_until <= $7 AND old.bsuid || old.wa <> '' THEN old.bsuid ELSE c.window_user_id END,
				refresh_at = CASE WHEN old.template OR c.channel_id = '' THEN ` + nextRefresh("c.refresh_at", "$7") + ` ELSE c.refresh_at END
			FROM old WHERE c.id = old.conversation_id AND (SELECT count(*) FROM ct) >= 0 RETURNING c.id
		), identities AS (
			INSERT INTO waa_identities (account_id, kind, value, contact_id)
			SELECT old.account_id, v.kind, v.value, old.contact_id FROM old, LATERAL (VALUES ('bsuid', old.bsuid), ('phone', old.key)) v (kind, value) WHERE v.value <> ''
			ON CONFLICT DO NOTHING
		)
		UPDATE waa_messages m SET wamid = CASE WHEN m.wamid = '' THEN $2 ELSE m.wamid END, sent_at = CASE WHEN m.sent_at = 0 THEN $7 ELSE m.sent_at END,
			status = CASE WHEN m.status = ANY($8) THEN 'sent' ELSE m.status END
		FROM c WHERE m.id = $1 RETURNING m.id`,
	}
}

// RecordEnd sets failed, unknown or not_sent; see package outbound.
func (s *Store) RecordEnd(ctx context.Context, messageID string, status domain.Status, reason int, now int64) error {
	_, _, err := s.endMessage(ctx, &domain.Message{ID: messageID, Status: status}, reason, now)
	return err
}

// EnqueuePost stores an agent's post, or what else goes out in its conversation,
// as messages with their outbox jobs, in their order and all or none; see package postpolicy.
func (s *Store) EnqueuePost(ctx context.Context, pieces []domain.OutboxItem, pause time.Duration) (bool, error) {
	first := truncateMessage(&pieces[0].Message)
	n := len(pieces)
	ids, kinds, parts, payloads := make([]string, n), make([]string, n), make([]int64, n), make(pq.ByteaArray, n)
	for i := range pieces {
		ids[i], kinds[i], parts[i], payloads[i] = pieces[i].Message.ID, truncate(pieces[i].Message.Kind, maxKind), int64(i), pieces[i].Payload
	}
	stored, err := exec(ctx, s.db, "SELECT FROM "+s.callSQL["enqueue_post"], pq.Array(ids), first.ConversationID, first.AccountID, first.ContactID, pq.Array(kinds),
		first.AuthorID, first.PostID, string(first.Status), first.CreatedAt, payloads, pause.Milliseconds(), pq.Array(parts))
	return stored > 0, wrapErr(err, "could not store a post for sending")
}

// enqueuePostFunction: where the post is known already the first piece meets the
// unique index, and without it no other is stored.
func enqueuePostFunction() function {
	return function{
		name: "enqueue_post", params: params("text[], text, text, text, text[], text, text, text, bigint, bytea[], bigint, bigint[]"), returns: "SETOF bigint",
		query: `
		WITH pieces AS MATERIALIZED (
			SELECT p.id, p.kind, p.payload, p.part FROM unnest($1, $5, $10, $12) p (id, kind, payload, part)
		), first AS (
			INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, author_id, post_id, status, created_at, parts)
			SELECT p.id, $2, $3, $4, 'out', p.kind, $6, $7, $8, $9, CASE WHEN cardinality($1) > 1 THEN cardinality($1) ELSE 0 END
			FROM pieces p WHERE p.part = 0 ON CONFLICT DO NOTHING RETURNING id
		), others AS (
			INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, author_id, post_id, status, created_at, part, parts)
			SELECT p.id, $2, $3, $4, 'out', p.kind, $6, $7, $8, $9, p.part, cardinality($1) FROM first, pieces p WHERE p.part > 0
		)
		INSERT INTO waa_outbox (lane, ord, post_id, dedupe_key, account_id, payload, created_at, due_at)
		SELECT $2, $9, $7, p.id, $3, p.payload, t.now, t.now + $11 FROM first, pieces p, (SELECT ` + clock + ` AS now) t ORDER BY p.part RETURNING id`,
	}
}

// InsertNotSent stores a post that was never to be sent, once per post.
func (s *Store) InsertNotSent(ctx context.Context, m *domain.Message) (bool, error) {
	row := truncateMessage(m)
	row.Status = domain.NotSent
	n, err := execNamed(ctx, s.db, insertInto("waa_messages", messageColumns)+" ON CONFLICT DO NOTHING", row)
	return n > 0, wrapErr(err, "could not store a post that is not sent")
}

// enqueue puts a message into the outbox; with holdFor it is due so many milliseconds from now.
func enqueue(ctx context.Context, r sqlx.ExtContext, m *domain.Message, outgoing []byte, holdFor int64) error {
	due := "0"
	if holdFor > 0 {
		due = clock + " + $6"
	}
	args := []any{m.ConversationID, m.CreatedAt, m.ID, m.AccountID, outgoing}
	if holdFor > 0 {
		args = append(args, holdFor)
	}
	_, err := exec(ctx, r, "INSERT INTO waa_outbox (lane, ord, dedupe_key, account_id, payload, created_at, due_at) VALUES ($1, $2, $3, $4, $5, "+clock+", "+due+")", args...)
	return wrapErr(err, "could not store an outbox job")
}
