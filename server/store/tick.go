package store

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/relay"
)

// ClaimTicks leases up to n messages whose post shows an old status, oldest first.
func (s *Store) ClaimTicks(ctx context.Context, lease time.Duration, n int) ([]relay.Tick, error) {
	ticks := []relay.Tick{}
	err := s.db.SelectContext(ctx, &ticks, `
		WITH due AS (
			SELECT id, show_lease <> 0 AS again FROM waa_messages
			WHERE shown_status <> status AND post_id <> '' AND show_lease <= `+clock+`
			ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED
		), m AS (
			UPDATE waa_messages m SET show_lease = `+clock+` + $2::bigint FROM due WHERE m.id = due.id RETURNING m.*, due.again
		)
		SELECT `+as("m", "message", messageColumns)+`, c.channel_id AS channel, m.again
		FROM m JOIN waa_conversations c ON c.id = m.conversation_id ORDER BY m.created_at, m.id`, n, lease.Milliseconds())
	return ticks, errors.Wrap(err, "could not claim ticks")
}

// Shown records what the post shows now, and gives the lease back.
func (s *Store) Shown(ctx context.Context, messageID string, status conversation.Status) error {
	return execOne(ctx, s.db, "could not record a tick", "UPDATE waa_messages SET shown_status = $2, show_lease = 0 WHERE id = $1", messageID, string(status))
}
