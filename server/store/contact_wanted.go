package store

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// keepWanted is how long the name and document that a start gave of its customer are
// kept until it is known what became of its template, milliseconds.
const keepWanted = "2592000000"

// ContactOfPhone finds the person behind a number; ErrNotFound.
func (s *Store) ContactOfPhone(ctx context.Context, accountID, phone string) (*domain.Contact, error) {
	return s.FindContact(ctx, accountID, domain.WhatsAppIdentity{PhoneKey: domain.PhoneKey(phone)})
}

func (t *tx) StoreWantedContact(messageID, contactID, actorID string, want domain.ContactWanted, details map[string]string, now int64) error {
	data, err := encodeDetails(details)
	if err != nil {
		return err
	}
	said := domain.Contact{ID: contactID} // encrypted for the person's own row, where Adopt puts it
	if err := t.s.setDocument(&said, want.Document); err != nil {
		return err
	}
	_, err = exec(t.ctx, t.r, `INSERT INTO waa_wanted (message_id, contact_id, actor_id, name, cpf_masked, cpf_cipher, cpf_hash, details, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, messageID, contactID, actorID, truncate(want.Name, 256), said.CPFMasked, said.CPFCipher, said.CPFHash, data, now)
	return wrapErr(err, "could not store what a start says of its customer")
}

// Adopt stores with the contact the name and document that a start gave of its
// customer, once; see package outbound.
func (s *Store) Adopt(ctx context.Context, messageID string, now int64) error {
	_, err := exec(ctx, s.db, `
		WITH w AS (
			DELETE FROM waa_wanted WHERE message_id = $1 RETURNING *
		), ct AS (
			UPDATE waa_contacts ct SET name = CASE WHEN w.name <> '' THEN w.name ELSE ct.name END,
				cpf_masked = CASE WHEN w.cpf_hash <> '' THEN w.cpf_masked ELSE ct.cpf_masked END,
				cpf_cipher = CASE WHEN w.cpf_hash <> '' THEN w.cpf_cipher ELSE ct.cpf_cipher END,
				cpf_hash = CASE WHEN w.cpf_hash <> '' THEN w.cpf_hash ELSE ct.cpf_hash END, updated_at = greatest(ct.updated_at, $2)
			FROM w WHERE ct.id = w.contact_id RETURNING ct.id
		)
		INSERT INTO waa_audit (id, at, actor_id, action, object_id, details)
		SELECT $3, `+clock+`, w.actor_id, 'contact_changed', w.contact_id, w.details FROM w JOIN ct ON ct.id = w.contact_id WHERE w.details <> '{}'`, messageID, now, s.newID())
	return wrapErr(err, "could not let hold what a start said of its customer")
}

// PurgeStarts deletes what starts left behind and nobody will ask for any more.
func (s *Store) PurgeStarts(ctx context.Context, now int64) error {
	if _, err := exec(ctx, s.db, "DELETE FROM waa_requests WHERE created_at <= "+clock+" - "+keepRequests); err != nil {
		return wrapErr(err, "could not forget requests")
	}
	_, err := exec(ctx, s.db, "DELETE FROM waa_wanted WHERE created_at < $1 - "+keepWanted, now)
	return wrapErr(err, "could not forget what starts left")
}
