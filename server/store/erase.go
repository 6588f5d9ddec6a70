package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"
)

// EraseContact removes who a contact is: name, numbers, document, texts, ids
// that hold a number, and what waits in inbox and outbox. Its conversations are
// closed. Ids of ours, times and money stay, and an audit row says who did it.
// What Mattermost shows of the person is left in waa_forget, in the same
// transaction: see jobs.Erasure. It may be repeated. botIDs are the users as
// whom we post; now is milliseconds since epoch.
func (s *Store) EraseContact(ctx context.Context, id, actorID string, botIDs []string, now int64) error {
	posts, err := s.earlierMentions(ctx, id, botIDs)
	if err != nil {
		return err
	}
	return s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		if err := s.eraseRows(ctx, t, id, actorID, now); err != nil {
			return err
		}
		if _, err := exec(ctx, t, leaveForget, id, pq.Array(posts)); err != nil {
			return wrapErr(err, "could not leave what is to be forgotten")
		}
		return s.audit(ctx, t, actorID, "contact_erased", id, nil)
	})
}

// EraseAgain erases what was stored while a contact was being erased, by requests
// that had read its rows before.
func (s *Store) EraseAgain(ctx context.Context, id string, now int64) error {
	return s.inTxAgain(ctx, func(t *sqlx.Tx) error { return s.eraseRows(ctx, t, id, "", now) })
}

func (s *Store) eraseRows(ctx context.Context, t *sqlx.Tx, id, actorID string, now int64) error {
	var values pq.StringArray
	if err := t.GetContext(ctx, &values, `SELECT ARRAY(SELECT value FROM waa_identities WHERE contact_id = c.id UNION SELECT c.wa_id WHERE c.wa_id <> ''
		UNION SELECT c.user_id WHERE c.user_id <> '' UNION SELECT ltrim(c.phone, '+') WHERE c.phone <> '') FROM waa_contacts c WHERE c.id = $1 FOR UPDATE OF c`, id); err != nil {
		return wrapErr(err, "could not lock the contact")
	}
	lanes, hidden, err := s.lanesOf(ctx, t, values)
	if err != nil {
		return err
	}
	if err := s.keepOptOut(ctx, t, id, values); err != nil {
		return err
	}
	for _, step := range []struct {
		query string
		args  []any
	}{
		{eraseScheduled, []any{values, now}},
		{eraseNotices, []any{id}},
		{eraseContact, []any{id, now}},
		{eraseConversations, []any{id, actorID, now}},
		{eraseMessages, []any{id}},
		{eraseOutbox, []any{id}},
		{eraseMedia, []any{id}},
		{eraseInbox, []any{values, hidden}},
		{eraseEarlierInbox, []any{lanes}},
		{eraseAudit, []any{id}},
		{eraseEvents, []any{id}},
	} {
		if _, err := exec(ctx, t, step.query, step.args...); err != nil {
			return wrapErr(err, "could not erase a contact")
		}
	}
	return nil
}

// lanesOf returns the lanes of the inbox that belong to somebody with such identities,
// by their names and as they are stored, hashed; see package webhook.
func (s *Store) lanesOf(ctx context.Context, t *sqlx.Tx, values []string) (lanes, hidden pq.StringArray, err error) {
	accounts, err := s.stringArrayOf(ctx, t, "could not read the accounts", "SELECT coalesce(array_agg(id), '{}') FROM waa_accounts")
	if err != nil {
		return nil, nil, err
	}
	for _, value := range values {
		lanes = append(lanes, "s:"+value)
		for _, account := range accounts {
			lanes = append(lanes, "m:"+account+":"+value)
		}
	}
	for _, lane := range lanes {
		name, err := s.encrypter.HideName(lane)
		if err != nil {
			return nil, nil, errors.Wrap(err, "could not tell a person's lanes")
		}
		hidden = append(hidden, name)
	}
	return lanes, hidden, nil
}

// conversationsOfContact are those of the contact $1.
const conversationsOfContact = "(SELECT id FROM waa_conversations WHERE contact_id = $1)"

const (
	eraseContact = `
		WITH i AS (DELETE FROM waa_identities WHERE contact_id = $1), w AS (DELETE FROM waa_wanted WHERE contact_id = $1),
			r AS (DELETE FROM waa_requests WHERE conversation_id IN ` + conversationsOfContact + `)
		UPDATE waa_contacts SET name = '', phone = '', wa_id = '', user_id = '', username = '', cpf_masked = '', cpf_cipher = '', cpf_hash = '', consent_note = '',
			erased_at = $2, updated_at = $2 WHERE id = $1 AND erased_at = 0`

	// eraseConversations: nothing is to be shown of them any more, and no archiving begins; forgetting does what there is to do.
	eraseConversations = `
		UPDATE waa_conversations SET window_phone = '', window_user_id = '', close_reason = '', closing_fields = '[]', closed_by = CASE WHEN closed_at = 0 THEN $2 ELSE closed_by END,
			closed_at = CASE WHEN closed_at = 0 THEN $3 ELSE closed_at END, updated_at = CASE WHEN erased_at = 0 THEN $3 ELSE updated_at END,
			archived_at = CASE WHEN archived_at = 0 THEN $3 ELSE archived_at END, archive_lease = 0, refresh_at = 0, idle_at = 0,
			erased_at = CASE WHEN erased_at = 0 THEN $3 ELSE erased_at END
		WHERE contact_id = $1`

	// eraseEvents: what receivers answered may repeat what they were told.
	eraseEvents = `
		WITH e AS (UPDATE waa_events SET conversation = conversation - '{close_reason,closing_fields}'::text[] WHERE conversation_id <> '' AND conversation_id IN ` + conversationsOfContact + ` RETURNING id)
		UPDATE waa_event_deliveries d SET answer = '' FROM e WHERE d.event_id = e.id AND d.answer <> ''`

	// eraseMessages: a wamid holds the customer's number in base64.
	eraseMessages = `
		WITH r AS (
			DELETE FROM waa_reactions WHERE message_id IN (SELECT id FROM waa_messages WHERE conversation_id IN ` + conversationsOfContact + `)
		), h AS (
			UPDATE waa_charges SET wamid = '' WHERE wamid <> '' AND message_id IN (SELECT id FROM waa_messages WHERE conversation_id IN ` + conversationsOfContact + `)
		), d AS (
			DELETE FROM waa_drafts WHERE conversation_id IN ` + conversationsOfContact + `
		), o AS (
			DELETE FROM waa_draft_offers WHERE conversation_id IN ` + conversationsOfContact + `
		), l AS (
			DELETE FROM waa_lines WHERE conversation_id IN ` + conversationsOfContact + `
		)
		UPDATE waa_messages SET body = '', wamid = '' WHERE conversation_id IN ` + conversationsOfContact + ` AND (body <> '' OR wamid <> '')`

	// eraseNotices comes before the name is gone: notices of earlier versions hold it.
	eraseNotices = `
		WITH n AS (
			DELETE FROM waa_notices WHERE key = ANY(ARRAY(
				SELECT n.key FROM waa_notices n WHERE n.conversation_id <> '' AND n.conversation_id = ANY(ARRAY` + conversationsOfContact + `)
				UNION ALL SELECT 'no_channel:' || id FROM waa_conversations WHERE contact_id = $1))
		)
		UPDATE waa_notices SET data = data - 'Customer' WHERE data ->> 'Customer' = (SELECT name FROM waa_contacts WHERE id = $1 AND name <> '')`

	// eraseOutbox ends what waits or is dead, and empties it; other jobs have no
	// payload. What never left holds no money back.
	eraseOutbox = `
		WITH o AS (
			UPDATE waa_outbox SET ` + emptyJob + ` WHERE (finished_at = 0 OR dead_at > 0) AND lane IN ` + conversationsOfContact + ` RETURNING dedupe_key, left_at
		), m AS (
			UPDATE waa_messages m SET status = CASE WHEN o.left_at = 0 THEN 'not_sent' ELSE 'unknown' END, shown_status = CASE WHEN o.left_at = 0 THEN 'not_sent' ELSE 'unknown' END
			FROM o WHERE m.id = o.dedupe_key AND m.status = 'pending'
		)
		UPDATE waa_charges h SET state = 'released', amount = 0 FROM o WHERE h.message_id = o.dedupe_key AND o.left_at = 0 AND h.state = 'reserved'`

	eraseMedia = `UPDATE waa_media SET payload = '', reason = '', lease_owner = '', lease_until = 0, dead_at = 0, lane = 'erased:' || id, dedupe_key = 'erased:' || id,
			finished_at = CASE WHEN finished_at = 0 THEN ` + clock + ` ELSE finished_at END
		WHERE conversation_id IN ` + conversationsOfContact + ` AND lane NOT LIKE 'erased:%'`

	// eraseInbox: a row is the person's if a part of its lane or a string of its
	// JSON is one of their identities. Rows that are finished have no payload.
	eraseInbox = `
		UPDATE waa_inbox SET ` + emptyJob + `, lane = 'erased:' || id, dedupe_key = 'erased:' || id
		WHERE (finished_at = 0 OR dead_at > 0) AND EXISTS (
			SELECT 1 FROM unnest($1::text[]) v
			WHERE lane = ANY ($2) OR v = ANY (regexp_split_to_array(lane, '[^0-9A-Za-z.]+')) OR position(convert_to('"' || v || '"', 'UTF8') IN payload) > 0)`

	// eraseEarlierInbox: what was stored before lanes were hidden, and is kept for two weeks after it was done.
	eraseEarlierInbox = `
		UPDATE waa_inbox SET lane = 'erased:' || id, dedupe_key = 'erased:' || id
		WHERE finished_at > 0 AND dead_at = 0 AND finished_at < (SELECT value + 1209600000 FROM waa_facts WHERE name = '` + mentionsSince + `') AND lane = ANY ($1)`
	emptyJob = `payload = '', reason = '', lease_owner = '', lease_until = 0, dead_at = 0, finished_at = ` + clock

	// eraseAudit takes out what people wrote in their own words: who did what to what, and when, stays.
	eraseAudit = `UPDATE waa_audit SET details = details - '{reason,note}'::text[] WHERE details ?| '{reason,note}' AND object_id IN (SELECT $1 UNION ALL SELECT id FROM waa_conversations WHERE contact_id = $1)`

	leaveForget = `
		INSERT INTO waa_forget (conversation_id, contact_id, posts, created_at, due_at)
		SELECT c.id, $1, CASE WHEN row_number() OVER (ORDER BY c.id) = 1 THEN $2::text[] ELSE '{}' END, ` + clock + `, 0 FROM waa_conversations c WHERE c.contact_id = $1
		ON CONFLICT (conversation_id) DO UPDATE SET posts = waa_forget.posts || excluded.posts, due_at = 0, attempts = 0, passes = 0, done_at = 0, created_at = excluded.created_at`
)
