package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// savedInbound is the row that saveInboundFunction returns.
type savedInbound struct {
	domain.Conversation
	OldFrom      int64 `db:"old_from"`
	OldUntil     int64 `db:"old_until"`
	OldInboundAt int64 `db:"old_inbound_at"`
	OldUpdatedAt int64 `db:"old_updated_at"`
	Inserted     bool  `db:"inserted"`
}

// SaveInbound stores a customer's message and moves the window, in one
// statement; see package inbound.
func (s *Store) SaveInbound(ctx context.Context, m *domain.Message, who domain.WhatsAppIdentity, opensWindow bool, now int64) (saved *domain.Message, before, after *domain.Conversation, err error) {
	err = retryDeadlock(func() error {
		saved, before, after, _, err = s.saveInbound(ctx, s.db, m, who, opensWindow, now)
		return err
	})
	return saved, before, after, err
}

// saveInbound is SaveInbound; inserted is false for a message that was stored already.
func (s *Store) saveInbound(ctx context.Context, r sqlx.ExtContext, m *domain.Message, who domain.WhatsAppIdentity, opensWindow bool, now int64) (saved *domain.Message, before, after *domain.Conversation, inserted bool, err error) {
	who, m = truncateIdentity(who), truncateMessage(m)
	if m.ID == "" {
		m.ID = s.newID()
	}
	var row savedInbound
	err = sqlx.GetContext(ctx, r, &row, "SELECT "+columnsOf("c", "", conversationColumns)+", "+columnsOf("ct", "contact", contactColumns)+
		", f.old_from, f.old_until, f.old_inbound_at, f.old_updated_at, f.inserted FROM "+s.callSQL["save_inbound"]+" f", m.AccountID, m.ConversationID, who.PhoneKey, who.UserID, who.WAID, who.Name,
		opensWindow, m.CreatedAt, m.CreatedAt+domain.WindowLength.Milliseconds(), now,
		m.ID, m.Kind, m.PostID, m.WAMID, m.Text)
	if err != nil {
		return nil, nil, nil, false, wrapErr(err, "could not store an inbound message")
	}
	after = &row.Conversation
	m.ContactID, m.Direction, m.Status = after.ContactID, domain.Inbound, ""
	if !row.Inserted {
		if m, err = s.MessageByWAMID(ctx, m.AccountID, m.WAMID); err != nil {
			return nil, nil, nil, false, err
		}
	}
	old := *after
	old.WindowFrom, old.WindowUntil, old.LastInboundAt, old.UpdatedAt = row.OldFrom, row.OldUntil, row.OldInboundAt, row.OldUpdatedAt
	learnIdentity(&after.Contact, who) // the statement returns the contact as it was before
	return m, &old, after, row.Inserted, nil
}

// saveInboundFunction repeats domain.Answered in SQL, because the window must move in
// the statement that stores the message: an inbound at $8 makes the window end at $9.
// A test holds the two together. An aborted conversation takes no message, and a message
// that such a conversation took before it was aborted moves to this one, as does one that a closed
// conversation took and never showed.
func saveInboundFunction() function {
	set, news := learnIdentitySQL("$5", "$4", "$6", "$3")
	return function{
		name:    "save_inbound",
		params:  params("text, text, text, text, text, text, boolean, bigint, bigint, bigint, text, text, text, text, text"),
		returns: "TABLE (c waa_conversations, ct waa_contacts, old_from bigint, old_until bigint, old_inbound_at bigint, old_updated_at bigint, inserted boolean)",
		query: `
		WITH person AS (
			UPDATE waa_contacts SET ` + set + `, updated_at = greatest(updated_at, $10)
			WHERE id = (SELECT contact_id FROM waa_conversations WHERE id = $2) AND ` + news + ` RETURNING id
		), old AS (
			SELECT id, window_from, window_until, last_inbound_at, updated_at, $7 AND $9 > window_until AS moves
			FROM waa_conversations WHERE id = $2 AND aborted_at = 0 AND erased_at = 0 AND (SELECT count(*) FROM person) >= 0 FOR UPDATE
		), saved AS (
			UPDATE waa_conversations c SET
				window_from = CASE WHEN old.moves AND $8 >= old.window_until THEN $8 ELSE c.window_from END,
				window_until = CASE WHEN old.moves THEN $9 ELSE c.window_until END,
				last_inbound_at = CASE WHEN old.moves THEN $8 ELSE c.last_inbound_at END,
				window_phone = CASE WHEN old.moves AND $4 || $5 <> '' THEN $5 ELSE c.window_phone END,
				window_user_id = CASE WHEN old.moves AND $4 || $5 <> '' THEN $4 ELSE c.window_user_id END,
				idle_at = CASE WHEN $7 AND c.idle_at = 0 THEN $8 ELSE c.idle_at END,
				updated_at = greatest(c.updated_at, $10),
				refresh_at = CASE WHEN NOT old.moves OR c.closed_at <> 0 THEN c.refresh_at
					WHEN $10 >= old.window_until THEN ` + nextRefresh("c.refresh_at", "$10") + `
					ELSE ` + nextRefresh("c.refresh_at", "$10 + "+headerDelayMillis) + ` END
			FROM old WHERE c.id = old.id
			RETURNING c, c.id, c.contact_id, old.window_from, old.window_until, old.last_inbound_at, old.updated_at
		), inserted AS (
			INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, post_id, wamid, body, created_at)
			SELECT $11, s.id, $1, s.contact_id, 'in', $12, $13, $14, $15, $8 FROM saved s
			ON CONFLICT (token, account_id) WHERE token <> '' DO UPDATE SET conversation_id = excluded.conversation_id, contact_id = excluded.contact_id
				WHERE EXISTS (SELECT 1 FROM waa_conversations gone WHERE gone.id = waa_messages.conversation_id AND (gone.aborted_at <> 0 OR gone.closed_at <> 0 AND waa_messages.post_id = ''))
			RETURNING id
		), identities AS (
			INSERT INTO waa_identities (account_id, kind, value, contact_id)
			SELECT $1, v.kind, v.value, s.contact_id FROM saved s, (VALUES ('bsuid', $4), ('phone', $3)) v (kind, value) WHERE v.value <> ''
			ON CONFLICT DO NOTHING
		)
		SELECT s.c, ct, s.window_from, s.window_until, s.last_inbound_at, s.updated_at, EXISTS (SELECT 1 FROM inserted WHERE id = $11)
		FROM saved s JOIN waa_contacts ct ON ct.id = s.contact_id`,
	}
}
