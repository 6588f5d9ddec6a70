package store

import (
	"context"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// alike finds the contacts that have something in common with one that only one person has. Each part of it goes by an index. A number is
// one person's whatever account it is known on, and its key is the same with the ninth digit and without. A name alone is many people's:
// it counts together with the last eight digits, which a wrong area leaves as they are, or where one of the two has no number; and then
// only a name of several words. Its parameters: contact, hashes of its document.
const alike = `
	SELECT o.id, '` + domain.AlikeDocument + `' AS because FROM waa_contacts o WHERE o.cpf_hash = ANY($2) AND o.cpf_hash <> ''
	UNION
	SELECT i.contact_id, '` + domain.AlikeNumber + `' FROM waa_identities mine JOIN waa_identities i ON i.kind = mine.kind AND i.value = mine.value
	WHERE mine.contact_id = $1 AND mine.kind = 'phone'
	UNION
	SELECT o.id, '` + domain.AlikeName + `' FROM waa_contacts me JOIN waa_contacts o ON lower(o.name) = lower(me.name) AND o.name <> '' AND o.erased_at = 0
	WHERE me.id = $1 AND me.name LIKE '% %' AND (right(o.phone, 8) = right(me.phone, 8) OR o.phone = '' OR me.phone = '')`

// Lookalikes lists up to n other contacts that may be the same person as one, those with most in common first; domain.ErrNotFound.
func (s *Store) Lookalikes(ctx context.Context, contactID string, n int) ([]*domain.Lookalike, error) {
	me := &domain.Contact{}
	if err := s.db.GetContext(ctx, me, "SELECT "+contactColumns+" FROM waa_contacts WHERE id = $1 AND erased_at = 0", contactID); err != nil {
		return nil, wrapErr(err, "could not read the contact")
	}
	document, err := s.Document(me)
	if err != nil {
		return nil, err
	}
	rows := []struct {
		domain.Contact
		Because pq.StringArray `db:"because"`
	}{}
	err = s.db.SelectContext(ctx, &rows, `SELECT `+prefixColumns("c", contactColumns)+`, a.because
		FROM (SELECT id, array_agg(because ORDER BY because) AS because FROM (`+alike+`) found GROUP BY id) a JOIN waa_contacts c ON c.id = a.id
		WHERE c.id <> $1 AND c.erased_at = 0 ORDER BY cardinality(a.because) DESC, c.created_at, c.id LIMIT $3`,
		contactID, pq.Array(s.documentHashes(domain.Document(document))), n)
	if err != nil {
		return nil, errors.Wrap(err, "could not look for contacts that look alike")
	}
	found := make([]*domain.Lookalike, len(rows))
	for i, row := range rows {
		found[i] = &domain.Lookalike{Contact: row.Contact, Because: row.Because}
	}
	return found, nil
}
