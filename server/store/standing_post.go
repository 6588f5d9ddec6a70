package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// keepStanding is how long it is remembered which post was agreed on, milliseconds:
// longer than anybody looks for a post of ours.
const keepStanding = "2592000000"

// StandingPost proposes a post for a key and returns the one that all processes agree
// on: the first that was proposed.
func (s *Store) StandingPost(ctx context.Context, key, postID string) (string, error) {
	var stands string
	// the update changes nothing; without it the statement would not return the row that is there
	err := s.db.GetContext(ctx, &stands, `WITH old AS (DELETE FROM waa_standing WHERE created_at < `+clock+` - `+keepStanding+` AND key <> $1)
		INSERT INTO waa_standing AS w (key, post_id, created_at) VALUES ($1, $2, `+clock+`)
		ON CONFLICT (key) DO UPDATE SET post_id = w.post_id RETURNING post_id`, key, postID)
	return stands, wrapErr(err, "could not agree on a post")
}

// AgreedPosts lists up to n agreements that are older than a duration and were not looked
// at yet, the oldest first.
func (s *Store) AgreedPosts(ctx context.Context, older time.Duration, n int) ([]domain.AgreedPost, error) {
	agreed := []domain.AgreedPost{}
	err := s.db.SelectContext(ctx, &agreed, `SELECT key, post_id FROM waa_standing
		WHERE looked_at = 0 AND created_at <= `+clock+` - $1 ORDER BY created_at LIMIT $2`, older.Milliseconds(), n)
	return agreed, wrapErr(err, "could not list what was agreed on")
}

// LookedAtAgreed records that agreements were looked at.
func (s *Store) LookedAtAgreed(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	_, err := s.db.ExecContext(ctx, "UPDATE waa_standing SET looked_at = "+clock+" WHERE key = ANY($1)", pq.Array(keys))
	return wrapErr(err, "could not record what was looked at")
}
