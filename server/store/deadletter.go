package store

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// DeadLetter is a job that was given up.
type DeadLetter struct {
	ID         string `db:"id"` // names the queue too: inbox-1, outbox-1, media-1
	AccountID  string `db:"account_id"`
	Lane       string `db:"lane"`
	ReceivedAt int64  `db:"received_at"` // milliseconds since epoch, the database's clock
	DeadAt     int64  `db:"dead_at"`
	Attempts   int    `db:"attempts"`
	Reason     string `db:"reason"`
	Payload    []byte `db:"payload"` // its beginning, see DeadLetters
}

// deadTables are the queues whose dead letters there are, and how their ids begin.
func deadTables() []string { return []string{inboxTable, outboxTable, mediaTable} }

// shownPayload is how many bytes of a payload a list holds: a whole one may be of 4 MB.
const shownPayload = 64 << 10

// DeadLetters lists the dead letters of all queues, newest first, with the
// beginning of each payload; page counts from 0.
func (s *Store) DeadLetters(ctx context.Context, page, perPage int) ([]*DeadLetter, int, error) {
	var all []string
	for _, table := range deadTables() {
		all = append(all, "SELECT '"+table+"-' || id AS id, '"+table+"' AS queue, id AS job, account_id, lane, created_at AS received_at, dead_at, attempts, reason FROM waa_"+table+" WHERE dead_at > 0")
	}
	// the payloads of the page alone are read, and of them the beginning
	payload := "CASE d.queue"
	for _, table := range deadTables() {
		payload += " WHEN '" + table + "' THEN (SELECT substring(payload FROM 1 FOR " + strconv.Itoa(shownPayload) + ") FROM waa_" + table + " WHERE id = d.job)"
	}
	rows := builder().Select("d.id, d.account_id, d.lane, d.received_at, d.dead_at, d.attempts, d.reason, "+payload+" END AS payload").
		From("("+strings.Join(all, " UNION ALL ")+") d").OrderBy("d.dead_at DESC", "d.id")
	count := builder().Select("(SELECT count(*) FROM waa_inbox WHERE dead_at > 0) + (SELECT count(*) FROM waa_outbox WHERE dead_at > 0) + (SELECT count(*) FROM waa_media WHERE dead_at > 0)")
	return selectPage[DeadLetter](ctx, s.db, rows, count, page, perPage)
}

// Replay makes a dead letter due again, as if it had never been tried. ErrNotFound if there is none with the id.
func (s *Store) Replay(ctx context.Context, id string) error {
	name, number, _ := strings.Cut(id, "-")
	jobID, err := strconv.ParseInt(number, 10, 64)
	if err != nil || !slices.Contains(deadTables(), name) {
		return domain.ErrNotFound
	}
	return execOne(ctx, s.db, "could not replay a dead letter", "UPDATE waa_"+name+" SET finished_at = 0, dead_at = 0, attempts = 0, due_at = 0, begun_at = 0, reason = '' WHERE id = $1 AND dead_at > 0", jobID)
}

// Backlog is how much work waits, and since when (milliseconds since epoch; 0 = none does).
type Backlog struct {
	Inbox        int   `db:"inbox"`
	Outbox       int   `db:"outbox"`
	Media        int   `db:"media"`
	OldestInbox  int64 `db:"oldest_inbox"`
	OldestOutbox int64 `db:"oldest_outbox"`
	OldestMedia  int64 `db:"oldest_media"`
	DeadInbox    int   `db:"dead_inbox"`
	DeadOutbox   int   `db:"dead_outbox"`
	DeadMedia    int   `db:"dead_media"`
}

// Backlog counts what is not finished and what is dead.
func (s *Store) Backlog(ctx context.Context) (*Backlog, error) {
	b := &Backlog{}
	err := s.db.GetContext(ctx, b, `SELECT i.n AS inbox, i.oldest AS oldest_inbox, o.n AS outbox, o.oldest AS oldest_outbox, m.n AS media, m.oldest AS oldest_media,
			(SELECT count(*) FROM waa_inbox WHERE dead_at > 0) AS dead_inbox, (SELECT count(*) FROM waa_outbox WHERE dead_at > 0) AS dead_outbox,
			(SELECT count(*) FROM waa_media WHERE dead_at > 0) AS dead_media
		FROM (SELECT count(*) AS n, coalesce(min(created_at), 0) AS oldest FROM waa_inbox WHERE finished_at = 0) i,
			(SELECT count(*) AS n, coalesce(min(created_at), 0) AS oldest FROM waa_outbox WHERE finished_at = 0) o,
			(SELECT count(*) AS n, coalesce(min(created_at), 0) AS oldest FROM waa_media WHERE finished_at = 0) m`)
	return b, failed(err, "could not count jobs")
}

// PurgeDead removes dead letters older than so many milliseconds, at most batch
// of each queue, and answers how many.
func (s *Store) PurgeDead(ctx context.Context, olderThan int64, batch int) (int, error) {
	total := 0
	for _, table := range deadTables() {
		n, err := exec(ctx, s.db, "DELETE FROM waa_"+table+" WHERE id IN (SELECT id FROM waa_"+table+" WHERE dead_at > 0 AND dead_at < "+clock+
			" - $1::bigint ORDER BY dead_at LIMIT $2 FOR UPDATE SKIP LOCKED)", olderThan, batch)
		if err != nil {
			return total, errors.Wrap(err, "could not purge dead letters")
		}
		total += n
	}
	return total, nil
}

// PurgeFinished removes finished jobs older than so many milliseconds, at most
// batch of each queue, and answers how many. Dead letters stay.
func (s *Store) PurgeFinished(ctx context.Context, olderThan int64, batch int) (int, error) {
	total := 0
	for _, table := range []string{"waa_inbox", "waa_outbox", "waa_media"} {
		n, err := exec(ctx, s.db, "DELETE FROM "+table+" WHERE id IN (SELECT id FROM "+table+" WHERE finished_at > 0 AND dead_at = 0 AND finished_at < "+clock+
			" - $1::bigint ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED)", olderThan, batch)
		if err != nil {
			return total, errors.Wrap(err, "could not purge finished jobs")
		}
		total += n
	}
	return total, nil
}
