package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/relay"
)

// Find answers the conversation an inbound message belongs to; see relay.InboundStore.
func (s *Store) Find(ctx context.Context, accountID, contextWAMID string, who relay.Person) (*conversation.Conversation, error) {
	who = fitted(who)
	return getConversation(ctx, s.db, `
		WITH found AS (
			SELECT m.conversation_id AS id, 1 AS rank FROM waa_messages m WHERE m.wamid = $2 AND m.wamid <> '' AND m.account_id = $1
			UNION ALL
			SELECT o.id, CASE i.kind WHEN 'bsuid' THEN 2 ELSE 3 END
			FROM waa_identities i JOIN waa_conversations o ON o.account_id = i.account_id AND o.contact_id = i.contact_id
			WHERE i.account_id = $1 AND (i.kind = 'bsuid' AND i.value = $3 OR i.kind = 'phone' AND i.value = $4) AND o.closed_at = 0 AND o.aborted_at = 0
		)
		`+conversationSelect()+` JOIN found f ON f.id = c.id
		WHERE c.closed_at = 0 AND c.aborted_at = 0 ORDER BY f.rank LIMIT 1`,
		accountID, fit(contextWAMID, maxWAMID), who.UserID, who.PhoneKey)
}

// OpenForInbound makes or finds the open conversation of somebody who writes
// first; see relay.InboundStore.
func (s *Store) OpenForInbound(ctx context.Context, account *conversation.Account, queue *conversation.Queue, who relay.Person, now int64) (c *conversation.Conversation, created bool, err error) {
	who = fitted(who)
	err = retryDeadlock(func() error {
		return s.inTx(ctx, func(t *sqlx.Tx) error {
			created = false
			contact, err := s.lockPerson(ctx, t, account.ID, who, func(c *conversation.Contact) { learn(c, who) })
			if err != nil {
				return err
			}
			if c, err = openConversation(ctx, t, account.ID, contact.ID); !errors.Is(err, conversation.ErrNotFound) {
				return err
			}
			created = true
			c = &conversation.Conversation{
				ID: s.newID(), AccountID: account.ID, ContactID: contact.ID, QueueID: queue.ID, TeamID: queue.TeamID,
				CreatedAt: now, UpdatedAt: now, Contact: *contact,
			}
			return insertConversation(ctx, t, c, now)
		})
	})
	if err != nil {
		return nil, false, err
	}
	return c, created, nil
}

// savedInbound is what saveInbound answers.
type savedInbound struct {
	conversation.Conversation
	OldFrom, OldUntil, OldInboundAt, OldUpdatedAt int64
	Inserted                                      bool
}

// SaveInbound stores a customer's message and moves the window, in one
// statement; see relay.InboundStore.
func (s *Store) SaveInbound(ctx context.Context, m *conversation.Message, who relay.Person, opensWindow bool, now int64) (saved *conversation.Message, before, after *conversation.Conversation, err error) {
	who, m = fitted(who), fittedMessage(m)
	if m.ID == "" {
		m.ID = s.newID()
	}
	var row savedInbound
	err = retryDeadlock(func() error {
		return s.db.GetContext(ctx, &row, saveInbound(), m.AccountID, m.ConversationID, who.PhoneKey, who.UserID, who.WAID, who.Name,
			opensWindow, m.CreatedAt, m.CreatedAt+conversation.WindowLength.Milliseconds(), now,
			m.ID, m.Kind, m.PostID, m.WAMID, m.Text)
	})
	if err != nil {
		return nil, nil, nil, failed(err, "could not store an inbound message")
	}
	after = &row.Conversation
	m.ContactID, m.Direction, m.Status = after.ContactID, conversation.Inbound, ""
	if !row.Inserted {
		if m, err = s.MessageByWAMID(ctx, m.WAMID); err != nil {
			return nil, nil, nil, err
		}
	}
	old := *after
	old.WindowFrom, old.WindowUntil, old.LastInboundAt, old.UpdatedAt = row.OldFrom, row.OldUntil, row.OldInboundAt, row.OldUpdatedAt
	learn(&after.Contact, who) // the statement read the contact as it was
	return m, &old, after, nil
}

// saveInbound has conversation.Answered in SQL: an inbound at $8 makes the
// window end at $9. A test holds the two together.
func saveInbound() string {
	set, news := learnContact("$5::text", "$4::text", "$6::text", "$3::text")
	return `
	WITH person AS (
		UPDATE waa_contacts SET ` + set + `, updated_at = greatest(updated_at, $10)
		WHERE id = (SELECT contact_id FROM waa_conversations WHERE id = $2) AND ` + news + ` RETURNING id
	), old AS (
		SELECT id, window_from, window_until, last_inbound_at, updated_at, $7::boolean AND $9 > window_until AS moves
		FROM waa_conversations WHERE id = $2 AND (SELECT count(*) FROM person) >= 0 FOR UPDATE
	), c AS (
		UPDATE waa_conversations c SET
			window_from = CASE WHEN old.moves AND $8 >= old.window_until THEN $8 ELSE c.window_from END,
			window_until = CASE WHEN old.moves THEN $9 ELSE c.window_until END,
			last_inbound_at = CASE WHEN old.moves THEN $8 ELSE c.last_inbound_at END,
			updated_at = greatest(c.updated_at, $10),
			refresh_at = CASE WHEN NOT old.moves OR c.closed_at <> 0 THEN c.refresh_at
				WHEN $10 >= old.window_until THEN ` + soon("c.refresh_at", "$10") + `
				ELSE ` + soon("c.refresh_at", "$10 + "+laterText) + ` END
		FROM old WHERE c.id = old.id
		RETURNING c.*, old.window_from AS old_from, old.window_until AS old_until, old.last_inbound_at AS old_inbound_at, old.updated_at AS old_updated_at
	), inserted AS (
		INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, post_id, wamid, body, created_at)
		SELECT $11, c.id, $1, c.contact_id, 'in', $12, $13, $14, $15, $8 FROM c
		ON CONFLICT (wamid) WHERE wamid <> '' DO NOTHING RETURNING id
	), identities AS (
		INSERT INTO waa_identities (account_id, kind, value, contact_id)
		SELECT $1, v.kind, v.value, c.contact_id FROM c, (VALUES ('bsuid', $4::text), ('phone', $3::text)) v (kind, value) WHERE v.value <> ''
		ON CONFLICT DO NOTHING
	)
	SELECT ` + of("c", conversationColumns) + ", " + as("ct", "contact", contactColumns) + `,
		c.old_from, c.old_until, c.old_inbound_at, c.old_updated_at, EXISTS (SELECT 1 FROM inserted) AS inserted
	FROM c JOIN waa_contacts ct ON ct.id = c.contact_id`
}
