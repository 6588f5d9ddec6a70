package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/Masterminds/squirrel"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// FindCustomers lists up to n contacts that match a search, by name; see package service. It stops at
// the first n that it finds: whoever wants another one types more. A whole number or document is looked
// up before anything else, because as a part of others it is in too many entries of the index.
func (s *Store) FindCustomers(ctx context.Context, reader string, queueIDs []string, all bool, query string, document domain.Document, n int) ([]*domain.KnownCustomer, error) {
	hashes := s.documentHashes(document)
	exactly, err := s.contactsExactly(ctx, query, hashes)
	if err != nil {
		return nil, err
	}
	if len(exactly) > 0 {
		if found, err := s.customersWhere(ctx, reader, queueIDs, all, squirrel.Expr("id = ANY(?)", pq.Array(exactly)), n); err != nil || len(found) > 0 {
			return found, err
		}
	}
	matches := contactsLike(query, nil)
	if matches == nil || document != "" { // its digits are no part of a number
		return nil, nil
	}
	return s.customersWhere(ctx, reader, queueIDs, all, matches, n)
}

// shortestNumber is how many digits a number with its area has at least.
const shortestNumber = 10

// contactsExactly lists the contacts that have a number or a document; none if the query is neither.
func (s *Store) contactsExactly(ctx context.Context, query string, cpfHashes []string) ([]string, error) {
	var ids []string
	if digits := phoneDigits(query); len(digits) >= shortestNumber {
		keys := []string{domain.PhoneKey(digits), domain.PhoneKey("55" + digits)}
		if err := s.db.SelectContext(ctx, &ids, "SELECT contact_id FROM waa_identities WHERE kind = 'phone' AND value = ANY($1)", pq.Array(keys)); err != nil {
			return nil, wrapErr(err, "could not look for a number")
		}
	}
	for _, hash := range cpfHashes {
		var more []string
		if err := s.db.SelectContext(ctx, &more, "SELECT id FROM waa_contacts WHERE cpf_hash = $1 AND cpf_hash <> ''", hash); err != nil {
			return nil, wrapErr(err, "could not look for a document")
		}
		ids = append(ids, more...)
	}
	return ids, nil
}

func (s *Store) customersWhere(ctx context.Context, reader string, queueIDs []string, all bool, matches squirrel.Sqlizer, n int) ([]*domain.KnownCustomer, error) {
	last := builder().Select(prefixColumns("c", conversationColumns)).From("waa_conversations c").Where("c.contact_id = ct.id AND c.aborted_at = 0").OrderBy("c.created_at DESC", "c.id").Limit(1)
	if !all {
		last = last.Where(isSeen(reader, queueIDs))
	}
	lateral, args, err := last.PlaceholderFormat(squirrel.Question).ToSql()
	if err != nil {
		return nil, errors.Wrap(err, "could not build a search for customers")
	}
	sql, args, err := builder().Select(prefixColumns("ct", contactColumns), nestColumns("last", "last", conversationColumns)).
		FromSelect(builder().Select(contactColumns).From("waa_contacts").Where(matches).Where("erased_at = 0"), "ct").
		JoinClause("JOIN LATERAL ("+lateral+") last ON true", args...).Limit(uint64(n)).ToSql()
	if err != nil {
		return nil, errors.Wrap(err, "could not build a search for customers")
	}
	found := []*domain.KnownCustomer{}
	if err := s.db.SelectContext(ctx, &found, sql, args...); err != nil {
		return nil, errors.Wrap(err, "could not search for customers")
	}
	slices.SortFunc(found, func(a, b *domain.KnownCustomer) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}
