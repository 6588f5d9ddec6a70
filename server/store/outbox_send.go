package store

import (
	"context"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// sendJoins joins a message m with everything that decides whether it may be sent: its
// conversation c, contact ct, account a, template t, charge ch, queue q and job o, and with what
// its post and its lane say. OFFSET 0 keeps PostgreSQL from planning and asking that
// anew wherever it is named.
const sendJoins = `
	FROM waa_messages m
	JOIN waa_conversations c ON c.id = m.conversation_id
	JOIN waa_contacts ct ON ct.id = c.contact_id
	JOIN waa_accounts a ON a.id = m.account_id
	LEFT JOIN waa_templates t ON t.id = m.template_id
	LEFT JOIN waa_charges ch ON ch.message_id = m.id
	LEFT JOIN waa_queues q ON q.id = coalesce(ch.queue_id, c.queue_id)
	LEFT JOIN waa_outbox o ON o.dedupe_key = m.id
	CROSS JOIN LATERAL (SELECT ` + postDeleted + ` AS post_deleted, ` + earlierMissing + ` AS earlier_missing, ` + earlierWaits + ` AS earlier_waits OFFSET 0) asked`

const (
	postDeleted = `(m.post_id <> '' AND EXISTS (SELECT 1 FROM posts p WHERE p.id = m.post_id AND p.deleteat > 0))`

	// earlierMissing is the condition that the channel has an earlier post of a person
	// that became no message yet. Posts that postpolicy.Policy keeps among colleagues have
	// a type of their own or stand in the thread of a post that has one; posts that are
	// too old are never sent.
	earlierMissing = `(m.post_id <> '' AND EXISTS (
		SELECT 1 FROM posts p
		WHERE p.channelid = c.channel_id AND p.deleteat = 0 AND p.createat <= m.created_at AND p.createat > m.created_at - ` + freshMillis + ` AND p.createat > ` + clock + ` - ` + freshMillis + `
			AND (p.createat < m.created_at OR p.id COLLATE "C" < m.post_id COLLATE "C") AND p.type IN ('', 'me')
			AND NOT EXISTS (SELECT 1 FROM waa_messages k WHERE k.post_id = p.id AND k.post_id <> '') AND NOT EXISTS (SELECT 1 FROM bots b WHERE b.userid = p.userid)
			AND NOT EXISTS (SELECT 1 FROM posts r WHERE r.id = p.rootid AND r.type IN ('` + posting.TypeNote + `', '` + posting.TypeEvent + `'))))`

	// earlierWaits is the condition that an earlier job of the lane is not finished.
	earlierWaits = `EXISTS (SELECT 1 FROM waa_outbox e WHERE e.lane = o.lane AND e.finished_at = 0 AND (e.ord, e.post_id, e.id) < (o.ord, o.post_id, o.id))`

	// sendState is a hash of everything that outbound.Worker decides by, except the
	// time: it changes when one of these changes, and else it does not.
	sendState = `hashtextextended(ROW(m.status, m.kind, m.category, m.created_at, c.contact_id, c.queue_id, c.channel_id = '', c.closed_at, c.aborted_at,
		c.window_until, c.window_phone, c.window_user_id, c.last_template_at, ct.phone, ct.user_id, ct.marketing_stop_at, ct.consent_status, ct.blocked_until, ct.erased_at,
		a.enabled, a.phone_number_id, t.category, t.status, t.source, t.approved, t.gone_at, t.queue_ids, ch.queue_id, q.time_zone, q.template_hours, q.holidays,
		asked.post_deleted, asked.earlier_missing, asked.earlier_waits)::text, 0)`
)

// sendRow is a domain.Send with the template's allow-list as the driver returns it.
type sendRow struct {
	domain.Send
	Allowed pq.StringArray
}

// LoadSend reads everything that decides about one message in one statement; see package outbound.
func (s *Store) LoadSend(ctx context.Context, messageID string) (*domain.Send, error) {
	row := &sendRow{}
	err := s.db.GetContext(ctx, row, "SELECT "+columnsOf("m", "message", messageColumns)+", "+columnsOf("c", "conversation", conversationColumns)+", "+
		columnsOf("ct", "contact", contactColumns)+", "+columnsOf("a", "account", accountColumns)+`, f.template_id AS "template.id", f.template_name AS "template.name",
		f.category AS "template.category", f.status AS "template.status", f.source AS "template.source", f.approved AS "template.approved", f.gone_at AS "template.gone_at", f.allowed,
		f.queue_id AS "queue.id", f.time_zone AS "queue.time_zone", f.template_hours AS "queue.template_hours", f.holidays AS "queue.holidays", f.earlier_missing, f.earlier_waits, f.post_deleted, f.seen FROM `+s.callSQL["load_send"]+" f", messageID)
	if err != nil {
		return nil, wrapErr(err, "could not read a message to send")
	}
	send := &row.Send
	send.Template.QueueIDs = row.Allowed
	send.Conversation.Contact = send.Contact
	s.decryptSecrets(&send.Account)
	return send, nil
}

func loadSendFunction() function {
	return function{
		name: "load_send", params: params("text"), returns: `TABLE (m waa_messages, c waa_conversations, ct waa_contacts, a waa_accounts, template_id text, template_name text,
			category text, status text, source text, approved boolean, gone_at bigint, allowed text[], queue_id text, time_zone text, template_hours text, holidays text, earlier_missing boolean, earlier_waits boolean, post_deleted boolean, seen bigint)`,
		query: `
		SELECT m, c, ct, a, coalesce(t.id, ''), coalesce(t.name, ''), coalesce(t.category, ''), coalesce(t.status, ''), coalesce(t.source, ''), coalesce(t.approved, false), coalesce(t.gone_at, 0),
			coalesce(t.queue_ids, '{}'), coalesce(ch.queue_id, c.queue_id), coalesce(q.time_zone, ''), coalesce(q.template_hours, ''), coalesce(q.holidays, ''), asked.earlier_missing, asked.earlier_waits, asked.post_deleted, ` + sendState + sendJoins + `
		WHERE m.id = $1`,
	}
}

// MarkLeft records that the request leaves now, unless something changed since LoadSend
// returned seen; left says whether it may. jobqueue.ErrLost if the owner's lease is gone.
func (s *Store) MarkLeft(ctx context.Context, owner string, jobID, now, seen int64) (left bool, err error) {
	var row struct {
		LeaseHeld bool `db:"held"`
		MayLeave  bool `db:"may_leave"`
	}
	err = retryDeadlock(func() error {
		return s.db.GetContext(ctx, &row, "SELECT f.held, f.may_leave FROM "+s.callSQL["mark_left"]+" f", jobID, owner, now, seen)
	})
	if err == nil && !row.LeaseHeld {
		return false, jobqueue.ErrLost
	}
	return row.MayLeave, wrapErr(err, "could not mark a job as left")
}

// markLeftFunction locks the contact and the conversation, in that order, while it
// compares: closing the conversation, erasing or merging the person at the same moment
// happens either before, and is seen, or after the message has left.
func markLeftFunction() function {
	// a lane is compared byte by byte, an id is not: without its own collation no index would find it
	const conversationOf = `(SELECT j.lane COLLATE "default" FROM waa_outbox j WHERE j.id = $1)`
	return function{
		name: "mark_left", params: params("bigint, text, bigint, bigint"), returns: "TABLE (held boolean, may_leave boolean)",
		first: []string{
			`PERFORM FROM waa_contacts ct WHERE ct.id = (SELECT c.contact_id FROM waa_conversations c WHERE c.id = ` + conversationOf + `) FOR SHARE`,
			`PERFORM FROM waa_conversations c WHERE c.id = ` + conversationOf + ` FOR SHARE`,
		},
		query: `
		WITH facts AS (
			SELECT o.id, c.window_until, ` + sendState + ` AS seen` + sendJoins + ` WHERE m.id = (SELECT j.dedupe_key FROM waa_outbox j WHERE j.id = $1)
		), may AS (
			UPDATE waa_outbox o SET left_at = $3, left_window = facts.window_until FROM facts
			WHERE o.id = $1 AND o.id = facts.id AND o.lease_owner = $2 AND o.lease_until > ` + clock + ` AND o.finished_at < 1 AND facts.seen = $4 RETURNING o.id
		)
		SELECT EXISTS (SELECT 1 FROM waa_outbox o WHERE o.id = $1 AND o.lease_owner = $2 AND o.lease_until > ` + clock + ` AND o.finished_at < 1), EXISTS (SELECT 1 FROM may)`,
	}
}

// ClearLeft records that the request certainly did not leave, or was refused; jobqueue.ErrLost if the owner's lease is gone.
func (s *Store) ClearLeft(ctx context.Context, owner string, jobID int64) error {
	n, err := exec(ctx, s.db, "UPDATE waa_outbox SET left_at = 0 WHERE id = $1 AND lease_owner = $2 AND lease_until > "+clock+" AND finished_at = 0", jobID, owner)
	if err == nil && n == 0 {
		return jobqueue.ErrLost
	}
	return wrapErr(err, "could not take back that a job has left")
}

// SavePayload replaces what a job is to send; see package outbound.
func (s *Store) SavePayload(ctx context.Context, owner string, jobID int64, payload []byte) error {
	n, err := exec(ctx, s.db, "UPDATE waa_outbox SET payload = $3 WHERE id = $1 AND lease_owner = $2 AND lease_until > "+clock+" AND finished_at = 0", jobID, owner, payload)
	if err == nil && n == 0 {
		return jobqueue.ErrLost
	}
	return wrapErr(err, "could not keep an upload")
}
