package store

import (
	"context"

	"github.com/Masterminds/squirrel"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// CountConversations counts what a reader may see and is not closed; see service.Lister.
func (s *Store) CountConversations(ctx context.Context, reader string, queueIDs []string, all bool, f domain.ListFilter) (domain.Counts, error) {
	where := append(s.listed(reader, queueIDs, all, f), squirrel.Expr("c.closed_at = 0"))
	query, args, err := builder().Select().
		Column("count(*) FILTER (WHERE s.state = 'waiting') AS waiting").
		Column("count(*) FILTER (WHERE s.state = 'open') AS open").
		Column("count(*) FILTER (WHERE s.state = 'expired') AS expired").
		Column("count(*) FILTER (WHERE s.unclaimed) AS unclaimed").
		FromSelect(builder().Select().Column(squirrel.Expr("("+stateAt+") AS state", f.Now)).Column("c.attendant_id = '' AS unclaimed").
			From("waa_conversations c").Where(where), "s").ToSql()
	counts := domain.Counts{}
	if err != nil {
		return counts, errors.Wrap(err, "could not build a count query")
	}
	return counts, errors.Wrap(s.db.GetContext(ctx, &counts, query, args...), "could not count conversations")
}

// ChangedConversations lists the conversations that changed since a moment of
// the database's clock, the latest first; see channelsync.EventStore. updated_at is of
// whichever node changed it, so a trigger notes the one clock's time beside it.
func (s *Store) ChangedConversations(ctx context.Context, since int64, n int) ([]domain.ConversationChange, error) {
	changed := []domain.ConversationChange{}
	err := s.db.SelectContext(ctx, &changed, `
		SELECT c.id, c.owner_id, c.attendant_id, c.channel_id, coalesce(q.channel_id, '') AS queue_channel_id, c.updated_at, c.changed_at
		FROM waa_conversations c LEFT JOIN waa_queues q ON q.id = c.queue_id
		WHERE c.changed_at >= $1 AND c.changed_at > 0 AND c.aborted_at = 0 ORDER BY c.changed_at DESC LIMIT $2`, since, n)
	return changed, errors.Wrap(err, "could not read the conversations that changed")
}

// Clock is the database's time, milliseconds since epoch.
func (s *Store) Clock(ctx context.Context) (now int64, err error) {
	err = s.db.GetContext(ctx, &now, "SELECT "+clock)
	return now, errors.Wrap(err, "could not read the database's clock")
}
