package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// sentCompletion is a job of the outbox to finish with the message that it sent.
type sentCompletion struct {
	finishedJob
	domain.Acceptance
}

// CompleteSent stores that Meta accepted a message, finishes its job, and returns the next
// job of the lane, claimed; see package outbound.
func (s *Store) CompleteSent(ctx context.Context, owner string, jobID int64, lease time.Duration, a domain.Acceptance) (*jobqueue.Job, error) {
	a.Recipient, a.WAMID = truncateIdentity(a.Recipient), truncate(a.WAMID, maxWAMID)
	f, err := s.sent.Submit(ctx, sentCompletion{finishedJob{id: jobID, owner: owner, lease: lease}, a})
	return f.result(err)
}

func (s *Store) completeSentBatch(ctx context.Context, batch []sentCompletion) ([]finishedJob, error) {
	n := len(batch)
	jobs := make([]finishedJob, n)
	ids, wamids, at, leftAt := make([]string, n), make([]string, n), make([]int64, n), make([]int64, n)
	keys, userIDs, waIDs, names := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	held := make([]bool, n)
	for i, sent := range batch {
		who := sent.Recipient
		jobs[i] = sent.finishedJob
		ids[i], wamids[i], at[i], leftAt[i] = sent.MessageID, sent.WAMID, sent.At, sent.LeftAt
		held[i] = sent.Held
		keys[i], userIDs[i], waIDs[i], names[i] = who.PhoneKey, who.UserID, who.WAID, who.Name
	}
	return jobs, s.finish(ctx, "sent", jobs, pq.Array(ids), pq.Array(wamids), pq.Array(at), pq.Array(leftAt), pq.Array(keys), pq.Array(userIDs), pq.Array(waIDs), pq.Array(names),
		statusesBefore(domain.Sent), pq.Array(held))
}

// completeSentFunction records accepted messages, at most one of each contact, and
// finishes their jobs. The messages have left, so they are recorded even where the lease
// of a job was lost. It takes its locks in the package's order: contact, conversation,
// message, job. That a number sends is noted once a second, because each message of the
// number would else wait for the same row.
func completeSentFunction() function {
	set, news := learnIdentitySQL("coalesce(sent.wa, '')", "coalesce(sent.bsuid, '')", "coalesce(sent.called, '')", "coalesce(sent.key, '')")
	return function{
		name:   "sent",
		params: params(finishParams + ", text[], text[], bigint[], bigint[], text[], text[], text[], text[], text[], boolean[]"), returns: jobSQL(outboxTable, finishReturns),
		query: jobSQL(outboxTable, `
		WITH sent AS MATERIALIZED (
			SELECT m.id, m.account_id, m.contact_id, m.conversation_id, s.wamid, s.at, s.left_at, s.held, p.key, p.bsuid, p.wa, p.called,
				m.kind = 'template' AND m.status NOT IN ('failed', 'not_sent') AS template, -- its failure may be told before its acceptance
				m.automatic
			FROM unnest($4, $5, $6, $7, $8, $9, $10, $11, $13) s (id, wamid, at, left_at, key, bsuid, wa, called, held) JOIN waa_messages m ON m.id = s.id
			LEFT JOIN LATERAL (SELECT s.key, s.bsuid, s.wa, s.called) p -- of who moved since it was written it teaches nothing
				ON NOT EXISTS (SELECT 1 FROM waa_contacts ct WHERE ct.id = m.contact_id AND ct.moved_at > m.created_at)
		), ct AS (
			UPDATE waa_contacts ct SET `+set+`, last_template_at = CASE WHEN sent.template THEN greatest(last_template_at, sent.at) ELSE last_template_at END,
				updated_at = greatest(updated_at, sent.at)
			FROM sent WHERE ct.id = sent.contact_id AND (sent.template OR `+news+`) RETURNING ct.id
		), c AS (
			UPDATE waa_conversations c SET last_outbound_at = CASE WHEN sent.automatic THEN c.last_outbound_at ELSE greatest(c.last_outbound_at, sent.at) END, updated_at = greatest(c.updated_at, sent.at),
				last_template_at = CASE WHEN sent.template THEN greatest(c.last_template_at, sent.at) ELSE c.last_template_at END,
				window_phone = CASE WHEN sent.template AND c.window_until <= sent.at AND sent.bsuid || sent.wa <> '' THEN sent.wa ELSE c.window_phone END, -- an answer comes from there
				window_user_id = CASE WHEN sent.template AND c.window_until <= sent.at AND sent.bsuid || sent.wa <> '' THEN sent.bsuid ELSE c.window_user_id END,
				refresh_at = CASE WHEN sent.template OR c.channel_id = '' THEN `+nextRefresh("c.refresh_at", "sent.at")+` ELSE c.refresh_at END
			FROM sent WHERE c.id = sent.conversation_id AND (SELECT count(*) FROM ct) >= 0 RETURNING c.id
		), identities AS (
			INSERT INTO waa_identities (account_id, kind, value, contact_id)
			SELECT sent.account_id, v.kind, v.value, sent.contact_id FROM sent, LATERAL (VALUES ('bsuid', sent.bsuid), ('phone', sent.key)) v (kind, value) WHERE v.value <> ''
			ON CONFLICT DO NOTHING
		), well AS (
			UPDATE waa_accounts a SET well_at = l.left_at FROM (SELECT sent.account_id, least(max(sent.left_at), `+clock+`) AS left_at FROM sent GROUP BY sent.account_id) l
			WHERE a.id = l.account_id AND a.well_at < l.left_at - `+wellEvery+`
		), recorded AS (
			UPDATE waa_messages m SET wamid = CASE WHEN m.wamid = '' THEN sent.wamid ELSE m.wamid END, sent_at = CASE WHEN m.sent_at = 0 THEN sent.at ELSE m.sent_at END,
				status = CASE WHEN m.status = ANY($12) AND NOT sent.held THEN 'sent' ELSE m.status END,
				held = sent.held, shown_status = CASE WHEN sent.held AND m.status = 'pending' THEN '' ELSE m.shown_status END -- its post shows it
			FROM sent WHERE m.id = sent.id AND (SELECT count(*) FROM c) >= 0 RETURNING m.id
		), `+finishSQL("(SELECT count(*) FROM recorded) >= 0")+finishedSQL),
	}
}

// wellEvery is how often it is noted that a number sends, milliseconds.
const wellEvery = "1000"

// RecordEnd sets failed, unknown or not_sent; see package outbound.
func (s *Store) RecordEnd(ctx context.Context, messageID string, status domain.Status, reason int, now int64) error {
	_, _, err := s.endMessage(ctx, &domain.Message{ID: messageID, Status: status}, reason, now)
	return err
}

// EnqueuePost stores an agent's post, or what else goes out in its conversation,
// as messages with their outbox jobs, in their order and all or none. The author's held
// draft with the same fingerprint is sent with it; see package postpolicy.
func (s *Store) EnqueuePost(ctx context.Context, pieces []domain.OutboxItem, fingerprint string, pause time.Duration) (bool, error) {
	first := truncateMessage(&pieces[0].Message)
	n := len(pieces)
	ids, kinds, parts, payloads := make([]string, n), make([]string, n), make([]int64, n), make(pq.ByteaArray, n)
	for i := range pieces {
		ids[i], kinds[i], parts[i], payloads[i] = pieces[i].Message.ID, truncate(pieces[i].Message.Kind, maxKind), int64(i), pieces[i].Payload
	}
	var stored int
	err := retryDeadlock(func() (err error) {
		stored, err = exec(ctx, s.db, "SELECT FROM "+s.callSQL["enqueue_post"], pq.Array(ids), first.ConversationID, first.AccountID, first.ContactID, pq.Array(kinds),
			first.AuthorID, first.PostID, string(first.Status), first.CreatedAt, payloads, pause.Milliseconds(), pq.Array(parts), fingerprint)
		return err
	})
	return stored > 0, wrapErr(err, "could not store a post for sending")
}

// enqueuePostFunction: where the post is known already the first piece meets the
// unique index, and without it no other is stored.
func enqueuePostFunction() function {
	return function{
		name: "enqueue_post", params: params("text[], text, text, text, text[], text, text, text, bigint, bytea[], bigint, bigint[], text"), returns: "SETOF bigint",
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
		), changed AS (
			UPDATE waa_drafts SET state = 'sent', post_id = $7, updated_at = $9
			WHERE conversation_id = $2 AND author_id = $6 AND fingerprint = $13 AND state = 'held' RETURNING conversation_id, author_id, opening
		), shown AS (` + showOffersAnew + `)
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
