package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/Masterminds/squirrel"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// FindCustomers lists up to n contacts that match a search, by name; see package service. It stops at
// the first n that it finds: whoever wants another one types more.
func (s *Store) FindCustomers(ctx context.Context, reader string, queueIDs []string, all bool, query string, document domain.Document, n int) ([]*domain.KnownCustomer, error) {
	matches, err := s.contactsMeant(ctx, query, document)
	if err != nil || matches == nil {
		return nil, err
	}
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
