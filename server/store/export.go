package store

import (
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ExportContact reads everything stored about a contact except the messages, the document
// still encrypted; domain.ErrNotFound where there is none.
func (s *Store) ExportContact(ctx context.Context, id string) (*domain.PersonExport, error) {
	p := &domain.PersonExport{}
	err := s.inTx(ctx, func(t *sqlx.Tx) error {
		err := t.GetContext(ctx, &p.Contact, `SELECT id, name, phone, wa_id, user_id, username, cpf_masked, cpf_cipher, last_template_at, blocked_until,
			marketing_stop_at, `+consentColumns+`, created_at, updated_at FROM waa_contacts WHERE id = $1`, id)
		if err != nil {
			return wrapErr(err, "could not read the contact")
		}
		for _, q := range []struct {
			dest  any
			query string
		}{
			{&p.Identities, "SELECT account_id, kind, value, origin FROM waa_identities WHERE contact_id = $1 ORDER BY account_id, kind, value"},
			{&p.Conversations, `SELECT id, account_id, queue_id, channel_id, owner_id, attendant_id, window_until, last_template_at, last_inbound_at,
				last_outbound_at, closed_at, closed_by, close_reason, closing_reason_id, closing_label, closing_fields, aborted_at, created_at
				FROM waa_conversations WHERE contact_id = $1 ORDER BY created_at, id`},
			{&p.Drafts, "SELECT " + prefixColumns("d", "id, conversation_id, author_id, state, body, created_at") +
				" FROM waa_drafts d JOIN waa_conversations c ON c.id = d.conversation_id WHERE c.contact_id = $1 ORDER BY d.ord"},
		} {
			if err := t.SelectContext(ctx, q.dest, q.query, id); err != nil {
				return errors.Wrap(err, "could not read what is stored about a contact")
			}
		}
		p.Scheduled, err = s.exportScheduled(ctx, t, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, c := range p.Conversations {
		c.ContactID, c.Contact = id, p.Contact
	}
	return p, nil
}

// exportBatch is how many messages EachExported reads at a time. A post may hold
// 64 KB, so that a batch is 13 MB at the very most.
const exportBatch = 200

// EachExported calls fn with every message of a conversation, oldest first, until
// fn returns an error. Text is the template's, or the post's as the server's table
// has it: an edited one as it was edited, a deleted one for as long as the
// server keeps it. Of a person who was erased nothing is read from there. The keys of
// the JSON that PostgreSQL builds are the names of the Go fields it is decoded into.
func (s *Store) EachExported(ctx context.Context, conversationID string, fn func(*domain.ExportedMessage) error) error {
	var at int64
	var id string
	for {
		var data []byte
		err := s.db.GetContext(ctx, &data, `SELECT coalesce(json_agg(json_build_object(
				'ID', m.id, 'ConversationID', m.conversation_id, 'Direction', m.direction, 'Kind', m.kind, 'AuthorID', m.author_id, 'PostID', m.post_id,
				'WAMID', m.wamid, 'Status', m.status, 'ReasonCode', m.reason_code, 'TemplateID', m.template_id,
				'CreatedAt', m.created_at, 'SentAt', m.sent_at, 'StatusAt', m.status_at,
				'Text', coalesce(nullif(m.body, ''), p.message, ''),
				'Files', (SELECT coalesce(json_agg(json_build_object('name', i.name, 'size', i.size) ORDER BY i.createat, i.id), '[]') FROM fileinfo i WHERE i.postid = p.id)
			) ORDER BY m.created_at, m.id), '[]')::text
			FROM (
				SELECT m.*, CASE WHEN m.part = 0 AND c.erased_at = 0 THEN m.post_id ELSE '' END AS shown
				FROM waa_messages m JOIN waa_conversations c ON c.id = m.conversation_id
				WHERE m.conversation_id = $1 AND (m.created_at, m.id) > ($2, $3) ORDER BY m.created_at, m.id LIMIT $4
			) m LEFT JOIN posts p ON p.id = m.shown AND m.shown <> ''`, conversationID, at, id, exportBatch)
		if err != nil {
			return wrapErr(err, "could not read the messages of a conversation")
		}
		var batch []domain.ExportedMessage
		if err = json.Unmarshal(data, &batch); err != nil {
			return errors.Wrap(err, "could not decode the messages of a conversation")
		}
		for i := range batch {
			if err = fn(&batch[i]); err != nil {
				return err
			}
			at, id = batch[i].CreatedAt, batch[i].ID
		}
		if len(batch) < exportBatch {
			return nil
		}
	}
}
