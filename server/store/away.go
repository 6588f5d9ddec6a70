package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// SaveInboundAway stores a customer's message, as SaveInbound does, and with it in one transaction the
// message that their queue sends to who writes outside of its hours, unless one went in this closed period
// and this window already; see package inbound.
func (s *Store) SaveInboundAway(ctx context.Context, m *domain.Message, who domain.WhatsAppIdentity, opensWindow bool, away domain.Away, now int64) (saved *domain.Message, before, after *domain.Conversation, err error) {
	err = s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		if _, err := exec(ctx, t, "SELECT FROM waa_contacts WHERE id = (SELECT contact_id FROM waa_conversations WHERE id = $1) FOR UPDATE", m.ConversationID); err != nil {
			return wrapErr(err, "could not hold the contact")
		}
		var inserted bool
		if saved, before, after, inserted, err = s.saveInbound(ctx, t, m, who, opensWindow, now); err != nil || !inserted {
			return err
		}
		at := max(now, m.CreatedAt) // Meta's clock may be ahead of ours
		n, err := exec(ctx, t, "UPDATE waa_conversations SET away_at = $2, "+refreshSoon("refresh_at", "$4::bigint + 1000")+" WHERE id = $1 AND (away_at = 0 OR away_at < $3) AND closed_at = 0",
			m.ConversationID, at, max(away.Since, after.WindowFrom), now)
		if err != nil || n == 0 {
			return wrapErr(err, "could not note that a queue is closed")
		}
		automatic := &domain.Message{
			ID: away.MessageID, ConversationID: m.ConversationID, AccountID: m.AccountID, ContactID: after.ContactID, Direction: domain.Outbound,
			Kind: "text", Status: domain.Pending, Text: away.Text, Automatic: true, CreatedAt: at,
		}
		if err := insertMessage(ctx, t, automatic); err != nil {
			return err
		}
		return enqueue(ctx, t, automatic, away.Payload, 0)
	})
	return saved, before, after, err
}
