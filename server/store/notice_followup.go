package store

import (
	"context"

	"github.com/Masterminds/squirrel"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// unansweredFor is the condition that a customer has not answered a template for so long.
func unansweredFor(u domain.Unanswered, now int64) squirrel.Sqlizer {
	where := squirrel.And{
		squirrel.Expr("c.closed_at = 0 AND c.last_template_at > 0 AND c.last_template_at <= ?", now-u.Least.Milliseconds()),
		isInState(domain.Waiting, now),
	}
	if u.Below > 0 {
		where = append(where, squirrel.Expr("c.last_template_at > ?", now-u.Below.Milliseconds()))
	}
	return where
}

// QueueZones are the time zones that queues have; see package jobs.
func (s *Store) QueueZones(ctx context.Context) ([]string, error) {
	return s.stringArray(ctx, "could not read the queues' time zones", "SELECT array_agg(DISTINCT zone) FROM (SELECT time_zone AS zone FROM waa_queues UNION ALL SELECT '') z")
}

// AddFollowUps leaves the day's notices of a zone; see package jobs.
func (s *Store) AddFollowUps(ctx context.Context, zone, day string, before, now int64) error {
	_, err := exec(ctx, s.db, `
		INSERT INTO waa_notices (key, user_id, text_key, created_at)
		SELECT DISTINCT 'followup:' || c.owner_id || ':' || $2, c.owner_id, $5, $4::bigint
		FROM waa_conversations c LEFT JOIN waa_queues q ON q.id = c.queue_id
		WHERE c.closed_at = 0 AND c.aborted_at = 0 AND c.owner_id <> '' AND coalesce(q.time_zone, '') = $1 AND c.last_template_at > 0 AND c.last_template_at <= $3
			AND `+inState(domain.Waiting, "$4::bigint")+`
		ON CONFLICT (key) DO NOTHING`, zone, day, before, now, domain.FollowUpText)
	return wrapErr(err, "could not leave the follow-ups")
}
