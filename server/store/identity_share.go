package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ShareNumber makes a number one of a contact's identities on an account, because they shared it when they were
// asked; WhatsApp vouches that it is their own. Somebody known by that number is the same person, so the two
// become one contact. Where both have an open conversation the contact's own, in which they write, goes on, and the
// other one is closed. known says that the number was the contact's before. now is milliseconds since epoch.
func (s *Store) ShareNumber(ctx context.Context, accountID, contactID, number string, now int64) (known bool, err error) {
	who := truncateIdentity(domain.WhatsAppIdentity{PhoneKey: domain.PhoneKey(number)})
	if who.PhoneKey == "" {
		return false, domain.ErrNotFound
	}
	for {
		other, err := s.FindContact(ctx, accountID, who)
		switch {
		case err == nil && other.ID == contactID:
			return true, nil
		case err == nil:
			_, err = s.mergeContacts(ctx, contactID, other.ID, "", now, func(ctx context.Context, t *sqlx.Tx) error {
				return s.closeSeconds(ctx, t, contactID, other.ID, now)
			})
			if err != nil {
				return false, err
			}
		case !errors.Is(err, domain.ErrNotFound):
			return false, err
		}
		err = s.inTxAgain(ctx, func(t *sqlx.Tx) error { return addSharedNumber(ctx, t, accountID, contactID, who.PhoneKey, now) })
		if !errors.Is(err, errNumberTaken) {
			return false, err
		}
	}
}

// errNumberTaken says that somebody else became known by a number since it was looked for.
var errNumberTaken = errors.New("another contact has the number")

func addSharedNumber(ctx context.Context, t *sqlx.Tx, accountID, contactID, phoneKey string, now int64) error {
	ids := []identity{{byPhone, phoneKey}}
	if err := lockIdentities(ctx, t, ids); err != nil {
		return err
	}
	other, err := findContact(ctx, t, accountID, ids, "")
	switch {
	case err == nil && other.ID != contactID:
		return errNumberTaken
	case err != nil && !errors.Is(err, domain.ErrNotFound):
		return err
	}
	if err := execOne(ctx, t, "could not hold the contact", "SELECT FROM waa_contacts WHERE id = $1 AND erased_at = 0 FOR UPDATE", contactID); err != nil {
		return err
	}
	if _, err := exec(ctx, t, noteWindows, pq.Array([]string{contactID})); err != nil {
		return wrapErr(err, "could not keep whose the windows are")
	}
	if _, err := exec(ctx, t, `INSERT INTO waa_identities (account_id, kind, value, contact_id, origin) VALUES ($1, 'phone', $2, $3, $4)
		ON CONFLICT (account_id, kind, value) DO UPDATE SET origin = excluded.origin WHERE waa_identities.contact_id = excluded.contact_id`,
		accountID, phoneKey, contactID, domain.OriginContactRequest); err != nil {
		return wrapErr(err, "could not store a shared number")
	}
	_, err = exec(ctx, t, "UPDATE waa_contacts SET phone = CASE WHEN phone = '' THEN '+' || $2 ELSE phone END, updated_at = greatest(updated_at, $3) WHERE id = $1", contactID, phoneKey, now)
	return wrapErr(err, "could not store a shared number")
}
