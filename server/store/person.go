package store

import (
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"
)

// PersonExport is what is stored about one contact, but for the messages, of
// which there may be many: see EachExported. Times are milliseconds since epoch.
type PersonExport struct {
	Contact       ExportedContact        `json:"contact"`
	Identities    []ExportedIdentity     `json:"identities"`
	Conversations []ExportedConversation `json:"conversations"`
	Drafts        []ExportedDraft        `json:"drafts"`
}

// ExportedDraft is a row of waa_drafts that has a text still.
type ExportedDraft struct {
	ID             string `json:"id" db:"id"`
	ConversationID string `json:"conversation_id" db:"conversation_id"`
	AuthorID       string `json:"author_id" db:"author_id"`
	State          string `json:"state" db:"state"`
	Text           string `json:"text" db:"body"`
	CreatedAt      int64  `json:"created_at" db:"created_at"`
}

// ExportedContact is a row of waa_contacts.
type ExportedContact struct {
	ID              string `json:"id" db:"id"`
	Name            string `json:"name" db:"name"`
	Phone           string `json:"phone" db:"phone"`
	WAID            string `json:"wa_id" db:"wa_id"`
	UserID          string `json:"user_id" db:"user_id"`
	Username        string `json:"username" db:"username"`
	CPFMasked       string `json:"cpf_masked" db:"cpf_masked"`
	CPFCipher       string `json:"-" db:"cpf_cipher"` // for whoever may open it
	LastTemplateAt  int64  `json:"last_template_at" db:"last_template_at"`
	BlockedUntil    int64  `json:"blocked_until" db:"blocked_until"`
	MarketingStopAt int64  `json:"marketing_stop_at" db:"marketing_stop_at"`
	CreatedAt       int64  `json:"created_at" db:"created_at"`
	UpdatedAt       int64  `json:"updated_at" db:"updated_at"`
}

// ExportedIdentity is a row of waa_identities.
type ExportedIdentity struct {
	AccountID string `json:"account_id" db:"account_id"`
	Kind      string `json:"kind" db:"kind"`
	Value     string `json:"value" db:"value"`
}

// ExportedConversation is a row of waa_conversations.
type ExportedConversation struct {
	ID             string `json:"id" db:"id"`
	AccountID      string `json:"account_id" db:"account_id"`
	QueueID        string `json:"queue_id" db:"queue_id"`
	ChannelID      string `json:"channel_id" db:"channel_id"`
	OwnerID        string `json:"owner_id" db:"owner_id"`
	AttendantID    string `json:"attendant_id" db:"attendant_id"`
	WindowUntil    int64  `json:"window_until" db:"window_until"`
	LastTemplateAt int64  `json:"last_template_at" db:"last_template_at"`
	LastInboundAt  int64  `json:"last_inbound_at" db:"last_inbound_at"`
	LastOutboundAt int64  `json:"last_outbound_at" db:"last_outbound_at"`
	ClosedAt       int64  `json:"closed_at" db:"closed_at"`
	ClosedBy       string `json:"closed_by" db:"closed_by"`
	CloseReason    string `json:"close_reason" db:"close_reason"`
	AbortedAt      int64  `json:"aborted_at" db:"aborted_at"`
	CreatedAt      int64  `json:"created_at" db:"created_at"`
}

// ExportedMessage is a row of waa_messages with what its post holds. What a post
// of several messages holds is with the first of them.
type ExportedMessage struct {
	ID             string `json:"id"`
	ConversationID string `json:"conversation_id"`
	Direction      string `json:"direction"`
	Kind           string `json:"kind"`
	AuthorID       string `json:"author_id"`
	PostID         string `json:"post_id"`
	WAMID          string `json:"wamid"`
	Status         string `json:"status"`
	ReasonCode     int    `json:"reason_code"`
	Text           string `json:"text"`
	TemplateID     string `json:"template_id"`
	CreatedAt      int64  `json:"created_at"`
	SentAt         int64  `json:"sent_at"`
	StatusAt       int64  `json:"status_at"`

	Files []ExportedFile `json:"files"`
}

// ExportedFile is a file of a post.
type ExportedFile struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// ExportContact reads what is stored about a contact, but for the messages.
func (s *Store) ExportContact(ctx context.Context, id string) (*PersonExport, error) {
	p := &PersonExport{Identities: []ExportedIdentity{}, Conversations: []ExportedConversation{}, Drafts: []ExportedDraft{}}
	err := s.inTx(ctx, func(t *sqlx.Tx) error {
		err := t.GetContext(ctx, &p.Contact, `SELECT id, name, phone, wa_id, user_id, cpf_masked, cpf_cipher, last_template_at, blocked_until,
			marketing_stop_at, created_at, updated_at FROM waa_contacts WHERE id = $1`, id)
		if err != nil {
			return failed(err, "could not read the contact")
		}
		for _, q := range []struct {
			dest  any
			query string
		}{
			{&p.Identities, "SELECT account_id, kind, value FROM waa_identities WHERE contact_id = $1 ORDER BY account_id, kind, value"},
			{&p.Conversations, `SELECT id, account_id, queue_id, channel_id, owner_id, attendant_id, window_until, last_template_at, last_inbound_at,
				last_outbound_at, closed_at, closed_by, close_reason, aborted_at, created_at
				FROM waa_conversations WHERE contact_id = $1 ORDER BY created_at, id`},
			{&p.Drafts, "SELECT " + of("d", "id, conversation_id, author_id, state, body, created_at") +
				" FROM waa_drafts d JOIN waa_conversations c ON c.id = d.conversation_id WHERE c.contact_id = $1 ORDER BY d.ord"},
		} {
			if err := t.SelectContext(ctx, q.dest, q.query, id); err != nil {
				return errors.Wrap(err, "could not read what is stored about a contact")
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// exportBatch is how many messages EachExported reads at a time. A post may hold
// 64 KB, so that a batch is 13 MB at the very most.
const exportBatch = 200

// EachExported calls fn with every message of a conversation, oldest first, until
// fn returns an error. Text is the template's, or the post's as it stands in the
// server's table: an edited one as it was edited, a deleted one for as long as the
// server keeps it. Of a person who was erased nothing is read from there.
func (s *Store) EachExported(ctx context.Context, conversationID string, fn func(*ExportedMessage) error) error {
	var at int64
	var id string
	for {
		var data []byte
		err := s.db.GetContext(ctx, &data, `SELECT coalesce(json_agg(json_build_object(
				'id', m.id, 'conversation_id', m.conversation_id, 'direction', m.direction, 'kind', m.kind, 'author_id', m.author_id, 'post_id', m.post_id,
				'wamid', m.wamid, 'status', m.status, 'reason_code', m.reason_code, 'template_id', m.template_id,
				'created_at', m.created_at, 'sent_at', m.sent_at, 'status_at', m.status_at,
				'text', coalesce(nullif(m.body, ''), p.message, ''),
				'files', (SELECT coalesce(json_agg(json_build_object('name', i.name, 'size', i.size) ORDER BY i.createat, i.id), '[]') FROM fileinfo i WHERE i.postid = p.id)
			) ORDER BY m.created_at, m.id), '[]')::text
			FROM (
				SELECT m.*, CASE WHEN m.part = 0 AND c.erased_at = 0 THEN m.post_id ELSE '' END AS shown
				FROM waa_messages m JOIN waa_conversations c ON c.id = m.conversation_id
				WHERE m.conversation_id = $1 AND (m.created_at, m.id) > ($2, $3) ORDER BY m.created_at, m.id LIMIT $4
			) m LEFT JOIN posts p ON p.id = m.shown AND m.shown <> ''`, conversationID, at, id, exportBatch)
		if err != nil {
			return failed(err, "could not read the messages of a conversation")
		}
		var batch []ExportedMessage
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
