package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// PersonExport is everything stored about one contact. Times are milliseconds since epoch.
type PersonExport struct {
	Contact       ExportedContact        `json:"contact"`
	Identities    []ExportedIdentity     `json:"identities"`
	Conversations []ExportedConversation `json:"conversations"`
	Messages      []ExportedMessage      `json:"messages"`
	Charges       []ExportedCharge       `json:"charges"`
	Drafts        []ExportedDraft        `json:"drafts"`
}

// ExportedDraft is a row of waa_drafts that has a text still.
type ExportedDraft struct {
	ID             string `json:"id"`
	ConversationID string `json:"conversation_id"`
	AuthorID       string `json:"author_id"`
	State          string `json:"state"`
	Text           string `json:"text"`
	CreatedAt      int64  `json:"created_at"`
}

// ExportedContact is a row of waa_contacts.
type ExportedContact struct {
	ID              string `json:"id"`
	Name            string `json:"name"`
	Phone           string `json:"phone"`
	WAID            string `json:"wa_id"`
	UserID          string `json:"user_id"`
	Username        string `json:"username"`
	CPFMasked       string `json:"cpf_masked"`
	CPFCipher       string `json:"-"` // for whoever may open it
	LastTemplateAt  int64  `json:"last_template_at"`
	BlockedUntil    int64  `json:"blocked_until"`
	MarketingStopAt int64  `json:"marketing_stop_at"`
	CreatedAt       int64  `json:"created_at"`
	UpdatedAt       int64  `json:"updated_at"`
}

// ExportedIdentity is a row of waa_identities.
type ExportedIdentity struct {
	AccountID string `json:"account_id"`
	Kind      string `json:"kind"`
	Value     string `json:"value"`
}

// ExportedConversation is a row of waa_conversations.
type ExportedConversation struct {
	ID             string `json:"id"`
	AccountID      string `json:"account_id"`
	QueueID        string `json:"queue_id"`
	ChannelID      string `json:"channel_id"`
	OwnerID        string `json:"owner_id"`
	AttendantID    string `json:"attendant_id"`
	WindowUntil    int64  `json:"window_until"`
	LastTemplateAt int64  `json:"last_template_at"`
	LastInboundAt  int64  `json:"last_inbound_at"`
	LastOutboundAt int64  `json:"last_outbound_at"`
	ClosedAt       int64  `json:"closed_at"`
	ClosedBy       string `json:"closed_by"`
	CloseReason    string `json:"close_reason"`
	AbortedAt      int64  `json:"aborted_at"`
	CreatedAt      int64  `json:"created_at"`
}

// ExportedMessage is a row of waa_messages. Free text is in the post.
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
}

// ExportedCharge is a row of waa_charges.
type ExportedCharge struct {
	MessageID string             `json:"message_id"`
	Category  string             `json:"category"`
	Amount    conversation.Money `json:"amount"`
	Currency  string             `json:"currency"`
	State     string             `json:"state"`
	At        int64              `json:"at"`
}

// ExportContact reads everything stored about a contact.
func (s *Store) ExportContact(ctx context.Context, id string) (*PersonExport, error) {
	p := &PersonExport{Identities: []ExportedIdentity{}, Conversations: []ExportedConversation{}, Messages: []ExportedMessage{}, Charges: []ExportedCharge{}, Drafts: []ExportedDraft{}}
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
			{&p.Messages, "SELECT " + of("m", "id, conversation_id, direction, kind, author_id, post_id, wamid, status, reason_code, body, template_id, created_at, sent_at, status_at") +
				" FROM waa_messages m JOIN waa_conversations c ON c.id = m.conversation_id WHERE c.contact_id = $1 ORDER BY m.created_at, m.id"},
			{&p.Charges, "SELECT " + of("h", "message_id, category, amount, currency, state, at") +
				` FROM waa_charges h JOIN waa_messages m ON m.id = h.message_id JOIN waa_conversations c ON c.id = m.conversation_id
				WHERE c.contact_id = $1 ORDER BY h.at, h.message_id`},
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
