package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// MergeContacts makes one contact of two: conversations (and with them messages,
// files and charges) and identities of the second become the first one's, what
// the first does not know of the person is taken from the second, and the
// stricter of their limits hold; a window stays that of the address that opened
// it. An audit row says who did it. Where both have an
// open conversation on one account it returns domain.ErrConflict and changes nothing. now is milliseconds since epoch.
func (s *Store) MergeContacts(ctx context.Context, intoID, fromID, actorID string, now int64) (*domain.Contact, error) {
	return s.mergeContacts(ctx, intoID, fromID, actorID, now, func(ctx context.Context, t *sqlx.Tx) error {
		var clash bool
		if err := t.GetContext(ctx, &clash, `SELECT EXISTS (SELECT 1 `+bothOpen+")", intoID, fromID); err != nil {
			return errors.Wrap(err, "could not look for open conversations")
		}
		if clash {
			return domain.ErrConflict
		}
		return nil
	})
}

// bothOpen are the open conversations b of the second contact beside which the first one has an open one, a.
const bothOpen = `FROM waa_conversations a JOIN waa_conversations b ON b.account_id = a.account_id AND b.contact_id = $2 AND b.closed_at = 0 AND b.aborted_at = 0
	WHERE a.contact_id = $1 AND a.closed_at = 0 AND a.aborted_at = 0`

// closeSeconds closes the open conversations of the second contact beside which the first one has an open one, and
// stores a line in both channels that says so.
func (s *Store) closeSeconds(ctx context.Context, t *sqlx.Tx, intoID, fromID string, now int64) error {
	closed := []struct {
		ID   string
		Goes string // the one that goes on
	}{}
	if err := t.SelectContext(ctx, &closed, `WITH pairs AS (SELECT b.id, a.id AS goes `+bothOpen+`), lines AS (
			INSERT INTO waa_lines (conversation_id, text_key, data)
			SELECT id, 'shared.closed', jsonb_build_object('Conversation', goes) FROM pairs
			UNION ALL SELECT goes, 'shared.other', jsonb_build_object('Conversation', id) FROM pairs
		)
		UPDATE waa_conversations c SET closed_at = $3, idle_at = 0, absence = '', updated_at = greatest(c.updated_at, $3), `+refreshSoon("refresh_at", "$3")+`
		FROM pairs WHERE c.id = pairs.id RETURNING c.id, pairs.goes`, intoID, fromID, now); err != nil {
		return wrapErr(err, "could not close a second conversation")
	}
	for _, c := range closed {
		if _, err := exec(ctx, t, "UPDATE waa_conversations SET "+refreshSoon("refresh_at", "$2")+" WHERE id = $1", c.Goes, now); err != nil {
			return wrapErr(err, "could not make the conversation due")
		}
		if err := s.audit(ctx, t, "", "close", c.ID, map[string]string{"goes_on_in": c.Goes}); err != nil {
			return err
		}
	}
	return nil
}

// mergeContacts is MergeContacts; meet decides what happens where both have an open conversation, before anything changes.
func (s *Store) mergeContacts(ctx context.Context, intoID, fromID, actorID string, now int64, meet func(ctx context.Context, t *sqlx.Tx) error) (*domain.Contact, error) {
	merged := &domain.Contact{}
	err := s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		if err := lockBoth(ctx, t, intoID, fromID); err != nil {
			return err
		}
		document, err := s.documentToMove(ctx, t, intoID, fromID)
		if err != nil {
			return err
		}
		if err := s.moveWantedDocuments(ctx, t, intoID, fromID); err != nil {
			return err
		}
		if err := meet(ctx, t); err != nil {
			return err
		}
		if _, err := exec(ctx, t, noteWindows, pq.Array([]string{intoID, fromID})); err != nil {
			return wrapErr(err, "could not keep whose the windows are")
		}
		for _, query := range []string{
			"UPDATE waa_conversations SET contact_id = $1, updated_at = greatest(updated_at, $3), refresh_at = CASE WHEN channel_id <> '' AND closed_at = 0 THEN $3 ELSE refresh_at END WHERE contact_id = $2",
			// the conversations are the first one's already: what they hold is found by them
			"UPDATE waa_messages SET contact_id = $1 WHERE conversation_id = ANY(ARRAY(SELECT id FROM waa_conversations WHERE contact_id = $1)) AND contact_id = $2 AND $3::bigint > 0",
			"UPDATE waa_identities SET contact_id = $1 WHERE contact_id = $2 AND $3::bigint > 0",
			"UPDATE waa_wanted SET contact_id = $1 WHERE contact_id = $2 AND $3::bigint > 0",
			mergeContact(),
		} {
			if _, err := exec(ctx, t, query, intoID, fromID, now); err != nil {
				return wrapErr(err, "could not merge contacts")
			}
		}
		if document != "" { // it can be decrypted only in the row that it was encrypted for
			if _, err := exec(ctx, t, "UPDATE waa_contacts SET cpf_cipher = $2 WHERE id = $1", intoID, document); err != nil {
				return wrapErr(err, "could not move a document")
			}
		}
		if _, err := exec(ctx, t, "DELETE FROM waa_contacts WHERE id = $1", fromID); err != nil {
			return errors.Wrap(err, "could not remove the merged contact")
		}
		if err := t.GetContext(ctx, merged, "SELECT "+contactColumns+" FROM waa_contacts WHERE id = $1", intoID); err != nil {
			return wrapErr(err, "could not read the merged contact")
		}
		return s.audit(ctx, t, actorID, "contacts_merged", intoID, map[string]string{"contact_id": fromID})
	})
	if err != nil {
		return nil, err
	}
	return merged, nil
}

// lockBoth holds both contacts, always in the same order; domain.ErrNotFound if one is not there.
func lockBoth(ctx context.Context, t *sqlx.Tx, intoID, fromID string) error {
	var found []string
	if err := t.SelectContext(ctx, &found, "SELECT id FROM waa_contacts WHERE id IN ($1, $2) AND erased_at = 0 ORDER BY id FOR UPDATE", intoID, fromID); err != nil {
		return errors.Wrap(err, "could not lock the contacts")
	}
	if len(found) != 2 {
		return domain.ErrNotFound
	}
	return nil
}

// noteWindows stores with each window the address that opened it, where that is not
// stored yet, before the addresses of contacts change: a window stays open for that
// address alone.
const noteWindows = `UPDATE waa_conversations c SET window_phone = CASE WHEN ct.wa_id <> '' THEN ct.wa_id ELSE ltrim(ct.phone, '+') END, window_user_id = ct.user_id
	FROM waa_contacts ct WHERE ct.id = ANY($1) AND c.contact_id = ct.id AND c.window_until > 0 AND c.window_phone = '' AND c.window_user_id = ''`

// documentToMove is the second contact's document, encrypted for the first one; "" where the first one has a document or the second has none.
func (s *Store) documentToMove(ctx context.Context, t *sqlx.Tx, intoID, fromID string) (string, error) {
	into, from := domain.Contact{}, domain.Contact{}
	for id, c := range map[string]*domain.Contact{intoID: &into, fromID: &from} {
		if err := t.GetContext(ctx, c, "SELECT "+contactColumns+" FROM waa_contacts WHERE id = $1", id); err != nil {
			return "", wrapErr(err, "could not read the contacts")
		}
	}
	if into.CPFHash != "" || from.CPFCipher == "" {
		return "", nil
	}
	plain, err := s.Document(&from)
	if err != nil {
		return "", err
	}
	return s.encrypter.Encrypt(encryptionPlace("waa_contacts", "cpf_cipher", intoID), plain)
}

// moveWantedDocuments encrypts the documents that starts gave of the second contact for the first one.
func (s *Store) moveWantedDocuments(ctx context.Context, t *sqlx.Tx, intoID, fromID string) error {
	rows := []struct {
		MessageID string `db:"message_id"`
		CPFCipher string `db:"cpf_cipher"`
	}{}
	if err := t.SelectContext(ctx, &rows, "SELECT message_id, cpf_cipher FROM waa_wanted WHERE contact_id = $1 AND cpf_cipher <> ''", fromID); err != nil {
		return wrapErr(err, "could not read what starts said")
	}
	for _, row := range rows {
		plain, err := s.Document(&domain.Contact{ID: fromID, CPFCipher: row.CPFCipher})
		if err != nil {
			return err
		}
		encrypted, err := s.encrypter.Encrypt(encryptionPlace("waa_contacts", "cpf_cipher", intoID), plain)
		if err != nil {
			return errors.Wrap(err, "could not encrypt a document")
		}
		if _, err := exec(ctx, t, "UPDATE waa_wanted SET cpf_cipher = $2 WHERE message_id = $1", row.MessageID, encrypted); err != nil {
			return wrapErr(err, "could not move a document")
		}
	}
	return nil
}

// mergeContact makes the first contact know what the second knew. Of two consents a revoked one holds.
func mergeContact() string {
	consent := mapColumns(consentColumns, func(column string) string {
		return column + " = CASE WHEN o.consent_status = 'revoked' AND c.consent_status <> 'revoked' OR c.consent_status = '' THEN o." + column + " ELSE c." + column + " END"
	})
	return `UPDATE waa_contacts c SET ` + consent + `,
		name = CASE WHEN c.name = '' THEN o.name ELSE c.name END,
		phone = CASE WHEN c.phone = '' THEN o.phone ELSE c.phone END,
		wa_id = CASE WHEN c.wa_id = '' THEN o.wa_id ELSE c.wa_id END,
		user_id = CASE WHEN c.user_id = '' THEN o.user_id ELSE c.user_id END,
		username = CASE WHEN c.username = '' THEN o.username ELSE c.username END,
		cpf_masked = CASE WHEN c.cpf_hash = '' THEN o.cpf_masked ELSE c.cpf_masked END,
		cpf_cipher = CASE WHEN c.cpf_hash = '' THEN o.cpf_cipher ELSE c.cpf_cipher END,
		cpf_hash = CASE WHEN c.cpf_hash = '' THEN o.cpf_hash ELSE c.cpf_hash END,
		last_template_at = greatest(c.last_template_at, o.last_template_at),
		blocked_until = greatest(c.blocked_until, o.blocked_until),
		marketing_stop_at = greatest(c.marketing_stop_at, o.marketing_stop_at),
		created_at = least(c.created_at, o.created_at), updated_at = $3
	FROM waa_contacts o WHERE c.id = $1 AND o.id = $2`
}
