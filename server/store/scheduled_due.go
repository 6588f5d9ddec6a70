package store

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// scheduledLease shares the scheduled starts among the processes.
var scheduledLease = lease{table: "waa_scheduled", key: "id", until: "lease_until", set: "status = 'sending'", length: "$1::bigint", most: "$2"}

// ClaimScheduled leases up to n scheduled starts that are due, and those that an earlier attempt left
// unfinished. The database's clock decides: a process whose own clock is wrong sends nothing early. ahead
// is how far the plugin's clock is ahead of the real one, milliseconds; 0 except in development.
func (s *Store) ClaimScheduled(ctx context.Context, ahead int64, length time.Duration, n int) ([]*domain.Scheduled, error) {
	rows := []*scheduledRow{}
	err := s.db.SelectContext(ctx, &rows, hot+scheduledLease.claim(
		due{where: "t.status = 'scheduled' AND t.send_at <= " + clock + " + $3::bigint", order: "t.send_at"},
		due{where: "t.status = 'sending'", order: "t.send_at"},
	)+" SELECT "+scheduledColumns+", "+scheduledMore+", again FROM claimed ORDER BY send_at", length.Milliseconds(), n, ahead)
	if err != nil {
		return nil, wrapErr(err, "could not claim scheduled starts")
	}
	claimed := make([]*domain.Scheduled, 0, len(rows))
	for _, row := range rows {
		c, err := s.openScheduled(row)
		if err != nil { // the key is lost: it can never be sent
			row.Fail(domain.Refuse(domain.CodeUnavailable, domain.T("scheduled.unreadable")))
			if err := s.EndScheduled(ctx, &row.Scheduled, row.SendAt); err != nil {
				return nil, err
			}
			continue
		}
		claimed = append(claimed, c)
	}
	return claimed, nil
}

// RestartScheduled makes a failed one due now and leases it, for somebody who starts it by hand. ErrNotFound if
// it is none.
func (s *Store) RestartScheduled(ctx context.Context, id string, now int64, length time.Duration) (*domain.Scheduled, error) {
	row := &scheduledRow{}
	err := s.db.GetContext(ctx, row, `UPDATE waa_scheduled SET status = 'sending', send_at = $2, message_id = '', conversation_id = '', reason_code = '', reason_key = '', reason_data = '{}',
			ended_at = 0, lease_until = `+clock+` + $3::bigint
		WHERE id = $1 AND status = 'failed' AND asked <> '' RETURNING `+scheduledColumns+", "+scheduledMore, id, now, length.Milliseconds())
	if err != nil {
		return nil, wrapErr(err, "could not begin a failed start anew")
	}
	return s.openScheduled(row)
}

// ScheduledLater gives an unfinished one back for a while.
func (s *Store) ScheduledLater(ctx context.Context, id string, delay time.Duration) error {
	_, err := exec(ctx, s.db, "UPDATE waa_scheduled SET lease_until = "+clock+" + $2::bigint WHERE id = $1 AND status = 'sending'", id, delay.Milliseconds())
	return wrapErr(err, "could not put a scheduled start off")
}

// EndScheduled records that a scheduled start left, or failed. It does nothing if that is known already, or if
// it became something else meanwhile than the caller knows.
func (s *Store) EndScheduled(ctx context.Context, c *domain.Scheduled, now int64) error {
	data, err := encodeData(c.Reason.Data)
	if err != nil {
		return err
	}
	_, err = exec(ctx, s.db, `UPDATE waa_scheduled SET status = $3::text, reason_code = $4, reason_key = $5, reason_data = $6, conversation_id = $7, ended_at = $8, lease_until = 0,
			asked = CASE WHEN $3::text = 'failed' THEN asked ELSE '' END
		WHERE id = $1 AND status = 'sending' AND message_id = $2`, c.ID, c.MessageID, c.Status, c.ReasonCode, c.Reason.Key, data, c.ConversationID, now)
	return wrapErr(err, "could not end a scheduled start")
}

// ClaimUntoldScheduled leases up to n failed ones whose owner was not told yet.
func (s *Store) ClaimUntoldScheduled(ctx context.Context, length time.Duration, n int) ([]*domain.Scheduled, error) {
	rows := []*scheduledRow{}
	untold := lease{table: "waa_scheduled", key: "id", until: "lease_until", length: "$1::bigint", most: "$2"}
	err := s.db.SelectContext(ctx, &rows, hot+untold.claim(due{where: "t.status = 'failed' AND t.told_at = 0", order: "t.ended_at"})+
		" SELECT "+scheduledColumns+", reason_key, reason_data, again FROM claimed", length.Milliseconds(), n)
	if err != nil {
		return nil, wrapErr(err, "could not claim failed starts")
	}
	claimed := make([]*domain.Scheduled, len(rows))
	for i, row := range rows {
		if claimed[i], err = row.scheduled(); err != nil {
			return nil, err
		}
	}
	return claimed, nil
}

// ScheduledTold records that the owner of a failed one was told.
func (s *Store) ScheduledTold(ctx context.Context, id string, now int64) error {
	_, err := exec(ctx, s.db, "UPDATE waa_scheduled SET told_at = $2, lease_until = CASE WHEN status = 'failed' THEN 0 ELSE lease_until END WHERE id = $1", id, now)
	return wrapErr(err, "could not note who was told")
}

// PurgeScheduled forgets what ended before a moment, milliseconds since epoch.
func (s *Store) PurgeScheduled(ctx context.Context, before int64) error {
	_, err := exec(ctx, s.db, "DELETE FROM waa_scheduled WHERE ended_at > 0 AND ended_at < $1 AND status <> 'sending'", before)
	return wrapErr(err, "could not forget old scheduled starts")
}
