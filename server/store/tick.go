package store

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ClaimStatusMarks leases up to n messages whose post shows an old status, oldest first.
func (s *Store) ClaimStatusMarks(ctx context.Context, lease time.Duration, n int) ([]domain.StatusMark, error) {
	ticks := []domain.StatusMark{}
	err := s.db.SelectContext(ctx, &ticks, "SELECT "+part("m", "message", messageColumns)+", f.channel, f.again, f.closed FROM "+s.call["claim_ticks"]+" f", n, lease.Milliseconds())
	return ticks, errors.Wrap(err, "could not claim ticks")
}

func claimTicksFunction() function {
	return function{
		name: "claim_ticks", params: params("bigint, bigint"), returns: "TABLE (m waa_messages, channel text, again boolean, closed boolean)",
		query: `
		WITH due AS (
			SELECT id, show_lease <> 0 AS again FROM waa_messages
			WHERE shown_status <> status AND post_id <> '' AND show_lease <= ` + clock + `
			ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED
		), leased AS (
			UPDATE waa_messages m SET show_lease = ` + clock + ` + $2 FROM due WHERE m.id = due.id
			RETURNING m, m.conversation_id, m.created_at, m.id, due.again
		)
		SELECT l.m, c.channel_id, l.again, c.closed_at <> 0 FROM leased l JOIN waa_conversations c ON c.id = l.conversation_id ORDER BY l.created_at, l.id`,
	}
}

// Shown records what the post shows now, and gives the lease back. Where nobody
// knows what it shows (""), the lease that stays tells the next one to look for
// what is there already.
func (s *Store) StatusShown(ctx context.Context, messageID string, status domain.Status) error {
	return execOne(ctx, s.db, "could not record a tick", "UPDATE waa_messages SET shown_status = $2, show_lease = CASE WHEN $2 = '' THEN greatest(show_lease, 1) ELSE 0 END WHERE id = $1",
		messageID, string(status))
}
