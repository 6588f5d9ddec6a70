package store

import "context"

// keepStanding is how long it is remembered which post stands, milliseconds:
// longer than a post of ours is looked for.
const keepStanding = "2592000000"

// StandingPost says that a post stands for a key and answers which one does: the
// first that was named, by whichever process.
func (s *Store) StandingPost(ctx context.Context, key, postID string) (string, error) {
	var stands string
	// the update changes nothing; it is how the row that is there is answered
	err := s.db.GetContext(ctx, &stands, `WITH old AS (DELETE FROM waa_standing WHERE created_at < `+clock+` - `+keepStanding+` AND key <> $1)
		INSERT INTO waa_standing AS w (key, post_id, created_at) VALUES ($1, $2, `+clock+`)
		ON CONFLICT (key) DO UPDATE SET post_id = w.post_id RETURNING post_id`, key, postID)
	return stands, wrapErr(err, "could not agree on a post")
}
