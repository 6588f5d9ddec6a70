package store

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// shownPayload is how many bytes of a payload a list holds: a whole one may be of 4 MB.
const shownPayload = 64 << 10

// DeadLetters lists the dead letters of all queues, newest first, with the
// beginning of each payload; page counts from 0.
func (s *Store) DeadLetters(ctx context.Context, page, perPage int) ([]*domain.DeadLetter, int, error) {
	var all []string
	for _, table := range jobTables() {
		all = append(all, "SELECT '"+table+"-' || id AS id, '"+table+"' AS queue, id AS job, account_id, lane, created_at AS received_at, dead_at, attempts, reason FROM waa_"+table+" WHERE dead_at > 0")
	}
	// the payloads of the page alone are read, and of them the beginning
	payload := "CASE d.queue"
	for _, table := range jobTables() {
		payload += " WHEN '" + table + "' THEN (SELECT substring(payload FROM 1 FOR " + strconv.Itoa(shownPayload) + ") FROM waa_" + table + " WHERE id = d.job)"
	}
	rows := builder().Select("d.id, d.account_id, d.lane, d.received_at, d.dead_at, d.attempts, d.reason, "+payload+" END AS payload").
		From("("+strings.Join(all, " UNION ALL ")+") d").OrderBy("d.dead_at DESC", "d.id")
	count := builder().Select("(SELECT count(*) FROM waa_inbox WHERE dead_at > 0) + (SELECT count(*) FROM waa_outbox WHERE dead_at > 0) + (SELECT count(*) FROM waa_media WHERE dead_at > 0)")
	return selectPage[domain.DeadLetter](ctx, s.db, rows, count, page, perPage)
}

// Replay makes a dead letter due again, as if it had never been tried. ErrNotFound if there is none with the id.
func (s *Store) Replay(ctx context.Context, id string) error {
	name, number, _ := strings.Cut(id, "-")
	jobID, err := strconv.ParseInt(number, 10, 64)
	if err != nil || !slices.Contains(jobTables(), name) {
		return domain.ErrNotFound
	}
	return execOne(ctx, s.db, "could not replay a dead letter", "UPDATE waa_"+name+" SET finished_at = 0, dead_at = 0, attempts = 0, due_at = 0, begun_at = 0, reason = '' WHERE id = $1 AND dead_at > 0", jobID)
}

// Backlog counts what is not finished and what is dead.
func (s *Store) Backlog(ctx context.Context) (*domain.Backlog, error) {
	b := &domain.Backlog{}
	err := s.db.GetContext(ctx, b, `SELECT i.n AS inbox, i.oldest AS oldest_inbox, o.n AS outbox, o.oldest AS oldest_outbox, m.n AS media, m.oldest AS oldest_media,
			(SELECT count(*) FROM waa_inbox WHERE dead_at > 0) AS dead_inbox, (SELECT count(*) FROM waa_outbox WHERE dead_at > 0) AS dead_outbox,
			(SELECT count(*) FROM waa_media WHERE dead_at > 0) AS dead_media
		FROM (SELECT count(*) AS n, coalesce(min(created_at), 0) AS oldest FROM waa_inbox WHERE finished_at = 0) i,
			(SELECT count(*) AS n, coalesce(min(created_at), 0) AS oldest FROM waa_outbox WHERE finished_at = 0) o,
			(SELECT count(*) AS n, coalesce(min(created_at), 0) AS oldest FROM waa_media WHERE finished_at = 0) m`)
	return b, wrapErr(err, "could not count jobs")
}

// PurgeDead removes dead letters older than so many milliseconds, at most batch
// of each queue, and returns how many it removed.
func (s *Store) PurgeDead(ctx context.Context, olderThan int64, batch int) (int, error) {
	return s.purge(ctx, "dead_at > 0", "dead_at", olderThan, batch)
}

// PurgeFinished removes finished jobs older than so many milliseconds, at most
// batch of each queue, and returns how many it removed. Dead letters stay.
func (s *Store) PurgeFinished(ctx context.Context, olderThan int64, batch int) (int, error) {
	return s.purge(ctx, "finished_at > 0 AND dead_at = 0", "finished_at", olderThan, batch)
}

// purge removes the oldest jobs of all queues that meet a condition and ended,
// by a column, so many milliseconds ago.
func (s *Store) purge(ctx context.Context, which, ended string, olderThan int64, batch int) (total int, err error) {
	for _, table := range jobTables() {
		n, err := exec(ctx, s.db, "DELETE FROM waa_"+table+" WHERE id IN (SELECT id FROM waa_"+table+" WHERE "+which+" AND "+ended+" < "+clock+
			" - $1::bigint ORDER BY "+ended+" LIMIT $2"+lockFree+")", olderThan, batch)
		if err != nil {
			return total, errors.Wrap(err, "could not purge jobs")
		}
		total += n
	}
	return total, nil
}

// ReplayAll makes all dead letters that are meant due again, as if they had
// never been tried, and returns how many. All become due at the same
// moment, so that those of a lane run in the lane's own order.
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
