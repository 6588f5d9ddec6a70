package store

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// StuckLanes lists in which lanes of inbox and outbox nothing moved for long:
// their first job was begun so long ago, or should have been. It goes from lane
// to lane as claims do. Conversations that Mattermost was to be told of, and was
// not, count as lanes too; now is the domain's clock. Customers' files are left
// out: they are tried for days, and their posts say so.
func (s *Store) StuckLanes(ctx context.Context, now int64) ([]*domain.Stuck, error) {
	var stuck []*domain.Stuck
	after := domain.StuckAfter.Milliseconds()
	for _, table := range []string{inboxTable, outboxTable} {
		rows := []*domain.Stuck{}
		if err := s.db.SelectContext(ctx, &rows, jobSQL(table, `
			WITH RECURSIVE lanes AS (
				(SELECT lane, account_id, reason, begun_at, greatest(created_at, due_at) AS due FROM {table} WHERE finished_at = 0 ORDER BY lane, ord, id LIMIT 1)
				UNION ALL
				SELECT n.lane, n.account_id, n.reason, n.begun_at, n.due FROM lanes l, LATERAL (
					SELECT lane, account_id, reason, begun_at, greatest(created_at, due_at) AS due FROM {table} WHERE finished_at = 0 AND lane > l.lane ORDER BY lane, ord, id LIMIT 1
				) n
			)
			SELECT $2 AS queue, account_id, reason, count(*) AS lanes, min(CASE WHEN begun_at > 0 THEN begun_at ELSE due END) AS since
			FROM lanes WHERE CASE WHEN begun_at > 0 THEN begun_at ELSE due END < {now} - $1::bigint
			GROUP BY account_id, reason ORDER BY since LIMIT 20`), after, table); err != nil {
			return nil, errors.Wrap(err, "could not look for lanes that are stuck")
		}
		stuck = append(stuck, rows...)
	}
	channels := &domain.Stuck{Queue: "channels"}
	if err := s.db.GetContext(ctx, channels, `SELECT 'channels' AS queue, count(*) AS lanes, coalesce(min(refresh_at), 0) AS since
		FROM (SELECT refresh_at FROM waa_conversations WHERE refresh_at > 0 AND refresh_at < $1 ORDER BY refresh_at LIMIT 1000) c`, now-after); err != nil {
		return nil, errors.Wrap(err, "could not look for conversations that are stuck")
	}
	if channels.Lanes > 0 {
		stuck = append(stuck, channels)
	}
	return stuck, nil
}
