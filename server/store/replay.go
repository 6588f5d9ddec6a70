package store

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ReplayAll makes all dead letters that are meant due again, as if they had
// never been tried, and tells how many. They become due at one moment, so that
// those of a lane go in the lane's own order.
func (s *Store) ReplayAll(ctx context.Context, filter domain.DeadLetterFilter) (replayed int, err error) {
	err = s.inTx(ctx, func(t *sqlx.Tx) error {
		for _, table := range jobTables() {
			if len(filter.Queues) > 0 && !slices.Contains(filter.Queues, table) {
				continue
			}
			n, err := exec(ctx, t, "UPDATE waa_"+table+` SET finished_at = 0, dead_at = 0, attempts = 0, due_at = 0, begun_at = 0, reason = '' WHERE id = ANY(ARRAY(
				SELECT id FROM waa_`+table+` WHERE dead_at > 0 AND ($1 = '' OR account_id = $1) AND ($2 = '' OR reason = $2)
					AND created_at >= $3 AND ($4::bigint = 0 OR created_at < $4) FOR UPDATE))`,
				filter.AccountID, filter.Reason, filter.From, filter.Until)
			if err != nil {
				return errors.Wrap(err, "could not replay dead letters")
			}
			replayed += n
		}
		return nil
	})
	return replayed, err
}
