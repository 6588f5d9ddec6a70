package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// OpenConversation is a contact's open conversation on an account; domain.ErrNotFound.
func (s *Store) OpenConversation(ctx context.Context, accountID, contactID string) (*domain.Conversation, error) {
	return openConversation(ctx, s.db, accountID, contactID)
}

// MoveIdentity replaces the number or BSUID that a contact had on an account by another
// one; messages go there from now on. An identity that belongs to another contact stays
// there, and taken says so. at is Meta's timestamp, milliseconds since epoch.
func (s *Store) MoveIdentity(ctx context.Context, accountID, contactID string, old, renewed domain.WhatsAppIdentity, at int64) (taken bool, err error) {
	old, renewed = truncateIdentity(old), truncateIdentity(renewed)
	err = s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		if err := lockIdentities(ctx, t, append(identitiesOf(old), identitiesOf(renewed)...)); err != nil {
			return err
		}
		if err := execOne(ctx, t, "could not hold the contact", "SELECT FROM waa_contacts WHERE id = $1 FOR UPDATE", contactID); err != nil {
			return err
		}
		// a number that a person gave up may become another person's
		if _, err := exec(ctx, t, `DELETE FROM waa_identities WHERE account_id = $1 AND contact_id = $2
			AND (kind = 'phone' AND value = $3 AND $4 NOT IN ('', $3) OR kind = 'bsuid' AND value = $5 AND $6 NOT IN ('', $5))`,
			accountID, contactID, old.PhoneKey, renewed.PhoneKey, old.UserID, renewed.UserID); err != nil {
			return errors.Wrap(err, "could not take old identities off")
		}
		if _, err := exec(ctx, t, noteWindows, pq.Array([]string{contactID})); err != nil {
			return errors.Wrap(err, "could not keep whose the windows are")
		}
		if renewed.PhoneKey == "" && renewed.UserID != "" { // the same person at the same number: the window goes by the new id
			if _, err := exec(ctx, t, "UPDATE waa_conversations SET window_user_id = $3 WHERE contact_id = $2 AND account_id = $1 AND window_user_id = $4 AND $4 <> ''",
				accountID, contactID, renewed.UserID, old.UserID); err != nil {
				return errors.Wrap(err, "could not move a window")
			}
		}
		if _, err := exec(ctx, t, newIdentities, accountID, contactID, renewed.PhoneKey, renewed.UserID); err != nil {
			return errors.Wrap(err, "could not store the identities")
		}
		if err := t.GetContext(ctx, &taken, `SELECT EXISTS (SELECT 1 FROM waa_identities WHERE account_id = $1 AND contact_id <> $2
			AND (kind = 'phone' AND value = $3 AND $3 <> '' OR kind = 'bsuid' AND value = $4 AND $4 <> ''))`,
			accountID, contactID, renewed.PhoneKey, renewed.UserID); err != nil {
			return errors.Wrap(err, "could not look for others of the same identity")
		}
		return execOne(ctx, t, "could not move the contact", `UPDATE waa_contacts SET
				phone = CASE WHEN $2 <> '' THEN '+' || $2 ELSE phone END,
				wa_id = CASE WHEN $3 <> '' THEN $3 ELSE wa_id END,
				user_id = CASE WHEN $4 <> '' THEN $4 ELSE user_id END, moved_at = greatest(moved_at, $5), updated_at = greatest(updated_at, $5)
			WHERE id = $1`, contactID, renewed.PhoneKey, renewed.WAID, renewed.UserID, at)
	})
	return taken, err
}

// WroteSince reports whether a contact wrote on an account after a moment
// (milliseconds since epoch, Meta's), named as then.
func (s *Store) WroteSince(ctx context.Context, accountID, contactID string, as domain.WhatsAppIdentity, at int64) (wrote bool, err error) {
	as = truncateIdentity(as)
	err = s.db.GetContext(ctx, &wrote, `SELECT EXISTS (SELECT 1 FROM waa_conversations WHERE contact_id = $2 AND account_id = $1 AND last_inbound_at > $5
		AND (window_phone = $3 AND $3 <> '' OR window_user_id = $4 AND $4 <> ''))`, accountID, contactID, as.WAID, as.UserID, at)
	return wrote, wrapErr(err, "could not look whether somebody wrote since")
}

// SaveEcho stores, once per wamid, what was sent from the WhatsApp Business app; see package inbound.
func (s *Store) SaveEcho(ctx context.Context, m *domain.Message) error {
	m = truncateMessage(m)
	_, err := exec(ctx, s.db, `INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, post_id, wamid, status, shown_status, created_at, sent_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) ON CONFLICT DO NOTHING`,
		m.ID, m.ConversationID, m.AccountID, m.ContactID, m.Direction, m.Kind, m.PostID, m.WAMID, m.Status, m.ShownStatus, m.CreatedAt)
	return wrapErr(err, "could not store an echo")
}
