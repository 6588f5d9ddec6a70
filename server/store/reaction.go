package store

import (
	"context"
)

// SaveReaction stores what a customer feels about a message unless a later
// reaction is stored, and answers the one that holds.
func (s *Store) SaveReaction(ctx context.Context, messageID, wamid, emoji string, at int64) (holds string, err error) {
	err = s.db.GetContext(ctx, &holds, `
		WITH saved AS (
			INSERT INTO waa_reactions (message_id, wamid, emoji, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (message_id) DO UPDATE SET wamid = excluded.wamid, emoji = excluded.emoji, at = excluded.at WHERE waa_reactions.at <= excluded.at
			RETURNING emoji
		)
		SELECT emoji FROM saved UNION ALL SELECT emoji FROM waa_reactions WHERE message_id = $1 AND NOT EXISTS (SELECT 1 FROM saved)`,
		messageID, fit(wamid, maxWAMID), fit(emoji, 64), at)
	return holds, failed(err, "could not store a reaction")
}
