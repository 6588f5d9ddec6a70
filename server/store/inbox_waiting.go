package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// A job that waits for something outside itself stores what it waits for (waits_for),
// and the statement that brings it wakes the job: an account gets its default queue, a
// conversation begins, a channel is made. A wake-up that comes just before the job
// begins to wait finds nothing to wake; WakeWaiting finds such jobs later.

// Wait is Retry for a job that waits for something; see jobqueue.Store. Only the inbox has such jobs.
func (q *Queue) Wait(ctx context.Context, owner string, id int64, waitsFor string, delay time.Duration, reason string) error {
	if q.table != inboxTable {
		return q.Retry(ctx, owner, id, delay, reason)
	}
	return q.end(ctx, "could not let a job wait", `UPDATE {table} SET due_at = {now} + $3::bigint, lease_owner = '', lease_until = 0, reason = $4, waits_for = $5 WHERE {held}`,
		id, owner, delay.Milliseconds(), truncate(reason, maxReason), keyOf(waitsFor, maxKey))
}

const wakeWhere = "UPDATE waa_inbox SET due_at = 0, waits_for = '' WHERE finished_at = 0 AND waits_for <> '' AND "

// wakeForQueue wakes what waits for the account's default queue.
func wakeForQueue(ctx context.Context, r sqlx.ExtContext, accountID string) error {
	name := domain.WaitsForQueue(accountID, "")
	_, err := exec(ctx, r, wakeWhere+"waits_for >= $1 AND waits_for < $2", name, name+"\U0010FFFF")
	return wrapErr(err, "could not wake what waits for a queue")
}

// wakeForPerson wakes what somebody wrote who was in no conversation: now they are in one.
func wakeForPerson(ctx context.Context, r sqlx.ExtContext, accountID, contactID string) error {
	_, err := exec(ctx, r, wakeWhere+`waits_for = ANY(ARRAY(
		SELECT $1 || i.value FROM waa_identities i WHERE i.contact_id = $2 AND i.account_id = $3))`, domain.WaitsForQueue(accountID, ""), contactID, accountID)
	return wrapErr(err, "could not wake what a person wrote")
}

// wakeForChannel wakes what waits for a conversation's channel.
func wakeForChannel(ctx context.Context, r sqlx.ExtContext, conversationID string) error {
	_, err := exec(ctx, r, wakeWhere+"waits_for = $1", domain.WaitsForChannel(conversationID))
	return wrapErr(err, "could not wake what waits for a channel")
}

// WaitingInLane returns what the jobs hold that wait in a lane of the inbox, in their order, limit of them at most.
func (s *Store) WaitingInLane(ctx context.Context, lane string, limit int) ([][]byte, error) {
	var payloads pq.ByteaArray
	err := s.db.GetContext(ctx, &payloads, `SELECT coalesce(array_agg(w.payload), '{}') FROM (
		SELECT payload FROM waa_inbox WHERE lane = $1 AND finished_at = 0 AND lease_owner = '' ORDER BY ord, id LIMIT $2) w`, lane, limit)
	return payloads, wrapErr(err, "could not read what waits in a lane")
}

// WakeWaiting wakes what waits though it need not any more.
func (s *Store) WakeWaiting(ctx context.Context) error {
	_, err := exec(ctx, s.db, `UPDATE waa_inbox i SET due_at = 0, waits_for = '' WHERE i.id IN (
		SELECT w.id FROM (SELECT id, split_part(waits_for, ':', 1) AS kind, split_part(waits_for, ':', 2) COLLATE "default" AS what FROM waa_inbox WHERE finished_at = 0 AND waits_for <> '') w
		WHERE CASE w.kind
			WHEN 'queue' THEN EXISTS (SELECT 1 FROM waa_accounts a WHERE a.id = w.what AND a.default_queue_id <> '')
			WHEN 'channel' THEN EXISTS (SELECT 1 FROM waa_conversations c WHERE c.id = w.what AND c.channel_id <> '')
		END)`)
	return wrapErr(err, "could not wake what waits")
}

// WakeUnmade makes as many conversations due as there is room for among those
// that wait for a channel because their team has as many as it may have. limit
// is how many that are; less than 0 = any number. now is milliseconds since epoch.
func (s *Store) WakeUnmade(ctx context.Context, limit int, now int64) error {
	const unmade = "channel_id = '' AND closed_at = 0 AND aborted_at = 0"
	teams, err := s.stringArray(ctx, "could not look for teams without room", `
		WITH RECURSIVE teams AS (
			(SELECT team_id FROM waa_conversations WHERE `+unmade+` ORDER BY team_id LIMIT 1)
			UNION ALL
			SELECT n.team_id FROM teams t, LATERAL (SELECT team_id FROM waa_conversations WHERE `+unmade+` AND team_id > t.team_id ORDER BY team_id LIMIT 1) n
		)
		SELECT coalesce(array_agg(t.team_id), '{}') FROM teams t
		WHERE EXISTS (SELECT 1 FROM waa_conversations c WHERE c.team_id = t.team_id AND c.refresh_at = 0 AND `+unmade+`)`)
	if err != nil {
		return err
	}
	for _, team := range teams {
		room := limit
		if limit >= 0 {
			channels, _, err := channelsOfTeam(ctx, s.db, team)
			if err != nil {
				return err
			}
			room = max(limit-channels, 0)
		}
		if room == 0 {
			continue
		}
		if _, err := exec(ctx, s.db, `UPDATE waa_conversations SET refresh_at = $2 WHERE id = ANY(ARRAY(
			SELECT id FROM waa_conversations WHERE team_id = $1 AND refresh_at = 0 AND `+unmade+` ORDER BY created_at, id LIMIT NULLIF($3::bigint, -1))) AND refresh_at = 0`,
			team, now, max(room, -1)); err != nil {
			return errors.Wrap(err, "could not wake conversations without a channel")
		}
	}
	return nil
}
