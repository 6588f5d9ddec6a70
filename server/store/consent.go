package store

import (
	"context"

	"github.com/Masterminds/squirrel"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const consentColumns = "consent_status, consent_origin, consent_note, consent_at, consent_by"

// SaveConsentWord stores, as SaveInbound does, a message by which the customer opts out or in, and with
// it in one transaction what it does to their consent; see package inbound.
func (s *Store) SaveConsentWord(ctx context.Context, m *domain.Message, who domain.WhatsAppIdentity, opensWindow bool, status domain.ConsentStatus, now int64) (saved *domain.Message, before, after *domain.Conversation, err error) {
	err = s.inTxAgain(ctx, func(t *sqlx.Tx) error {
		contact := &domain.Contact{}
		if err := t.GetContext(ctx, contact, "SELECT "+contactColumns+" FROM waa_contacts WHERE id = (SELECT contact_id FROM waa_conversations WHERE id = $1) FOR UPDATE", m.ConversationID); err != nil {
			return wrapErr(err, "could not hold the contact")
		}
		var inserted bool
		if saved, before, after, inserted, err = s.saveInbound(ctx, t, m, who, opensWindow, now); err != nil || !inserted {
			return err
		}
		to := domain.Consent{Status: status, Origin: domain.OriginCustomer, At: m.CreatedAt}
		line := domain.T("event.opted_in", "At", to.At)
		if status == domain.ConsentRevoked {
			line = domain.T("event.opted_out", "At", to.At)
		}
		changed, err := s.putConsent(ctx, t, contact, to)
		if err != nil || !changed {
			return err
		}
		after.Contact.SetConsent(to)
		return s.tellOfConsent(ctx, t, []string{m.ConversationID}, line, now)
	})
	return saved, before, after, err
}

// SetConsent records what somebody says of a contact's consent, and returns the contact as it is then;
// see package service. line is shown in the channels of the contact's conversations that are not closed.
func (s *Store) SetConsent(ctx context.Context, contactID string, to domain.Consent, line domain.Text, now int64) (*domain.Contact, error) {
	contact := &domain.Contact{}
	err := s.inTx(ctx, func(t *sqlx.Tx) error {
		if err := t.GetContext(ctx, contact, "SELECT "+contactColumns+" FROM waa_contacts WHERE id = $1 AND erased_at = 0 FOR UPDATE", contactID); err != nil {
			return wrapErr(err, "could not hold the contact")
		}
		changed, err := s.putConsent(ctx, t, contact, to)
		if err != nil || !changed {
			return err
		}
		open, err := s.stringArrayOf(ctx, t, "could not read the open conversations",
			"SELECT coalesce(array_agg(id), '{}') FROM waa_conversations WHERE contact_id = $1 AND closed_at = 0 AND aborted_at = 0 AND channel_id <> ''", contactID)
		if err != nil {
			return err
		}
		return s.tellOfConsent(ctx, t, open, line, now)
	})
	if err != nil {
		return nil, err
	}
	return contact, nil
}

// putConsent stores a consent in a contact whose row is locked, with its audit row. changed is false
// where the one that is stored stays; see domain.Consent.Yields.
func (s *Store) putConsent(ctx context.Context, r sqlx.ExtContext, contact *domain.Contact, to domain.Consent) (changed bool, err error) {
	to.Origin, to.Note = truncate(to.Origin, domain.MaxConsentOrigin), truncate(to.Note, domain.MaxConsentNote)
	was := contact.Consent()
	same := was.Status == to.Status && was.By == to.By && was.Origin == to.Origin && was.Note == to.Note
	if same || !was.Yields(to) {
		return false, nil
	}
	contact.SetConsent(to)
	if err := updateContact(ctx, r, "UPDATE waa_contacts SET "+assignColumns(consentColumns)+", updated_at = greatest(updated_at, :consent_at) WHERE id = :id", contact); err != nil {
		return false, err
	}
	return true, s.audit(ctx, r, to.By, domain.AuditConsent, contact.ID, to.Details(was.Status))
}

// tellOfConsent leaves a line for the channels of conversations, and makes them due.
func (s *Store) tellOfConsent(ctx context.Context, r sqlx.ExtContext, conversationIDs []string, line domain.Text, now int64) error {
	for _, id := range conversationIDs {
		if err := (&tx{ctx: ctx, s: s, r: r}).AppendEvent(id, line); err != nil {
			return err
		}
	}
	_, err := exec(ctx, r, "UPDATE waa_conversations SET "+refreshSoon("refresh_at", "$2")+" WHERE id = ANY($1)", pq.Array(conversationIDs), now)
	return wrapErr(err, "could not make conversations due")
}

// optOutNames are the keyed hashes by which somebody who opted out and was erased is known again.
func (s *Store) optOutNames(values []string) (names []string, err error) {
	known := map[string]bool{}
	for _, value := range values {
		for _, written := range []string{value, domain.PhoneKey(value)} {
			if written == "" || known[written] {
				continue
			}
			known[written] = true
			name, err := s.encrypter.HideName("opt-out:" + written)
			if err != nil {
				return nil, errors.Wrap(err, "could not hash a number")
			}
			names = append(names, name)
		}
	}
	return names, nil
}

// ConsentOf returns what is remembered of the consent of a person with a number whom no contact stands
// for: of people who were erased only that they had opted out.
func (s *Store) ConsentOf(ctx context.Context, phone string) (domain.Consent, error) {
	return s.consentOf(ctx, s.db, []identity{{byPhone, domain.PhoneKey(phone)}})
}

func (s *Store) consentOf(ctx context.Context, r sqlx.ExtContext, ids []identity) (domain.Consent, error) {
	values := make([]string, len(ids))
	for i, id := range ids {
		values[i] = id.value
	}
	names, err := s.optOutNames(values)
	if err != nil {
		return domain.Consent{}, err
	}
	var at int64
	if err := sqlx.GetContext(ctx, r, &at, "SELECT coalesce(max(at), 0) FROM waa_opt_outs WHERE name = ANY($1)", pq.Array(names)); err != nil || at == 0 {
		return domain.Consent{}, wrapErr(err, "could not look for an opt-out")
	}
	return domain.Consent{Status: domain.ConsentRevoked, Origin: domain.OriginCustomer, At: at}, nil
}

// keepOptOut remembers, before a contact is erased, that the person opted out, or forgets that they did
// once. values are what the person is known by.
func (s *Store) keepOptOut(ctx context.Context, r sqlx.ExtContext, contactID string, values []string) error {
	names, err := s.optOutNames(values)
	if err != nil || len(names) == 0 {
		return err
	}
	if _, err := exec(ctx, r, `INSERT INTO waa_opt_outs (name, at) SELECT n, ct.consent_at FROM waa_contacts ct, unnest($2::text[]) n
		WHERE ct.id = $1 AND ct.consent_status = 'revoked' ON CONFLICT (name) DO UPDATE SET at = excluded.at`, contactID, pq.Array(names)); err != nil {
		return errors.Wrap(err, "could not keep an opt-out")
	}
	_, err = exec(ctx, r, `DELETE FROM waa_opt_outs WHERE name = ANY($2) AND EXISTS (SELECT 1 FROM waa_contacts WHERE id = $1 AND consent_status = 'granted')`, contactID, pq.Array(names))
	return errors.Wrap(err, "could not forget an opt-out")
}

// Consents lists the contacts with a consent on record, the latest first; see package service.
func (s *Store) Consents(ctx context.Context, f domain.ConsentFilter) ([]*domain.Contact, int, error) {
	where := squirrel.And{squirrel.Expr("ct.consent_status <> '' AND ct.erased_at = 0")}
	if f.Status != domain.ConsentNone {
		where = append(where, squirrel.Expr("ct.consent_status = ?", f.Status))
	}
	if f.QueueIDs != nil {
		where = append(where, squirrel.Expr("EXISTS (SELECT 1 FROM waa_conversations c WHERE c.contact_id = ct.id AND c.aborted_at = 0 AND c.queue_id = ANY(?))", pq.Array(f.QueueIDs)))
	}
	rows := builder().Select(prefixColumns("ct", contactColumns)).From("waa_contacts ct").Where(where).OrderBy("ct.consent_at DESC", "ct.id")
	return selectPage[domain.Contact](ctx, s.db, rows, builder().Select("count(*)").From("waa_contacts ct").Where(where), f.Page, f.PerPage)
}
