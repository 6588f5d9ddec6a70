package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/relay"
)

// AddIdentity lets another number or BSUID point to a contact, who is reached
// there from now on. An identity that points to somebody else stays where it is.
func (s *Store) AddIdentity(ctx context.Context, accountID, contactID string, who relay.Person, now int64) error {
	who = fitted(who)
	return s.inTx(ctx, func(t *sqlx.Tx) error {
		if err := lockIdentities(ctx, t, identitiesOf(who)); err != nil {
			return err
		}
		if _, err := exec(ctx, t, newIdentities, accountID, contactID, who.PhoneKey, who.UserID); err != nil {
			return errors.Wrap(err, "could not store the identities")
		}
		return execOne(ctx, t, "could not move the contact", `UPDATE waa_contacts SET
				phone = CASE WHEN $2 <> '' THEN '+' || $2 ELSE phone END,
				wa_id = CASE WHEN $3 <> '' THEN $3 ELSE wa_id END,
				user_id = CASE WHEN $4 <> '' THEN $4 ELSE user_id END, updated_at = $5
			WHERE id = $1`, contactID, who.PhoneKey, who.WAID, who.UserID, now)
	})
}

// AllowMarketing takes back that a contact stopped marketing.
func (s *Store) AllowMarketing(ctx context.Context, contactID string, now int64) error {
	return execOne(ctx, s.db, "could not allow marketing", "UPDATE waa_contacts SET marketing_stop_at = 0, updated_at = $2 WHERE id = $1", contactID, now)
}

// WAMIDOfPost answers the WhatsApp message behind a post; "" where there is none.
func (s *Store) WAMIDOfPost(ctx context.Context, postID string) (string, error) {
	m, err := s.MessageByPost(ctx, postID)
	if errors.Is(err, conversation.ErrNotFound) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	return m.WAMID, nil
}
