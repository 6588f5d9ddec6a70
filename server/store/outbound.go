package store

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/relay"
)

// LoadSend reads everything about one message in one go; see relay.OutboundStore.
func (s *Store) LoadSend(ctx context.Context, messageID string) (*relay.Send, error) {
	send := &relay.Send{}
	err := s.db.GetContext(ctx, send, "SELECT "+as("m", "message", messageColumns)+", "+as("c", "conversation", conversationColumns)+", "+
		as("ct", "contact", contactColumns)+", "+as("a", "account", accountColumns)+`
		FROM waa_messages m
		JOIN waa_conversations c ON c.id = m.conversation_id
		JOIN waa_contacts ct ON ct.id = c.contact_id
		JOIN waa_accounts a ON a.id = m.account_id
		WHERE m.id = $1`, messageID)
	if err != nil {
		return nil, failed(err, "could not read a message to send")
	}
	send.Conversation.Contact = send.Contact
	s.unseal(&send.Account)
	return send, nil
}

// MarkLeft says that the request may leave now; see relay.OutboundStore.
func (s *Store) MarkLeft(ctx context.Context, owner string, jobID, now int64) error {
	return s.setLeft(ctx, owner, jobID, now)
}

// ClearLeft says that the request certainly did not leave, or was refused.
func (s *Store) ClearLeft(ctx context.Context, owner string, jobID int64) error {
	return s.setLeft(ctx, owner, jobID, 0)
}

func (s *Store) setLeft(ctx context.Context, owner string, jobID, at int64) error {
	n, err := exec(ctx, s.db, "UPDATE waa_outbox SET left_at = $3 WHERE id = $1 AND lease_owner = $2 AND lease_until > "+clock+" AND finished_at = 0", jobID, owner, at)
	if err == nil && n == 0 {
		return jobqueue.ErrLost
	}
	return failed(err, "could not mark a job as left")
}

// RecordSent stores that Meta accepted a message; see relay.OutboundStore.
func (s *Store) RecordSent(ctx context.Context, messageID, wamid string, who relay.Person, now int64) error {
	who = fitted(who)
	return retryDeadlock(func() error {
		return execOne(ctx, s.db, "could not record a sent message", recordSent(), messageID, fit(wamid, maxWAMID), who.PhoneKey, who.UserID, who.WAID,
			who.Name, now, before(conversation.Sent))
	})
}

// recordSent takes its locks in the package's order: contact, conversation, message.
func recordSent() string {
	set, news := learnContact("$5::text", "$4::text", "$6::text", "$3::text")
	return `
	WITH old AS (
		SELECT id, account_id, contact_id, conversation_id, kind = 'template' AS template FROM waa_messages WHERE id = $1
	), ct AS (
		UPDATE waa_contacts ct SET ` + set + `, last_template_at = CASE WHEN old.template THEN greatest(last_template_at, $7) ELSE last_template_at END,
			updated_at = greatest(updated_at, $7)
		FROM old WHERE ct.id = old.contact_id AND (old.template OR ` + news + `) RETURNING ct.id
	), c AS (
		UPDATE waa_conversations c SET last_outbound_at = greatest(c.last_outbound_at, $7), updated_at = greatest(c.updated_at, $7),
			last_template_at = CASE WHEN old.template THEN greatest(c.last_template_at, $7) ELSE c.last_template_at END,
			refresh_at = CASE WHEN old.template OR c.channel_id = '' THEN ` + soon("c.refresh_at", "$7") + ` ELSE c.refresh_at END
		FROM old WHERE c.id = old.conversation_id AND (SELECT count(*) FROM ct) >= 0 RETURNING c.id
	), identities AS (
		INSERT INTO waa_identities (account_id, kind, value, contact_id)
		SELECT old.account_id, v.kind, v.value, old.contact_id FROM old, (VALUES ('bsuid', $4::text), ('phone', $3::text)) v (kind, value) WHERE v.value <> ''
		ON CONFLICT DO NOTHING
	)
	UPDATE waa_messages m SET wamid = CASE WHEN m.wamid = '' THEN $2 ELSE m.wamid END, sent_at = CASE WHEN m.sent_at = 0 THEN $7 ELSE m.sent_at END,
		status = CASE WHEN m.status = ANY($8::text[]) THEN 'sent' ELSE m.status END
	FROM c WHERE m.id = $1`
}

// RecordEnd sets failed, unknown or not_sent; see relay.OutboundStore.
func (s *Store) RecordEnd(ctx context.Context, messageID string, status conversation.Status, reason int, now int64) error {
	_, _, err := s.end(ctx, &conversation.Message{ID: messageID, Status: status}, reason, now)
	return err
}

// EnqueuePost stores an agent's post as a message and its outbox job, once per post.
func (s *Store) EnqueuePost(ctx context.Context, m *conversation.Message, outgoing []byte) (bool, error) {
	query, args, err := s.db.BindNamed("WITH m AS ("+insertInto("waa_messages", messageColumns)+" ON CONFLICT DO NOTHING RETURNING id, conversation_id, account_id, created_at) "+
		"INSERT INTO waa_outbox ("+outboxColumns+") SELECT conversation_id, created_at, id, account_id, CAST(:outgoing AS bytea), "+clock+", 0 FROM m", &struct {
		*conversation.Message
		Outgoing []byte
	}{fittedMessage(m), outgoing})
	if err != nil {
		return false, failed(err, "could not build an outbox job")
	}
	n, err := exec(ctx, s.db, query, args...)
	return n > 0, failed(err, "could not store a post for sending")
}

// InsertNotSent stores a post that was never to be sent, once per post.
func (s *Store) InsertNotSent(ctx context.Context, m *conversation.Message) (bool, error) {
	row := fittedMessage(m)
	row.Status = conversation.NotSent
	n, err := execNamed(ctx, s.db, insertInto("waa_messages", messageColumns)+" ON CONFLICT DO NOTHING", row)
	return n > 0, failed(err, "could not store a post that is not sent")
}

// outboxColumns are given for a new outbox job; the others have their defaults.
const outboxColumns = "lane, ord, dedupe_key, account_id, payload, created_at, due_at"

// enqueue puts a message into the outbox; with holdFor it is due so many milliseconds from now.
func enqueue(ctx context.Context, r runner, m *conversation.Message, outgoing []byte, holdFor int64) error {
	due := "0"
	if holdFor > 0 {
		due = clock + " + $6"
	}
	args := []any{m.ConversationID, m.CreatedAt, m.ID, m.AccountID, outgoing}
	if holdFor > 0 {
		args = append(args, holdFor)
	}
	_, err := exec(ctx, r, "INSERT INTO waa_outbox ("+outboxColumns+") VALUES ($1, $2, $3, $4, $5, "+clock+", "+due+")", args...)
	return failed(err, "could not store an outbox job")
}
